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
    from terminal.app.till_views import StockView, TillsView, TillView


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
