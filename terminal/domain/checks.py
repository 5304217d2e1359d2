"""Check digits and date rules of the numbers that reach the scan field: one small function each.

They answer yes or no and never raise: a scanned text is not an error, it is merely something else.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_S10: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_RESIDENT_ID: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PROVINCES: Final = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50}
    | {51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83}
)
_PERMANENT_RESIDENT: Final = "9"
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})


def is_digits(text: str) -> bool:
    """Whether the text is one or more ASCII digits (``str.isdigit`` also takes ² and ٣)."""
    return text.isascii() and text.isdigit()


def gtin_check_digit(body: str) -> str:
    """The last digit of a GTIN whose other digits are ``body``.

    Args:
        body: 7, 11, 12 or 13 ASCII digits.

    Returns:
        One digit. Source: GS1 General Specifications §7.9, weights 3 and 1 from the right.
    """
    total = sum(int(digit) * (1 + 2 * (place % 2 == 0)) for place, digit in enumerate(body[::-1]))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Whether the text is a GTIN-8, -12, -13 or -14 (one number in ten is, by chance)."""
    return (
        len(text) in _GTIN_LENGTHS
        and is_digits(text)
        and text.strip("0") != ""
        and gtin_check_digit(text[:-1]) == text[-1]
    )


def is_s10(text: str) -> bool:
    """Whether the text is a postal item identifier, ``RA473124829CN``.

    Source: UPU S10 v12; check = 11 − (Σ digit × weight mod 11), 10 becomes 0 and 11 becomes 5.
    """
    if _S10.fullmatch(text) is None:
        return False
    weighted = sum(int(d) * w for d, w in zip(text[2:10], _S10_WEIGHTS, strict=True))
    check = 11 - weighted % 11
    return int(text[10]) == {10: 0, 11: 5}.get(check, check)


def is_resident_id(text: str, today: date) -> bool:
    """Whether the text is an 18-character resident identity number.

    Area, date of birth and check character must all fit: a payer code of the same shape passes
    about 4 times in 100 000. Residence permits (81–83) and permanent residence cards (9…) follow
    the same form.

    Args:
        text: upper case.
        today: nobody is born after it.

    Source: GB 11643 (ISO 7064 MOD 11-2); postal-domain.md §2.11.
    """
    if _RESIDENT_ID.fullmatch(text) is None:
        return False
    if int(text[:2]) not in _PROVINCES and text[0] != _PERMANENT_RESIDENT:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    weighted = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(text[:17]))
    return date(1880, 1, 1) <= born <= today and "10X98765432"[weighted % 11] == text[17]


def is_luhn(text: str) -> bool:
    """Whether a run of digits passes the Luhn check of bank cards.

    Source: ISO/IEC 7812-1 Annex B.
    """
    if not is_digits(text) or text.strip("0") == "":
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in text[-2::-2])
    return (sum(int(digit) for digit in text[::-2]) + sum(doubled)) % 10 == 0
