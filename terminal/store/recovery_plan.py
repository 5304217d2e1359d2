"""What the sync agent prepares in ``sync.db`` so that the core can bring an old disk up to date.

The agent never writes into the books: it keeps the platform's entries beside them, checked, until
the core takes them over in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from terminal.domain.journal import Entry
from terminal.store.database import Connection

KEY = "recovery"
"""Name of the state that holds the plan."""

SCHEMA = "CREATE TABLE IF NOT EXISTS recovered(seq INTEGER PRIMARY KEY, entry TEXT NOT NULL);"


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """How these books are to be brought up to date.

    Args:
        common_seq: last entry that both sides hold alike, 0 for none.
        common_hash: its hash, ``GENESIS_HASH`` for none.
        common_epoch: its epoch.
        head_seq: the platform's last entry.
        head_hash: its hash.
        fresh_lo: first order number of a lease made for the time after, 0 before it was made.
        ready: whether all entries up to the head are here and checked.
    """

    common_seq: int
    common_hash: str
    common_epoch: int
    head_seq: int
    head_hash: str
    fresh_lo: int = 0
    ready: bool = False


def plan_text(plan: RecoveryPlan | None) -> str:
    """A plan as a state, "" for none."""
    return json.dumps(asdict(plan)) if plan else ""


def plan_from(text: str) -> RecoveryPlan | None:
    """The plan of a state."""
    return RecoveryPlan(**json.loads(text)) if text else None


def clear(connection: Connection) -> None:
    """Forget what was prepared; inside a transaction."""
    connection.execute("DELETE FROM recovered")


def add(connection: Connection, entries: Iterable[Entry]) -> None:
    """Keep checked entries; inside a transaction."""
    connection.executemany(
        "INSERT INTO recovered VALUES (?, ?)",
        [(entry.seq, json.dumps(entry.to_wire(), ensure_ascii=False)) for entry in entries],
    )


def last(connection: Connection) -> Entry | None:
    """The newest prepared entry."""
    row = connection.execute("SELECT entry FROM recovered ORDER BY seq DESC LIMIT 1").fetchone()
    return Entry.from_wire(json.loads(row[0])) if row else None


def entries(connection: Connection) -> Iterator[Entry]:
    """The prepared entries in order."""
    for (text,) in connection.execute("SELECT entry FROM recovered ORDER BY seq"):
        yield Entry.from_wire(json.loads(text))
