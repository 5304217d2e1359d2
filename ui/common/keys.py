"""The counter's keys in one table: what a key does where, and the hint shown for it.

The table is data; the key hints, the key gate and the manual are made from it, so they cannot
disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from ui.common.places import DIALOG, EVERY_PAGE, PAYMENT, QUEUE, SELLING

GOODS = "goods in the basket"
CHOICE = "lines or found goods"
SALE = "a sale"
PARKED = "a parked basket"
CARRYING = "the pane for a stick"
ASKED = "a question of another counter"
POUCH = "a pouch that was sent here"
TILLS = "a till beside the drawer"
DRAWER = "a drawer that customers pay into"
DISPUTE = "a dispute of the till"
DIFFERENCE = "a difference of the count"
RECOUNT = "a count that may be made again"


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """One key in one set of places.

    Args:
        combo: the key as ``QKeySequence`` writes it, ``Ctrl+S``.
        action: what it does; a name the counter's view-model knows.
        places: the pages on which it works.
        hint: key of the short words beside it in the hint bar, "" to leave it out.
        only_when_empty: works only while the field that has the focus is empty (``+``, ``Del`` …).
        label: how the key cap is written when ``combo`` reads badly.
        needs: what must be there for the key to be of use: ``GOODS``, ``CHOICE``, ``SALE``,
            ``PARKED``, ``CARRYING``, ``ASKED``, ``POUCH``, ``TILLS``, ``DRAWER``,
            ``DISPUTE``, ``DIFFERENCE`` or ``RECOUNT``; "" for nothing.
    """

    combo: str
    action: str
    places: frozenset[str]
    hint: str = ""
    only_when_empty: bool = False
    label: str = ""
    needs: str = ""


def _on(*places: str) -> frozenset[str]:
    return frozenset(places)


_END = _on("cash_up_hand_over")
_DIFFERS = _on("cash_up_difference")
_COUNTED = _on("cash_up_difference", "cash_up_verify", "cash_up_hand_over")
_CASH_UP = _COUNTED | {"cash_up_count", "cash_up_resolve"}
_TILL_FORMS = _on("till_move", "till_receive", "till_wrong", "till_check")
_WORKING = EVERY_PAGE - {PAYMENT}

BINDINGS: tuple[KeyBinding, ...] = (
    KeyBinding("F7", "only_waiting", _on(QUEUE), "hint.only_waiting"),
    KeyBinding("F8", "upload", _on(QUEUE), "hint.upload"),
    KeyBinding("F11", "outlook", _on(QUEUE), "hint.outlook"),
    KeyBinding("F2", "carry", _on(QUEUE), "hint.carry"),
    KeyBinding("F12", "take_carried", _on(QUEUE), "hint.take_carried", needs=CARRYING),
    KeyBinding("F8", "directive_accept", _on("directive"), "hint.directive_accept"),
    KeyBinding("F7", "directive_dispute", _on("directive"), "hint.directive_dispute"),
    KeyBinding("F12", "refund_go", _on("refund_form"), "hint.refund_go"),
    KeyBinding("F12", "refund_go", _on("refund", "refund_done")),
    KeyBinding("F7", "refund_all", _on("refund_form"), "hint.refund_all"),
    KeyBinding("F8", "refund_whole", _on("refund_form"), "hint.refund_whole"),
    KeyBinding("F2", "refund_reason", _on("refund_form"), "hint.refund_reason"),
    KeyBinding("+", "refund_more", _on("refund_form"), "hint.refund_count", True, "+ −"),
    KeyBinding("-", "refund_fewer", _on("refund_form"), "", True),
    KeyBinding("Up", "refund_up", _on("refund_form", "refund"), "hint.refund_line", True, "↑ ↓"),
    KeyBinding("Down", "refund_down", _on("refund_form", "refund"), "", True),
    KeyBinding("F7", "report_before", _on("reports"), "hint.report_before"),
    KeyBinding("F8", "report_after", _on("reports"), "hint.report_after"),
    KeyBinding("F2", "report_print", _on("reports"), "hint.report_print"),
    KeyBinding("F12", "report_export", _on("reports"), "hint.report_export"),
    KeyBinding("F12", "cash_up_go", _on("cash_up_count"), "hint.cash_up_count"),
    KeyBinding("F12", "cash_up_go", _DIFFERS, "hint.cash_up_book"),
    KeyBinding("F12", "cash_up_go", _on("cash_up_hand_over"), "hint.cash_up_close"),
    KeyBinding("F7", "cash_up_dispute", _DIFFERS, "hint.cash_up_dispute", needs=DIFFERENCE),
    KeyBinding("F7", "cash_up_hand_over", _END, "hint.cash_up_hand_over", needs=DRAWER),
    KeyBinding("F11", "cash_up_vault", _END, "hint.cash_up_vault", needs=DRAWER),
    KeyBinding("F8", "cash_up_recount", _COUNTED, "hint.cash_up_recount", needs=RECOUNT),
    KeyBinding("Ctrl+K", "cash_up_till", _CASH_UP, "hint.cash_up_till", needs=TILLS),
    KeyBinding("Ctrl+J", "cash_up_evidence", _CASH_UP, "hint.cash_up_evidence", needs=DISPUTE),
    KeyBinding("F2", "cash_up_interim", _COUNTED | {"cash_up_count"}, "hint.cash_up_interim"),
    KeyBinding("F2", "till_send", _on("till"), "hint.till_send"),
    KeyBinding("F7", "till_take", _on("till"), "hint.till_take"),
    KeyBinding("F8", "till_open_drawer", _on("till"), "hint.till_open_drawer"),
    KeyBinding("F11", "till_count", _on("till"), "hint.till_count"),
    KeyBinding("Ctrl+P", "till_reprint", _on("till"), "hint.till_reprint", needs=POUCH),
    KeyBinding("F7", "till_wrong", _on("till_receive"), "hint.till_wrong"),
    KeyBinding("F12", "till_go", _TILL_FORMS, "hint.till_go"),
    KeyBinding("F12", "pay", _on(SELLING), "hint.pay", needs=GOODS),
    KeyBinding("Up", "line_up", _on(SELLING), "hint.line", True, "↑ ↓", CHOICE),
    KeyBinding("Down", "line_down", _on(SELLING), "", True),
    KeyBinding("PgUp", "lines_up", _on(SELLING), "", True),
    KeyBinding("PgDown", "lines_down", _on(SELLING), "", True),
    KeyBinding("+", "more", _on(SELLING), "hint.quantity", True, "+ − *", GOODS),
    KeyBinding("-", "fewer", _on(SELLING), "", True),
    KeyBinding("*", "quantity", _on(SELLING), "", True),
    KeyBinding("Del", "void_line", _on(SELLING), "hint.void_line", True, needs=GOODS),
    KeyBinding("F2", "suspend", _on(SELLING, PAYMENT), "hint.suspend", needs=GOODS),
    KeyBinding("Ctrl+S", "suspend", _on(SELLING)),
    KeyBinding("Ctrl+R", "open_parked", _WORKING, "hint.recall", needs=PARKED),
    KeyBinding("F3", "open_parked", _WORKING),
    KeyBinding("F7", "member_level", _on(SELLING), "hint.member", needs=GOODS),
    KeyBinding("F8", "override", _on(SELLING), "hint.override", needs=GOODS),
    KeyBinding("Ctrl+L", "open_last", _WORKING),
    KeyBinding("F4", "open_last", _WORKING),
    KeyBinding("F5", "open_queue", _WORKING),
    KeyBinding("Ctrl+D", "open_directives", _WORKING),
    KeyBinding("Ctrl+B", "open_refund", _WORKING),
    KeyBinding("Ctrl+E", "open_reports", _WORKING),
    KeyBinding("F9", "open_settings", _WORKING),
    KeyBinding("Ctrl+T", "open_till", _WORKING),
    KeyBinding("Ctrl+G", "open_cash_up", _WORKING),
    KeyBinding("F1", "open_selling", _WORKING),
    KeyBinding("Ctrl+P", "reprint", _WORKING - {"till"}, "hint.reprint", needs=SALE),
    KeyBinding("Ctrl+Y", "approve", _WORKING, "hint.approve", needs=ASKED),
    KeyBinding("F10", "lock", _WORKING, "hint.lock"),
    KeyBinding("F6", "leave", _WORKING),
    KeyBinding("F6", "leave_now", _on(DIALOG)),
    KeyBinding("F9", "train", _on(DIALOG)),
    KeyBinding("F11", "exact_cash", _on(PAYMENT), "hint.exact"),
    KeyBinding("F3", "tender_payer_code", _on(PAYMENT)),
    KeyBinding("F4", "tender_merchant_code", _on(PAYMENT)),
    KeyBinding("F5", "tender_bank_card", _on(PAYMENT)),
    KeyBinding("F6", "tender_prepaid_card", _on(PAYMENT)),
    KeyBinding("F7", "tender_virtual_account", _on(PAYMENT)),
    KeyBinding("F8", "tender_points", _on(PAYMENT)),
    KeyBinding("F9", "tender_voucher", _on(PAYMENT)),
    KeyBinding("F10", "tender_cash_on_delivery", _on(PAYMENT)),
    KeyBinding("F1", "tender_affixed", _on(PAYMENT)),
    KeyBinding("Ctrl+O", "tender_on_account", _on(PAYMENT)),
    KeyBinding("Ctrl+P", "reprint", _on(PAYMENT), "hint.reprint", needs=SALE),
    KeyBinding("F8", "type_weight", _on(DIALOG)),
    KeyBinding("Esc", "back", EVERY_PAGE | {DIALOG}, "hint.back"),
)


def bound_action(combo: str, place: str, field_is_empty: bool) -> str:
    """The action of a key, "" when the key belongs to whatever has the focus."""
    for binding in BINDINGS:
        if (
            binding.combo == combo
            and place in binding.places
            and (field_is_empty or not binding.only_when_empty)
        ):
            return binding.action
    return ""


def hints_for(place: str, missing: frozenset[str] = frozenset()) -> tuple[KeyBinding, ...]:
    """The bindings shown at the bottom of that page, in the order of the table.

    Args:
        place: where the clerk is.
        missing: what is not there; a key that needs it is not offered.
    """
    return tuple(
        binding
        for binding in BINDINGS
        if binding.hint and place in binding.places and binding.needs not in missing
    )


def key_of(action: str) -> str:
    """The first key that does ``action``; what a button shows as its key."""
    return next((binding.combo for binding in BINDINGS if binding.action == action), "")
