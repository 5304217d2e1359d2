"""A journal and its second copy, for tests: made quickly, damaged on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sync.client.journal_reader import JournalReader
from sync.client.mirror_check import CopyReport, MirrorReader
from sync.client.mirror_copy import CopyRun, MirrorCopy
from sync.client.mirror_place import FolderPlace, MirrorPlace
from sync.client.mirror_records import LineSeal
from sync.client.signing import public_hex
from terminal.domain.journal import ChainHead
from terminal.store import journal_table
from terminal.store.database import write_transaction
from terminal.store.keystore import Keys
from tests.helpers.journal_writer import JOURNAL_FILE, JournalWriter

TERMINAL = "61020303-02"
SEGMENT_LINES = 20
"""Short segments, so that a test sees several of them."""
ENTRIES = SEGMENT_LINES + 7


def write_many(writer: JournalWriter, count: int, note: str = "") -> None:
    """Append entries in one transaction."""
    with write_transaction(writer._connection, JOURNAL_FILE):
        for _ in range(count):
            entry = writer._sealed(note)
            journal_table.insert(writer._connection, entry)
            writer.head = ChainHead(entry.epoch, entry.seq, entry.hash)


@dataclass
class Mirrored:
    """A home with a journal, and the folder of its copy beside it."""

    folder: Path
    keys: Keys
    known_id: str = ""
    _readers: list[JournalReader] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def root(self) -> Path:
        return self.folder / "stick"

    @property
    def copy_folder(self) -> Path:
        return self.root / TERMINAL

    def place(self) -> FolderPlace:
        return FolderPlace(self.root, TERMINAL, self.home)

    def seal(self) -> LineSeal:
        return LineSeal(self.keys.db_key, TERMINAL)

    def copy(self, place: MirrorPlace | None = None) -> MirrorCopy:
        """The writing side as a new process has it."""
        reader = JournalReader(self.home / JOURNAL_FILE, self.keys.db_key)
        self._readers.append(reader)
        return MirrorCopy(
            place or self.place(),
            reader,
            self.seal(),
            terminal_id=TERMINAL,
            known_id=self.known_id,
        )

    def run(self, place: MirrorPlace | None = None) -> CopyRun:
        """A process that catches up and ends."""
        copy = self.copy(place)
        done = copy.catch_up()
        self.known_id = copy.copy_id
        return done

    def check(self, place: MirrorPlace | None = None) -> CopyReport:
        key = bytes.fromhex(public_hex(self.keys.seed))
        return MirrorReader(place or self.place(), self.seal(), key).check()

    def append(self, count: int, note: str = "") -> None:
        """Sell."""
        writer = JournalWriter(self.home, self.keys, TERMINAL)
        try:
            write_many(writer, count, note)
        finally:
            writer.close()

    def close(self) -> None:
        for reader in self._readers:
            reader.close()


def segment(mirrored: Mirrored, first: int = 1) -> Path:
    """The file of a segment."""
    return mirrored.copy_folder / f"{first:010d}.seg"


def reasons(mirrored: Mirrored) -> list[object]:
    """What a check finds wrong."""
    return [fault["reason"] for fault in mirrored.check().faults]


def flip(file: Path, at: int) -> None:
    """One bit of the disk has turned."""
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


@contextmanager
def mirrored_in(folder: Path, template: Mirrored | None = None) -> Iterator[Mirrored]:
    """A home of its own, copied from a template when there is one."""
    keys = template.keys if template else Keys.generate()
    made = Mirrored(folder, keys, template.known_id if template else "")
    if template:
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    else:
        made.home.mkdir(parents=True)
        made.root.mkdir()
    try:
        yield made
    finally:
        made.close()
