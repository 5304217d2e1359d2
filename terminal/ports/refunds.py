"""What was given back, as use cases read it. Store thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.domain.canonical import JsonObject
from terminal.domain.refund import GivenBack
from terminal.domain.refund_payment import RefundPayment


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund; amounts in fen, positive.

    Args:
        manner: ``return`` or ``reversal``.
        total_fen: what the goods had cost.
        paid_fen: what the customer gets back.
        standing: ``own``: of a sale of this journal; ``confirmed``: of another counter's, kept by
            the platform; ``provisional``: nobody could be asked what others gave back.
    """

    refund_no: str
    seq: int
    intent_id: str
    order_no: str
    manner: str
    business_date: str
    recorded_at: str
    clerk_id: str
    total_fen: int
    paid_fen: int
    standing: str


@dataclass(frozen=True, slots=True)
class RefundIntent:
    """What the platform was asked to keep and what has come to no end yet.

    Args:
        form_id: of the refund.
        claim: what was asked, see ``sync.wire.refunds.ClaimRequest``.
    """

    form_id: str
    claim: JsonObject


class RefundReading(Protocol):
    """The reading side."""

    def given_back(self, order_no: str) -> GivenBack:
        """What was given back of a sale so far, by this terminal."""
        ...

    def corrections(self, seq: int) -> Sequence[int]:
        """Entries by which corrections of the centre about this entry were accepted."""
        ...

    def recent_orders(self, limit: int) -> Sequence[str]:
        """Numbers of the newest sales, newest first."""
        ...

    def order_ending(self, figures: str) -> str:
        """Number of the newest sale that ends with these figures, "" for none.

        At least four figures are needed.
        """
        ...

    def of_order(self, order_no: str) -> Sequence[RefundRow]:
        """The refunds of a sale, oldest first."""
        ...

    def refund(self, refund_no: str) -> RefundRow | None:
        """One refund."""
        ...

    def last(self) -> RefundRow | None:
        """The newest refund."""
        ...

    def intents(self) -> Sequence[RefundIntent]:
        """What was meant to be given back and is neither booked nor withdrawn, oldest first."""
        ...

    def provisional_fen(self, business_date: str) -> int:
        """What was given back provisionally on a business day."""
        ...

    def alone_fen(self, clerk_id: str, business_date: str) -> int:
        """What a clerk gave back on a business day without a second person, fen."""
        ...

    def payment(self, number: str) -> RefundPayment | None:
        """Money on its way back under this number."""
        ...

    def payments(self, refund_no: str) -> Sequence[RefundPayment]:
        """All channel money of a refund, oldest first."""
        ...

    def open_payments(self) -> Sequence[RefundPayment]:
        """Channel money that is unknown, or refused and not given back another way yet."""
        ...
