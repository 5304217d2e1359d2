"""A living home whose journal lies on a disk that can lose its power, again and again.

What is not flushed when the power goes is lost sector by sector, by chance: torn, and out of order.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.powercut.events import Flushed, read_events
from tests.powercut.recording import JOURNAL_FILES, Recording, log_disk
from tests.powercut.replay import crashes


class CutDisk:
    """The journal's two files of one home.

    Args:
        home: whose journal lies on this disk.
        log: what the disk wrote down.
        chances: decides what is kept of what was not flushed.
    """

    def __init__(self, home: Path, log: Path, chances: random.Random) -> None:
        self._files = [home / name for name in JOURNAL_FILES]
        self._shared = home / f"{JOURNAL_FILES[0]}-shm"
        self._log = log
        self._chances = chances
        self._durable = [file.read_bytes() for file in self._files]
        self._seen = self._moment = 0
        self._unflushed = False

    def cut(self, *, before_the_last_flush: bool = False) -> None:
        """The power goes now: what anybody writes from here on never reaches the disk.

        Args:
            before_the_last_flush: it went a moment ago, while the disk was being asked to flush.
        """
        self._moment = self._log.stat().st_size
        self._unflushed = before_the_last_flush

    def power_on(self) -> None:
        """The disk is what is left of it; nobody has its files open."""
        events = list(read_events(self._log, self._seen, self._moment))
        if self._unflushed:
            flushes = [place for place, event in enumerate(events) if isinstance(event, Flushed)]
            events = events[: flushes[-1]]
        (crash,) = crashes(Recording(self._durable, events), [len(events)], self._chances)
        for file, image in zip(self._files, crash.images, strict=True):
            _put(file, image)
        self._shared.unlink(missing_ok=True)
        self._durable = [bytes(image) for image in crash.images]
        self._seen = self._log.stat().st_size


@contextmanager
def cut_disk(home: Path, folder: Path, chances: random.Random) -> Iterator[CutDisk]:
    """Put a home's journal on such a disk, and take it off again.

    Args:
        home: closed, and closed again at the end.
        folder: an empty folder to work in.
        chances: see ``CutDisk``.

    Raises:
        OSError: no right to mount, or no FUSE.
    """
    log, voice = folder / "events", os.open(os.devnull, os.O_RDONLY)
    pairs = [(folder / name, home / name) for name in JOURNAL_FILES]
    for copied, file in pairs:
        file.touch()
        shutil.copyfile(file, copied)
    try:
        with log_disk(pairs, log, voice):
            yield CutDisk(home, log, chances)
    finally:
        os.close(voice)


def _put(file: Path, image: bytearray) -> None:
    with file.open("r+b") as opened:
        opened.truncate(len(image))
        opened.write(image)
        os.fsync(opened.fileno())
