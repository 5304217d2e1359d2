"""A cash-up as a screen shows it. Before the count nothing in here says what is expected."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.app.cash_up_stock import AskedStock, CountedStockView, StockCounts
from terminal.app.code_payments import AttemptView
from terminal.app.context import Context
from terminal.app.difference_facts import SoldSoFar, difference_facts, last_count
from terminal.app.disputes import DisputeView
from terminal.domain.cash_count import DENOMINATIONS_FEN
from terminal.domain.cash_up import CashUp, Step, cash_lines, line_name
from terminal.domain.difference import Explanation
from terminal.domain.difference_causes import explain
from terminal.domain.money import Money
from terminal.domain.notice import Notice
from terminal.ports.cash_ups import Span


@dataclass(frozen=True, slots=True)
class ComponentView:
    """One line of what a till should hold; ``kind`` "" is what the period began with.

    Args:
        name: how it is called, in this kind of till.
        code: which line it is.
    """

    name: str
    code: str
    kind: str
    entries: int
    amount_text: str
    comes_in: bool


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What the count found; only there once it is an entry.

    Args:
        count: denomination in fen and pieces.
        lines: what should be there.
        expected_text: their sum.
        counted_text: what was found.
        difference_text: between them, without a sign.
        disposition: ``even``, ``over``, ``short``, ``stock`` or ``disputed``.
        short: whether money is missing, whatever became of it.
        explanation: causes and what is excluded.
        stock: every item that was counted, beside what should be there.
        at_text: when it was counted, UTC.
        seq: the entry.
    """

    count: tuple[tuple[int, int], ...]
    lines: tuple[ComponentView, ...]
    expected_text: str
    counted_text: str
    difference_text: str
    disposition: str
    short: bool
    explanation: Explanation
    stock: tuple[CountedStockView, ...]
    at_text: str
    seq: int


@dataclass(frozen=True, slots=True)
class CashUpView:
    """Where the cash-up of the till at this counter stands.

    Args:
        form_id: intent of the step's commit.
        since_text: when the period began, UTC; "" before its first entry.
        unknown: payments whose channel is being asked; nothing goes on before they are resolved,
            or in doubt.
        denominations: what is asked for, in fen.
        stock: items to count; how much there should be is not said.
        moved: whether cash or stock moved after the last count.
        frozen: whether it is disputed: nothing is counted again.
        outcome: what the count found; None before it is an entry.
        verifier: who vouched for it.
        parked: baskets that are carried over, with their totals.
        in_doubt: payments nobody can tell about now, carried over, with their amounts.
        held_text: money of channels that no sale has taken yet, carried over; "" for none.
        last_closed: the number of the last closing report, 0 for none.
        tills: all that are counted at this terminal, its drawer first.
        vault: whether the till is no drawer: nothing is sold into it, nobody takes it over.
        dispute: the newest dispute of the till, in this period or before.
        notices: known faults of the system that a difference may come from, newest first.
        saved_seq: the entry an earlier press of the same form made; 0 for none.
    """

    form_id: str
    till_id: str
    period: int
    step: Step
    clerk_no: str
    since_text: str
    unknown: tuple[AttemptView, ...]
    denominations: tuple[int, ...]
    stock: tuple[AskedStock, ...]
    counts: int
    moved: bool
    frozen: bool
    outcome: OutcomeView | None
    verifier: str
    parked: tuple[tuple[str, str], ...]
    in_doubt: tuple[tuple[str, str], ...]
    held_text: str
    last_closed: int
    tills: tuple[str, ...]
    vault: bool
    dispute: DisputeView | None
    notices: tuple[Notice, ...] = ()
    saved_seq: int = 0
    saved_at: str = ""
    changes: frozenset[str] = frozenset()


def outcome_view(context: Context, cash_up: CashUp, span: Span, sold: SoldSoFar) -> OutcomeView:
    """What the last count of a period found; every figure is a sum of entries."""
    facts = difference_facts(context, cash_up, context.compared.verdict, sold)
    books = context.books
    entry = books.entry(cash_up.counted_seq)
    vault = cash_up.till_id != context.profile.till_id
    lines = cash_lines(cash_up.opening_fen, books.cash_ups.movements(cash_up.till_id, span))
    count = last_count(context, cash_up)
    return OutcomeView(
        count=tuple((line.fen, line.pieces) for line in count.lines),
        lines=tuple(
            ComponentView(
                line_name(line, vault=vault),
                line.code,
                line.kind,
                line.entries,
                Money(abs(line.fen)).text,
                line.comes_in,
            )
            for line in lines
        ),
        expected_text=Money(cash_up.expected_fen).text,
        counted_text=Money(cash_up.counted_fen).text,
        difference_text=Money(abs(cash_up.difference_fen)).text,
        disposition=cash_up.disposition,
        short=cash_up.difference_fen < 0,
        explanation=explain(facts),
        stock=StockCounts(context).views(entry.body) if entry else (),
        at_text=entry.recorded_at if entry else "",
        seq=cash_up.counted_seq,
    )


def asked_denominations(context: Context) -> tuple[int, ...]:
    """What the count asks for: what the platform says, else everything that circulates."""
    listed = context.setting("denominations_fen")
    known = [int(fen) for fen in listed or () if int(fen) in DENOMINATIONS_FEN]
    return tuple(sorted(known, reverse=True)) or DENOMINATIONS_FEN[:8]
