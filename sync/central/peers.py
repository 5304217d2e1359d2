"""Terminals of one outlet know each other's keys, signed by us: slips and approvals are proven so.

Source: docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, select

from sync.central import inbox, schema
from sync.central.platform import Platform, put_value
from terminal.domain import notice, peer
from terminal.domain.canonical import JsonObject

_TOLD: Final = "peers_told"
_COLUMNS = schema.terminals.c


def introduce(platform: Platform, connection: Connection, outlet: str) -> None:
    """Tell every terminal of an outlet the keys of all others that it was not told yet."""
    wanted = select(_COLUMNS.terminal_id, _COLUMNS.public_key).where(_COLUMNS.outlet == outlet)
    rows = connection.execute(wanted.order_by(_COLUMNS.terminal_id)).all()
    names = {
        notice.name_of(f"{peer.KIND}/{to.terminal_id}/{about.terminal_id}/{about.public_key}"): (
            to.terminal_id,
            about,
        )
        for to in rows
        for about in rows
        if to.terminal_id != about.terminal_id
    }
    columns = schema.inbox.c
    told = set(connection.scalars(select(columns.item_id).where(columns.item_id.in_(names))))
    for name, (to, about) in names.items():
        if name not in told:
            record: JsonObject = {
                "kind": peer.KIND,
                "peer_id": name,
                "terminal_id": about.terminal_id,
                "outlet": outlet,
                "public_key": about.public_key,
            }
            inbox.put(platform, connection, to, "peer_id", record)


def introduce_all(platform: Platform) -> None:
    """Once in the life of a database: terminals that were enrolled before keys were told."""

    def work(connection: Connection) -> None:
        known = select(schema.platform.c.value).where(schema.platform.c.key == _TOLD)
        if connection.scalar(known) is None:
            outlets: Iterable[str] = connection.scalars(select(_COLUMNS.outlet).distinct()).all()
            for outlet in outlets:
                introduce(platform, connection, outlet)
            put_value(connection, _TOLD, "1")

    platform.database.transaction(work)
