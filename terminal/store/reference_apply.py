"""Keeping ``reference.db`` fresh: one page of the feeds is one transaction with its cursor.

Used by the sync agent only, the file's single writer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from terminal.domain.catalogue import ItemKind, instant
from terminal.domain.errors import BugError, EnvironmentFault
from terminal.domain.search_postings import stride_for
from terminal.domain.search_terms import Searchable, terms_of
from terminal.store.database import Connection, open_database, write_transaction
from terminal.store.reference_postings import PostingsEditor
from terminal.store.reference_schema import (
    COLUMNS,
    ITEM_COLUMNS,
    LINK_NAME,
    WHOLE_NUMBERS,
    current_generation,
)

_FLAGS: Final = {
    "items": "catalogue",
    "prices": "catalogue",
    "divisions": "catalogue",
    "clerks": "clerks",
}
_KEYS: Final = {"prices": 3}
_JSON_TEXTS: Final = frozenset({"roles"})


@dataclass(frozen=True, slots=True)
class AppliedPage:
    """What became of a page.

    Args:
        applied: changes that were carried out.
        refused: changes nobody could carry out, with the reason; they are set aside and the rest
            goes on.
        flags: what to read again: ``catalogue``, ``clerks``.
    """

    applied: int
    refused: tuple[tuple[Mapping[str, Any], str], ...]
    flags: frozenset[str]


class ReferenceWriter:
    """The one writer of the current generation. Make a new one after every `load_snapshot`.

    Args:
        home: folder of the terminal.

    Raises:
        EnvironmentFault: ``reference.not_loaded`` before the first snapshot, and `database_faults`.
    """

    def __init__(self, home: Path) -> None:
        if not current_generation(home):
            raise EnvironmentFault("reference.not_loaded")
        self._connection: Connection = open_database(home / LINK_NAME, None, synchronous="NORMAL")

    def __enter__(self) -> ReferenceWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def cursor(self) -> str:
        """The feed position the file has reached."""
        return str(self._state()[0])

    @property
    def server_epoch(self) -> str:
        """The platform life the cursor belongs to."""
        return str(self._state()[1])

    def apply_changes(
        self, changes: Iterable[Mapping[str, Any]], cursor: str, *, at_utc: str = ""
    ) -> AppliedPage:
        """Carry out a page and move the cursor, all or nothing.

        Reading a page twice changes nothing: upserts replace, tombstones of unknown keys pass, and
        an item never goes back to an older version.

        Args:
            changes: ``{"feed", "op": "upsert" | "delete", "key", "data"}`` in the platform's order.
                The key of a price is the list ``[sku, level, effective_from]`` or the same joined
                by ``|``.
            cursor: the position after the page.
            at_utc: when it arrived, UTC ISO 8601.

        Raises:
            EnvironmentFault: see `database_faults`; nothing changed and the old cursor stands.
        """
        refused: list[tuple[Mapping[str, Any], str]] = []
        flags: set[str] = set()
        applied = 0
        with write_transaction(self._connection, LINK_NAME):
            page = _Page(self._connection)
            for change in changes:
                reason = page.apply(change)
                if reason:
                    refused.append((change, reason))
                else:
                    applied += 1
                    flags.add(_FLAGS[change["feed"]])
            page.finish()
            self._connection.execute(
                "UPDATE reference_state SET cursor = ?, changed_at = ?, items = items + ?",
                (cursor, at_utc, page.new_items),
            )
        return AppliedPage(applied, tuple(refused), frozenset(flags))

    def _state(self) -> tuple[str, str]:
        row = self._connection.execute(
            "SELECT cursor, server_epoch FROM reference_state"
        ).fetchone()
        return row[0], row[1]


class _Page:
    """One page inside its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._postings = PostingsEditor(connection)
        self.new_items = 0

    def finish(self) -> None:
        self._postings.write()

    def apply(self, change: Mapping[str, Any]) -> str:
        """Carry out one change; the reason when it cannot be."""
        feed, op = change.get("feed"), change.get("op")
        if feed not in COLUMNS or op not in ("upsert", "delete"):
            return "feed.unknown_change"
        try:
            if op == "delete":
                self._delete(feed, _key(feed, change.get("key")))
            else:
                self._upsert(feed, _row(feed, change.get("data")))
        except BugError as error:
            return error.code
        return ""

    def _delete(self, feed: str, key: list[str]) -> None:
        if feed == "items":
            self._index(key[0], None)
            # The case-blind index finds it, the plain comparison decides.
            self._execute("DELETE FROM items WHERE sku = ? COLLATE NOCASE AND sku = ?", key * 2)
            self._execute("DELETE FROM prices WHERE sku = ?", key)
            return
        where = " AND ".join(f"{name} = ?" for name in COLUMNS[feed][: len(key)])
        self._execute(f"DELETE FROM {feed} WHERE {where}", key)  # noqa: S608 - own names

    def _upsert(self, feed: str, row: dict[str, Any]) -> None:
        if feed == "items":
            self._upsert_item(row)
            return
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self._execute(
            f"INSERT OR REPLACE INTO {feed}({names}) VALUES({marks})",
            list(row.values()),
        )

    def _upsert_item(self, row: dict[str, Any]) -> None:
        held = self._held(row["sku"])
        if held and held["version"] > row["version"]:
            return
        item_id = held["id"] if held else self._free_id(row["rank"])
        self._index(row["sku"], row, item_id)
        names = ", ".join(("id", *ITEM_COLUMNS))
        marks = ", ".join("?" * (1 + len(ITEM_COLUMNS)))
        self._execute(
            f"INSERT OR REPLACE INTO items({names}) VALUES({marks})",
            (item_id, *(row[name] for name in ITEM_COLUMNS)),
        )

    def _index(self, sku: str, after: dict[str, Any] | None, item_id: int = 0) -> None:
        before = self._held(sku)
        terms_before = _terms(before)
        terms_after = _terms(after)
        self.new_items += bool(terms_after) - bool(terms_before)
        self._postings.change(before["id"] if before else item_id, terms_before, terms_after)

    def _held(self, sku: str) -> dict[str, Any] | None:
        row = self._execute(
            "SELECT id, version, state, name_zh, pinyin, initials FROM items"
            " WHERE sku = ? COLLATE NOCASE AND sku = ?",
            (sku, sku),
        ).fetchone()
        names = ("id", "version", "state", "name_zh", "pinyin", "initials")
        return dict(zip(names, row, strict=True)) if row else None

    def _free_id(self, rank: int) -> int:
        """A free id in front of the first item of a higher rank, else after the last item."""
        last = int(self._execute("SELECT coalesce(max(id), 0) FROM items").fetchone()[0])
        low, high = 0, last + 1
        while low < high:
            middle = (low + high) // 2
            row = self._execute(
                "SELECT rank FROM items WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
            ).fetchone()
            if row is None or row[0] > rank:
                high = middle
            else:
                low = middle + 1
        # ids low … next item are free or the border itself; take the middle of the gap before it.
        following = self._execute("SELECT min(id) FROM items WHERE id >= ?", (low,)).fetchone()[0]
        before = self._execute("SELECT max(id) FROM items WHERE id < ?", (low,)).fetchone()[0] or 0
        if following is None or following - before < 2:
            return last + stride_for(last)
        return int(before + following) // 2


def _terms(row: Mapping[str, Any] | None) -> set[str]:
    if row is None or row["state"] != "active":
        return set()
    return terms_of(Searchable.of(row["name_zh"], row["pinyin"], row["initials"]))


def _key(feed: str, key: Any) -> list[str]:
    parts = key if isinstance(key, list) else str(key or "").split("|")
    wanted = _KEYS.get(feed, 1)
    if len(parts) != wanted or not all(isinstance(part, str) for part in parts) or not parts[0]:
        raise BugError("feed.bad_key")
    return list(parts)


def _row(feed: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping) or not set(COLUMNS[feed]) <= set(data):
        raise BugError("feed.bad_row")
    row = {name: _value(feed, name, data[name]) for name in COLUMNS[feed]}
    if not row[COLUMNS[feed][0]]:
        raise BugError("feed.bad_row")
    if feed == "prices":
        instant(str(row["effective_from"]))
    if feed == "items" and row["kind"] not in list(ItemKind):
        raise BugError("feed.bad_row")
    return row


def _value(feed: str, name: str, value: Any) -> str | int:
    """A column's value in the one type the column has; JSON may come as text or as it is."""
    if (feed, name) in WHOLE_NUMBERS:
        if not isinstance(value, int):
            raise BugError("feed.bad_row")
        return int(value)
    if name in _JSON_TEXTS and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BugError("feed.bad_row")
    return value
