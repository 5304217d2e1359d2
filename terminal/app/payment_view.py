"""The payment form and what became of it, as a screen shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from terminal.app.code_payments import AttemptView
from terminal.app.tender_offers import TenderChoice
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.tender import tender_words


@dataclass(frozen=True, slots=True)
class TenderView:
    """A tender on the form; ``detail`` is a masked number, a courier or a customer."""

    kind: str
    name_code: str
    amount_text: str
    state: str
    out_trade_no: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SaleView:
    """A completed sale, or the one that an earlier press completed.

    Args:
        tenders: by what it was paid; of cash what was handed over, before change.
        rounding_text: zero or negative, taken off the total for cash.
        taken_text: what the outlet keeps: the total after rounding.
    """

    order_no: str
    tenders: tuple[TenderView, ...]
    total_text: str
    rounding_text: str
    taken_text: str
    change_text: str
    change_fen: int
    entry_seq: int
    hash_short: str
    at_text: str
    already_saved: bool
    drawer: bool


@dataclass(frozen=True, slots=True)
class PaymentView:
    """The payment form as a screen shows it."""

    form_id: str
    basket_id: str
    due_text: str
    paid_text: str
    remaining_text: str
    cash_remaining_text: str
    rounding_text: str
    tenders: tuple[TenderView, ...]
    attempt: AttemptView | None
    done: SaleView | None
    can_cancel: bool
    choices: tuple[TenderChoice, ...] = ()
    changes: frozenset[str] = frozenset()


def sale_view(entry: Entry, *, already_saved: bool) -> SaleView:
    """A ``sale.completed`` entry as the form shows it."""
    body: Any = entry.body
    cash = [tender for tender in body["tenders"] if tender["kind"] == "cash"]
    change = Money(sum(tender["change_fen"] for tender in cash))
    return SaleView(
        order_no=body["order_no"],
        tenders=tuple(_booked_tender(tender) for tender in body["tenders"]),
        total_text=Money(body["total_fen"]).text,
        rounding_text=Money(body["rounding_fen"]).text,
        taken_text=Money(body["total_fen"] + body["rounding_fen"]).text,
        change_text=change.text,
        change_fen=change.fen,
        entry_seq=entry.seq,
        hash_short=entry.hash[:8].upper(),
        at_text=entry.recorded_at,
        already_saved=already_saved,
        drawer=bool(cash),
    )


def _booked_tender(tender: dict[str, Any]) -> TenderView:
    if tender["kind"] == "cash":
        handed_over = Money(tender["received_fen"]).text
        return TenderView("cash", "payment.received_cash", handed_over, "paid")
    return TenderView(
        tender["kind"],
        tender_words(tender["kind"], tender.get("scheme", "")),
        Money(tender["fen"]).text,
        "paid",
        tender.get("out_trade_no", ""),
        tender.get("reference", tender.get("owner", "")),
    )
