"""Gathers from the books what the explanation of a difference looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from terminal.app.context import Context
from terminal.domain.cash_count import CashCount, from_body
from terminal.domain.cash_up import CashUp
from terminal.domain.catalogue import instant
from terminal.domain.difference import Facts, PlatformVerdict, Trace, TraceKind
from terminal.domain.journal import Entry
from terminal.ports.cash_ups import Span

_KINDS: dict[str, TraceKind] = {
    "pouch.sent": "pouch_out",
    "pouch.received": "pouch_in",
    "till.funded": "float",
    "refund.completed": "refund",
    "refund.rerouted": "refund",
    "sale.refunded": "refund",
    "sale.reversed": "refund",
    "drawer.opened": "no_sale",
    "slip.reprinted": "reprint",
    "basket.abandoned": "void",
}
"""Kinds of entries that may explain a difference."""
_MOVES: frozenset[TraceKind] = frozenset({"pouch_in", "pouch_out", "float"})


class SoldSoFar:
    """The sales of a period, each read once: a sale in the journal never changes."""

    def __init__(self) -> None:
        self._first = self._last = 0
        self._traces: list[Trace] = []

    def read(self, context: Context, span: Span) -> Sequence[Trace]:
        """What was sold in a period until now."""
        head, _ = context.books.head()
        if span.first_seq != self._first:
            self._first, self._last, self._traces = span.first_seq, span.first_seq - 1, []
        newer = replace(span, first_seq=self._last + 1)
        self._traces += [*_sales(context, newer), *_voided_lines(context, newer)]
        self._last = head
        return self._traces


def difference_facts(
    context: Context, cash_up: CashUp, platform: PlatformVerdict, sold: SoldSoFar
) -> Facts:
    """Everything of a counted period that may explain its difference. Store thread only.

    Args:
        context: for the books.
        cash_up: the period; it has been counted.
        platform: what comparing the day's totals with the platform said.
        sold: what was read of the period's sales before.
    """
    books = context.books
    span = books.cash_ups.span(cash_up)
    sells = cash_up.till_id == context.profile.till_id
    others = _others(context, cash_up, span) if sells else _moves(context, cash_up, span)
    traces = [*(sold.read(context, span) if sells else ()), *others]
    traces.sort(key=lambda trace: trace.seq)
    head, _ = books.head()
    confirmed = context.sync.confirmed_head().seq
    return Facts(
        difference_fen=cash_up.difference_fen,
        traces=tuple(traces),
        count=last_count(context, cash_up),
        opening_fen=cash_up.opening_fen,
        unsynced=max(0, head - max(confirmed, cash_up.first_seq - 1)),
        platform=platform,
    )


def last_count(context: Context, cash_up: CashUp) -> CashCount:
    """The denominations of the last count."""
    entry = context.books.entry(cash_up.counted_seq)
    return from_body(entry.body["count"]) if entry else CashCount(())


def _others(context: Context, cash_up: CashUp, span: Span) -> Iterator[Trace]:
    for code in context.books.cash_ups.failed_codes(span):
        yield Trace("failed_code", code.seq, 0, code.fen, basket=code.sale_intent)
    for attempt in context.books.open_attempts():
        entry = context.books.entry_for_intent(attempt.intent_id)
        if entry is not None:
            yield Trace("open_code", entry.seq, _second(entry.recorded_at), attempt.amount_fen)
    for entry in context.books.cash_ups.of_kinds(_KINDS, span):
        yield _trace(context, cash_up.till_id, entry)


def _moves(context: Context, cash_up: CashUp, span: Span) -> Iterator[Trace]:
    """What moved a vault's cash: nothing is sold, printed or opened there."""
    kinds = [kind for kind, trace in _KINDS.items() if trace in _MOVES]
    for entry in context.books.cash_ups.of_kinds(kinds, span):
        trace = _trace(context, cash_up.till_id, entry)
        if trace.fen:
            yield trace


def _sales(context: Context, span: Span) -> Iterator[Trace]:
    for row in context.books.cash_ups.sold(span):
        yield Trace(
            "cash_sale" if row.cash else "code_sale",
            row.seq,
            _second(row.recorded_at),
            row.kept_fen,
            row.received_fen,
            row.change_fen,
            row.order_no,
            basket=row.sale_intent,
        )


def _voided_lines(context: Context, span: Span) -> Iterator[Trace]:
    for entry in context.books.cash_ups.with_voided_lines(span):
        body: Any = entry.body
        for line in body["voided"]:
            yield Trace(
                "void",
                entry.seq,
                _second(entry.recorded_at),
                line["amount_fen"],
                reference=body["order_no"],
            )


def _trace(context: Context, till_id: str, entry: Entry) -> Trace:
    body: Any = entry.body
    pouch = str(body.get("pouch", body.get("pouch_no", "")))
    return Trace(
        _KINDS[entry.kind],
        entry.seq,
        _second(entry.recorded_at),
        _amount(context, till_id, entry),
        reference=pouch or str(body.get("order_no", body.get("reference", ""))),
        reason=str(body.get("reason", "")),
        open=bool(pouch and context.books.ledger.balance(f"transit:{pouch}")),
    )


def _amount(context: Context, till_id: str, entry: Entry) -> int:
    """What moved in the till, or what the paper is about; without a sign."""
    body: Any = entry.body
    if entry.kind == "slip.reprinted":
        original = context.books.entry(body["original_seq"])
        return int(original.body.get("total_fen", 0)) if original else 0  # type: ignore[arg-type]
    if entry.kind == "basket.abandoned":
        return sum(int(line["amount_fen"]) for line in body["lines"])
    moved = [row["fen"] for row in body.get("postings", ()) if row["account"] == f"cash:{till_id}"]
    return abs(int(sum(moved)))


def _second(recorded_at: str) -> int:
    return int(instant(recorded_at).timestamp())
