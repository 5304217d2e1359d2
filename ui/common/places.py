"""The pages of the counter in one table: the rail, the keys and the loader follow from it."""

from __future__ import annotations

from dataclasses import dataclass

SELLING = "selling"
PAYMENT = "payment"
PAID = "paid"
QUEUE = "queue"
REFUND = "refund"
DIRECTIVES = "directives"
REPORTS = "reports"
TILL = "till"
CASH_UP = "cash_up"
DIALOG = "dialog"


@dataclass(frozen=True, slots=True)
class Place:
    """One page that the rail leads to.

    Args:
        page: its name; the words are ``rail.<page>``, the key opens ``open_<page>``, and the
            view-model is the counter's property of the same name (in camel case).
        icon: a drawing of ``icons.js``.
        view: QML file under ``ui/qml/Outlet`` that is read when the page is first opened; "" for
            a page that ``CounterView`` holds itself.
        whole: whether it takes the basket's room as well.
        parts: names of the steps or panes on it that have keys of their own.
    """

    page: str
    icon: str
    view: str = ""
    whole: bool = False
    parts: tuple[str, ...] = ()


PLACES: tuple[Place, ...] = (
    Place(SELLING, "goods"),
    Place("parked", "parked", "Counter/ParkedBasketsView.qml"),
    Place("last", "last", "Counter/LastTransactionView.qml"),
    Place(QUEUE, "queue"),
    Place(
        DIRECTIVES,
        "directive",
        "Counter/DirectivesPageView.qml",
        whole=True,
        parts=("directive",),
    ),
    Place(
        REFUND,
        "refund",
        "Counter/RefundPageView.qml",
        whole=True,
        parts=("refund_form", "refund_done"),
    ),
    Place(REPORTS, "report", "Counter/ReportsPageView.qml", whole=True),
    Place(
        TILL,
        "till",
        "Money/TillView.qml",
        whole=True,
        parts=("till_move", "till_receive", "till_wrong", "till_drawer", "till_check"),
    ),
    Place(
        CASH_UP,
        "cash_up",
        "Money/CashUpView.qml",
        whole=True,
        parts=(
            "cash_up_resolve",
            "cash_up_count",
            "cash_up_difference",
            "cash_up_verify",
            "cash_up_hand_over",
        ),
    ),
    Place("settings", "settings", "Counter/SettingsPageView.qml"),
)

EVERY_PAGE = frozenset(
    {name for place in PLACES for name in (place.page, *place.parts)} | {PAYMENT, PAID}
)
"""Every place without a dialog over it."""


def place_of(page: str) -> Place | None:
    """The row of a page; None for the payment form, which no rail entry opens."""
    return next((place for place in PLACES if place.page == page), None)
