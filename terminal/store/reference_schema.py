"""Shape and whereabouts of ``reference.db``.

``reference.db`` is a symbolic link to ``reference-00000007.db``, the file of generation 7; a new
snapshot becomes a new file and the link is replaced. The link, not the file, is swapped because
SQLite finds a database's WAL by name: a new file under the old name would meet the old file's WAL
and be destroyed by it (SQLite resolves the link first, so each generation has its own).

An item's ``id`` is its place in the order of popularity, times a stride, so that whatever is read
in order of id comes most sold first without sorting. The stride (up to 64, 1 from half a million
items on) leaves gaps: an item that arrives by delta takes a free id near its rank, or one after all
others when its neighbourhood is full. Ids are never changed afterwards: a changed rank shows its
effect with the next snapshot.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

LINK_NAME: Final = "reference.db"

ITEM_COLUMNS: Final = (
    "sku",
    "gtin",
    "plu",
    "name_zh",
    "name_en",
    "pinyin",
    "initials",
    "unit_zh",
    "business_code",
    "kind",
    "tax",
    "refundable",
    "rank",
    "state",
    "version",
)

COLUMNS: Final = {
    "items": ITEM_COLUMNS,
    "prices": ("sku", "level", "effective_from", "fen"),
    "clerks": ("clerk_id", "name", "roles", "verifier", "level", "expires_at", "signature"),
    "divisions": ("code", "name", "parent"),
}
"""Feeds and their columns, as they travel and as they are kept; settings are in ``sync.db``."""

WHOLE_NUMBERS: Final = frozenset(
    {
        ("items", "refundable"),
        ("items", "rank"),
        ("items", "version"),
        ("prices", "fen"),
        ("clerks", "level"),
    }
)
"""The columns that hold whole numbers; all others hold text, "" where the platform has nothing."""

TABLES: Final = """
CREATE TABLE items(
    id INTEGER PRIMARY KEY, sku TEXT NOT NULL, gtin TEXT NOT NULL, plu TEXT NOT NULL, name_zh TEXT
    NOT NULL, name_en TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL, unit_zh TEXT NOT
    NULL, business_code TEXT NOT NULL, kind TEXT NOT NULL, tax TEXT NOT NULL, refundable INTEGER NOT
    NULL, rank INTEGER NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE prices(
    sku TEXT NOT NULL, level TEXT NOT NULL, effective_from TEXT NOT NULL, fen INTEGER NOT NULL,
    PRIMARY KEY(sku, level, effective_from)) WITHOUT ROWID;
CREATE TABLE clerks(
    clerk_id TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, verifier TEXT NOT NULL,
    level INTEGER NOT NULL, expires_at TEXT NOT NULL, signature TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE divisions(code TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT NOT NULL) WITHOUT
ROWID;
CREATE TABLE reference_state(
    one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, server_epoch TEXT NOT NULL,
    generation INTEGER NOT NULL, changed_at TEXT NOT NULL, items INTEGER NOT NULL);
"""

INDEXES: Final = """
CREATE INDEX items_by_sku ON items(sku COLLATE NOCASE);
CREATE INDEX items_by_gtin ON items(gtin) WHERE gtin <> '';
CREATE INDEX items_by_plu ON items(plu) WHERE plu <> '';
CREATE INDEX divisions_by_parent ON divisions(parent, code);
"""


def generation_file(home: Path, generation: int) -> Path:
    """The file of one snapshot."""
    return home / f"reference-{generation:08d}.db"


def current_generation(home: Path) -> int:
    """The generation the link points at, 0 before the first snapshot."""
    try:
        target = (home / LINK_NAME).readlink()
    except FileNotFoundError:
        return 0
    return int(target.stem.rpartition("-")[2])
