"""Bars of Code 128 for the simulated printer, from the data that ``GS k 73`` carries.

Source: ISO/IEC 15417, table 1 (widths of bars and spaces by symbol value).
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_WIDTHS: Final = tuple(_TABLE.split(" "))
_START: Final = {ord("A"): 103, ord("B"): 104, ord("C"): 105}
_STOP: Final = 106


def code128_modules(data: bytes) -> list[bool]:
    """The modules of a code from left to right, True for black, without quiet zones.

    Args:
        data: begins with ``{A``, ``{B`` or ``{C``; later ``{{`` stands for one brace. Code sets do
            not change inside.

    Returns:
        An empty list for data that a printer would refuse.
    """
    if len(data) < 3 or data[0] != ord("{") or data[1] not in _START:
        return []
    start = _START[data[1]]
    payload = data[2:].replace(b"{{", b"{")
    values = list(payload) if start == _START[ord("C")] else [byte - 32 for byte in payload]
    if any(not 0 <= value <= 102 for value in values):
        return []
    check = (start + sum(place * value for place, value in enumerate(values, start=1))) % 103
    modules: list[bool] = []
    for value in (start, *values, check, _STOP):
        for index, width in enumerate(_WIDTHS[value]):
            modules.extend([index % 2 == 0] * int(width))
    return modules
