"""What a payment form waits for and which keys do something on it, by what the core says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.common.payer_code import PayerCode

if TYPE_CHECKING:
    from terminal.app.payment_view import PaymentView, TenderView


def cash_given(view: PaymentView | None) -> bool:
    """Whether cash lies on the form."""
    return bool(view and any(part.kind == "cash" for part in view.tenders))


def covered(view: PaymentView | None) -> bool:
    """Whether all the money is there and the sale could not be booked."""
    return bool(view and view.tenders and not view.done and view.remaining_text == "0.00")


def free(view: PaymentView | None) -> bool:
    """Whether the goods cost nothing."""
    return bool(view and view.due_text == "0.00")


def takes_money(view: PaymentView | None, code: PayerCode) -> bool:
    """Whether cash or a code may be taken now: no outcome of this basket is open."""
    settled = not code.open and not code.inDoubt
    return settled and (view is None or view.can_cancel)


def may_go_back(view: PaymentView, code: PayerCode, tender: TenderView) -> bool:
    """Cash goes back in a doubt too: a basket with cash on it cannot be parked."""
    if view.done:
        return False
    return takes_money(view, code) or (code.inDoubt and tender.kind == "cash")


def subtitle_key(view: PaymentView | None, code: PayerCode) -> str:
    """The text of what the form is waiting for."""
    waits_for = (
        "doubt"
        if code.inDoubt
        else "asking"
        if code.open
        else "covered"
        if covered(view)
        else "free"
        if free(view)
        else ""
    )
    return f"payment.subtitle.{waits_for}" if waits_for else "payment.subtitle"


def idle_actions(view: PaymentView | None, code: PayerCode) -> list[str]:
    """Actions of the key table that do nothing on the form now."""
    takes = takes_money(view, code)
    works = {
        "suspend": not code.open and not cash_given(view),
        "exact_cash": takes and not covered(view),
        "back": takes and bool(view and view.can_cancel),
    }
    return [action for action, does in works.items() if not does]
