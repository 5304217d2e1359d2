"""The disk as a power cut could have left it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.powercut.events import Flushed, Said, Written
from tests.powercut.recording import Recording

SECTOR = 512
KEPT = 0.5
# ext4 spreads its own superblock and the checksum over it on two sectors and has no defence against
# half of it; a start-up check of the file system is what repairs that. It is not ours to prove.
_FIRST_BLOCK = 4096


@dataclass(frozen=True)
class Crash:
    """One power cut.

    Args:
        at: how many events had happened.
        image: the disk afterwards.
        said: lines that had been said before.
    """

    at: int
    image: bytearray
    said: list[str]


def cuts(recording: Recording, number: int, chances: random.Random) -> list[int]:
    """Random moments, each after so many events, in order."""
    return sorted(chances.randint(0, len(recording.events)) for _ in range(number))


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
    durable = bytearray(recording.base)
    loose: list[Written] = []
    said: list[str] = []
    done = 0
    for moment in moments:
        for event in recording.events[done:moment]:
            match event:
                case Written():
                    loose.append(event)
                case Flushed() if flushes_count:
                    for write in loose:
                        durable[write.offset : write.offset + len(write.data)] = write.data
                    loose.clear()
                case Said(line):
                    said.append(line)
        done = moment
        yield Crash(moment, _torn(durable, loose, chances), list(said))


def _torn(durable: bytearray, loose: Sequence[Written], chances: random.Random) -> bytearray:
    image = bytearray(durable)
    for write in loose:
        start = 0
        while start < len(write.data):
            unit = _FIRST_BLOCK if write.offset + start < _FIRST_BLOCK else SECTOR
            if chances.random() < KEPT:
                piece = write.data[start : start + unit]
                image[write.offset + start : write.offset + start + len(piece)] = piece
            start += unit
    return image
