"""Whether the clerk has yet to count a till: until then nothing tells what should be in it."""

from __future__ import annotations

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
from terminal.domain.cash_up import Step


def counted_blind(context: Context, till_id: str = "") -> bool:
    """Whether what a till of this terminal should hold is not told.

    That is from the first movement after its last closing until its count is an entry, unless the
    platform sets ``blind_tills`` to false. Store thread only.

    Args:
        context: for the books.
        till_id: the till; "" for the drawer at this counter.
    """
    return blind_since(context, till_id) is not None


def blind_since(context: Context, till_id: str = "") -> str | None:
    """The first business date of what has yet to be counted; None when nothing is hidden."""
    if not context.setting("blind_tills", True):
        return None
    period = Period(context, till_id)
    cash_up, span = period.current()
    uncounted = period.step(cash_up, span) in (Step.RESOLVE, Step.COUNT)
    return span.since_date if uncounted and period.due() else None
