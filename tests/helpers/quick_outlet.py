"""An outlet that a model can open thousands of times a minute; everything in it is the real thing.

What is cheaper here: the folder may lie in memory, SQLite does not wait for the disk, keys and
catalogue are read once, and each signature and secret is checked once for all runs. Durability is
not what a model asks; the power-cut tests do.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from terminal.app.context import Context
from terminal.app.usecases import UseCases, make_use_cases
from terminal.bootstrap import open_books, open_keys
from terminal.domain.profile import Profile
from terminal.store.books import FILE
from terminal.store.credentials import ArgonCheck
from terminal.store.identity import Identity, read_identity
from terminal.store.keystore import Keys
from terminal.store.reference import ReferenceReader
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from terminal.store.sync_store import SyncStore
from tests.helpers.outlet import Outlet, Template

_IN_MEMORY = Path("/dev/shm")


class CheckedOnce(ArgonCheck):
    """What was genuine, or fitted, once is so in every run: the same question has one answer."""

    def __init__(self, platform_key: bytes) -> None:
        super().__init__(platform_key)
        self._genuine: dict[str, bool] = {}
        self._matches: dict[tuple[str, str], bool] = {}

    def genuine(self, record: Mapping[str, Any]) -> bool:
        """Asked anew for every other content."""
        text = json.dumps(record, sort_keys=True)
        if text not in self._genuine:
            self._genuine[text] = super().genuine(record)
        return self._genuine[text]

    def matches(self, verifier: str, secret: str) -> bool:
        """Asked anew for every other verifier or secret."""
        if (verifier, secret) not in self._matches:
            self._matches[verifier, secret] = super().matches(verifier, secret)
        return self._matches[verifier, secret]


@dataclass(frozen=True)
class Ready:
    """A folder with its day opened and what never changes while a model runs."""

    home: Path
    identity: Identity
    keys: Keys
    catalogue: ReferenceReader
    public_key: bytes
    secrets: CheckedOnce


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one."""
    place = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="postal-model-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ready_outlet(template: Template, folder: Path) -> Iterator[Ready]:
    """Open a day in a copy of the template and keep what every run shares."""
    home = template.copy_home(folder / "ready")
    outlet = Outlet(home)
    outlet.open_day()
    outlet.close()
    identity, keys = read_identity(home), open_keys(home)
    # The agent would have made it.
    SyncStore(home / SYNC_FILE, keys.db_key).close()
    own = Ed25519PrivateKey.from_private_bytes(keys.seed).public_key().public_bytes_raw()
    catalogue = ReferenceReader(home)
    try:
        secrets = CheckedOnce(bytes.fromhex(identity.platform_key))
        yield Ready(home, identity, keys, catalogue, own, secrets)
    finally:
        catalogue.close()


class QuickOutlet(Outlet):
    """One run's outlet: its own journal and sync.db, everything else shared.

    Args:
        ready: what runs share.
        home: an empty folder of this run.
    """

    def __init__(self, ready: Ready, home: Path) -> None:
        home.mkdir()
        for name in (FILE, SYNC_FILE):
            shutil.copy(ready.home / name, home / name)
        super().__init__(home)
        self._ready = ready

    def open(self) -> UseCases:
        """As the composition root does, without waiting for the disk."""
        ready = self._ready
        books = open_books(self.home, ready.identity, ready.keys, self.clock, synchronous="OFF")
        sync = SyncReader(self.home / SYNC_FILE, ready.keys.db_key)
        context = Context(
            books=books,
            catalogue=ready.catalogue,
            clock=self.clock,
            secrets=ready.secrets,
            sync=sync,
            profile=Profile.from_json(ready.identity.profile),
            has_card_terminal=True,
        )
        self._books, self._parts = books, [sync]
        self._cases = make_use_cases(context, speed=self.payment_speed)
        self._cases.ranges.take_over()
        return self._cases
