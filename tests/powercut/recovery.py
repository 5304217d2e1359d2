"""Switching the terminal on again after a power cut, and what must be true then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from terminal.bootstrap import open_books, open_keys
from terminal.domain.errors import OutletError
from terminal.domain.journal import verify_chain
from terminal.store.books import FILE
from terminal.store.database import open_database
from terminal.store.identity import Identity, read_identity
from terminal.store.system_clock import SystemClock
from tests.helpers.soak_run import Ack, violations
from tests.powercut import kernel
from tests.powercut.recording import JOURNAL_FILES, ROOT, SOAK
from tests.powercut.replay import Crash

_DEADLINE_S = 60.0


@dataclass(frozen=True)
class Verdict:
    """What one cut did.

    Args:
        at: the cut.
        lost: acknowledged sales that are not in the journal.
        damage: everything else that is wrong; empty when the terminal is whole.
    """

    at: int
    lost: int
    damage: list[str]


@dataclass
class Bench:
    """Where crashed disks are looked at, one after the other.

    Args:
        place: an empty folder.
        image: descriptor of a file in memory, as large as a disk.
    """

    place: Path
    image: int

    def judge(self, crash: Crash, *, sell_on: bool = False) -> Verdict:
        """Mount the disk, open the books with the product and compare with what was acknowledged.

        Args:
            crash: one image, the disk.
            sell_on: afterwards let the real soak go on selling on it.
        """
        os.pwrite(self.image, crash.images[0], 0)
        try:
            with kernel.ext4_mounted(self.image, self.place):
                return _verdict(self.place / "home", crash, sell_on)
        except OSError as problem:
            return Verdict(crash.at, len(crash.said), [f"it cannot be mounted: {problem!r}"])

    def judge_files(self, home: Path, crash: Crash) -> Verdict:
        """The same for the journal's files alone.

        Args:
            home: the home they belong to; it is not changed.
            crash: one image for each of `JOURNAL_FILES`.
        """
        crashed = self.place / "home"
        shutil.rmtree(crashed, ignore_errors=True)
        crashed.mkdir()
        for name in ("identity.json", "keys.sealed"):
            shutil.copy(home / name, crashed)
        for name, image in zip(JOURNAL_FILES, crash.images, strict=True):
            (crashed / name).write_bytes(image)
        return _verdict(crashed, crash, sell_on=False)


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """A bench in a folder."""
    place = folder / "crashed"
    place.mkdir()
    image = os.memfd_create("crashed-disk")
    try:
        yield Bench(place, image)
    finally:
        os.close(image)


def _verdict(home: Path, crash: Crash, sell_on: bool) -> Verdict:
    acks = [_ack(line) for line in crash.said]
    try:
        found = _look(home, acks)
        if sell_on:
            _sell_on(home, acks)
            found += _look(home, acks)
    except (OSError, OutletError, dbapi2.Error) as problem:
        return Verdict(crash.at, len(acks), [f"it does not open: {problem!r}"])
    lost = [fault for fault in found if fault.startswith("acknowledged but not")]
    return Verdict(crash.at, len(lost), [fault for fault in found if fault not in lost])


def _ack(line: str) -> Ack:
    word, order_no, intent_id, fen = line.split(" ")
    assert word == "ACK"
    return Ack(order_no, intent_id, int(fen))


def _look(home: Path, acks: list[Ack]) -> list[str]:
    """Everything that is wrong with a home; the product opens it, and so repairs it, first."""
    identity, keys = read_identity(home), open_keys(home)
    books = open_books(home, identity, keys, SystemClock())
    try:
        entries = list(books.all_entries())
        report = verify_chain(entries, _public_key(identity))
        differing = books.read_model_differences()
    finally:
        books.close()
    faults = violations(acks, [dict(entry.to_wire()) for entry in entries])
    faults += [] if report.sound else [f"entry {report.bad_seq}: {report.reason}"]
    return (
        faults + [f"read model differs: {name}" for name in differing] + _pages(home, keys.db_key)
    )


def _pages(home: Path, key: bytes) -> list[str]:
    connection = open_database(home / FILE, key, read_only=True)
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        # Speaks only of pages whose seal is broken.
        said += [row[0] for row in connection.execute("PRAGMA cipher_integrity_check")]
    finally:
        connection.close()
    return [line for line in said if line != "ok"]


def _sell_on(home: Path, acks: list[Ack]) -> None:
    words = [sys.executable, *SOAK, "--home", str(home), "--orders", "1", "--seed", "77"]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=_DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    acks += [_ack(line) for line in done.stdout.splitlines()]


def _public_key(identity: Identity) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    certificate = x509.load_pem_x509_certificate(identity.certificate.encode())
    return certificate.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
