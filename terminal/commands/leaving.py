"""Reads whether a home may be left; for every command that would take it away from a counter."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.commands.journal import open_journal
from terminal.domain.errors import EnvironmentFault, UserError

if TYPE_CHECKING:
    from sync.wire.courier import EntriesHeader
    from terminal.app.leaving import Standing


def look(home: Path, exported: Sequence[Path] = ()) -> Standing:
    """What stands in the way of leaving a home; reads only.

    Args:
        home: an enrolled terminal's folder.
        exported: bundles, or folders of bundles, that are on their way to the platform.

    Raises:
        UserError: ``leave.not_ours`` for a file that is no bundle of this terminal.
        EnvironmentFault: ``books.*``, ``identity.*``, ``keystore.*``, ``database.*``.
    """
    from sync.client.safe import open_safe
    from terminal.app.leaving import Standing, standing
    from terminal.bootstrap import open_keys
    from terminal.store.books import FILE
    from terminal.store.credentials import ArgonCheck
    from terminal.store.identity import read_identity
    from terminal.store.lost_books import lost_books
    from terminal.store.reading import SqlReading
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader
    from terminal.store.whole_file import require_whole

    identity, keys = read_identity(home), open_keys(home)
    behind = lost_books(home, keys.db_key)
    if behind is not None:
        raise behind
    if not (home / FILE).exists():
        return Standing()
    genuine = ArgonCheck(bytes.fromhex(identity.platform_key)).genuine
    with (
        open_journal(home) as connection,
        closing(SyncReader(home / SYNC_FILE, keys.db_key)) as sync,
    ):
        books = SqlReading(connection)
        confirmed = sync.confirmed_head().seq
        carried = _carried_to(home, exported, confirmed) if exported else 0
        found = standing(books, sync, open_safe(home, identity, keys), genuine, carried)
        if found.waiting:
            # It is nowhere else: on a damaged file nobody may call it safe.
            require_whole(connection, FILE)
        return found


def require_left(home: Path) -> None:
    """Refuse to touch a home in which something is that nobody else has.

    Raises:
        UserError: ``leave.*``.
        EnvironmentFault: see ``look``.
    """
    look(home).require()


def _carried_to(home: Path, exported: Sequence[Path], confirmed: int) -> int:
    """The last entry that bundles hold without a gap after the confirmed one."""
    reached = confirmed
    for header in sorted(_headers(home, exported), key=lambda one: one.first_seq):
        if header.first_seq <= reached + 1:
            reached = max(reached, header.last_seq)
    return reached


def _headers(home: Path, exported: Sequence[Path]) -> list[EntriesHeader]:
    """What this terminal's bundles hold; on a stick others may lie beside them.

    Raises:
        UserError: ``leave.not_ours`` for a file that was named and is not ours.
    """
    from sync.wire.courier import SUFFIX

    headers = []
    for path in exported:
        for file in sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]:
            header = _header(home, file)
            if header is not None:
                headers.append(header)
            elif not path.is_dir():
                raise UserError("leave.not_ours", {"file": file.name})
    return headers


def _header(home: Path, file: Path) -> EntriesHeader | None:
    """What a whole bundle holds, by this terminal's own signature; None for anything else."""
    from sync.client.signing import public_hex
    from sync.wire.courier import Bundle, read_carried
    from sync.wire.refusal import Refusal
    from sync.wire.signing import record_is_signed
    from terminal.bootstrap import open_keys
    from terminal.store.identity import read_identity

    try:
        carried = read_carried(file.read_bytes())
    except Refusal:
        return None
    except OSError as error:
        hint = f"({error.strerror})"
        fault = {"file": file.name}
        raise EnvironmentFault("leave.no_file", fault, retry=False, hint=hint) from error
    if not isinstance(carried, Bundle):
        return None
    identity, header = read_identity(home), carried.header
    whom = (header.terminal_id, header.platform_key)
    ours = bytes.fromhex(public_hex(open_keys(home).seed))
    signed = record_is_signed(carried.record, ours)
    return header if signed and whom == (identity.terminal_id, identity.platform_key) else None
