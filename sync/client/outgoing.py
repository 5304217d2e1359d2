"""What a terminal without a line gives to somebody who carries it: its unconfirmed entries, sealed.

Nothing here changes the journal or what counts as confirmed. It may be done again at any time.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sync.client.carried_folder import CarriedFolder, file_name
from sync.client.journal_reader import JOURNAL_FILE, JournalReader
from sync.wire.courier import (
    BUNDLE_PLAIN_BYTES,
    SUFFIX,
    Answer,
    Bundle,
    InboxFrom,
    pieces,
    read_carried,
    seal_bundle,
)
from sync.wire.messages import MAX_ENTRIES
from sync.wire.refusal import Refusal
from sync.wire.vault_key import VaultKey
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.store.atomic_file import write_atomically

_SPARE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes bundles.

    Args:
        terminal_id: ours.
        platform_key: the platform's Ed25519 key, 32 bytes.
        vault_key: reads whom to seal for.
        signer: Ed25519 with the terminal's key.
        db_key: opens the journal, 32 bytes.
        now: UTC time.
        inbox: tells from where on we know what the centre says; None before the first contact.
    """

    terminal_id: str
    platform_key: bytes
    vault_key: Callable[[], VaultKey | None]
    signer: Callable[[bytes], bytes]
    db_key: bytes
    now: Callable[[], str]
    inbox: Callable[[], InboxFrom | None]


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written.

    Args:
        files: their names.
        first_seq: first entry of ours, 0 when none waits.
        last_seq: last entry of ours, 0 when none waits.
        entries: how many of ours.
        size: bytes of all files.
        others: files of other terminals among them.
    """

    files: tuple[str, ...] = ()
    first_seq: int = 0
    last_seq: int = 0
    entries: int = 0
    size: int = 0
    others: int = 0


class Outgoing:
    """Writes bundles. Thread rule: any thread, one call at a time.

    Args:
        home: the terminal's folder.
        writer: who writes.
        confirmed_seq: reads the last entry the platform signed for.
    """

    def __init__(self, home: Path, writer: Writer, confirmed_seq: Callable[[], int]) -> None:
        self._home = home
        self._writer = writer
        self._confirmed_seq = confirmed_seq

    def to_folder(self, folder: Path) -> Packed:
        """Write everything that waits into a folder: our entries, and what we carry for others.

        Our files there whose entries the platform has confirmed, or that a new one contains, go.

        Args:
            folder: made when missing, for example on a stick.

        Raises:
            UserError: ``courier.no_vault_key`` before the platform ever named its key.
            EnvironmentFault: ``courier.no_space`` (what was written before is of use as it is),
                ``courier.no_folder``, ``file.not_written``, ``database.*``.
        """
        mine = self._mine(folder)
        written: list[tuple[Path, Bundle]] = []
        size = 0
        for data in self._bundles():
            bundle = _read(data)
            path = folder / file_name(bundle)
            _write(path, data, len(written))
            written.append((path, bundle))
            size += len(data)
        others = self._hand_over(folder)
        self._tidy(mine, written)
        names = [path.name for path, _ in written] + [path.name for path in others]
        size += sum(path.stat().st_size for path in others)
        headers = [bundle.header for _, bundle in written]
        if not headers:
            return Packed(tuple(names), size=size, others=len(others))
        first, last = headers[0].first_seq, headers[-1].last_seq
        return Packed(tuple(names), first, last, last - first + 1, size, len(others))

    def to_file(self, path: Path) -> Packed:
        """Write our entries into one file.

        Args:
            path: its name.

        Raises:
            UserError: as ``single``.
            EnvironmentFault: as ``to_folder``.
        """
        data = self.single()
        if not data:
            return Packed()
        _write(path, data, 0)
        header = _read(data).header
        entries = header.last_seq - header.first_seq + 1
        return Packed((path.name,), header.first_seq, header.last_seq, entries, len(data))

    def single(self) -> bytes:
        """Our entries as one file, empty when none waits.

        Raises:
            UserError: ``courier.needs_folder`` with ``files`` when one is not enough;
                ``courier.no_vault_key``.
            EnvironmentFault: ``database.*``.
        """
        found = list(self._bundles())
        if len(found) > 1:
            raise UserError("courier.needs_folder", {"files": len(found)})
        return found[0] if found else b""

    def _bundles(self) -> Iterator[bytes]:
        writer = self._writer
        for piece in pieces(self._waiting()):
            vault_key = writer.vault_key()
            if vault_key is None:
                raise UserError("courier.no_vault_key")
            yield seal_bundle(
                piece,
                created_at=writer.now(),
                platform_key=writer.platform_key,
                vault_key=vault_key.raw,
                signer=writer.signer,
                inbox=writer.inbox(),
            )

    def _waiting(self) -> Iterator[JsonObject]:
        with closing(JournalReader(self._home / JOURNAL_FILE, self._writer.db_key)) as journal:
            seq = self._confirmed_seq() + 1
            while batch := journal.batch(
                seq, limit=MAX_ENTRIES, max_packed_bytes=BUNDLE_PLAIN_BYTES
            ):
                yield from batch
                seq += len(batch)

    def _mine(self, folder: Path) -> list[tuple[Path, Bundle | Answer]]:
        """Our files that lie in the folder already."""
        found = []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                carried = read_carried(path.read_bytes())
            except Refusal:
                # Whatever it is, it is not ours to take away.
                continue
            if carried.header.terminal_id == self._writer.terminal_id:
                found.append((path, carried))
        return found

    def _tidy(
        self, mine: list[tuple[Path, Bundle | Answer]], written: list[tuple[Path, Bundle]]
    ) -> None:
        confirmed = self._confirmed_seq()
        kept = {path for path, _ in written}
        for path, carried in mine:
            header = carried.header
            contained = any(
                new.header.first_seq <= header.first_seq and header.last_seq <= new.header.last_seq
                for _, new in written
            )
            old = isinstance(carried, Bundle) and contained
            if path not in kept and (header.last_seq <= confirmed or old):
                path.unlink(missing_ok=True)

    def _hand_over(self, folder: Path) -> list[Path]:
        """Copy what waits here for others; an answer is theirs once it is on the stick."""
        handed: list[Path] = []
        for name in ("bundles", "answers"):
            for path in CarriedFolder(self._home, name).files():
                _write(folder / path.name, path.read_bytes(), len(handed))
                handed.append(folder / path.name)
                if name == "answers":
                    path.unlink()
        return handed


def _read(data: bytes) -> Bundle:
    carried = read_carried(data)
    assert isinstance(carried, Bundle)  # noqa: S101 - we have just made it
    return carried


def _write(path: Path, data: bytes, written: int) -> None:
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise EnvironmentFault("courier.no_folder", {"folder": str(folder)}) from error
    if free < len(data) + _SPARE_BYTES:
        params = {"needed_kb": len(data) // 1024 + 1, "free_kb": free // 1024, "written": written}
        raise EnvironmentFault("courier.no_space", params)
    write_atomically(path, data)
