"""The tills that are bound to this terminal."""

from __future__ import annotations

from terminal.app.context import Context
from terminal.domain.errors import UserError
from terminal.domain.till import Till, tills_of


def own_tills(context: Context) -> tuple[Till, ...]:
    """The tills of this terminal, its drawer first."""
    profile = context.profile
    told = tills_of(profile.settings.get("tills", ()))
    drawer = Till(profile.till_id, "kiosk" if profile.channel == "kiosk" else "clerk")
    return (drawer, *(till for till in told if till.till_id != drawer.till_id))


def own_till(context: Context, till_id: str) -> Till:
    """One of them.

    Raises:
        UserError: ``till.not_here`` with ``till``.
    """
    for till in own_tills(context):
        if till.till_id == till_id:
            return till
    raise UserError("till.not_here", {"till": till_id})
