"""The platform's signed receipts, and what the newest of them says is confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from terminal.domain.journal import GENESIS_HASH, ChainHead
from terminal.domain.outlet_time import utc_text
from terminal.store.database import Connection


def keep(connection: Connection, ack: Mapping[str, Any]) -> None:
    """Keep a receipt as evidence, inside a transaction; the first one for an entry stays."""
    if ack["seq"] > 0:
        connection.execute(
            "INSERT INTO acks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (ack["epoch"], ack["seq"], ack["hash"], ack["at"], json.dumps(dict(ack))),
        )


def as_state(ack: Mapping[str, Any]) -> dict[str, str]:
    """A receipt's head as the confirmed one, and when it was signed."""
    return {
        "confirmed_epoch": str(ack["epoch"]),
        "confirmed_seq": str(ack["seq"]),
        "confirmed_hash": str(ack["hash"]),
        **spoken_at(ack),
    }


def spoken_at(ack: Mapping[str, Any]) -> dict[str, str]:
    """The receipt's time as a state; a time that names no zone or cannot be read is none."""
    try:
        moment = datetime.fromisoformat(str(ack["at"]))
    except ValueError:
        return {}
    return {"platform_time": utc_text(moment)} if moment.tzinfo else {}


def confirmed(state: Mapping[str, str]) -> ChainHead:
    """The head the platform confirmed last."""
    return ChainHead(
        int(state.get("confirmed_epoch", "1")),
        int(state.get("confirmed_seq", "0")),
        state.get("confirmed_hash", GENESIS_HASH),
    )


def counts(ack: Mapping[str, Any], state: Mapping[str, str]) -> bool:
    """Whether a receipt that travelled by hand is the platform's newest word.

    It may have been overtaken: then it proves what it proves, and takes nothing back. One that was
    signed later and confirms less says that the platform was restored from a backup.
    """
    signed = spoken_at(ack).get("platform_time", "")
    return signed > state.get("platform_time", "") or bool(ack["seq"] > confirmed(state).seq)
