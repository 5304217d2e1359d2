"""What our own books say of a stretch of one journal: the terminal compares it with its own."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, select

from sync.central import schema
from sync.central.platform import Platform
from sync.wire.totals import MOST_ROWS, EntryTotal, JournalTotals

_ENTRIES, _POSTINGS = schema.entries.c, schema.postings.c


def totals(platform: Platform, terminal_id: str, from_seq: int, to_seq: int) -> JournalTotals:
    """Add a stretch of a journal up out of what was booked here.

    Args:
        platform: this worker.
        terminal_id: whose journal.
        from_seq: first entry.
        to_seq: last entry.

    Returns:
        Sums over all of it, and the first 500 entries one by one.
    """
    return platform.database.look(
        lambda connection: JournalTotals(
            from_seq,
            to_seq,
            _held(connection, terminal_id, from_seq, to_seq),
            {**_accounts(connection, terminal_id, from_seq, to_seq)},
            _rows(connection, terminal_id, from_seq, to_seq),
        )
    )


def _held(connection: Connection, terminal_id: str, from_seq: int, to_seq: int) -> int:
    query = select(func.count()).where(
        _ENTRIES.terminal_id == terminal_id, _ENTRIES.seq.between(from_seq, to_seq)
    )
    return int(connection.scalar(query) or 0)


def _accounts(
    connection: Connection, terminal_id: str, from_seq: int, to_seq: int
) -> dict[str, int]:
    query = (
        select(_POSTINGS.account, func.sum(_POSTINGS.fen))
        .where(_POSTINGS.terminal_id == terminal_id, _POSTINGS.seq.between(from_seq, to_seq))
        .group_by(_POSTINGS.account)
        .order_by(_POSTINGS.account)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _rows(
    connection: Connection, terminal_id: str, from_seq: int, to_seq: int
) -> tuple[EntryTotal, ...]:
    debits = func.sum(case((_POSTINGS.fen > 0, _POSTINGS.fen), else_=0))
    query = (
        select(_ENTRIES.seq, _ENTRIES.hash, func.coalesce(debits, 0))
        .outerjoin(
            schema.postings,
            (_POSTINGS.terminal_id == _ENTRIES.terminal_id) & (_POSTINGS.seq == _ENTRIES.seq),
        )
        .where(_ENTRIES.terminal_id == terminal_id, _ENTRIES.seq.between(from_seq, to_seq))
        .group_by(_ENTRIES.seq, _ENTRIES.hash)
        .order_by(_ENTRIES.seq)
        .limit(MOST_ROWS)
    )
    return tuple(EntryTotal(row[0], row[1], int(row[2])) for row in connection.execute(query))
