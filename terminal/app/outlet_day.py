"""The other terminals of the outlet on a business day: asked for, proven, or said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terminal.app.context import Context
from terminal.domain.outlet_day import OtherTerminal, OutletDay, read_terminal
from terminal.domain.peer import Peer, counter_name, read_peer
from terminal.ports.sync_state import PlatformCalls


def ask_day(calls: PlatformCalls, business_date: str) -> Mapping[str, Any] | None:
    """What the platform tells; None without an answer. Blocks: never on the store or UI thread."""
    told = calls.call("outlet.day", {"business_date": business_date})
    return told["result"] if told["outcome"] == "ok" else None


def read_day(context: Context, business_date: str, told: Mapping[str, Any] | None) -> OutletDay:
    """Prove what the platform told. Store thread only."""
    if told is None:
        return OutletDay("", _unasked(context))
    keys = {one.terminal_id: one.public_key for one in _introduced(context)}
    return OutletDay(
        business_date,
        tuple(
            read_terminal(
                row["terminal_id"], business_date, row["entries"], keys.get(row["terminal_id"])
            )
            for row in told["terminals"]
        ),
    )


def others_on(context: Context, business_date: str) -> tuple[OtherTerminal, ...]:
    """Every other terminal of the outlet; those nobody could ask about are named as such."""
    day = context.compared.outlet
    if day.business_date == business_date:
        return day.others
    return _unasked(context)


def _unasked(context: Context) -> tuple[OtherTerminal, ...]:
    # A terminal that was replaced was introduced as well: the newest of each counter is meant.
    by_counter = {counter_name(one.terminal_id): one for one in _introduced(context)}
    return tuple(
        OtherTerminal(one.terminal_id, "unasked")
        for _, one in sorted(by_counter.items(), key=lambda row: row[0].zfill(4))
    )


def _introduced(context: Context) -> tuple[Peer, ...]:
    """Terminals whose keys the platform told, newest last."""
    found = []
    for received in context.sync.received():
        peer = read_peer(received.record)
        if peer is not None and context.secrets.genuine(received.record):
            found.append(peer)
    return tuple(found)
