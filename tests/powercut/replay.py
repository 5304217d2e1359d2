"""The disk as a power cut could have left it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.powercut.events import Flushed, Resized, Said, Written
from tests.powercut.recording import Recording

SECTOR = 512
KEPT = 0.5


@dataclass(frozen=True)
class Crash:
    """One power cut.

    Args:
        at: how many events had happened.
        images: the disk afterwards, or each file.
        said: lines that had been said before.
    """

    at: int
    images: list[bytearray]
    said: list[str]


def cuts(recording: Recording, number: int, chances: random.Random) -> list[int]:
    """Random moments, each after so many events, in order; the last is the very end."""
    end = len(recording.events)
    return [*sorted(chances.randint(0, end) for _ in range(number - 1)), end]


def crashes(
    recording: Recording,
    moments: Sequence[int],
    chances: random.Random,
    *,
    flushes_count: bool = True,
) -> Iterator[Crash]:
    """Cut the power at moments of a recording.

    What was flushed stays. Of the rest each sector was written or not, each by its own chance: so
    writes are torn, and later ones survive earlier ones.

    Args:
        recording: what happened.
        moments: numbers of events, rising.
        chances: decides what is kept.
        flushes_count: False models a disk that answers a flush and does nothing.
    """
    durable = [bytearray(image) for image in recording.base]
    loose: list[list[Written | Resized]] = [[] for _ in recording.base]
    said: list[str] = []
    done = 0
    for moment in moments:
        for event in recording.events[done:moment]:
            match event:
                case Written() | Resized():
                    loose[event.file].append(event)
                case Flushed(file) if flushes_count:
                    for change in loose[file]:
                        change.apply(durable[file])
                    loose[file].clear()
                case Said(line):
                    said.append(line)
        done = moment
        torn = (
            _torn(image, changes, chances, recording.whole_first_bytes)
            for image, changes in zip(durable, loose, strict=True)
        )
        yield Crash(moment, list(torn), list(said))


def _torn(
    durable: bytearray,
    loose: Sequence[Written | Resized],
    chances: random.Random,
    whole_first_bytes: int,
) -> bytearray:
    image = bytearray(durable)
    for change in loose:
        pieces = _sectors(change, whole_first_bytes) if isinstance(change, Written) else [change]
        for piece in pieces:
            if chances.random() < KEPT:
                piece.apply(image)
    return image


def _sectors(write: Written, whole_first_bytes: int) -> Iterator[Written]:
    """The write in the pieces that are kept or lost as a whole."""
    start = 0
    while start < len(write.data):
        at = write.offset + start
        # Up to the next border between sectors: a write need not begin at one.
        unit = whole_first_bytes if at < whole_first_bytes else SECTOR - at % SECTOR
        yield Written(at, write.data[start : start + unit], write.file)
        start += unit
