"""What the centre tells counters, and what they answered.

Nothing here changes a balance: a directive is a signed record, and what it asks for is booked by
the terminal's own entry or not at all. An answer that is not to a directive of ours becomes a task.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final, cast

from sqlalchemy import Connection, func, insert, select

from sync.central import pouches, schema
from sync.central.platform import Platform, compact, utc_text, value
from sync.wire.inbox import (
    PAGE_LIMIT,
    DirectiveList,
    DirectiveRequest,
    DirectiveStanding,
    InboxItem,
    InboxPage,
    NoticeRequest,
)
from sync.wire.refusal import Refusal
from sync.wire.signing import sign_record
from terminal.domain import directive, ledger, notice
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.errors import BugError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.outlet_time import utc_text as moment_text

NOT_ISSUED: Final = "directive.not_issued"
"""A task: a terminal booked a directive that we did not issue, or other postings than it has."""

_STATES: Final = {
    directive.ACCEPTED: "accepted",
    directive.DISPUTED: "disputed",
    directive.REFUSED: "refused",
}
_NOT_TAKEN: Final = {directive.DISPUTED: "answer", directive.REFUSED: "code"}
"""Kinds of entries by which a directive does not count, and the field that says why."""

_TASK_NAMESPACE: Final = "task"


def issue(platform: Platform, request: DirectiveRequest) -> JsonObject:
    """Sign a correction and put it where its terminal looks.

    Returns:
        The record as the terminal gets it.

    Raises:
        Refusal: ``terminal.unknown``, ``directive.unknown_entry`` (404);
            ``directive.unbalanced``, ``directive.unknown_account`` (422).
    """
    postings = tuple(Posting(line.account, line.fen) for line in request.postings)
    moved = _moved(postings)
    now = datetime.datetime.now(datetime.UTC)
    expires = now + datetime.timedelta(seconds=request.valid_s)

    def work(connection: Connection) -> JsonObject:
        record: JsonObject = {
            "kind": directive.KIND,
            "directive_id": new_uuid7(),
            "terminal_id": request.terminal_id,
            "issuer": request.issuer,
            "reason": request.reason,
            "about_seq": request.about_seq,
            "about_hash": _hash_of(connection, request.terminal_id, request.about_seq),
            "amount_fen": moved,
            "postings": ledger.to_body(postings),
            "issued_at": moment_text(now),
            "expires_at": moment_text(expires),
        }
        return put(platform, connection, request.terminal_id, "directive_id", record)

    return platform.database.transaction(work)


def _moved(postings: Sequence[Posting]) -> int:
    try:
        ledger.check_balanced(postings)
    except BugError as problem:
        code = problem.code.replace("ledger.", "directive.")
        raise Refusal(422, code, problem.params) from problem
    moved = sum(max(posting.fen, 0) for posting in postings)
    if not moved:
        raise Refusal(422, "directive.unbalanced", {"fen": 0})
    return moved


def _hash_of(connection: Connection, terminal_id: str, seq: int) -> str:
    known, held = schema.terminals.c, schema.entries.c
    wanted = select(known.terminal_id).where(known.terminal_id == terminal_id)
    if connection.scalar(wanted) is None:
        raise Refusal(404, "terminal.unknown")
    mine = (held.terminal_id == terminal_id) & (held.seq == seq)
    found = connection.scalar(select(held.hash).where(mine))
    if found is None:
        raise Refusal(404, "directive.unknown_entry", {"seq": seq})
    return str(found)


def announce(platform: Platform, request: NoticeRequest) -> JsonObject:
    """Sign a notice of a known fault and put it where terminals look.

    Returns:
        The record as terminals get it.
    """
    record: JsonObject = {
        "kind": notice.KIND,
        "notice_id": new_uuid7(),
        "issuer": request.issuer,
        "title_zh": request.title_zh,
        "title_en": request.title_en,
        "text_zh": request.text_zh,
        "text_en": request.text_en,
        "issued_at": utc_text(),
    }
    return platform.database.transaction(
        lambda connection: put(platform, connection, request.terminal_id, "notice_id", record)
    )


def put(
    platform: Platform, connection: Connection, terminal_id: str, name: str, record: JsonObject
) -> JsonObject:
    """Sign a record and put it where its terminal looks.

    Args:
        platform: this worker.
        connection: of the transaction.
        terminal_id: who is told; "" for all.
        name: the field of the record that names it, for ever.
        record: with a ``kind``.

    Returns:
        The record as it travels.
    """
    signed = sign_record(record, platform.sign)
    columns = schema.inbox.c
    last = connection.scalar(select(func.max(columns.number)))
    row = {
        "number": (last or 0) + 1,
        "terminal_id": terminal_id,
        "kind": record["kind"],
        "item_id": record[name],
        "record": compact(signed),
    }
    connection.execute(insert(schema.inbox).values(**row))
    return signed


def page(platform: Platform, terminal_id: str, item: int, task: int) -> InboxPage:
    """What came for a terminal from two numbers on."""

    def work(connection: Connection) -> InboxPage:
        columns, waiting = schema.inbox.c, schema.tasks.c
        items = connection.execute(
            select(columns.number, columns.record)
            .where(columns.terminal_id.in_(("", terminal_id)), columns.number >= item)
            .order_by(columns.number)
            .limit(PAGE_LIMIT + 1)
        ).all()
        tasks = connection.execute(
            select(schema.tasks)
            .where(waiting.terminal_id == terminal_id, waiting.id >= task)
            .order_by(waiting.id)
            .limit(PAGE_LIMIT + 1)
        ).all()
        return InboxPage(
            tuple(InboxItem(row.number, json.loads(row.record)) for row in items[:PAGE_LIMIT]),
            tuple(InboxItem(row.id, _task(platform, row)) for row in tasks[:PAGE_LIMIT]),
            value(connection, "server_epoch"),
            len(items) > PAGE_LIMIT or len(tasks) > PAGE_LIMIT,
            pouches.expected(platform, connection, terminal_id),
        )

    return platform.database.look(work)


def _task(platform: Platform, row: Any) -> JsonObject:
    """A task as the terminal gets it; its name is the same in every life of this database."""
    evidence = hashlib.sha256(row.evidence.encode()).hexdigest()
    about = f"{_TASK_NAMESPACE}/{row.terminal_id}/{row.seq}/{row.code}/{evidence}"
    record: JsonObject = {
        "kind": "task",
        "task_id": notice.name_of(about),
        "terminal_id": row.terminal_id,
        "about_seq": row.seq,
        "code": row.code,
        "at": row.at,
    }
    return sign_record(record, platform.sign)


def directives(platform: Platform) -> DirectiveList:
    """Every directive and what its terminal answered."""

    def work(connection: Connection) -> DirectiveList:
        columns = schema.inbox.c
        rows = connection.execute(
            select(columns.terminal_id, columns.item_id, columns.record)
            .where(columns.kind == directive.KIND)
            .order_by(columns.number)
        ).all()
        return DirectiveList(
            tuple(_standing(connection, row.terminal_id, row.item_id, row.record) for row in rows)
        )

    return platform.database.look(work)


def _standing(
    connection: Connection, terminal_id: str, directive_id: str, record: str
) -> DirectiveStanding:
    held = schema.entries.c
    mine = (held.terminal_id == terminal_id) & (held.intent_id == directive_id)
    wire = connection.scalar(select(held.wire).where(mine).order_by(held.seq).limit(1))
    if wire is None:
        return DirectiveStanding("waiting", 0, "", json.loads(record))
    entry = Entry.from_wire(json.loads(wire))
    # Under its number there may be what is no answer at all: that is a task of its own.
    state = _STATES.get(entry.kind, "disputed")
    said = str(entry.body.get("code" if state == "refused" else "answer", ""))
    return DirectiveStanding(state, entry.seq, said, json.loads(record))


def answer_note(connection: Connection, entry: Entry) -> tuple[tuple[str, str], ...]:
    """What a person of the centre should see of an entry that answers a directive."""
    if entry.kind in _NOT_TAKEN:
        names = ("directive_id", "about_seq", _NOT_TAKEN[entry.kind])
        told = {name: entry.body.get(name) for name in names}
        return ((entry.kind, json.dumps(told, ensure_ascii=False, sort_keys=True)),)
    if entry.kind != directive.ACCEPTED:
        return ()
    columns = schema.inbox.c
    mine = (columns.item_id == entry.intent_id) & (columns.terminal_id == entry.terminal_id)
    issued = connection.scalar(select(columns.record).where(mine, columns.kind == directive.KIND))
    record = cast(JsonObject, json.loads(issued)) if issued else {}
    fits = record and record == entry.body.get("directive")
    if fits and record["postings"] == entry.body.get("postings"):
        return ()
    evidence: dict[str, Json] = {"directive_id": entry.intent_id}
    return ((NOT_ISSUED, json.dumps(evidence)),)
