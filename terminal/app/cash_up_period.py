"""The open period of a till: what its entries come to, and what entries about it say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from terminal.app.cash_up_stock import StockCounts, stock_body
from terminal.app.context import Context
from terminal.domain import stock
from terminal.domain.attempt import AT_REST, Attempt
from terminal.domain.basket import Basket
from terminal.domain.cash_count import CashCount
from terminal.domain.cash_up import (
    CashLine,
    CashUp,
    Control,
    Step,
    cash_lines,
    check_components,
    count_postings,
    cross_foot,
    expected_fen,
)
from terminal.domain.errors import UserError
from terminal.domain.ledger import PAYMENTS_HELD, to_body
from terminal.domain.money import Money
from terminal.domain.pouch import SENT
from terminal.domain.report import REROUTED
from terminal.domain.stock_count import Stock
from terminal.domain.taken_back import REFUNDED, cash_first, taken_back
from terminal.ports.cash_ups import SalesTotals, Span


class Period:
    """Reads the period of a till at this terminal. Store thread only.

    Args:
        context: for the books.
        till_id: the till; "" for the drawer at this counter.
    """

    def __init__(self, context: Context, till_id: str = "") -> None:
        self._context = context
        self._till_id = till_id
        self.stock = StockCounts(context)

    @property
    def till_id(self) -> str:
        """The till."""
        return self._till_id or self._context.profile.till_id

    @property
    def sells(self) -> bool:
        """Whether customers pay into it; what is sold here belongs to no other till."""
        return self.till_id == self._context.profile.till_id

    def current(self) -> tuple[CashUp, Span]:
        """The open period and its entries."""
        table = self._context.books.cash_ups
        cash_up = table.current(self.till_id)
        return cash_up, table.span(cash_up)

    def step(self, cash_up: CashUp, span: Span) -> Step:
        """Which step comes next."""
        return cash_up.step(
            unknown=len(self.asked()),
            moved_since_count=self.moved(cash_up, span),
        )

    def moved(self, cash_up: CashUp, span: Span) -> bool:
        """Whether cash or stock moved after the last count."""
        return bool(cash_up.counted_seq) and _moved(
            self._context, cash_up.till_id, cash_up.counted_seq, span.since_date
        )

    def lines(self, cash_up: CashUp, span: Span) -> tuple[CashLine, ...]:
        """What the till should hold, line by line."""
        movements = self._context.books.cash_ups.movements(cash_up.till_id, span)
        return cash_lines(cash_up.opening_fen, movements)

    def stock_read(self, cash_up: CashUp, typed: Mapping[str, str]) -> tuple[Stock, ...]:
        """What was typed for the stock that this period asks for.

        Raises:
            UserError: ``stock_count.not_counted`` with ``item``, ``cash_count.*``.
        """
        asked = self.stock.asked(cash_up.till_id, cash_up.first_seq - 1)
        return self.stock.read(asked, typed)

    def stock_agrees(self, cash_up: CashUp, typed: Mapping[str, str]) -> bool:
        """Whether the next clerk found the stock that the books now say is there."""
        found = self.stock_read(cash_up, typed)
        return not self.stock.counted(cash_up.till_id, found)

    def asked(self) -> Sequence[Attempt]:
        """Payments whose channel is being asked: they end by themselves, in doubt at the latest."""
        return [one for one in self._attempts() if one.state not in AT_REST]

    def in_doubt(self) -> Sequence[Attempt]:
        """Payments nobody can tell about now: they are carried over, with a line of their own."""
        return [one for one in self._attempts() if one.state in AT_REST]

    def _attempts(self) -> Sequence[Attempt]:
        return self._context.books.open_attempts() if self.sells else ()

    def carried_body(self) -> dict[str, Any]:
        """What goes on to the next period: baskets, payments in doubt, and money held for both."""
        doubts = [
            {"out_trade_no": one.out_trade_no, "fen": one.amount_fen, "state": one.state}
            for one in self.in_doubt()
        ]
        parked = [basket.basket_id for basket in self.parked()]
        return {"parked": parked, "in_doubt": doubts, "held_fen": self.held_fen()}

    def held_fen(self) -> int:
        """Money of channels for baskets that are not sold yet, or still owed for what came back."""
        return -self._context.books.ledger.balance(PAYMENTS_HELD) if self.sells else 0

    def parked(self) -> Sequence[Basket]:
        """Baskets that are carried over."""
        return [row.basket for row in self._context.books.parked()] if self.sells else ()

    def proved(self, cash_up: CashUp, span: Span) -> Sequence[Control]:
        """Every account as the journal adds it up, after all other ways said the same.

        Raises:
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        table = self._context.books.cash_ups
        loaders = table.controls(span, table.opening_controls(cash_up))
        cross_foot(loaders)
        account = f"cash:{cash_up.till_id}"
        held = next((row.fen for row in loaders[0] if row.account == account), 0)
        check_components(account, cash_up.opening_fen, table.movements(cash_up.till_id, span), held)
        return loaders[0]

    def count_body(
        self, cash_up: CashUp, span: Span, count: CashCount, found: Sequence[Stock]
    ) -> dict[str, Any]:
        """What the entry of a count says.

        Raises:
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        self.proved(cash_up, span)
        till_id = cash_up.till_id
        postings = count_postings(
            till_id, self._context.books.ledger.balance(f"cash:{till_id}"), count.total_fen
        )
        rows = self.stock.counted(till_id, found)
        return {
            **named(cash_up),
            "first_seq": cash_up.first_seq,
            "opening_fen": cash_up.opening_fen,
            "attempt": cash_up.counts + 1,
            "count": count.to_body(),
            "counted_fen": count.total_fen,
            "expected_fen": expected_fen(self.lines(cash_up, span)),
            "papers": [
                {"item": one.item, "lo": lo, "hi": hi} for one in found for lo, hi in one.ranges
            ],
            "papers_missing": [],
            "papers_extra": [],
            **stock_body(self.stock.compared(cash_up, found)),
            "postings": to_body(postings),
            **({"stock": stock.to_body(rows)} if rows else {}),
        }

    def difference_body(self, cash_up: CashUp, span: Span) -> dict[str, Any]:
        """What every entry after the count says of the difference."""
        lies = self._context.books.cash_ups.left_by_counts(f"suspense:{cash_up.till_id}", span)
        return {
            **named(cash_up),
            "counted_seq": cash_up.counted_seq,
            "expected_fen": cash_up.expected_fen,
            "counted_fen": cash_up.counted_fen,
            "difference_fen": cash_up.difference_fen,
            "disposition": cash_up.disposition,
            "suspense_fen": lies - cash_up.disputed_fen,
            **self._dispute_before(cash_up),
        }

    def _dispute_before(self, cash_up: CashUp) -> dict[str, Any]:
        """Which count was disputed when another one stands, and what of it stays disputed."""
        entry = self._context.books.entry(cash_up.dispute_seq) if cash_up.recounted else None
        if entry is None:
            return {}
        told = {"seq": entry.seq, "counted_seq": entry.body["counted_seq"]}
        return {"dispute_before": {**told, "fen": cash_up.disputed_fen}}

    def taken_over(self, cash_up: CashUp, span: Span) -> int:
        """What of this period's difference in cash was taken over, debit positive."""
        return self._context.books.cash_ups.left_by_counts(f"over_short:{cash_up.till_id}", span)

    def sales_body(self, span: Span) -> dict[str, Any]:
        """What was sold and given back, as reports say it; the tenders are what was kept."""
        table = self._context.books.cash_ups
        sales, back = SalesTotals(), taken_back(())
        if self.sells:
            sales = table.sales(span)
            back = taken_back(table.of_kinds((REFUNDED, REROUTED), span))
        kept = dict(sales.tenders)
        for kind, fen in back.tenders.items():
            kept[kind] = kept.get(kind, 0) + fen
        return {
            "orders": sales.orders,
            "sold_fen": sales.sold_fen,
            "refunds": back.count,
            "refunded_fen": back.fen,
            "rounding_fen": sales.rounding_fen + back.rounding_fen,
            "first_order": sales.first_order,
            "last_order": sales.last_order,
            "tenders": [{"kind": kind, "fen": fen} for kind, fen in cash_first(kept)],
        }

    def closing_body(self, cash_up: CashUp, span: Span) -> dict[str, Any]:
        """What the closing report says: the whole period, and every account for the next one.

        Raises:
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        controls = self.proved(cash_up, span)
        return {
            **self.difference_body(cash_up, span),
            **self.sales_body(span),
            "first_seq": cash_up.first_seq,
            "last_seq": self._context.books.head()[0],
            "verified_seq": cash_up.verified_seq,
            "verifier": cash_up.verifier,
            "opening_fen": cash_up.opening_fen,
            "remaining_fen": cash_up.counted_fen,
            **_partly_disputed(cash_up),
            **self.carried_body(),
            "controls": [_control(row) for row in controls],
        }

    def due(self) -> bool:
        """Whether there is something to count in the till since it was closed last.

        What was packed out of a counted drawer, to hand it in (上缴), is no reason to count it
        again; issuing is what a vault is for.
        """
        cash_up, span = self.current()
        besides = SENT if self.sells else ""
        last = cash_up.first_seq - 1
        return _moved(self._context, self.till_id, last, span.since_date, besides=besides)


def cash_up_due(context: Context) -> bool:
    """Whether there is something to count in the drawer at this counter."""
    return Period(context).due()


def _partly_disputed(cash_up: CashUp) -> dict[str, Any]:
    """How much is disputed where that is not the whole difference: the rest was taken over."""
    whole = cash_up.disputed_fen == -cash_up.difference_fen
    return {} if whole or not cash_up.disputed_seq else {"disputed_fen": cash_up.disputed_fen}


def _moved(context: Context, till_id: str, seq: int, since: str, *, besides: str = "") -> bool:
    cash = context.books.cash_ups.moved_after(till_id, seq, since, besides=besides)
    papers = context.books.stock.moved_after(stock.till(till_id), seq, besides=besides)
    return cash or bool(papers)


def require_nothing_laid_down(context: Context) -> None:
    """Cash that lies here for a sale nobody has finished is in no book: a count would call it over.

    Nor is it told yet whether the cash of a refund leaves that the platform is asked about.

    Raises:
        UserError: ``cash_up.laid_down`` with ``amount``; ``refund.under_way``.
    """
    context.no_refund_asked()
    basket = context.books.current_basket()
    if basket is not None and basket.cash_parts:
        laid_down = Money(sum(part.fen for part in basket.cash_parts))
        raise UserError("cash_up.laid_down", {"amount": laid_down.text})


def named(cash_up: CashUp) -> dict[str, Any]:
    """Which period of which till an entry is about."""
    return {"till_id": cash_up.till_id, "period": cash_up.period}


def _control(row: Control) -> dict[str, Any]:
    return {
        "account": row.account,
        "fen": row.fen,
        "entries": row.entries,
        "last_seq": row.last_seq,
    }
