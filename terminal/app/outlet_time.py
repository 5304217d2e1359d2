"""What time it is, for rules that must not gain by a clock that is wrong or was set.

Time stamps in the journal are what the machine's clock said and order nothing: sequence numbers do.
Where a rule asks for the time, it is the machine's clock, but never before the platform's newest
signed time, nor before what was recorded since and is not confirmed yet.
Source: docs/adr/0013-time-nobody-can-turn-back.md.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta

from terminal.domain.catalogue import instant
from terminal.domain.china_time import local_time
from terminal.domain.errors import EnvironmentFault
from terminal.domain.lockout import RunningTime
from terminal.domain.outlet_time import Reached
from terminal.ports.books import Books
from terminal.ports.clock import Clock
from terminal.ports.sync_state import PlatformWord, SyncState

_log = logging.getLogger(__name__)
KEPT = "time.reached"
"""Name of the working state that keeps a time no entry tells of."""
ANCHOR = "time.anchor"
"""Name of the working state that keeps from when time is counted in this run of the machine."""
_WORTH_KEEPING = timedelta(hours=1)


class OutletTime:
    """The time rules go by. Store thread only."""

    def __init__(self, books: Books, clock: Clock, sync: SyncState) -> None:
        self._books = books
        self._clock = clock
        self._sync = sync
        self._reached: Reached | None = None
        self._read_to = 0
        self._word = PlatformWord()
        self._looked = False
        self._anchor: Reached | None = None

    def now(self) -> str:
        """UTC with milliseconds; setting the clock back gains nothing."""
        running = self._clock.running()
        return max(self._clock.now_utc(), self._caught_up(running).by(running))

    def sure(self) -> str:
        """UTC with milliseconds, for what neither end of a clock's jump may decide.

        Within one run of the machine time goes on as the machine runs, whatever its clock is set
        to: from the platform's last word, before it from ``now`` when the machine was first seen.
        """
        running = self._clock.running()
        return self._anchored(running).by(running)

    def anchor(self) -> None:
        """Let another start within this run of the machine go on from the same time.

        Raises:
            EnvironmentFault: ``database.*``.
        """
        running = self._clock.running()
        here, there = self._anchored(running), self._kept(ANCHOR)
        same_run = there.seen.boot_id == here.seen.boot_id
        moved = instant(here.by(running)) - instant(there.by(running))
        if not same_run or abs(moved) > _WORTH_KEEPING:
            self._write(ANCHOR, here)

    def _anchored(self, running: RunningTime) -> Reached:
        now = self.now()
        anchor = self._anchor or self._kept(ANCHOR)
        if anchor.seen.boot_id != running.boot_id:
            anchor = Reached(now, running)
        self._anchor = anchor
        return anchor

    def keep(self, at: str = "") -> None:
        """Let it never be earlier than now again, although no entry says so.

        Args:
            at: UTC text of a later time that is known, "" for none.

        Raises:
            EnvironmentFault: ``database.*``.
        """
        now, running = max(self.now(), at), self._clock.running()
        caught_up = self._caught_up(running)
        # As of this moment: after a restart of the machine nothing runs on from an older one.
        reached = replace(caught_up, at=max(now, caught_up.by(running)), seen=running)
        self._reached = reached
        self._write(KEPT, reached)

    def earliest_day(self, last_day: str) -> str:
        """The first date an outlet may be opened with.

        Never before its last one: a clock set back cannot open the past again. Only the platform
        can show that the last one was opened on a clock that ran ahead: by a signed time after all
        that this journal holds.

        Args:
            last_day: the last business date, "" before the first.

        Returns:
            ``YYYY-MM-DD`` in the outlet, or "".
        """
        word = self._platform_word()
        if not word.at:
            return last_day
        said = local_time(word.at).strftime("%Y-%m-%d")
        knows_all = word.seq >= self._books.head()[0]
        return said if knows_all else max(said, last_day)

    def _caught_up(self, running: RunningTime) -> Reached:
        word = self._platform_word()
        reached = self._reached or self._kept(KEPT)
        if reached.word != word.at:
            if self._looked and word.at:
                # It came just now; one that was here before us may be of any age.
                self._anchor = Reached(word.at, running)
            reached, self._reached = Reached(word.at, running, word.at), None
        self._looked = True
        if self._reached is None:
            self._read_to = word.seq
        self._read_to, latest = self._books.recorded_since(self._read_to)
        self._reached = reached.and_at(latest, running)
        return self._reached

    def _platform_word(self) -> PlatformWord:
        """What the platform said last; a file that cannot be read must not stop a sale."""
        try:
            self._word = self._sync.platform_word()
        except EnvironmentFault as fault:
            _log.warning("the platform's time is not at hand: %s", fault)
        return self._word

    def _write(self, name: str, reached: Reached) -> None:
        kept = [reached.at, reached.seen.boot_id, reached.seen.up_ms, reached.word]
        with self._books.transaction() as tx:
            tx.set_preference(name, json.dumps(kept))

    def _kept(self, name: str) -> Reached:
        """What an earlier run of the program kept."""
        text = self._books.preference(name)
        if text is None:
            return Reached()
        at, boot_id, up_ms, word = json.loads(text)
        return Reached(at, RunningTime(boot_id, up_ms), word)
