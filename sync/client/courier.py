"""Courier sync as the face and the command ask for it: write what waits, take what was brought.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sync.client.delivery import Delivery
from sync.client.http import PlatformLine
from sync.client.incoming import Incoming, Reader
from sync.client.journal_reader import JOURNAL_FILE, JournalReader
from sync.client.outgoing import Outgoing, Writer
from sync.client.signing import signer_from
from sync.client.taken import Taken
from sync.client.timestamps import utc_now
from sync.client.vault_key import HeldVaultKey
from sync.wire.courier import SUFFIX, InboxFrom
from terminal.domain.errors import EnvironmentFault, OutletError
from terminal.store.identity import Identity, read_identity
from terminal.store.inbox import InboxStore
from terminal.store.keystore import Keys
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from terminal.store.sync_store import SyncStore


def outgoing(home: Path, identity: Identity, keys: Keys, confirmed: Callable[[], int]) -> Outgoing:
    """What writes this terminal's bundles."""

    def inbox() -> InboxFrom | None:
        with closing(SyncReader(home / SYNC_FILE, keys.db_key)) as reader:
            epoch, numbers = reader.inbox_next()
        return InboxFrom(epoch, numbers["item"], numbers["task"]) if epoch else None

    platform_key = bytes.fromhex(identity.platform_key)
    writer = Writer(
        identity.terminal_id,
        platform_key,
        HeldVaultKey(home, platform_key).read,
        signer_from(keys.seed),
        keys.db_key,
        utc_now,
        inbox,
    )
    return Outgoing(home, writer, confirmed)


def outgoing_beside_a_counter(home: Path, keys: Keys) -> Outgoing:
    """What writes bundles without being the agent: it reads only, so a counter may be open.

    Raises:
        EnvironmentFault: ``identity.*``.
    """

    def confirmed() -> int:
        with closing(SyncReader(home / SYNC_FILE, keys.db_key)) as reader:
            return reader.confirmed_head().seq

    return outgoing(home, read_identity(home), keys, confirmed)


class Courier:
    """Everything about carrying, for one terminal's agent. Any thread.

    Args:
        home: the terminal's folder.
        identity: who it is.
        keys: its secrets.
        store: where receipts are kept.
        line: the line to the platform.
    """

    def __init__(
        self, home: Path, identity: Identity, keys: Keys, store: SyncStore, line: PlatformLine
    ) -> None:
        platform_key = bytes.fromhex(identity.platform_key)
        # Writing does not wait for a delivery, which may take as long as the line is thin.
        self._writing, self._taking = threading.Lock(), threading.Lock()
        self._delivery = Delivery(home, line, platform_key)
        self._outgoing = outgoing(home, identity, keys, lambda: store.confirmed().seq)
        journal = home / JOURNAL_FILE
        reader = Reader(
            identity.terminal_id, platform_key, lambda: JournalReader(journal, keys.db_key), utc_now
        )
        self._incoming = Incoming(reader, store, self._delivery, InboxStore(store.file))

    def deliver_held(self) -> int:
        """Bring what we keep for others to the platform, see `Delivery.deliver_held`."""
        with self._taking:
            return self._delivery.deliver_held()

    def take(self, files: Iterable[tuple[str, bytes | Path]]) -> list[Taken]:
        """Take what was brought, in the order of its entries.

        Args:
            files: name and where it lies, or its bytes when it came by QR code.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        # A later part is refused until the earlier one is there; their names are in order.
        with self._taking:
            return [
                self._incoming.take_file(place)
                if isinstance(place, Path)
                else self._incoming.take(name, place)
                for name, place in sorted(files, key=lambda file: file[0])
            ]

    def call(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Do what the face asks.

        Args:
            name: ``courier.write`` or ``courier.take``.
            params: ``folder``, on the stick.

        Returns:
            ``outcome``: ``ok`` or ``refused``; ``code``; ``result``: `Packed` as an object, or
            ``files`` with a `Taken` each; ``params`` of the code when refused.

        Raises:
            KeyError: an unknown name or a missing parameter.
        """
        work = {"courier.write": self._write, "courier.take": self._take_folder}[name]
        try:
            return {"outcome": "ok", "code": "", "result": work(Path(str(params["folder"])))}
        except OutletError as error:
            return {"outcome": "refused", "code": error.code, "result": {"params": error.params}}

    def _write(self, folder: Path) -> dict[str, Any]:
        with self._writing:
            return asdict(self._outgoing.to_folder(folder))

    def _take_folder(self, folder: Path) -> dict[str, Any]:
        return {"files": [asdict(item) for item in self.take(carried_in(folder))]}


def carried_in(folder: Path) -> list[tuple[str, bytes | Path]]:
    """The bundles and answers that lie in a folder.

    Raises:
        EnvironmentFault: ``courier.no_folder`` when it is not there, for example a stick that was
            pulled out.
    """
    try:
        return [(path.name, path) for path in folder.iterdir() if path.suffix == SUFFIX]
    except OSError as error:
        raise EnvironmentFault("courier.no_folder", {"folder": str(folder)}) from error
