"""Refunds in journal.db, see ``terminal.ports.refunds``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from terminal.domain.refund import GivenBack
from terminal.domain.refund_payment import RefundPayment
from terminal.ports.refunds import RefundIntent, RefundRow
from terminal.store.database import Connection

FIGURES = 4
"""Figures of an order number that have to be known at least."""

_ORDER = "SELECT order_no FROM orders"
_REFUND = (
    "SELECT refund_no, seq, intent_id, order_no, manner, business_date, recorded_at, clerk_id, "
    "total_fen, paid_fen, standing FROM refunds"
)
_PAYMENT = (
    "SELECT number, refund_no, order_no, out_trade_no, scheme, amount_fen, state, code "
    "FROM refund_payments"
)


class RefundTable:
    """Implements ``terminal.ports.refunds.RefundReading`` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def given_back(self, order_no: str) -> GivenBack:
        """See the port."""
        lines = self._connection.execute(
            "SELECT line_id, sum(quantity), sum(fen) FROM refund_lines WHERE order_no = ? "
            "GROUP BY line_id",
            (order_no,),
        )
        legs = self._connection.execute(
            "SELECT leg, sum(fen) FROM refund_legs WHERE order_no = ? GROUP BY leg", (order_no,)
        )
        return GivenBack(
            {line: (int(quantity), int(fen)) for line, quantity, fen in lines},
            {leg: int(fen) for leg, fen in legs},
        )

    def corrections(self, seq: int) -> Sequence[int]:
        """See the port."""
        found = self._connection.execute(
            "SELECT seq FROM corrections WHERE about_seq = ? ORDER BY seq", (seq,)
        )
        return tuple(int(row[0]) for row in found)

    def recent_orders(self, limit: int) -> Sequence[str]:
        """See the port."""
        return self._orders("ORDER BY seq DESC LIMIT ?", limit)

    def order_ending(self, figures: str) -> str:
        """See the port."""
        if len(figures) < FIGURES or not figures.isascii() or not figures.isdigit():
            return ""
        found = self._orders("WHERE order_no LIKE ? ORDER BY seq DESC LIMIT 1", f"%{figures}")
        return found[0] if found else ""

    def of_order(self, order_no: str) -> Sequence[RefundRow]:
        """See the port."""
        return self._refunds("WHERE order_no = ? ORDER BY seq", order_no)

    def refund(self, refund_no: str) -> RefundRow | None:
        """See the port."""
        found = self._refunds("WHERE refund_no = ?", refund_no)
        return found[0] if found else None

    def last(self) -> RefundRow | None:
        """See the port."""
        found = self._refunds("ORDER BY seq DESC LIMIT 1")
        return found[0] if found else None

    def intents(self) -> Sequence[RefundIntent]:
        """See the port."""
        rows = self._connection.execute("SELECT form_id, claim FROM refund_intents ORDER BY seq")
        return tuple(RefundIntent(form_id, json.loads(claim)) for form_id, claim in rows)

    def provisional_fen(self, business_date: str) -> int:
        """See the port."""
        (fen,) = self._connection.execute(
            "SELECT coalesce(sum(paid_fen), 0) FROM refunds "
            "WHERE standing = 'provisional' AND business_date = ?",
            (business_date,),
        ).fetchone()
        return int(fen)

    def alone_fen(self, clerk_id: str, business_date: str) -> int:
        """See the port."""
        (fen,) = self._connection.execute(
            "SELECT coalesce(sum(paid_fen), 0) FROM refunds "
            "WHERE alone AND clerk_id = ? AND business_date = ?",
            (clerk_id, business_date),
        ).fetchone()
        return int(fen)

    def payment(self, number: str) -> RefundPayment | None:
        """See the port."""
        found = self._payments("WHERE number = ?", number)
        return found[0] if found else None

    def payments(self, refund_no: str) -> Sequence[RefundPayment]:
        """See the port."""
        return self._payments("WHERE refund_no = ? ORDER BY seq, number", refund_no)

    def open_payments(self) -> Sequence[RefundPayment]:
        """See the port."""
        return self._payments("WHERE state IN ('armed', 'unknown', 'refused') ORDER BY seq")

    def _orders(self, where: str, *values: object) -> tuple[str, ...]:
        rows = self._connection.execute(f"{_ORDER} {where}", values)
        return tuple(row[0] for row in rows)

    def _refunds(self, where: str, *values: object) -> tuple[RefundRow, ...]:
        rows = self._connection.execute(f"{_REFUND} {where}", values)
        return tuple(RefundRow(*row) for row in rows)

    def _payments(self, where: str, *values: object) -> tuple[RefundPayment, ...]:
        rows = self._connection.execute(f"{_PAYMENT} {where}", values)
        return tuple(RefundPayment(*row) for row in rows)
