"""What may have caused a difference, in the words of the chosen language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from terminal.domain.difference import Cause, Excluded
from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.words import Words


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause as the list shows it.

    Args:
        place: from 0, the likeliest first.
        title: what may have happened.
        why: why it is thought of.
        action: what opening it shows, "" when there is no entry behind it.
        likeliest: whether it is the first.
    """

    place: int
    title: str
    why: str
    action: str
    likeliest: bool


def cause_row(words: Words, place: int, cause: Cause, *, short: bool) -> CauseRow:
    """One cause in words.

    Args:
        words: the texts.
        place: from 0.
        cause: what may have happened.
        short: whether money is missing.
    """
    values: dict[str, object] = {name: yuan(Money(fen).text) for name, fen in cause.amounts}
    values |= dict(cause.words)
    reason = f"till.reason.{values.get('reason')}"
    if words.has(reason):
        values["reason"] = words.text(reason)
    why = words.text(f"cash_up.fit.{cause.fit}", values)
    if place == 0:
        why = words.text("cash_up.likeliest", why=why)
    count = len(cause.seqs)
    return CauseRow(
        place=place,
        title=words.text(_key(words, cause, short=short), values),
        why=why,
        action=words.text("cash_up.open_entries", count=count) if count else "",
        likeliest=place == 0,
    )


def excluded_text(words: Words, excluded: Iterable[Excluded]) -> str:
    """What was looked at and does not fit, in one line."""
    return words.text("cash_up.excluded.comma").join(
        words.text(f"cash_up.excluded.{item.code}", count=item.looked_at)
        for item in excluded
        if not _unasked(item)
    )


def unchecked_text(words: Words, excluded: Iterable[Excluded]) -> str:
    """What nobody could look at yet, so that it excludes nothing; "" for nothing."""
    unasked = any(_unasked(item) for item in excluded)
    return words.text("cash_up.excluded.platform_unasked") if unasked else ""


def _unasked(item: Excluded) -> bool:
    """The platform's totals exclude something only after the platform answered."""
    return item.code == "platform" and not item.looked_at


def _key(words: Words, cause: Cause, *, short: bool) -> str:
    """Some causes are told otherwise when money is over, or when a count is behind them."""
    key = f"cash_up.cause.{cause.code}"
    if not cause.seqs and words.has(f"{key}.count"):
        return f"{key}.count"
    sided = f"{key}.{'short' if short else 'over'}"
    return sided if words.has(sided) else key
