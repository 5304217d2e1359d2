"""What a payment form says of its tenders and of a payment by code."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from terminal.domain.china_time import CHINA
from ui.common.figures import yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.code_payments import AttemptView
    from terminal.app.payment_view import TenderView

OPEN_STATES = frozenset({"armed", "sent", "unknown", "reversing"})
TONE_OF_STATE = {
    "paid_late": "danger",
    "paid": "ok",
    "failed": "danger",
    "reversed": "wait",
    "doubt": "danger",
    "unknown": "wait",
}

_EXPLAINS: dict[str, tuple[str, ...]] = {"failed": ("",), "doubt": ("database.",)}
"""How the codes begin whose own text may stand for that of the state."""


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One tender of a split payment."""

    place: int
    name: str
    amount: str
    removable: bool


def tender_row(words: Words, place: int, tender: TenderView, *, free: bool) -> TenderRow:
    """A tender as the form lists it.

    Args:
        words: the texts.
        place: its place on the form, from 0.
        tender: the tender.
        free: whether anything may be given back now.
    """
    name = words.text(tender.name_code)
    if tender.detail:
        name = f"{name} {tender.detail}"
    if tender.state != "paid":
        name = f"{name} · {words.text(f'tender.state.{tender.state}')}"
    settled = tender.kind == "cash" or tender.state == "paid"
    return TenderRow(place, name, yuan(tender.amount_text), free and settled)


def attempt_chip(words: Words, attempt: AttemptView) -> str:
    """Scheme and state in a few words: ``微信 · 查询中``.

    Args:
        words: the texts.
        attempt: the payment by code.
    """
    key = f"code.state.{attempt.state}"
    if attempt.refunding and words.has(f"{key}.refund"):
        key = f"{key}.refund"
    return f"{words.text(f'code.{attempt.scheme}')} · {words.text(key)}"


def scanned_text(words: Words, attempt: AttemptView) -> str:
    """``14:02:05 扫码``: when it began; of a payer code, when that was read."""
    if attempt.kind != "payer_code":
        return begun_text(words, attempt.out_trade_no)
    return words.text("code.scanned", time=_begun_at(attempt.out_trade_no))


def begun_text(words: Words, out_trade_no: str) -> str:
    """``14:02:05 发起``: when a payment began, as its number says."""
    return words.text("code.begun", time=_begun_at(out_trade_no))


def _begun_at(out_trade_no: str) -> str:
    at = datetime.fromtimestamp((uuid.UUID(out_trade_no).int >> 80) / 1000, CHINA)
    return at.strftime("%H:%M:%S")


def attempt_text(words: Words, attempt: AttemptView, seconds: int) -> str:
    """What is happening, what is safe, what to do.

    The last answer explains a payment that failed. In doubt it may only speak of the disk: an
    answer such as "unreachable" came after a charge that may well be done.

    Args:
        words: the texts.
        attempt: the payment by code.
        seconds: until the platform is asked again, 0 while it is being asked.
    """
    key, code = f"attempt.{attempt.state}", f"attempt.{attempt.message_code}"
    if attempt.refunding and words.has(f"{key}.refund"):
        key = f"{key}.refund"
    elif attempt.message_code.startswith(_EXPLAINS.get(attempt.state, ())) and words.has(code):
        key = code
    elif words.has(f"{key}.{attempt.scheme}"):
        key = f"{key}.{attempt.scheme}"
    next_look = "attempt.next" if seconds > 0 else "attempt.now"
    return words.text(key, next=words.text(next_look, seconds=seconds))
