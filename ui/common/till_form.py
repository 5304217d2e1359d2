"""What is typed into a form of the till page, until it becomes a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from terminal.domain.cash_count import read_pieces, read_span
from terminal.domain.pouch import Bundle
from terminal.domain.till import SOURCES
from ui.common.till_rows import ChoiceOfTill, till_name
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.pouches import WrongForm
    from terminal.app.till_checks import CheckForm
    from terminal.app.till_views import StockView, TillsView, TillView
    from terminal.app.tills import MoveForm
    from terminal.domain.cash_count import CashCount


def partners(words: Words, view: TillsView, till: TillView, chosen: str) -> list[ChoiceOfTill]:
    """Whom a till can deal with: the likeliest first.

    The vault deals with the outside as well: ``in:bank`` is cash from there, ``out:bank`` back.
    """
    others = [other for other in view.others if other.till_id != till.till_id]
    own = {row.till_id for row in view.tills}
    others.sort(key=lambda other: (other.kind != "vault", other.till_id not in own))
    names = [(other.till_id, till_name(words, other.till_id, other.kind)) for other in others]
    if till.kind == "vault":
        names += [
            (f"{way}:{source}", words.text(f"till.{way}.{source}"))
            for way in ("in", "out")
            for source in SOURCES
        ]
    return [ChoiceOfTill(code, name, code == chosen) for code, name in names]


def bundles(stock: tuple[StockView, ...], typed: Mapping[str, str]) -> tuple[Bundle, ...]:
    """The stock that was typed in.

    Raises:
        UserError: ``cash_count.*`` for what is neither pieces nor a range.
    """
    found = []
    for row in stock:
        text = typed.get(row.item, "").strip()
        if not text:
            continue
        if row.numbered:
            span = read_span(row.item, text)
            found.append(Bundle(row.item, span.pieces, span.lo))
        elif pieces := read_pieces(text):
            found.append(Bundle(row.item, pieces))
    return tuple(found)


def move_form(
    intent_id: str, till: TillView, partner: str, count: CashCount, typed: Mapping[str, str]
) -> MoveForm:
    """What was filled in to send or to fund.

    Raises:
        UserError: see ``bundles``.
    """
    from terminal.app.tills import MoveForm

    way, _, source = partner.rpartition(":")
    pieces = {fen: number for fen, number in _pieces(count).items() if number}
    return MoveForm(
        intent_id, till.till_id, source, pieces, bundles(till.stock, typed), inward=way == "in"
    )


def check_form(
    intent_id: str, till_id: str, count: CashCount, typed: Mapping[str, str]
) -> CheckForm:
    """What a second person counted in a till."""
    from terminal.app.till_checks import CheckForm

    return CheckForm(intent_id, till_id, _pieces(count), dict(typed))


def wrong_form(intent_id: str, code: str, count: CashCount, typed: Mapping[str, str]) -> WrongForm:
    """What two people counted in a pouch."""
    from terminal.app.pouches import WrongForm

    return WrongForm(intent_id, code, _pieces(count), dict(typed))


def _pieces(count: CashCount) -> dict[int, int]:
    return {line.fen: line.pieces for line in count.lines}


def vaults(view: TillsView | None) -> tuple[str, ...]:
    """The vaults among the tills of this terminal: what goes in there, two take in."""
    return tuple(till.till_id for till in view.tills if till.kind == "vault") if view else ()
