"""Rows of the till page, in the words of the chosen language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import moment, yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.till_booking import TillDone
    from terminal.app.till_views import FigureView, LineView, PouchView, StockView, TillView


BLIND = "—"
"""In place of a figure that is told after the count."""


@dataclass(frozen=True, slots=True)
class TillRow:
    """One till of this terminal.

    Args:
        warning: that cash should be handed in, "" for nothing.
    """

    till: str
    name: str
    cash: str
    limit: str
    warning: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TillFigureRow:
    """One sum of the till's day; Enter opens the entries behind it, once they may be seen."""

    kind: str
    label: str
    count: str
    amount: str
    opens: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class TillLineRow:
    """One entry behind a figure."""

    seq: int
    title: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class TillStockRow:
    """Stock of one item; ``entry`` is what was typed into a form."""

    item: str
    name: str
    pieces: str
    numbers: str
    numbered: bool
    entry: str


@dataclass(frozen=True, slots=True)
class PouchOnTheWayRow:
    """A pouch that was not received here.

    Args:
        mine: whether it may be received here.
        announced: that another terminal sent it, in words; "" for one that was sent here.
    """

    number: str
    way: str
    amount: str
    sent: str
    mine: bool
    announced: str


@dataclass(frozen=True, slots=True)
class ChoiceOfTill:
    """Somebody the chosen till can deal with, or a reason."""

    code: str
    name: str
    taken: bool


def yuan_or_blind(words: Words, text: str) -> str:
    """An amount; in its place, while the till has to be counted first, that it comes afterwards."""
    return yuan(text) if text else words.text("till.blind")


def till_name(words: Words, till_id: str, kind: str) -> str:
    """``T02 · 柜员尾箱``."""
    return f"{till_id} · {words.text(f'till.kind.{kind}')}"


def till_row(words: Words, till: TillView, chosen: str) -> TillRow:
    """A till with its limit."""
    over = words.text("till.over_limit", over=yuan(till.over_text)) if till.over_text else ""
    return TillRow(
        till=till.till_id,
        name=till_name(words, till.till_id, till.kind),
        cash=yuan_or_blind(words, till.cash_text),
        limit=words.text("till.limit", limit=yuan(till.limit_text)) if till.limit_text else "",
        warning=over or (words.text("till.over") if till.over else ""),
        chosen=till.till_id == chosen,
    )


def figure_row(words: Words, figure: FigureView, chosen: str | None) -> TillFigureRow:
    """A sum of the day."""
    return TillFigureRow(
        kind=figure.kind,
        label=words.text(f"entry.{figure.kind}" if figure.kind else "till.opening"),
        count=words.text("till.entries", count=str(figure.entries)) if figure.kind else "",
        amount=yuan(figure.amount_text) if figure.amount_text else BLIND,
        opens=bool(figure.amount_text),
        chosen=figure.kind == chosen,
    )


def line_row(words: Words, line: LineView) -> TillLineRow:
    """An entry, or a day gone by."""
    title = words.text(f"entry.{line.kind}") if line.kind else line.business_date
    who = words.text("till.by", clerk=line.clerk_id) if line.clerk_id else ""
    detail = [f"#{line.seq}", moment(line.recorded_at), who]
    return TillLineRow(
        line.seq, title, "  ·  ".join(part for part in detail if part), yuan(line.amount_text)
    )


def stock_row(words: Words, row: StockView, entry: str) -> TillStockRow:
    """Stock of an item."""
    numbers = "  ".join(f"{lo}–{hi}" if lo != hi else str(lo) for lo, hi in row.ranges)
    return TillStockRow(
        item=row.item,
        name=words.named(row.name_zh, row.name_en),
        pieces=BLIND if row.pieces is None else words.text("till.pieces", count=str(row.pieces)),
        numbers=numbers,
        numbered=row.numbered,
        entry=entry,
    )


def pouch_row(words: Words, pouch: PouchView) -> PouchOnTheWayRow:
    """A pouch on its way."""
    return PouchOnTheWayRow(
        number=pouch.number,
        way=f"{pouch.from_till} → {pouch.to_till}",
        amount=yuan(pouch.amount_text),
        sent=moment(pouch.sent_at),
        mine=pouch.mine,
        announced=words.text("till.announced") if pouch.announced else "",
    )


def done_notice(done: TillDone) -> tuple[str, dict[str, str | int], str]:
    """What is told of an entry that a form of the page became: key of the words, values, tone."""
    names: dict[str, str | int] = {
        "pouch": done.pouch,
        "from": done.from_till,
        "to": done.to_till,
        "amount": yuan(done.amount_text) if done.amount_text else "",
        "difference": yuan(done.difference_text) if done.difference_text else "",
        "stock": done.stock_off,
        "at": moment(done.at),
    }
    if done.already_saved:
        return f"notice.{'till' if done.amount_text else 'drawer'}.already", names, "ok"
    off = done.difference_text not in ("", "0.00")
    if done.stock_off:
        return f"notice.{done.kind}.stock", names, "wait"
    return f"notice.{done.kind}{'.off' if off else ''}", names, "wait" if off else "ok"
