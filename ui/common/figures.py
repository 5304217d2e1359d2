"""How figures are written on the screen."""

from __future__ import annotations

from datetime import datetime

from terminal.domain.china_time import CHINA, local_time

# A line may break at a thin space, and after a minus: half an amount reads as another one.
_THIN = "\u202f"
_JOINED = "\u2060"
_SPACE = "\u00a0"


def yuan(amount: str) -> str:
    """``-1234.50`` → ``−¥ 1 234.50``: sign first, thin spaces between thousands, never broken.

    Args:
        amount: yuan with two decimals as the core writes it; "" stays "".
    """
    return _with_sign(amount, f"¥{_THIN}") if amount else ""


def plain(amount: str) -> str:
    """``-1234.50`` → ``−1 234.50``: an amount where everything is yuan.

    Args:
        amount: yuan with two decimals as the core writes it.
    """
    return _with_sign(amount, "")


def moved(figure: str, *, comes_in: bool) -> str:
    """``+ 1 234.50`` or ``− 1 234.50``: how a line of a sum moves it.

    Args:
        figure: how much, as it is shown.
        comes_in: whether it is added.
    """
    return f"{'+' if comes_in else '−'}{_SPACE}{figure}"


def _with_sign(amount: str, unit: str) -> str:
    sign = f"−{_JOINED}" if amount.startswith("-") else ""
    whole, dot, cents = amount.lstrip("-").partition(".")
    return f"{sign}{unit}{int(whole or '0'):,}".replace(",", _THIN) + dot + cents


def moment(at: str) -> str:
    """A recorded instant as the clock on the wall showed it; the date too when it was not today.

    Args:
        at: UTC time stamp as the core records it, "" stays "".
    """
    if not at:
        return ""
    shown = local_time(at)
    return (
        clock(shown)
        if shown.date() == datetime.now(CHINA).date()
        else shown.strftime("%m-%d %H:%M")
    )


def clock(at: datetime) -> str:
    """Hours and minutes of a local time."""
    return at.strftime("%H:%M")
