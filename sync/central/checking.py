"""What an upload proves before anything is locked: shapes, hashes, links, signatures, sums.

A terminal's signature covers its entry's hash, and that hash covers the hash before it. So the
newest signature of a linked batch vouches for every byte of all its entries; the others prove
nothing more about the journal, only about themselves, on slips. A long batch is therefore stored on
the newest one, and ``sync.central.audit`` looks at each of the others afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.wire.messages import MAX_ENTRIES
from sync.wire.refusal import Refusal
from terminal.domain import (
    approval,
    cash_up,
    directive,
    epoch,
    leases,
    ledger,
    pouch,
    stock,
    training,
    vault,
)
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import BugError, EnvironmentFault
from terminal.domain.journal import Entry
from terminal.domain.sealed_text import COLUMNS, body_text, header_text, wire_text

EACH_UP_TO: Final = 32
"""Entries of a batch at most of which every signature is checked before it is stored."""

_OPEN, _CLOSE, _BODY = '{"entries":[', "]}", '{"body":'
_FIELDS: Final = COLUMNS.replace(" ", "").split(",")
_KINDS: Final = frozenset(
    {
        "terminal.enrolled",
        "outlet.signed_on",
        "outlet.signed_off",
        "clerk.signed_on",
        "clerk.signed_off",
        "authorisation.granted",
        approval.ANSWERED,
        "basket.abandoned",
        "payment.intended",
        "payment.outcome",
        "payment.left_in_doubt",
        "sale.completed",
        "refund.completed",
        "refund.intended",
        "refund.withdrawn",
        "refund.outcome",
        "refund.rerouted",
        "slip.reprinted",
        pouch.SENT,
        pouch.RECEIVED,
        pouch.FUNDED,
        "till.checked",
        "drawer.opened",
        vault.RECORD_KEPT,
        vault.ATTACHED,
        epoch.RECOVERED,
        epoch.REPLACED,
        epoch.DOUBLE_REFUSED,
        epoch.GAP_SHOWN,
        leases.RETURNED,
        directive.ACCEPTED,
        directive.DISPUTED,
        directive.REFUSED,
        directive.SETTLED,
        *cash_up.KINDS,
        *training.KINDS,
    }
)
_SHOWN: Final = {
    epoch.RECOVERED: epoch.RECOVERED,
    epoch.REPLACED: epoch.REPLACED,
    epoch.DOUBLE_REFUSED: "journal.double_refused",
}
"""Kinds a person of the centre should see, and as what."""


Sent = tuple[JsonObject, str]
"""An entry as it was read, and the text it was read from."""


def _no_float(text: str) -> float:
    raise ValueError(text)


_decoder = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound entry, read as far as one can without the database.

    Args:
        entry: as it came.
        wire: its exact canonical bytes.
        lines: account and fen of its postings; none when they do not balance.
        notes: code and evidence of what a person should look at.
    """

    entry: Entry
    wire: bytes
    lines: tuple[tuple[str, int], ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """The sound beginning of an upload.

    Args:
        entries: in order.
        each_signed: whether every signature was checked, not the newest one alone.
        refusal: of the entry after them; None when all are sound.
        refused_seq: the number that entry gives itself; 0 when it cannot be read.
    """

    entries: Sequence[Checked]
    each_signed: bool = True
    refusal: Refusal | None = None
    refused_seq: int = 0


def read_upload(body: bytes) -> list[Sent] | None:
    """The entries of an upload with the text each one came as.

    Args:
        body: JSON of a ``JournalUpload``.

    Returns:
        None for a body that is not written as our terminals write it: it is read in general.
    """
    try:
        text = body.decode()
        if not (text.startswith(_OPEN) and text.endswith(_CLOSE)):
            return None
        found: list[Sent] = []
        place, end = len(_OPEN), len(text) - len(_CLOSE)
        while place < end:
            row, after = _decoder.raw_decode(text, place)
            if not isinstance(row, dict) or (after < end and text[after] != ","):
                return None
            found.append((row, text[place:after]))
            place = after + 1
    except (ValueError, RecursionError):
        return None
    return found if place == end + 1 and len(found) <= MAX_ENTRIES else None


def check(
    terminal_id: str, public_key: bytes, rows: Sequence[Sent], *, hashed: bool = False
) -> Batch:
    """Check entries up to the first that cannot be a terminal's fact.

    Args:
        terminal_id: whose journal.
        public_key: the terminal's, 32 bytes.
        rows: wire entries in order, each with the text it came as, "" when that is not known.
        hashed: whether each hash was made here, of that very text.
    """
    found: list[Checked] = []
    refusal: Refusal | None = None
    refused_seq = 0
    long = len(rows) > EACH_UP_TO
    for row, text in rows:
        refused_seq = 0
        try:
            entry = _read(terminal_id, row)
            refused_seq = entry.seq
            found.append(_checked(entry, text if long else "", hashed=hashed))
        except Refusal as problem:
            refusal = problem
            break
    key = Ed25519PublicKey.from_public_bytes(public_key)
    vouched = len(found) > EACH_UP_TO and refusal is None and _linked(found)
    if vouched and is_signed(found[-1].entry, key):
        return Batch(found, each_signed=False)
    for place, one in enumerate(found):
        if not is_signed(one.entry, key):
            bad = Refusal(422, "journal.bad_signature", {"seq": one.entry.seq})
            return Batch(found[:place], refusal=bad, refused_seq=one.entry.seq)
    return Batch(found, refusal=refusal, refused_seq=refused_seq if refusal else 0)


def is_signed(entry: Entry, key: Ed25519PublicKey) -> bool:
    """Whether the signature of an entry is the key's over its hash."""
    try:
        key.verify(bytes.fromhex(entry.signature), bytes.fromhex(entry.hash))
    except InvalidSignature:
        return False
    return True


def is_in_form(entry: Entry, wire: bytes) -> bool:
    """Whether stored bytes are the canonical ones, which every reader of a journal makes anew."""
    return _in_form(entry) == wire


def _linked(found: Sequence[Checked]) -> bool:
    return all(
        after.entry.seq == before.entry.seq + 1
        and after.entry.prev_hash == before.entry.hash
        and epoch.may_follow(before.entry.epoch, before.entry.seq, before.entry.hash, after.entry)
        and after.entry.epoch >= before.entry.epoch
        for before, after in pairwise(found)
    )


def _read(terminal_id: str, row: JsonObject) -> Entry:
    try:
        entry = Entry.from_wire(row)
    except EnvironmentFault as problem:
        raise Refusal(422, problem.code, problem.params) from problem
    if entry.terminal_id != terminal_id:
        raise Refusal(422, "journal.malformed", {"field": "terminal_id", "seq": entry.seq})
    return entry


def _checked(entry: Entry, text: str, *, hashed: bool) -> Checked:
    known = text.encode() if hashed else _as_sent(entry, text)
    sealed = known or _in_form(entry)
    if sealed is None:
        raise Refusal(422, "journal.bad_hash", {"seq": entry.seq})
    notes = _for_a_person(entry)
    try:
        lines = ledger.from_body(entry.body)
        ledger.check_balanced(lines)
        stock.check_stock(stock.from_body(entry.body))
    except BugError as problem:
        code = problem.code.replace("ledger.unbalanced", "journal.unbalanced")
        return Checked(entry, sealed, (), (*notes, (code, json.dumps(problem.params))))
    return Checked(entry, sealed, tuple((line.account, line.fen) for line in lines), notes)


def _as_sent(entry: Entry, text: str) -> bytes | None:
    """The text it came as, when that is what the hash covers; the audit sees to its form."""
    tail = wire_text("", fields := _fields(entry))[len(_BODY) :]
    if not (text.startswith(_BODY) and text.endswith(tail)):
        return None
    header = header_text(text[len(_BODY) : -len(tail)], fields).encode()
    return text.encode() if hashlib.sha256(header).hexdigest() == entry.hash else None


def _in_form(entry: Entry) -> bytes | None:
    try:
        header, wire = sealed_bytes(entry)
    except BugError:
        # What has no canonical form was never sealed.
        return None
    return wire if hashlib.sha256(header).hexdigest() == entry.hash else None


def _fields(entry: Entry) -> dict[str, str | int]:
    return {name: getattr(entry, name) for name in _FIELDS}


def sealed_bytes(entry: Entry) -> tuple[bytes, bytes]:
    """The canonical bytes of an entry's header, and of the whole entry.

    Raises:
        BugError: ``journal.not_canonical``.
    """
    body = body_text(entry.body)
    fields = _fields(entry)
    return header_text(body, fields).encode(), wire_text(body, fields).encode()


def _for_a_person(entry: Entry) -> tuple[tuple[str, str], ...]:
    """What of a sound entry somebody should look at all the same."""
    if entry.kind not in _KINDS:
        return (("journal.unknown_kind", entry.kind),)
    code = _SHOWN.get(entry.kind)
    if code:
        return ((code, json.dumps(entry.body, ensure_ascii=False, sort_keys=True)),)
    printed = entry.body.get("printed_order_no")
    return (("journal.order_number_twice", str(printed)),) if printed else ()
