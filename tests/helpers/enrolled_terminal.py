"""A terminal enrolled at a real platform, and the platform's own admin doors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from sync.client.enrol import enrol
from sync.client.http import PlatformLine
from sync.client.signing import signer_from
from terminal.domain.journal import Entry
from terminal.store.identity import read_identity, write_identity
from terminal.store.keystore import Keys, key_store
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from terminal.store.sync_records import LineState
from tests.helpers.central import Central
from tests.helpers.journal_writer import JOURNAL_FILE, JournalWriter

_DATABASE = "platform.db"


class RestorablePlatform(Central):
    """The real platform with an operator who backs it up and restores it."""

    def back_up(self) -> None:
        """Copy its database while it stands still."""
        self._copy(self.home, self.home / "backup")

    def restore(self) -> None:
        """Bring the copy back; what came after it is lost."""
        self._copy(self.home / "backup", self.home)
        self.admin("POST", "/v1/admin/new-epoch")

    def _copy(self, source: Path, target: Path) -> None:
        port = int(self.url.rpartition(":")[2])
        self.kill()
        target.mkdir(exist_ok=True)
        for stale in target.glob(f"{_DATABASE}*"):
            stale.unlink()
        for file in source.glob(f"{_DATABASE}*"):
            shutil.copy(file, target)
        self.start(port)


@contextmanager
def restorable_platform(home: Path, *, demo: bool = False) -> Iterator[RestorablePlatform]:
    """The platform from start to kill."""
    platform = RestorablePlatform(home, demo=demo)
    try:
        platform.start()
        yield platform
    finally:
        platform.close()


@dataclass
class EnrolledTerminal:
    """One terminal's home with its keys and all it ever wrote."""

    home: Path
    keys: Keys
    terminal_id: str
    url: str
    writer: JournalWriter
    written: list[Entry] = field(default_factory=list)

    def append(self, count: int) -> None:
        self.written += self.writer.append(count)

    def replace_history(self, count: int) -> None:
        """Another journal under the same key, as after restoring an old disk and selling on."""
        self.writer.close()
        for file in self.home.glob(f"{JOURNAL_FILE}*"):
            file.unlink()
        self.writer = JournalWriter(self.home, self.keys, self.terminal_id)
        self.written = self.writer.append(count, note="another history")

    def count(self) -> int:
        """Entries in our own journal."""
        return self.writer.head.seq

    def held(self) -> list[dict[str, Any]]:
        """What the platform holds, page by page."""
        line = PlatformLine(self.url, self.terminal_id, signer_from(self.keys.seed))
        entries: list[dict[str, Any]] = []
        while True:
            path = f"/v1/terminals/{self.terminal_id}/journal"
            reply = line.get(f"{path}?from_seq={len(entries) + 1}&limit=500")
            assert reply.outcome == "ok", reply.code
            page = cast("list[dict[str, Any]]", reply.body["entries"])
            if not page:
                line.close()
                return entries
            entries += page

    @contextmanager
    def reader(self) -> Iterator[SyncReader]:
        reader = SyncReader(self.home / SYNC_FILE, self.keys.db_key)
        try:
            yield reader
        finally:
            reader.close()

    def confirmed(self) -> int:
        with self.reader() as reader:
            return reader.confirmed_head().seq

    def line(self) -> LineState:
        with self.reader() as reader:
            return reader.line_state()

    @contextmanager
    def through(self, url: str) -> Iterator[None]:
        """Talk to the platform through another address for a while."""
        identity = read_identity(self.home)
        write_identity(self.home, replace(identity, platform_url=url))
        try:
            yield
        finally:
            write_identity(self.home, identity)


@contextmanager
def enrolled_terminal(home: Path, platform: Central) -> Iterator[EnrolledTerminal]:
    """Enrol a new terminal."""
    identity = enrol(home, platform.url, platform.code())
    keys = key_store(home).load()
    writer = JournalWriter(home, keys, identity.terminal_id)
    terminal = EnrolledTerminal(home, keys, identity.terminal_id, platform.url, writer)
    try:
        yield terminal
    finally:
        terminal.writer.close()
