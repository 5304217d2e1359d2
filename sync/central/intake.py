"""Journal intake: check every entry, store its exact bytes, answer with our signed head.

Facts are never rejected for what they say. Only what cannot be a terminal's fact is refused: a
wrong hash or signature, a gap, a second version of a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from sync.central import schema
from sync.central.platform import Platform, now_ms, utc_text
from sync.wire.messages import MAX_ENTRIES
from sync.wire.refusal import Refusal
from sync.wire.signing import Ack, sign_ack
from terminal.domain import epoch, ledger
from terminal.domain.canonical import JsonObject, canonical_bytes
from terminal.domain.errors import BugError, EnvironmentFault
from terminal.domain.journal import ChainHead, Entry, verify_entry

_KINDS = frozenset(
    {
        "terminal.enrolled",
        "outlet.signed_on",
        "outlet.signed_off",
        "clerk.signed_on",
        "clerk.signed_off",
        "authorisation.granted",
        "basket.abandoned",
        "payment.intended",
        "payment.outcome",
        "sale.completed",
        "slip.reprinted",
        epoch.RECOVERED,
        epoch.REPLACED,
        epoch.DOUBLE_REFUSED,
        epoch.GAP_SHOWN,
    }
)
_SHOWN = {
    epoch.RECOVERED: epoch.RECOVERED,
    epoch.REPLACED: epoch.REPLACED,
    epoch.DOUBLE_REFUSED: "journal.double_refused",
}
"""Kinds a person of the centre should see, and as what."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    ack: Ack
    refusal: Refusal | None


def store(platform: Platform, terminal_id: str, rows: Iterable[JsonObject]) -> Ack:
    """Take in entries; what is sound before the first bad one stays stored.

    Args:
        platform: this worker.
        terminal_id: whose journal; already proven by the request's signature.
        rows: 1 to 500 wire entries in order.

    Returns:
        Our signed head afterwards.

    Raises:
        Refusal: ``journal.gap`` (409, ``expected_seq``), ``journal.fork`` (409, ``seq``),
            ``journal.bad_hash`` / ``journal.bad_signature`` / ``journal.bad_epoch`` /
            ``journal.malformed`` (422).
    """
    outcome = platform.database.transaction(
        lambda connection: _Intake(platform, connection, terminal_id).take(rows)
    )
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.ack


def head(platform: Platform, terminal_id: str) -> Ack:
    """Our signed head of one journal."""
    return platform.database.transaction(
        lambda connection: _Intake(platform, connection, terminal_id).ack()
    )


def wire_text(platform: Platform, terminal_id: str, from_seq: int, limit: int) -> str:
    """Stored entries as a JSON list, byte for byte what was hashed.

    Args:
        platform: this worker.
        terminal_id: whose journal.
        from_seq: first number wanted.
        limit: 1 to 500.
    """
    columns = schema.entries.c
    wanted = (
        select(columns.wire)
        .where(columns.terminal_id == terminal_id, columns.seq >= from_seq)
        .order_by(columns.seq)
        .limit(min(limit, MAX_ENTRIES))
    )
    rows = platform.database.transaction(
        lambda connection: [bytes(row) for row in connection.scalars(wanted)]
    )
    return f"[{','.join(row.decode() for row in rows)}]"


class _Intake:
    """One upload inside one transaction; the terminal's row is locked from the start."""

    def __init__(self, platform: Platform, connection: Connection, terminal_id: str) -> None:
        self._platform = platform
        self._connection = connection
        self._terminal_id = terminal_id
        columns = schema.terminals.c
        row = connection.execute(
            select(columns.public_key, columns.epoch, columns.seq, columns.hash)
            .where(columns.terminal_id == terminal_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise Refusal(404, "terminal.unknown")
        self._public_key = bytes.fromhex(row.public_key)
        self._head = ChainHead(row.epoch, row.seq, row.hash)

    def ack(self) -> Ack:
        head_ = self._head
        return sign_ack(
            self._terminal_id,
            at=utc_text(),
            signer=self._platform.sign,
            epoch=head_.epoch,
            seq=head_.seq,
            entry_hash=head_.hash,
            count=head_.seq,
        )

    def take(self, rows: Iterable[JsonObject]) -> _Outcome:
        refusal: Refusal | None = None
        fresh: list[Entry] = []
        try:
            for row in rows:
                entry = self._read(row)
                if entry.seq <= self._head.seq:
                    self._compare(entry, fresh)
                    continue
                self._check_join(entry)
                fresh.append(entry)
                self._head = ChainHead(entry.epoch, entry.seq, entry.hash)
        except Refusal as problem:
            refusal = problem
        self._keep(fresh)
        if refusal is not None and refusal.code == "journal.fork":
            self._note(int(refusal.params["seq"]), "journal.fork", str(refusal.params["hash"]))
        return _Outcome(self.ack(), refusal)

    def _read(self, row: JsonObject) -> Entry:
        try:
            entry = Entry.from_wire(row)
        except EnvironmentFault as problem:
            raise Refusal(422, problem.code, problem.params) from problem
        if entry.terminal_id != self._terminal_id:
            raise Refusal(422, "journal.malformed", {"field": "terminal_id", "seq": entry.seq})
        if entry.seq > self._head.seq + 1:
            raise Refusal(409, "journal.gap", {"expected_seq": self._head.seq + 1})
        try:
            verify_entry(entry, self._public_key)
        except EnvironmentFault as problem:
            raise Refusal(422, problem.code, problem.params) from problem
        return entry

    def _check_join(self, entry: Entry) -> None:
        if entry.prev_hash != self._head.hash or entry.epoch < self._head.epoch:
            raise _fork(entry)
        if not epoch.may_follow(self._head.epoch, self._head.seq, self._head.hash, entry):
            raise Refusal(422, "journal.bad_epoch", {"seq": entry.seq})

    def _compare(self, entry: Entry, fresh: list[Entry]) -> None:
        columns = schema.entries.c
        held = next((other.hash for other in fresh if other.seq == entry.seq), None)
        held = held or self._connection.scalar(
            select(columns.hash).where(
                columns.terminal_id == self._terminal_id, columns.seq == entry.seq
            )
        )
        if held != entry.hash:
            raise _fork(entry)

    def _keep(self, fresh: list[Entry]) -> None:
        if not fresh:
            return
        rows = [
            {
                "terminal_id": self._terminal_id,
                "seq": entry.seq,
                "hash": entry.hash,
                "intent_id": entry.intent_id,
                "wire": canonical_bytes(entry.to_wire()),
            }
            for entry in fresh
        ]
        known = self._held_intents(fresh)
        self._connection.execute(insert(schema.entries), rows)
        for entry in fresh:
            self._apply(entry, entry.intent_id in known)
            known.add(entry.intent_id)
        columns = schema.terminals.c
        self._connection.execute(
            update(schema.terminals)
            .where(columns.terminal_id == self._terminal_id)
            .values(
                epoch=self._head.epoch,
                seq=self._head.seq,
                hash=self._head.hash,
                spoke_ms=now_ms(),
            )
        )

    def _held_intents(self, fresh: list[Entry]) -> set[str]:
        columns = schema.entries.c
        held = select(columns.intent_id).where(
            columns.terminal_id == self._terminal_id,
            columns.intent_id.in_([entry.intent_id for entry in fresh]),
        )
        return set(self._connection.scalars(held))

    def _apply(self, entry: Entry, repeated: bool) -> None:
        """Read the fact into our books; what we cannot read becomes a task, never a rejection."""
        if repeated:
            # Kept like every entry, but what it says happened once and is booked once.
            self._note(entry.seq, "journal.duplicate_intent", entry.intent_id)
            return
        if entry.kind not in _KINDS:
            self._note(entry.seq, "journal.unknown_kind", entry.kind)
        for code, evidence in _for_a_person(entry):
            self._note(entry.seq, code, evidence)
        try:
            lines = ledger.from_body(entry.body)
            ledger.check_balanced(lines)
        except BugError as problem:
            code = problem.code.replace("ledger.unbalanced", "journal.unbalanced")
            self._note(entry.seq, code, json.dumps(problem.params))
            return
        if lines:
            rows = [
                {
                    "terminal_id": self._terminal_id,
                    "seq": entry.seq,
                    "account": line.account,
                    "fen": line.fen,
                }
                for line in lines
            ]
            self._connection.execute(insert(schema.postings), rows)

    def _note(self, seq: int, code: str, evidence: str) -> None:
        columns = schema.tasks.c
        known = select(columns.id).where(
            columns.terminal_id == self._terminal_id,
            columns.seq == seq,
            columns.code == code,
            columns.evidence == evidence,
        )
        if self._connection.scalar(known) is None:
            self._connection.execute(
                insert(schema.tasks).values(
                    terminal_id=self._terminal_id,
                    seq=seq,
                    code=code,
                    evidence=evidence,
                    at=utc_text(),
                )
            )


def _for_a_person(entry: Entry) -> list[tuple[str, str]]:
    """What of a sound entry somebody should look at all the same."""
    code = _SHOWN.get(entry.kind)
    if code:
        return [(code, json.dumps(entry.body, ensure_ascii=False, sort_keys=True))]
    printed = entry.body.get("printed_order_no")
    return [("journal.order_number_twice", str(printed))] if printed else []


def _fork(entry: Entry) -> Refusal:
    return Refusal(409, "journal.fork", {"seq": entry.seq, "hash": entry.hash})
