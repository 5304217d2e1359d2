"""Rows of the cash-up page: steps, payments to resolve, entries behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import moment, moved, yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.cash_up_behind import Behind, BehindView
    from terminal.app.cash_up_view import CashUpView
    from terminal.app.code_payments import AttemptView

STEPS = ("resolve", "count", "difference", "verify", "hand_over")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in the bar: ``stage`` is ``done``, ``now`` or ``later``."""

    name: str
    title: str
    note: str
    stage: str


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A payment whose outcome nobody knows."""

    key: str
    title: str
    todo: str


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One entry behind a figure or a cause."""

    seq: int
    title: str
    detail: str
    figure: str


def step_rows(words: Words, step: str, unknown: int) -> list[StepRow]:
    """The bar of steps.

    Args:
        words: the texts.
        step: where the cash-up stands.
        unknown: payments nobody knows about.
    """
    now = STEPS.index(step)
    return [_step_row(words, place, now, unknown) for place in range(len(STEPS))]


def _step_row(words: Words, place: int, now: int, unknown: int) -> StepRow:
    name = STEPS[place]
    state = "done" if place < now else "now" if place == now else "later"
    if name == "resolve":
        note = words.text("cash_up.step.unknown", count=unknown)
    else:
        note = "" if state == "later" else words.text(f"cash_up.step.{state}")
    return StepRow(name, words.text(f"cash_up.step.{name}"), note, state)


def unknown_row(words: Words, attempt: AttemptView) -> UnknownRow:
    """A payment that has to be resolved, and what to do."""
    return UnknownRow(
        attempt.out_trade_no,
        words.text(
            "cash_up.unknown",
            scheme=words.text(f"scheme.{attempt.scheme}"),
            amount=yuan(attempt.amount_text),
            number=attempt.out_trade_no[-6:],
        ),
        words.text("cash_up.unknown.todo"),
    )


def behind_row(words: Words, row: BehindView) -> BehindRow:
    """An entry behind a figure."""
    detail = "  ·  ".join(
        part for part in (moment(row.at_text), row.clerk_no, row.order_no) if part
    )
    figure = moved(yuan(row.amount_text), comes_in=row.comes_in)
    if row.pieces:
        figure = _pieces_text(words, row.pieces)
    return BehindRow(
        row.seq,
        f"#{row.seq}  {words.text('entry.' + row.kind_code)}",
        detail,
        figure,
    )


def behind_title(words: Words, title: str, found: Behind) -> str:
    """What was opened; when only the newest entries are listed, what the others come to."""
    if not found.more:
        return title
    return words.text(
        "cash_up.behind.newest",
        title=title,
        listed=len(found.rows),
        count=found.more,
        rest=yuan(found.more_text) or _pieces_text(words, found.more_pieces),
    )


def _pieces_text(words: Words, pieces: int) -> str:
    return words.text("cash_up.stock.moved", pieces=f"{pieces:+d}".replace("-", "−"))


def headline(words: Words, view: CashUpView) -> str:
    """Which till, which clerk, since when."""
    since = moment(view.since_text) or "—"
    key = "cash_up.headline.vault" if view.vault else "cash_up.headline"
    return words.text(key, till=view.till_id, clerk=view.clerk_no, since=since)


def count_hint(words: Words, view: CashUpView) -> str:
    """Why it is counted (again)."""
    key = "moved" if view.moved else "again" if view.counts else "first"
    return words.text(f"cash_up.count.{key}", number=view.counts + 1)


def next_till(view: CashUpView) -> str:
    """The till after this one, round the tills of the terminal; "" when it is the only one."""
    at = view.tills.index(view.till_id)
    after = view.tills[(at + 1) % len(view.tills)]
    return after if after != view.till_id else ""


def carried_text(words: Words, view: CashUpView) -> str:
    """Baskets, payments in doubt and money held that are carried over; "" for none."""
    held = words.text("cash_up.held", amount=yuan(view.held_text)) if view.held_text else ""
    lines = [parked_text(words, view.parked), _doubt_text(words, view.in_doubt), held]
    return "\n".join(line for line in lines if line)


def _doubt_text(words: Words, in_doubt: Sequence[tuple[str, str]]) -> str:
    if not in_doubt:
        return ""
    amounts = words.text("account.comma").join(yuan(amount) for _, amount in in_doubt)
    return words.text("cash_up.in_doubt", count=len(in_doubt), amounts=amounts)


def parked_text(words: Words, parked: Sequence[tuple[str, str]]) -> str:
    """Baskets that are carried over, with their totals; "" for none."""
    if not parked:
        return ""
    totals = words.text("account.comma").join(yuan(total) for _, total in parked)
    return words.text("cash_up.parked", count=len(parked), totals=totals)
