"""The demonstration outlet: real goods, invented people, one code that can be used again."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select

from sync.central import catalogue, goods_file, instruments, schema
from sync.central.database import load
from sync.central.platform import Platform
from sync.central.profile import OUTLET, SETTINGS
from terminal.domain.canonical import Json, JsonObject

ENROLMENT_CODE: Final = "DEMO-2026"

_FOLDER: Final = Path(__file__).resolve().parents[2] / "assets" / "demo"
_WHOLE: Final = frozenset({"refundable", "rank", "version", "fen"})
_VALID_DAYS: Final = 7
_NEVER_MS: Final = 10**14
_CLERKS: Final = (
    ("0312", "演示营业员甲", ["clerk"], 1, "246810"),
    ("0315", "演示综合柜员乙", ["clerk", "senior_clerk"], 2, "135790"),
    ("0301", "演示支局长丙", ["branch_manager"], 3, "112233"),
)


def seed_demo(platform: Platform, goods: Path | None = None) -> None:
    """Fill an empty platform; on a later start only the clerks' verifiers are renewed.

    Args:
        platform: this worker.
        goods: see ``goods_file``; they come beside the demonstration's own.

    Raises:
        EnvironmentFault: ``platform.bad_goods``, ``platform.seeded_without_goods``.
    """
    if platform.database.transaction(_is_seeded):
        if goods is not None:
            wanted = goods
            platform.database.look(lambda connection: goods_file.require_filled(connection, wanted))
        renewed = (catalogue.signed(platform, "clerks", row) for row in _clerks())
        catalogue.apply(platform, [catalogue.upsert("clerks", row) for row in renewed])
        return
    prepared = [
        *catalogue.prepared_seed(platform, "items", _table("items.csv")),
        *catalogue.prepared_seed(platform, "prices", _table("prices.csv")),
        *catalogue.prepared_seed(platform, "divisions", _table("divisions.csv.gz")),
        *catalogue.prepared_seed(platform, "clerks", _clerks()),
        *catalogue.prepared_seed(platform, "settings", _settings()),
    ]

    def fill(connection: Connection) -> None:
        load(connection, schema.records, prepared)
        if goods is not None:
            goods_file.fill(platform, connection, goods)
        _allow_demo_code(connection)
        instruments.seed(connection)

    # All or nothing: a platform killed while it is filled starts over.
    platform.database.transaction(fill)


def _is_seeded(connection: Connection) -> bool:
    wanted = select(schema.enrolment_codes.c.code).where(
        schema.enrolment_codes.c.code == ENROLMENT_CODE
    )
    return connection.scalar(wanted) is not None


def _allow_demo_code(connection: Connection) -> None:
    row = {"code": ENROLMENT_CODE, "outlet": OUTLET, "terminal_no": 2, "reusable": True}
    connection.execute(insert(schema.enrolment_codes).values(**row, expires_ms=_NEVER_MS))


def _table(name: str) -> Iterator[JsonObject]:
    path = _FOLDER / name
    if not path.exists():
        return
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text))
    names = next(rows)
    whole = [name for name in names if name in _WHOLE]
    for cells in rows:
        row: JsonObject = dict(zip(names, cells, strict=True))
        row |= {name: int(str(row[name])) for name in whole}
        yield row


def _clerks() -> list[JsonObject]:
    # OWASP minimum: strong enough for a verifier that also lies on the terminal, 30 ms to check.
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=_VALID_DAYS)
    rows: list[JsonObject] = []
    for clerk_id, name, roles, level, secret in _CLERKS:
        granted: list[Json] = [*roles]
        rows.append(
            {
                "clerk_id": clerk_id,
                "name": name,
                "roles": json.dumps(granted),
                "verifier": hasher.hash(secret),
                "level": level,
                "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
        )
    return rows


def _settings() -> list[JsonObject]:
    return [
        {"key": key, "value": json.dumps(value, ensure_ascii=False)}
        for key, value in SETTINGS.items()
    ]
