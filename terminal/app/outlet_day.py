"""The other terminals of the outlet on a business day: asked for, proven, or said to be unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from terminal.app.context import Context
from terminal.domain.cash_up import OUTLET
from terminal.domain.outlet_day import OtherTerminal, OutletDay, read_terminal
from terminal.domain.peer import Peer, counter_name, read_peer
from terminal.ports.cash_ups import Span
from terminal.ports.sync_state import PlatformCalls

_DAYS: Final = 7
"""Business days whose cash-ups are looked into for terminals of the outlet."""


def ask_day(calls: PlatformCalls, business_date: str) -> Mapping[str, Any] | None:
    """What the platform tells; None without an answer. Blocks: never on the store or UI thread."""
    told = calls.call("outlet.day", {"business_date": business_date})
    return told["result"] if told["outcome"] == "ok" else None


def read_day(context: Context, business_date: str, told: Mapping[str, Any] | None) -> OutletDay:
    """Prove what the platform told, and name whom it left out. Store thread only."""
    if told is None:
        return OutletDay("", _unasked(context))
    keys = {one.terminal_id: one.public_key for one in _introduced(context)}
    rows, times = told["terminals"], Counter(row["terminal_id"] for row in told["terminals"])
    read = [
        read_terminal(
            row["terminal_id"], business_date, row["entries"], keys.get(row["terminal_id"])
        )
        for row in rows
        if times[row["terminal_id"]] == 1
    ]
    twice = [OtherTerminal(name, "unproven") for name, number in times.items() if number > 1]
    heard = {counter_name(name) for name in times}
    left_out = [
        OtherTerminal(name, "unproven")
        for name in _known(context)
        if counter_name(name) not in heard
    ]
    return OutletDay(business_date, (*read, *twice, *left_out))


def others_on(context: Context, business_date: str) -> tuple[OtherTerminal, ...]:
    """Every other terminal of the outlet; those nobody could ask about are named as such."""
    day = context.compared.outlet
    if day.business_date == business_date:
        return day.others
    return _unasked(context)


def _unasked(context: Context) -> tuple[OtherTerminal, ...]:
    return tuple(OtherTerminal(name, "unasked") for name in _known(context))


def _known(context: Context) -> tuple[str, ...]:
    """The other terminals this one has heard of: introduced, or in its cash-ups of late."""
    # A terminal that was replaced was introduced as well: the newest of each counter is meant.
    by_counter = {counter_name(name): name for name in _of_late(context)}
    by_counter |= {counter_name(one.terminal_id): one.terminal_id for one in _introduced(context)}
    return tuple(name for _, name in sorted(by_counter.items(), key=lambda row: row[0].zfill(4)))


def _of_late(context: Context) -> Iterator[str]:
    """Terminals whose word the last days' cash-ups had; one that is gone is forgotten in time."""
    days = context.books.reports.days()[:_DAYS]
    if not days:
        return
    oldest = min(days, key=lambda row: row.first_seq)
    span = Span(oldest.first_seq, oldest.business_date)
    for entry in context.books.cash_ups.of_kinds((OUTLET,), span):
        body: Any = entry.body
        for row in body.get("others", ()):
            if row["state"] not in ("unproven", "unasked"):
                yield row["terminal_id"]


def _introduced(context: Context) -> tuple[Peer, ...]:
    """Terminals whose keys the platform told, newest last."""
    found = []
    for received in context.sync.received():
        peer = read_peer(received.record)
        if peer is not None and context.secrets.genuine(received.record):
            found.append(peer)
    return tuple(found)
