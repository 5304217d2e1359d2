"""Journal intake: check every entry, store its exact bytes, answer with our signed head.

Facts are never rejected for what they say. Only what cannot be a terminal's fact is refused: a
wrong hash or signature, a gap, a second version of a number.

What costs time is done before the terminal's turn is taken, see ``sync.central.checking``; any
number of workers on one database take turns for one terminal, and none for two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, text, update

from sync.central import inbox, outlet_days, pouches, refund_ledger, schema, staging
from sync.central.checking import Batch, Checked, Sent, check
from sync.central.platform import Platform, now_ms, utc_text
from sync.wire.messages import MAX_ENTRIES
from sync.wire.refusal import Refusal
from sync.wire.signing import Ack, sign_ack
from terminal.domain import epoch
from terminal.domain.canonical import JsonObject
from terminal.domain.journal import ChainHead, Entry

_ENTRIES, _TERMINALS = schema.entries.c, schema.terminals.c
_TERMINAL = select(_TERMINALS.public_key).where(_TERMINALS.terminal_id == bindparam("terminal"))
_HEAD = select(_TERMINALS.epoch, _TERMINALS.seq, _TERMINALS.hash, _TERMINALS.audited_seq).where(
    _TERMINALS.terminal_id == bindparam("terminal")
)
_MOVE = (
    update(schema.terminals)
    .where(_TERMINALS.terminal_id == bindparam("terminal"))
    .values({name: bindparam(f"new_{name}") for name in ("epoch", "seq", "hash", "audited_seq")})
    .values(spoke_ms=bindparam("now_ms"))
)
# Without a bound for the number: SQLite would look for it among all numbers below.
_KNOWN_INTENT = select(_ENTRIES.intent_id, _ENTRIES.seq).where(
    _ENTRIES.terminal_id == bindparam("terminal"), _ENTRIES.intent_id == bindparam("intent")
)
_KNOWN_INTENTS = text(
    "SELECT intent_id, seq FROM entries WHERE terminal_id = :terminal AND intent_id = ANY(:intents)"
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    head: ChainHead
    refusal: Refusal | None
    stored: int


def store(platform: Platform, terminal_id: str, rows: Iterable[JsonObject]) -> Ack:
    """Take in entries that were read from anywhere, see ``store_sent``."""
    key = _public_key(platform, terminal_id)
    return store_sent(platform, terminal_id, key, [(row, "") for row in rows])


def store_sent(
    platform: Platform,
    terminal_id: str,
    public_key: bytes,
    rows: Sequence[Sent],
    *,
    hashed: bool = False,
) -> Ack:
    """Take in entries; what is sound before the first bad one stays stored.

    Args:
        platform: this worker.
        terminal_id: whose journal; already proven by the request's signature.
        public_key: the terminal's, 32 bytes.
        rows: 1 to 500 wire entries in order, see ``check``.
        hashed: see ``check``.

    Returns:
        Our signed head afterwards.

    Raises:
        Refusal: ``journal.gap`` (409, ``expected_seq``), ``journal.fork`` (409, ``seq``),
            ``journal.bad_hash`` / ``journal.bad_signature`` / ``journal.bad_epoch`` /
            ``journal.malformed`` (422).
    """
    batch = check(terminal_id, public_key, rows, hashed=hashed)
    outcome = platform.database.ordered(
        terminal_id, lambda connection: _Intake(connection, terminal_id).take(batch)
    )
    platform.metrics.took_in(outcome.stored)
    if outcome.stored and not batch.each_signed:
        platform.auditor.wake()
    if outcome.refusal is not None:
        raise outcome.refusal
    return signed_head(platform, terminal_id, outcome.head)


def head(platform: Platform, terminal_id: str) -> Ack:
    """Our signed head of one journal."""
    held = platform.database.look(
        lambda connection: connection.execute(_HEAD, {"terminal": terminal_id}).one_or_none()
    )
    if held is None:
        raise Refusal(404, "terminal.unknown")
    return signed_head(platform, terminal_id, ChainHead(held.epoch, held.seq, held.hash))


def wire_text(platform: Platform, terminal_id: str, from_seq: int, limit: int) -> str:
    """Stored entries as a JSON list, byte for byte what was hashed.

    Args:
        platform: this worker.
        terminal_id: whose journal.
        from_seq: first number wanted.
        limit: 1 to 500.
    """
    wanted = (
        select(_ENTRIES.wire)
        .where(_ENTRIES.terminal_id == terminal_id, _ENTRIES.seq >= from_seq)
        .order_by(_ENTRIES.seq)
        .limit(min(limit, MAX_ENTRIES))
    )
    rows = platform.database.look(
        lambda connection: [bytes(row) for row in connection.scalars(wanted)]
    )
    return f"[{','.join(row.decode() for row in rows)}]"


def _public_key(platform: Platform, terminal_id: str) -> bytes:
    held = platform.database.look(
        lambda connection: connection.scalar(_TERMINAL, {"terminal": terminal_id})
    )
    if held is None:
        raise Refusal(404, "terminal.unknown")
    return bytes.fromhex(held)


def signed_head(platform: Platform, terminal_id: str, head_: ChainHead) -> Ack:
    """Our word on where a journal ends."""
    return sign_ack(
        terminal_id,
        at=utc_text(),
        signer=platform.sign,
        epoch=head_.epoch,
        seq=head_.seq,
        entry_hash=head_.hash,
        count=head_.seq,
    )


class _Intake:
    """One upload inside one transaction, in the terminal's turn."""

    def __init__(self, connection: Connection, terminal_id: str) -> None:
        self._connection = connection
        self._terminal_id = terminal_id
        row = connection.execute(_HEAD, {"terminal": terminal_id}).one()
        self._head = ChainHead(row.epoch, row.seq, row.hash)
        self._audited_seq: int = row.audited_seq

    def take(self, batch: Batch) -> _Outcome:
        refusal: Refusal | None = None
        fresh: list[Checked] = []
        try:
            for checked in batch.entries:
                entry = checked.entry
                if entry.seq <= self._head.seq:
                    self._compare(entry, fresh)
                    continue
                self._check_join(entry)
                fresh.append(checked)
                self._head = ChainHead(entry.epoch, entry.seq, entry.hash)
            self._check_gap(batch.refused_seq)
            refusal = batch.refusal
        except Refusal as problem:
            refusal = problem
        self._keep(fresh, each_signed=batch.each_signed)
        if refusal is not None and refusal.code == "journal.fork":
            self._note(int(refusal.params["seq"]), "journal.fork", str(refusal.params["hash"]))
        return _Outcome(self._head, refusal, len(fresh))

    def _check_gap(self, seq: int) -> None:
        if seq > self._head.seq + 1:
            raise Refusal(409, "journal.gap", {"expected_seq": self._head.seq + 1})

    def _check_join(self, entry: Entry) -> None:
        self._check_gap(entry.seq)
        if entry.prev_hash != self._head.hash or entry.epoch < self._head.epoch:
            raise _fork(entry)
        if not epoch.may_follow(self._head.epoch, self._head.seq, self._head.hash, entry):
            raise Refusal(422, "journal.bad_epoch", {"seq": entry.seq})

    def _compare(self, entry: Entry, fresh: Sequence[Checked]) -> None:
        held = next((other.entry.hash for other in fresh if other.entry.seq == entry.seq), None)
        held = held or self._connection.scalar(
            select(_ENTRIES.hash).where(
                _ENTRIES.terminal_id == self._terminal_id, _ENTRIES.seq == entry.seq
            )
        )
        if held != entry.hash:
            raise _fork(entry)

    def _keep(self, fresh: Sequence[Checked], *, each_signed: bool) -> None:
        if not fresh:
            return
        first = fresh[0].entry.seq
        known = self._held_intents(fresh)
        rows = [
            (self._terminal_id, one.entry.seq, one.entry.hash, one.entry.intent_id, one.wire)
            for one in fresh
        ]
        all_new = staging.store_entries(self._connection, rows) == len(fresh)
        if not all_new:
            # Our head was behind our own entries: they decide, and what they hold is held.
            for one in fresh:
                self._compare(one.entry, ())
        postings: list[staging.PostingRow] = []
        believed: list[Entry] = []
        for one in fresh:
            repeated = one.entry.intent_id in known
            postings += self._read(one, repeated)
            known.add(one.entry.intent_id)
            if not repeated:
                believed.append(one.entry)
        for note in refund_ledger.arrived(self._connection, self._terminal_id, believed):
            self._note(*note)
        staging.store_postings(self._connection, postings, fresh=all_new)
        audits = each_signed and self._audited_seq == first - 1
        self._connection.execute(
            _MOVE,
            {
                "terminal": self._terminal_id,
                "new_epoch": self._head.epoch,
                "new_seq": self._head.seq,
                "new_hash": self._head.hash,
                "new_audited_seq": self._head.seq if audits else self._audited_seq,
                "now_ms": now_ms(),
            },
        )

    def _held_intents(self, fresh: Sequence[Checked]) -> set[str]:
        """Those of them that an earlier entry has."""
        intents = [one.entry.intent_id for one in fresh]
        if self._connection.dialect.name == "postgresql":
            words = {"terminal": self._terminal_id, "intents": intents}
            held = self._connection.execute(_KNOWN_INTENTS, words).all()
        else:
            each = [{"terminal": self._terminal_id, "intent": intent} for intent in intents]
            held = [row for one in each for row in self._connection.execute(_KNOWN_INTENT, one)]
        return {row.intent_id for row in held if row.seq < fresh[0].entry.seq}

    def _read(self, one: Checked, repeated: bool) -> list[staging.PostingRow]:
        """Read the fact into our books; what we cannot read becomes a task, never a rejection."""
        seq = one.entry.seq
        if repeated:
            # Kept like every entry, but what it says happened once and is booked once.
            self._note(seq, "journal.duplicate_intent", one.entry.intent_id)
            return []
        for code, evidence in (*one.notes, *inbox.answer_note(self._connection, one.entry)):
            self._note(seq, code, evidence)
        outlet_days.keep(self._connection, one.entry)
        for note in pouches.notes(self._connection, one.entry):
            self._note(note.seq, note.code, note.evidence, note.terminal_id)
        return [
            (self._terminal_id, seq, line, account, fen)
            for line, (account, fen) in enumerate(one.lines, 1)
        ]

    def _note(self, seq: int, code: str, evidence: str, about: str = "") -> None:
        """Make a task, once; ``about`` is another terminal that it concerns."""
        terminal_id = about or self._terminal_id
        columns = schema.tasks.c
        known = select(columns.id).where(
            columns.terminal_id == terminal_id,
            columns.seq == seq,
            columns.code == code,
            columns.evidence == evidence,
        )
        if self._connection.scalar(known) is None:
            row = {"seq": seq, "code": code, "evidence": evidence, "at": utc_text()}
            self._connection.execute(insert(schema.tasks).values(terminal_id=terminal_id, **row))


def _fork(entry: Entry) -> Refusal:
    return Refusal(409, "journal.fork", {"seq": entry.seq, "hash": entry.hash})
