"""Numbers leased ahead, so that a counter can work for weeks without the platform.

Leases come through the sync agent's file into the books; more are asked for long before they run
out or end. A lease that has ended by the platform's own time is given back by an entry: who holds
that entry knows which of its numbers were never used. A clock alone gives nothing back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from terminal.app.context import Context
from terminal.domain.canonical import Json
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.leases import (
    KINDS,
    ORDER,
    RETURNED,
    Lease,
    Use,
    Wish,
    returned_body,
    used,
    wish,
)
from terminal.domain.lockout import RunningTime

KIND: Final = ORDER
PAUSE_MS: Final = 5_000
"""So long nobody asks for the same again, in running milliseconds."""
USE: Final = "numbers.use"
"""Name of the working state that keeps how many numbers a day are usual."""


class NumberRanges:
    """Takes leased numbers from the sync agent's file into the books. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked: dict[tuple[str, int], RunningTime] = {}
        self._noted_end = ""

    def take_over(self) -> Sequence[dict[str, Json]]:
        """Take every lease the platform gave, give back what has ended, and look ahead.

        Returns:
            What to ask the platform for now, as parameters of ``ranges.lease``; empty while it
            cannot be asked, or was just asked.
        """
        self._context.time.anchor()
        self._take()
        self._give_back_ended()
        if not self._context.sync.line_state().online:
            return ()
        return [asked.params() for asked in self._wishes() if self._may_ask(asked)]

    def give_back_all(self) -> int:
        """Give back every unused number: this terminal's work here has ended.

        Returns:
            How many.
        """
        self._take()
        rests = [lease for kind in KINDS for lease in self._rests(kind)]
        self._give_back(rests, "retired")
        return sum(lease.left for lease in rests)

    def _take(self) -> None:
        books = self._context.books
        fresh = []
        for kind in KINDS:
            known = {(lease.lo, lease.expires_at) for lease in books.leases(kind)}
            fresh += [
                lease
                for lease in self._context.sync.ranges(kind)
                if (lease.lo, lease.expires_at) not in known
            ]
        if fresh:
            with books.transaction() as tx:
                for lease in fresh:
                    tx.add_range(lease.kind, lease.lo, lease.hi, lease.expires_at)

    def _give_back_ended(self) -> None:
        now, word = self._context.time.sure(), self._context.sync.platform_word().at
        ended = [lease for kind in KINDS for lease in self._rests(kind) if lease.is_over(now)]
        # The platform's own time says so: no clock of ours can have made that up.
        surely = [lease for lease in ended if word and lease.is_over(word)]
        self._give_back(surely, "expired")
        latest = max((lease.expires_at for lease in ended), default="")
        if latest > self._noted_end:
            # No entry tells of it: without this, setting the clock back would revive them.
            self._context.time.keep(now)
            self._noted_end = latest

    def _give_back(self, rests: Sequence[Lease], reason: str) -> None:
        if not rests:
            return
        context = self._context
        date = context.books.day().business_date or context.clock.local_date()
        with context.books.transaction() as tx:
            for lease in rests:
                tx.append(EntryDraft(RETURNED, new_uuid7(), date, "", returned_body(lease, reason)))
                tx.give_back(lease)
        context.wake_sync()

    def _rests(self, kind: str) -> list[Lease]:
        return [lease for lease in self._context.books.leases(kind) if lease.left > 0]

    def _wishes(self) -> list[Wish]:
        """What is wanted of each kind; kinds that were never leased here are of no use here."""
        now, found = self._context.time.sure(), []
        for kind in KINDS:
            leases = self._context.books.leases(kind)
            if leases or kind == ORDER:
                found.append(wish(kind, leases, self._usual(kind, used(leases)), now))
        return [one for one in found if one is not None]

    def _usual(self, kind: str, used_so_far: int) -> int:
        """Numbers used on a usual busy day; remembered once a business day."""
        books, name = self._context.books, f"{USE}.{kind}"
        kept = json.loads(books.preference(name) or "[]")
        known = Use(tuple((date, count) for date, count in kept))
        use = known.seen(books.day().business_date, used_so_far)
        if use != known:
            with books.transaction() as tx:
                tx.set_preference(name, json.dumps(use.looks))
        return use.a_day

    def _may_ask(self, asked: Wish) -> bool:
        wanted, now = (asked.kind, asked.renews), self._context.clock.running()
        before = self._asked.get(wanted)
        goes_on = before is not None and before.boot_id == now.boot_id
        if goes_on and before is not None and now.up_ms - before.up_ms < PAUSE_MS:
            return False
        self._asked[wanted] = now
        return True
