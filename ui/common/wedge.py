"""Tells a keyboard-wedge scanner from a person by the times of the key events alone.

A scanner is a keyboard that types very fast and ends with Enter or Tab. The reader takes keys one
at a time with the
time stamps of their events, never the clock on the wall, so a busy machine cannot turn a scan
into typing.

The first key of a possible burst goes straight on, so a person never waits for a key to appear;
every later key that
comes fast enough is held. When the burst turns out to be a scan the held keys are swallowed and
the caller takes the
first one back; when it was a person, the held keys are given back in order. With a programmed
prefix key the prefix itself opens the scan and is held like the others.

Held keys that were given back because nothing came may turn out to be the beginning of a scan
after all, when a busy machine delivered the rest late: the stamps say so. The burst goes on then,
and what was typed of it is taken back; else the rest would be read as a shorter code.

Source: published wedge defaults (gap 50 ms, mean 30 ms, six characters), docs of the scanner
    vendors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

CARRIAGE_RETURN = "\r"
TAB = "\t"


@dataclass(frozen=True, slots=True)
class WedgeSettings:
    """What the installed scanner is programmed to.

    Args:
        gap_ms: longest pause inside a scan, milliseconds.
        mean_ms: longest mean pause of a scan, milliseconds per key.
        shortest: fewest characters of a scan.
        longest: most characters of a scan; more is a stuck key.
        suffixes: the characters that end a scan.
        prefix: character that opens a scan, "" when the scanner sends none.
    """

    gap_ms: int = 50
    mean_ms: int = 30
    shortest: int = 6
    longest: int = 4296
    suffixes: frozenset[str] = frozenset({CARRIAGE_RETURN, TAB})
    prefix: str = ""


class Verdict(Enum):
    """What to do with the key that was just fed."""

    DELIVER = "deliver"
    HOLD = "hold"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one key.

    Args:
        verdict: deliver it now, hold it, or it completed a scan.
        release: keys held before that must be typed first, oldest first (indices as fed).
        text: the scanned text when the verdict is SCAN.
        take_back: how many keys went on that belong to the scan: the first, unless it was a
            prefix, and those that were given back while the machine was busy.
        opens: whether a scan may begin with this key: what stands in a field before it is what a
            scan leaves there.
    """

    verdict: Verdict
    release: tuple[int, ...] = ()
    text: str = ""
    take_back: int = 0
    opens: bool = False


@dataclass(slots=True)
class WedgeReader:
    """Decides key by key; holds no Qt object and reads no clock.

    Args:
        settings: how the scanner is programmed.
    """

    settings: WedgeSettings = field(default_factory=WedgeSettings)
    _chars: list[str] = field(default_factory=list)
    _tickets: list[int] = field(default_factory=list)
    _first_ms: int = 0
    _last_ms: int = 0
    _opened_by_prefix: bool = False
    _delivered: int = 0

    def feed(self, char: str, at_ms: int, ticket: int) -> Decision:
        """Take one key press; a control character inside a scan is swallowed.

        Args:
            char: the character of the key, "" for a key without one (an arrow, F12).
            at_ms: time stamp of the event, milliseconds, any origin.
            ticket: the caller's own number for this key; comes back in ``release``.

        Returns:
            What to do with it and with the keys held so far.
        """
        if not self._continues(at_ms):
            released = self._let_go()
            return self._open(char, at_ms, ticket, released)
        if char in self.settings.suffixes:
            return self._close(at_ms)
        if not char or len(self._chars) >= self.settings.longest:
            released = self._let_go()
            return Decision(Verdict.DELIVER, released)
        if _printable(char):
            self._chars.append(char)
        self._tickets.append(ticket)
        self._last_ms = at_ms
        return Decision(Verdict.HOLD)

    def give_up(self) -> tuple[int, ...]:
        """Nothing more came: the held keys were typed by a person; returns them, oldest first.

        Keys with stamps that join theirs are still taken as the same burst.
        """
        released = tuple(self._tickets)
        self._tickets.clear()
        self._delivered += len(released)
        return released

    def _continues(self, at_ms: int) -> bool:
        started = bool(self._chars) or self._opened_by_prefix
        return started and 0 <= at_ms - self._last_ms <= self.settings.gap_ms

    def _open(self, char: str, at_ms: int, ticket: int, released: tuple[int, ...]) -> Decision:
        self._first_ms = self._last_ms = at_ms
        if self.settings.prefix:
            if char != self.settings.prefix:
                return Decision(Verdict.DELIVER, released)
            self._opened_by_prefix = True
            self._tickets.append(ticket)
            return Decision(Verdict.HOLD, released, opens=True)
        if _printable(char):
            self._chars.append(char)
            self._delivered = 1
        return Decision(Verdict.DELIVER, released, opens=True)

    def _close(self, at_ms: int) -> Decision:
        text = "".join(self._chars)
        pauses = max(1, len(self._chars))
        fast = (at_ms - self._first_ms) / pauses <= self.settings.mean_ms
        if len(text) < self.settings.shortest or not fast:
            return Decision(Verdict.DELIVER, self._let_go())
        take_back = self._delivered
        self._let_go()
        return Decision(Verdict.SCAN, text=text, take_back=take_back)

    def _let_go(self) -> tuple[int, ...]:
        released = tuple(self._tickets)
        self._chars.clear()
        self._tickets.clear()
        self._opened_by_prefix = False
        self._delivered = 0
        return released


def _printable(char: str) -> bool:
    return len(char) == 1 and char.isprintable()
