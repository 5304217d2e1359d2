"""Putting a journal back from its second copy, so that nothing is doubled afterwards.

The copy may be older than the disk that died, and numbers may stand on slips which no copy knows:
so the restored journal begins a new epoch and every number leased before is void, exactly as after
an old disk came back. What the platform has and the copy lacks is then fetched the same way.

Source: docs/adr/0016-lives-of-a-disk.md, docs/adr/0019-a-second-copy.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal.domain.errors import EnvironmentFault, OutletError
from terminal.domain.journal import GENESIS_HASH, ChainHead, Entry
from terminal.store.recovery_plan import RecoveryPlan
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader

if TYPE_CHECKING:
    from sync.client.agent import SyncReport
    from sync.client.mirror_check import MirrorReader
    from terminal.store.identity import Identity

_EVERY_NUMBER = 2**53


class RestoringState(SyncReader):
    """What the platform said, with the copy in the place of what it would give back.

    Args:
        path: sync.db, may be missing.
        key: 32 raw bytes.
        reader: the copy.
        head: up to which entry it is restored.
    """

    def __init__(self, path: Path, key: bytes, reader: MirrorReader, head: ChainHead) -> None:
        super().__init__(path, key)
        self._reader = reader
        self._head = head

    def recovery(self) -> RecoveryPlan:
        """Everything comes from the copy, and no number leased so far is used again."""
        head = self._head
        return RecoveryPlan(0, GENESIS_HASH, 1, head.seq, head.hash, _EVERY_NUMBER, True)

    def recovered_entries(self) -> Iterator[Entry]:
        """The entries of the copy."""
        return self._reader.entries(self._head)


def restore(
    home: Path, identity: Identity, reader: MirrorReader, *, partial: bool
) -> dict[str, Any]:
    """Make ``journal.db`` again and bring it together with the platform.

    Args:
        home: the terminal's folder, with its identity and keys and without a journal.
        identity: who it is.
        reader: the copy.
        partial: of a damaged copy, take the part that is whole.

    Returns:
        ``restored``, ``head_seq`` and ``head_hash`` of the copy; ``missing``: first and last entry
        that the platform has and the copy lacks, ``fetched``: whether they came back; ``platform``:
        dotted code of what kept the platform from being asked; ``complete``: whether nothing is
        missing as far as anybody knows.

    Raises:
        EnvironmentFault: ``mirror.books_there``, ``mirror.copy_damaged``, ``mirror.*``,
            ``home.in_use``, ``database.*``. Nothing was changed.
    """
    from terminal.store.lost_books import set_remains_aside

    if _entries_here(home):
        raise EnvironmentFault("mirror.books_there", retry=False)
    report = reader.check()
    if not report.sound and not partial:
        raise EnvironmentFault("mirror.copy_damaged", {"seq": report.head.seq}, retry=False)
    set_remains_aside(home)
    _write_books(home, identity, reader, report.head)
    return {
        "restored": report.head.seq,
        "head_seq": report.head.seq,
        "head_hash": report.head.hash,
        **_meet_platform(home, report.head),
    }


def _entries_here(home: Path) -> int:
    """How many entries the journal of this folder has; 0 when there is none."""
    from sync.client.journal_reader import JournalReader
    from terminal.bootstrap import open_keys
    from terminal.store.books import FILE

    with closing(JournalReader(home / FILE, open_keys(home).db_key)) as journal:
        return journal.head().seq


def _write_books(home: Path, identity: Identity, reader: MirrorReader, head: ChainHead) -> None:
    """One transaction: a kill leaves no journal, or all of it."""
    from terminal.app.context import Context
    from terminal.app.recovery import Recovering
    from terminal.bootstrap import LOCK_FILE, open_books, open_keys
    from terminal.domain.profile import Profile
    from terminal.store.credentials import ArgonCheck
    from terminal.store.process_lock import ProcessLock
    from terminal.store.reference import ReferenceReader
    from terminal.store.system_clock import SystemClock

    keys, clock = open_keys(home), SystemClock()
    lock = ProcessLock(home / LOCK_FILE, "home.in_use")
    try:
        with (
            closing(open_books(home, identity, keys, clock)) as books,
            closing(ReferenceReader(home)) as catalogue,
            closing(RestoringState(home / SYNC_FILE, keys.db_key, reader, head)) as sync,
        ):
            context = Context(
                books=books,
                catalogue=catalogue,
                clock=clock,
                secrets=ArgonCheck(bytes.fromhex(identity.platform_key)),
                sync=sync,
                profile=Profile.from_json(identity.profile),
            )
            Recovering(context).take_over()
    finally:
        lock.release()


def _meet_platform(home: Path, head: ChainHead) -> dict[str, Any]:
    """Ask the platform what the copy lacks and fetch it."""
    from terminal.bootstrap import take_over_recovery

    signed_for = _receipts(home)
    report, code = _asked(home)
    missing = _lacking(home, head, signed_for)
    fetched = False
    if report is not None and report.recovering and take_over_recovery(home):
        report, code = _asked(home)
        fetched = report is not None and not report.recovering
    return {
        "missing": list(missing),
        "fetched": fetched,
        "platform": code,
        "complete": not code and (fetched or not missing),
    }


def _asked(home: Path) -> tuple[SyncReport | None, str]:
    from sync.client.agent import run_once

    try:
        report = run_once(home)
    except OutletError as error:
        return None, error.code
    # While the books are being brought up to date, that is what stands in the way.
    return report, "" if report.recovering else report.code


def _receipts(home: Path) -> int:
    """The last entry the platform signed for, as far as this disk remembers."""
    from terminal.bootstrap import open_keys

    with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as sync:
        return sync.confirmed_head().seq


def _lacking(home: Path, head: ChainHead, signed_for: int) -> tuple[int, ...]:
    """First and last entry that the platform has and the copy lacks; nothing when there is none."""
    from terminal.bootstrap import open_keys

    with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as sync:
        plan = sync.recovery()
    last = plan.head_seq if plan else signed_for
    first = min(plan.common_seq, head.seq) + 1 if plan else head.seq + 1
    return (first, last) if last >= first else ()
