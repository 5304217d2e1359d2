"""Where stamps and numbered vouchers are: pieces by place, numbers as ranges, every movement."""

from __future__ import annotations

from terminal.domain import stock
from terminal.domain.journal import Entry
from terminal.domain.stock import Movement
from terminal.domain.stock_count import net
from terminal.store.database import Connection
from terminal.store.projections.group import Group

_ASIDE = ("suspense:", "over_short:")
"""Places of what counts found missing or too much."""


def _move(connection: Connection, entry: Entry, suffix: str) -> None:
    for pos, line in enumerate(stock.from_body(entry.body), 1):
        connection.execute(
            f"INSERT INTO stock_movements{suffix} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.seq,
                pos,
                line.place,
                line.item,
                line.pieces,
                line.lo,
                line.hi,
                entry.business_date,
                entry.kind,
            ),
        )
        connection.execute(
            f"INSERT INTO stock{suffix} VALUES (?, ?, ?) "
            "ON CONFLICT (place, item) DO UPDATE SET pieces = pieces + excluded.pieces",
            (line.place, line.item, line.pieces),
        )
        if line.numbered:
            _number(connection, line, suffix)


def _number(connection: Connection, line: Movement, suffix: str) -> None:
    if line.place.startswith(_ASIDE):
        _aside(connection, line, suffix)
        return
    # Only what the numbers touch is read and written again.
    near = (line.place, line.item, line.hi + 1, line.lo - 1)
    where = "WHERE place = ? AND item = ? AND lo <= ? AND hi >= ?"
    held = connection.execute(f"SELECT lo, hi FROM stock_ranges{suffix} {where}", near).fetchall()
    ranges = [(int(lo), int(hi)) for lo, hi in held]
    if line.pieces > 0:
        left = stock.joined(ranges, [(line.lo, line.hi)])
    else:
        left = stock.without(ranges, line.lo, line.hi)
    connection.execute(f"DELETE FROM stock_ranges{suffix} {where}", near)
    connection.executemany(
        f"INSERT INTO stock_ranges{suffix} VALUES (?, ?, ?, ?)",
        [(line.place, line.item, lo, hi) for lo, hi in left],
    )


def _aside(connection: Connection, line: Movement, suffix: str) -> None:
    """A number that was too many is owed before it comes: only the net of all is there."""
    where = "WHERE place = ? AND item = ?"
    rows = connection.execute(
        f"SELECT place, item, pieces, lo, hi FROM stock_movements{suffix} {where} AND lo > 0",
        (line.place, line.item),
    ).fetchall()
    there = [row for row in net(Movement(*row) for row in rows) if row.pieces > 0]
    connection.execute(f"DELETE FROM stock_ranges{suffix} {where}", (line.place, line.item))
    connection.executemany(
        f"INSERT INTO stock_ranges{suffix} VALUES (?, ?, ?, ?)",
        [(row.place, row.item, row.lo, row.hi) for row in there],
    )


GROUP = Group(
    tables={
        "stock": """CREATE TABLE {name} (
            place TEXT NOT NULL, item TEXT NOT NULL, pieces INTEGER NOT NULL,
            PRIMARY KEY (place, item)) WITHOUT ROWID""",
        "stock_ranges": """CREATE TABLE {name} (
            place TEXT NOT NULL, item TEXT NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,
            PRIMARY KEY (place, item, lo)) WITHOUT ROWID""",
        "stock_movements": """CREATE TABLE {name} (
            seq INTEGER NOT NULL, pos INTEGER NOT NULL, place TEXT NOT NULL, item TEXT NOT NULL,
            pieces INTEGER NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,
            business_date TEXT NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (seq, pos)) WITHOUT ROWID""",
    },
    every=_move,
    indexes={"stock_movements": "place, item, seq"},
)
