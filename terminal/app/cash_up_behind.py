"""The entries behind a figure of a counted till, or behind what may explain its difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
from terminal.domain.cash_up import CashLine, CashUp, Step, share_in
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.ports.cash_ups import Span

MOST: Final = 200
"""Entries behind one figure that are listed at once; what the others come to is said."""


@dataclass(frozen=True, slots=True)
class BehindView:
    """An entry behind a figure; the amount is what it moved in the till.

    Args:
        pieces: what it moved of an item of stock; 0 where cash is asked for.
    """

    seq: int
    kind_code: str
    at_text: str
    clerk_no: str
    order_no: str
    amount_text: str
    comes_in: bool
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind a figure: the rows that are listed and the rest add up to it.

    Args:
        rows: newest first.
        more: older entries that are not listed.
        more_text: what these come to, signed yuan; "" for none, or where stock is asked for.
        more_pieces: what these come to of an item of stock.
    """

    rows: tuple[BehindView, ...]
    more: int = 0
    more_text: str = ""
    more_pieces: int = 0


class CashUpBehind:
    """Opens figures of a cash-up. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def line(self, code: str, kind: str, *, comes_in: bool, till_id: str = "") -> Behind:
        """The entries behind one line of a counted period, each with its share in the line.

        Args:
            code: of the line; what a sale received and what it gave back are two lines.
            kind: kind of the entries.
            comes_in: whether the line is money that came.
            till_id: the till; "" for the drawer at this counter.

        Raises:
            UserError: ``cash_up.not_counted``: before the count nothing is told.
        """
        cash_up, span = self._counted(till_id)
        line = CashLine(code, kind, 0, 0 if comes_in else -1)
        moved = self._context.books.cash_ups.entries_behind(cash_up.till_id, kind, span)
        shares = [(seq, fen) for seq, one in moved if (fen := share_in(one, line))]
        listed, rest = shares[:MOST], shares[MOST:]
        views = self.entries([seq for seq, _ in listed], till_id).rows
        return Behind(
            rows=tuple(
                replace(view, amount_text=Money(abs(fen)).text, comes_in=fen >= 0)
                for view, (_, fen) in zip(views, listed, strict=True)
            ),
            more=len(rest),
            more_text=Money(sum(fen for _, fen in rest)).text if rest else "",
        )

    def stock(self, item: str, till_id: str = "") -> Behind:
        """What moved of an item in a counted period, newest first.

        Raises:
            UserError: ``cash_up.not_counted``.
        """
        cash_up, _ = self._counted(till_id)
        books = self._context.books
        rows = books.stock.movements(f"till:{cash_up.till_id}", item, cash_up.first_seq - 1)
        pieces: dict[int, int] = {}
        for row in rows:
            if not row.by_count:
                pieces[row.seq] = pieces.get(row.seq, 0) + row.pieces
        newest = sorted(pieces, reverse=True)
        rest = newest[MOST:]
        return Behind(
            rows=tuple(
                replace(view, pieces=pieces[view.seq]) for view in self.entries(newest[:MOST]).rows
            ),
            more=len(rest),
            more_pieces=sum(pieces[seq] for seq in rest),
        )

    def entries(self, seqs: Sequence[int], till_id: str = "") -> Behind:
        """The entries behind a cause, all of them."""
        found = [self._context.books.entry(seq) for seq in seqs]
        return Behind(tuple(self._view(entry, till_id) for entry in found if entry is not None))

    def _counted(self, till_id: str) -> tuple[CashUp, Span]:
        """The open period, once it is counted."""
        period = Period(self._context, till_id)
        cash_up, span = period.current()
        if period.step(cash_up, span) in (Step.RESOLVE, Step.COUNT):
            raise UserError("cash_up.not_counted")
        return cash_up, span

    def _view(self, entry: Entry, till_id: str) -> BehindView:
        body: Any = entry.body
        account = f"cash:{till_id or self._context.profile.till_id}"
        moved = sum(row["fen"] for row in body.get("postings", ()) if row["account"] == account)
        return BehindView(
            seq=entry.seq,
            kind_code=entry.kind,
            at_text=entry.recorded_at,
            clerk_no=entry.clerk_id,
            order_no=str(body.get("order_no", "")),
            amount_text=Money(abs(moved)).text,
            comes_in=moved >= 0,
        )
