"""Reference data: one ordered stream of changes; ``snapshots`` has what to begin with."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from sync.central import schema, signed_settings
from sync.central.platform import Platform, compact, put_value, value
from sync.wire.messages import Change, Feed, FeedPage
from sync.wire.refusal import Refusal
from sync.wire.signing import sign_record
from terminal.domain.canonical import Json, JsonObject

COLUMNS: Final[dict[str, str]] = {
    "items": "sku TEXT PRIMARY KEY, gtin TEXT, plu TEXT, name_zh TEXT, name_en TEXT, pinyin TEXT,"
    " initials TEXT, unit_zh TEXT, business_code TEXT, kind TEXT, tax TEXT, refundable INTEGER,"
    " rank INTEGER, state TEXT, version INTEGER",
    "prices": "sku TEXT, level TEXT, effective_from TEXT, fen INTEGER,"
    " PRIMARY KEY (sku, level, effective_from)",
    "clerks": "clerk_id TEXT PRIMARY KEY, name TEXT, roles TEXT, verifier TEXT, level INTEGER,"
    " expires_at TEXT, signature TEXT",
    "divisions": "code TEXT PRIMARY KEY, name TEXT, parent TEXT",
    "settings": "key TEXT PRIMARY KEY, value TEXT, version INTEGER, signature TEXT",
}

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "items": ("sku",),
    "prices": ("sku", "level", "effective_from"),
    "clerks": ("clerk_id",),
    "divisions": ("code",),
    "settings": ("key",),
}


def names_of(feed: str) -> tuple[str, ...]:
    """The columns of a feed in order."""
    definition = COLUMNS[feed].partition(", PRIMARY KEY (")[0]
    return tuple(column.split()[0] for column in definition.split(","))


def key_of(feed: str, data: JsonObject) -> str | list[str]:
    """The key a record travels under.

    Raises:
        Refusal: ``wire.malformed`` when a key column is missing or no text.
    """
    parts: list[str] = []
    for name in _KEYS[feed]:
        part = data.get(name)
        if not isinstance(part, str):
            raise Refusal(422, "wire.malformed", {"field": name})
        parts.append(part)
    return parts if len(parts) > 1 else parts[0]


def upsert(feed: str, record: JsonObject) -> Change:
    """A record on its way into the stream.

    Raises:
        Refusal: ``wire.malformed``, see ``key_of``.
    """
    key: Json = key_of(feed, record)  # type: ignore[assignment]
    return Change.parse({"feed": feed, "op": "upsert", "key": key, "data": record})


def signed(platform: Platform, feed: str, data: JsonObject) -> JsonObject:
    """The record as it travels: clerks and settings carry the platform's signature."""
    if feed == signed_settings.FEED:
        return signed_settings.record_of(platform, data, 0)
    if feed != "clerks":
        return data
    record = {name: data.get(name) for name in names_of(feed) if name != "signature"}
    return sign_record(record, platform.sign)


Prepared = list[tuple[str, str, str, str]]
"""Rows of ``schema.records``."""


def prepared_seed(platform: Platform, feed: Feed, rows: Iterable[JsonObject]) -> Prepared:
    """Records to load before anybody has a cursor; nothing goes into the stream."""
    return [
        (
            feed,
            _stored_key(key_of(feed, row)),
            str(row["sku"]) if feed == "prices" else "",
            compact(signed(platform, feed, row)),
        )
        for row in rows
    ]


def apply(platform: Platform, changes: list[Change]) -> int:
    """Change reference data and append the changes to the stream, all or nothing.

    Returns:
        The number of the last change.
    """

    def work(connection: Connection) -> int:
        change_no = int(value(connection, "change_no"))
        for change in changes:
            change_no += 1
            if change.feed == signed_settings.FEED:
                # Numbered where nobody else writes meanwhile: two of one version would not do.
                change = signed_settings.change_of(platform, connection, change)
            _store(connection, change)
            row = {"change_no": change_no, "change": compact(change.format())}
            connection.execute(insert(schema.changes).values(**row))
        put_value(connection, "change_no", str(change_no))
        return change_no

    return platform.database.transaction(work)


def renew_settings(platform: Platform, *, unsigned_only: bool = False) -> None:
    """Sign the settings that are held anew, with higher versions, and send them to everybody.

    Args:
        platform: this worker.
        unsigned_only: only those an earlier version of the platform held without a signature.
    """
    held = platform.database.look(signed_settings.held)
    wanted = [row for row in held if not (unsigned_only and row.get("signature"))]
    if wanted:
        apply(platform, [upsert(signed_settings.FEED, row) for row in wanted])


def _stored_key(key: str | list[str]) -> str:
    return json.dumps(key, ensure_ascii=False) if isinstance(key, list) else key


def _store(connection: Connection, change: Change) -> None:
    table, columns = schema.records, schema.records.c
    key = _stored_key(change.key)
    mine = (columns.feed == change.feed) & (columns.key == key)
    if change.data is None:
        connection.execute(delete(table).where(mine))
        if change.feed == "items":
            prices = (columns.feed == "prices") & (columns.owner == key)
            connection.execute(delete(table).where(prices))
        return
    data = compact(change.data)
    if not connection.execute(update(table).where(mine).values(data=data)).rowcount:
        owner = str(change.data["sku"]) if change.feed == "prices" else ""
        row = {"feed": change.feed, "key": key, "owner": owner, "data": data}
        connection.execute(insert(table).values(**row))


def page(platform: Platform, cursor: str, limit: int) -> FeedPage:
    """The changes after a cursor.

    Raises:
        Refusal: ``feed.cursor_expired`` (410) for a cursor of another epoch or none of ours.
    """

    def work(connection: Connection) -> FeedPage:
        epoch = value(connection, "server_epoch")
        after = position(platform, cursor, epoch)
        columns = schema.changes.c
        if after > int(value(connection, "change_no")):
            raise Refusal(410, "feed.cursor_expired")
        rows = connection.execute(
            select(columns.change_no, columns.change)
            .where(columns.change_no > after)
            .order_by(columns.change_no)
            .limit(limit + 1)
        ).all()
        taken = rows[:limit]
        reached = taken[-1].change_no if taken else after
        changes = tuple(json.loads(row.change) for row in taken)
        return FeedPage(changes, cursor_at(platform, epoch, reached), len(rows) > limit)

    return platform.database.look(work)


def cursor_at(platform: Platform, epoch: str, change_no: int) -> str:
    """The cursor after a change, as a terminal keeps it."""
    text = f"{epoch}.{change_no}"
    plain = f"{text}.{platform.seal_cursor(text)}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def position(platform: Platform, cursor: str, epoch: str) -> int:
    """The number of the last change before a cursor.

    Raises:
        Refusal: see ``page``.
    """
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError as problem:
        raise Refusal(410, "feed.cursor_expired") from problem
    text, _, seal = plain.rpartition(".")
    life, _, change_no = text.rpartition(".")
    if platform.seal_cursor(text) != seal or life != epoch:
        raise Refusal(410, "feed.cursor_expired")
    return int(change_no)
