"""Amounts of renminbi in the capital numerals that cannot be altered with a stroke (人民币大写).

Source: 中国人民银行《支付结算办法》附一《正确填写票据和结算凭证的基本规定》, rules 1 to 5.
"""

from __future__ import annotations

from typing import Final

from terminal.domain.errors import BugError
from terminal.domain.money import MAX_FEN

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def chinese_amount(fen: int) -> str:
    """The amount in words, 12345 → ``壹佰贰拾叁元肆角伍分``, 10000 → ``壹佰元整``.

    Args:
        fen: whole fen; negative amounts begin with ``负``; absolute value at most ``MAX_FEN``.

    Raises:
        BugError: ``money.out_of_range`` beyond the bound.
    """
    if abs(fen) > MAX_FEN:
        raise BugError("money.out_of_range")
    if fen < 0:
        return "负" + chinese_amount(-fen)
    yuan, rest = divmod(fen, 100)
    jiao, single_fen = divmod(rest, 10)
    words = _whole(yuan) + "元" if yuan else ""
    if not rest:
        return (words or "零元") + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    return words + (_DIGITS[single_fen] + "分" if single_fen else "整")


def _whole(number: int) -> str:
    """A positive whole number in words, one 零 for any run of zeros inside."""
    words, gap = "", False
    for power in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10 ** (4 * power) % 10_000
        if not group:
            gap = gap or bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group(group) + _GROUPS[power]
        gap = False
    return words


def _group(group: int) -> str:
    """One to four digits in words, without a leading 零."""
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words
