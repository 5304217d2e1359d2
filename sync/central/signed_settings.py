"""Settings as the platform signs them: each record numbered, so that no older one counts again.

The number is the time of signing, and always above the one before: what is signed after a backup
was restored is newer than all that was signed before, also what the backup does not know of.
"""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import Connection, select

from sync.central import schema
from sync.central.platform import Platform, now_ms
from sync.wire.messages import Change
from sync.wire.signing import sign_record
from terminal.domain.canonical import Json, JsonObject

FEED: Final = "settings"
_WITHDRAWN: Final = "null"
"""A setting is taken away by a signed record: a bare removal proves nothing to a terminal."""


def record_of(platform: Platform, data: JsonObject, before: int) -> JsonObject:
    """A setting as it travels.

    Args:
        platform: this worker.
        data: ``key`` and ``value``, JSON text or any JSON value.
        before: version of the record it takes the place of, 0 for none.
    """
    told = data.get("value")
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    version = max(now_ms(), before + 1)
    record: JsonObject = {"key": data.get("key"), "value": text, "version": version}
    return sign_record(record, platform.sign)


def change_of(platform: Platform, connection: Connection, change: Change) -> Change:
    """A change of a setting, numbered and signed; a removal becomes a record that says so."""
    wanted: JsonObject = change.data or {"key": str(change.key), "value": _WITHDRAWN}
    before = _held(connection, str(change.key)).get("version", 0)
    signed = record_of(platform, wanted, before if type(before) is int else 0)
    return Change.parse({"feed": FEED, "op": "upsert", "key": str(change.key), "data": signed})


def held(connection: Connection) -> list[JsonObject]:
    """Every setting as it is held."""
    columns = schema.records.c
    rows = connection.scalars(select(columns.data).where(columns.feed == FEED))
    return [json.loads(row) for row in rows]


def _held(connection: Connection, key: str) -> JsonObject:
    columns = schema.records.c
    mine = (columns.feed == FEED) & (columns.key == key)
    text = connection.scalar(select(columns.data).where(mine))
    record: Json = json.loads(text) if text else {}
    return record if isinstance(record, dict) else {}
