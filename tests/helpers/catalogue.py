"""Small real catalogues for tests: snapshots on disk and loaded homes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from installer.catalogue_generator import TABLES, spell
from terminal.store.reference_load import load_snapshot

DEMO = Path(__file__).parents[2] / "assets" / "demo"


def item(sku: str, name_zh: str, **over: Any) -> dict[str, Any]:
    """One item row with pinyin made as the platform makes it."""
    pinyin, initials = spell(name_zh)
    row: dict[str, Any] = {
        "sku": sku,
        "gtin": "",
        "plu": "",
        "name_zh": name_zh,
        "name_en": "",
        "pinyin": pinyin,
        "initials": initials,
        "unit_zh": "瓶",
        "business_code": "goods",
        "kind": "packaged",
        "tax": "taxable",
        "refundable": 1,
        "rank": 100,
        "state": "active",
        "version": 1,
    }
    return row | over


def demo_items() -> list[dict[str, Any]]:
    """The demo goods with numbers as numbers."""
    with (DEMO / "items.csv").open(encoding="utf-8") as stream:
        rows: list[dict[str, Any]] = [dict(row) for row in csv.DictReader(stream)]
    for row in rows:
        row.update({name: int(row[name]) for name in ("refundable", "rank", "version")})
    return rows


def demo_prices() -> list[dict[str, Any]]:
    """The demo prices."""
    with (DEMO / "prices.csv").open(encoding="utf-8") as stream:
        return [dict(row) | {"fen": int(row["fen"])} for row in csv.DictReader(stream)]


def write_snapshot_file(
    path: Path, items: list[dict[str, Any]], prices: list[dict[str, Any]]
) -> Path:
    """A snapshot as the platform sends it."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.executescript(TABLES)
    for table, rows in (("items", items), ("prices", prices)):
        for row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO {table}({', '.join(row)}) VALUES({marks})", list(row.values())
            )
    connection.executemany(
        "INSERT INTO divisions VALUES(?, ?, ?)",
        [("51", "四川省", ""), ("5101", "成都市", "51"), ("5107", "绵阳市", "51")],
    )
    connection.execute(
        "INSERT INTO clerks VALUES('0312', '测试员', '[\"clerk\"]', '$argon2id$', 1, '', 'ab')"
    )
    connection.close()
    return path


def load_demo(home: Path, cursor: str = "c1") -> int:
    """Load the demo goods into a home."""
    snapshot = home / f"snapshot-{cursor}.sqlite"
    write_snapshot_file(snapshot, demo_items(), demo_prices())
    return load_snapshot(home, snapshot, cursor, "epoch-1")
