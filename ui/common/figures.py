"""How figures are written on the screen."""

from __future__ import annotations

from datetime import datetime

from terminal.domain.china_time import CHINA, local_time

_THIN = "\u2009"


def yuan(amount: str) -> str:
    """``-1234.50`` → ``−¥ 1 234.50``: sign first, thin spaces between thousands.

    Args:
        amount: yuan with two decimals as the core writes it; "" stays "".
    """
    if not amount:
        return ""
    sign = "−" if amount.startswith("-") else ""
    whole, dot, cents = amount.lstrip("-").partition(".")
    grouped = f"{int(whole or '0'):,}".replace(",", _THIN)
    return f"{sign}¥{_THIN}{grouped}{dot}{cents}"


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
