"""Pouches as the platform sees them: both sides set against each other, and told to who waits.

A pouch has one row, and whoever writes of it holds that row until the end: two workers that hear of
the two sides at the same moment cannot both overlook the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, select, text, update

from sync.central import schema
from sync.central.platform import Platform
from sync.central.profile import tills_of
from sync.wire.inbox import PAGE_LIMIT, InboxItem
from sync.wire.signing import sign_record
from terminal.domain import pouch as pouches
from terminal.domain.errors import BugError
from terminal.domain.journal import Entry
from terminal.domain.outlet_time import utc_text
from terminal.domain.pouch_notice import announcement, gone_notice

SENT_TWICE: Final = "pouch.sent_twice"
RECEIVED_TWICE: Final = "pouch.received_twice"
DIFFERS: Final = "pouch.content_differs"
WRONG: Final = "pouch.content_wrong"
"""Tasks: a number used by two pouches; one pouch in two tills; what was taken in is not what was
sent; who opened it counted something else than its slip says."""

_GONE_FOR: Final = timedelta(days=31)
"""How long after its sending a pouch is told as gone: nobody waits for it longer than a month."""
_MOST: Final = PAGE_LIMIT // 2
"""Pouches of either sort in one page."""

_HOLD: Final = text(
    "INSERT INTO pouches (number) VALUES (:number)"
    " ON CONFLICT (number) DO UPDATE SET number = excluded.number"
)


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should look at, at the terminal it concerns."""

    terminal_id: str
    seq: int
    code: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Side:
    """What one entry says of a pouch."""

    terminal_id: str
    seq: int
    code: str

    def note(self, code: str, evidence: str) -> Note:
        """A task for the terminal of this side."""
        return Note(self.terminal_id, self.seq, code, evidence)


def notes(connection: Connection, entry: Entry) -> Sequence[Note]:
    """Keep a side of a pouch, and say what does not fit the other one."""
    if entry.kind not in (pouches.SENT, pouches.RECEIVED):
        return ()
    try:
        side = _Side(entry.terminal_id, entry.seq, _slip(entry))
    except (BugError, KeyError, TypeError):
        # What cannot be read is a task already, see ``sync.central.checking``.
        return ()
    number = str(entry.body["pouch"])
    connection.execute(_HOLD, {"number": number})
    row = connection.execute(select(schema.pouches).where(schema.pouches.c.number == number)).one()
    sent, received = _held(row, "sent"), _held(row, "received")
    mine = sent if entry.kind == pouches.SENT else received
    wrong = _wrong(entry) or row.wrong
    if mine is None:
        _keep(connection, number, entry, side, wrong)
    found = list(_twice(entry, mine, side))
    if entry.kind == pouches.SENT:
        sent = side
    else:
        received = side
    return [*found, *_unlike(sent, received), *_counted(sent, received, wrong)]


def expected(platform: Platform, connection: Connection, terminal_id: str) -> tuple[InboxItem, ...]:
    """Every pouch that is on its way from other terminals to a till of this one.

    All of them each time: they are few, and one that is told twice is kept once. Those that another
    terminal took in for the same till lately are told as gone.
    """
    since = utc_text(datetime.now(UTC) - _GONE_FOR)
    held = schema.pouches.c
    waiting = _to_me(connection, terminal_id, held.received_terminal == "")
    elsewhere = held.received_terminal.not_in(("", terminal_id)) & (held.sent_at >= since)
    records = [
        *(
            announcement(row.number, terminal_id, row.sent_code, row.sent_at)
            for row in reversed(waiting)
        ),
        *(
            gone_notice(row.number, terminal_id, row.received_terminal)
            for row in reversed(_to_me(connection, terminal_id, elsewhere))
        ),
    ]
    return tuple(
        InboxItem(place, sign_record(record, platform.sign))
        for place, record in enumerate(records, 1)
    )


def _to_me(
    connection: Connection, terminal_id: str, condition: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Pouches that others of the outlet sent to a till of a terminal, newest first."""
    known, held = schema.terminals.c, schema.pouches.c
    me = connection.execute(
        select(known.outlet, known.terminal_no).where(known.terminal_id == terminal_id)
    ).one()
    return connection.execute(
        select(schema.pouches)
        .join(schema.terminals, known.terminal_id == held.sent_terminal)
        .where(
            known.outlet == me.outlet,
            held.to_till.in_(tills_of(me.terminal_no)),
            held.sent_terminal != terminal_id,
            condition,
        )
        .order_by(held.sent_at.desc())
        .limit(_MOST)
    ).all()


def _slip(entry: Entry) -> str:
    """What the pouch's slip says, in the eyes of this entry."""
    body: Any = entry.body
    return str(body["slip_code"]) if "slip_code" in body else pouches.pouch_of(body).code()


def _held(row: Any, side: str) -> _Side | None:
    terminal_id, seq, code = (
        getattr(row, f"{side}_{name}") for name in ("terminal", "seq", "code")
    )
    return _Side(terminal_id, seq, code) if terminal_id else None


def _wrong(entry: Entry) -> str:
    """What was counted when that is not what the slip says, "" otherwise."""
    if "slip_code" not in entry.body:
        return ""
    names = ("pouch", "cash_fen", "counted_fen", "difference_fen", "pieces", "checker")
    return _text({name: entry.body.get(name) for name in names})


def _text(evidence: dict[str, Any]) -> str:
    return json.dumps(evidence, sort_keys=True)


def _keep(connection: Connection, number: str, entry: Entry, side: _Side, wrong: str) -> None:
    name = "sent" if entry.kind == pouches.SENT else "received"
    row = {f"{name}_terminal": side.terminal_id, f"{name}_seq": side.seq, f"{name}_code": side.code}
    row["wrong"] = wrong
    if name == "sent":
        row |= {"to_till": str(entry.body["to_till"]), "sent_at": entry.recorded_at}
    connection.execute(
        update(schema.pouches).where(schema.pouches.c.number == number).values(**row)
    )


def _twice(entry: Entry, before: _Side | None, side: _Side) -> Iterator[Note]:
    """One side was booked before, by whichever terminal."""
    if before is None or (before.terminal_id, before.seq) == (side.terminal_id, side.seq):
        return
    code = SENT_TWICE if entry.kind == pouches.SENT else RECEIVED_TWICE
    both = [[one.terminal_id, one.seq] for one in (before, side)]
    evidence = _text({"pouch": entry.body["pouch"], "entries": both})
    yield before.note(code, evidence)
    yield side.note(code, evidence)


def _unlike(sent: _Side | None, received: _Side | None) -> Iterator[Note]:
    """Both sides are known, and they speak of different contents."""
    if sent is not None and received is not None and sent.code != received.code:
        evidence = _text({"sent": sent.code, "received": received.code})
        yield from (side.note(DIFFERS, evidence) for side in (sent, received))


def _counted(sent: _Side | None, received: _Side | None, wrong: str) -> Iterator[Note]:
    """The taker says herself that she counted something else."""
    if wrong:
        yield from (side.note(WRONG, wrong) for side in (sent, received) if side is not None)
