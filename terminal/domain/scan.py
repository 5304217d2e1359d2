"""What was scanned or typed: one decision for the one scan field.

Context comes first, then structure and check digits; a prefix alone never decides. A Beijing
resident ID and a WeChat payer code have the same shape, a UnionPay payer code and a UnionPay card
too, and one waybill in ten looks like goods.

Source: postal-domain.md §2.6, §2.12, §2.19 (collision table).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from terminal.domain.catalogue import InStorePattern, InStoreReading, read_in_store
from terminal.domain.checks import is_digits, is_gtin, is_luhn, is_resident_id, is_s10

RECEIPT_PROOF_PREFIX: Final = "PT1*"
"""Start of a receipt's QR proof."""

PLATFORM_CODE_PREFIX: Final = "PTC1*"
"""Start of every other code of our own (vouchers, pick-up, provisioning): signed by the
platform."""

MAX_QUANTITY: Final = 9_999
"""Pieces that can be typed before ``*``; more is a slip of the finger."""

_QUANTITY: Final = re.compile(r"([0-9]{1,4})[*×](.+)", re.DOTALL)
_AIM_SYMBOLOGY: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z](?=.)")
_URL: Final = re.compile(r"([a-z][a-z0-9+.-]{1,15}://|www\.)", re.IGNORECASE)
_WECHAT: Final = re.compile(r"1[0-5][0-9]{16}")
_ALIPAY: Final = re.compile(r"(2[5-9]|30)[0-9]{14,22}")
_UNIONPAY: Final = re.compile(r"62[0-9]{16,17}")
_CARD: Final = re.compile(
    r"(?:62|60|64|65|81|4[0-9]|5[0-9]|35)[0-9]{14,17}|2[2-7][0-9]{14}|3[47][0-9]{13}|3[068][0-9]{12}"
)


class ScanContext(StrEnum):
    """Where the text arrived."""

    SELLING = "selling"
    PAYMENT = "payment"
    SIGN_ON = "sign_on"
    SEARCH = "search"


class ScanKind(StrEnum):
    """What the text is."""

    EMPTY = "empty"
    GTIN = "gtin"
    IN_STORE = "in_store"
    CODE = "code"
    PAYER_CODE = "payer_code"
    PAYER_CODE_EARLY = "payer_code_early"
    BANK_CARD_REFUSED = "bank_card_refused"
    WAYBILL_S10 = "waybill_s10"
    WAYBILL_DOMESTIC = "waybill_domestic"
    RESIDENT_ID = "resident_id"
    PLATFORM_CODE = "platform_code"
    RECEIPT_PROOF = "receipt_proof"
    RECEIPT_PROOF_NOT_NOW = "receipt_proof_not_now"
    URL = "url"
    TEXT = "text"


_SECRET: Final = frozenset(
    {
        ScanKind.PAYER_CODE,
        ScanKind.PAYER_CODE_EARLY,
        ScanKind.BANK_CARD_REFUSED,
        ScanKind.RESIDENT_ID,
        ScanKind.PLATFORM_CODE,
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class ScanClass:
    """The verdict on one scan.

    Its repr is fit for logs: codes that pay or name a person are masked.

    Args:
        kind: what it is.
        text: the cleaned text without quantity; upper case for waybills, IDs and own codes.
        quantity: pieces typed before ``*``, 1 to ``MAX_QUANTITY``; 1 when nothing was typed.
        scheme: ``wechat``, ``alipay`` or ``unionpay`` for payer codes, else "".
        in_store: PLU with price or weight for ``IN_STORE``.
        also: what it may be if the catalogue does not know it, likeliest first.
    """

    kind: ScanKind
    text: str
    quantity: int = 1
    scheme: str = ""
    in_store: InStoreReading | None = None
    also: tuple[ScanKind, ...] = ()

    @property
    def log_text(self) -> str:
        """The text as it may stand in a log: payer codes, cards and IDs keep only their length."""
        if self.kind in _SECRET:
            return f"<{len(self.text)} characters>"
        return self.text

    def __repr__(self) -> str:
        return f"ScanClass({self.kind.value}, {self.log_text!r}, quantity={self.quantity})"


def classify(
    text: str,
    context: ScanContext,
    *,
    today: date,
    in_store: Sequence[InStorePattern] = (),
) -> ScanClass:
    """Decide what was scanned or typed. Never raises: unknown things are free text for the search.

    Args:
        text: as it came; full-width digits of an input method and a scanner's AIM prefix are
            forgiven.
        context: where it arrived.
        today: for birth dates in resident IDs.
        in_store: the outlet's patterns for its own weighed goods.

    Returns:
        The verdict. ``PAYER_CODE`` comes only in payment; the same digits elsewhere are
        ``PAYER_CODE_EARLY``, which is to be neither searched nor kept. A ``URL`` is never opened.
    """
    cleaned = clean(text)
    if not cleaned:
        return ScanClass(ScanKind.EMPTY, "")
    counted = _QUANTITY.fullmatch(cleaned)
    if counted and context in (ScanContext.SELLING, ScanContext.SEARCH):
        quantity, rest = int(counted[1]), counted[2].strip()
        if 1 <= quantity <= MAX_QUANTITY and rest:
            verdict = _identify(rest, context, today, in_store)
            return ScanClass(
                verdict.kind, verdict.text, quantity, verdict.scheme, verdict.in_store, verdict.also
            )
    return _identify(cleaned, context, today, in_store)


def clean(text: str) -> str:
    """Fold full-width forms, drop control characters, outer blanks and an AIM prefix."""
    folded = unicodedata.normalize("NFKC", text)
    printable = "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf"))
    return _AIM_SYMBOLOGY.sub("", printable.strip())


def _identify(
    text: str, context: ScanContext, today: date, in_store: Sequence[InStorePattern]
) -> ScanClass:
    upper = text.upper()
    if upper.startswith(RECEIPT_PROOF_PREFIX):
        # A slip shown while somebody pays, or before anybody works, opens no refund.
        open_to_it = context in (ScanContext.SELLING, ScanContext.SEARCH)
        kind = ScanKind.RECEIPT_PROOF if open_to_it else ScanKind.RECEIPT_PROOF_NOT_NOW
        return ScanClass(kind, upper)
    if upper.startswith(PLATFORM_CODE_PREFIX):
        return ScanClass(ScanKind.PLATFORM_CODE, text)
    if is_resident_id(upper, today):
        return ScanClass(ScanKind.RESIDENT_ID, upper)
    if is_s10(upper.replace(" ", "")):
        return ScanClass(ScanKind.WAYBILL_S10, upper.replace(" ", ""))
    if _URL.match(text):
        return ScanClass(ScanKind.URL, text)
    digits = text.replace(" ", "")
    if is_digits(digits):
        return _identify_digits(digits, context, in_store)
    return ScanClass(ScanKind.TEXT, text)


def _identify_digits(
    digits: str, context: ScanContext, in_store: Sequence[InStorePattern]
) -> ScanClass:
    if _is_card(digits):
        return ScanClass(ScanKind.BANK_CARD_REFUSED, digits)
    scheme = payer_scheme(digits)
    if scheme:
        paying = context is ScanContext.PAYMENT
        kind = ScanKind.PAYER_CODE if paying else ScanKind.PAYER_CODE_EARLY
        return ScanClass(kind, digits, scheme=scheme)
    if len(digits) == 13:
        return _identify_13(digits, in_store)
    if is_gtin(digits):
        return ScanClass(ScanKind.GTIN, digits, also=(ScanKind.CODE,))
    return ScanClass(ScanKind.CODE, digits, also=(ScanKind.TEXT,))


def _identify_13(digits: str, in_store: Sequence[InStorePattern]) -> ScanClass:
    """Goods or waybill: both have 13 digits, and only goods promise a check digit."""
    reading = read_in_store(digits, in_store)
    if reading is not None:
        return ScanClass(
            ScanKind.IN_STORE, digits, in_store=reading, also=(ScanKind.WAYBILL_DOMESTIC,)
        )
    if is_gtin(digits):
        return ScanClass(ScanKind.GTIN, digits, also=(ScanKind.WAYBILL_DOMESTIC,))
    return ScanClass(ScanKind.WAYBILL_DOMESTIC, digits, also=(ScanKind.CODE,))


def payer_scheme(digits: str) -> str:
    """The payment scheme whose payer codes look like this.

    Source: postal-domain.md §2.12.

    Returns:
        ``wechat`` (18 digits, 10–15), ``alipay`` (16–24 digits, 25–30), ``unionpay`` (18–19 digits,
        62) or "".
    """
    if _WECHAT.fullmatch(digits):
        return "wechat"
    if _ALIPAY.fullmatch(digits):
        return "alipay"
    return "unionpay" if _UNIONPAY.fullmatch(digits) else ""


def _is_card(digits: str) -> bool:
    """Whether it is a card network's number range with a right Luhn digit: refused everywhere.

    One UnionPay payer code in ten has to be shown again for it, because a card number must never
    reach the terminal (PCI DSS requirement 3).
    """
    if _CARD.fullmatch(digits) is None or not is_luhn(digits):
        return False
    # A 14-digit number with a GTIN check digit is far likelier a carton than a Diners card.
    return not is_gtin(digits)
