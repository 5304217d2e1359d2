"""A directive (来文): a correction the centre asks for, which only the clerk can make count.

The centre has no other way into the books. It signs a record that names the terminal, one entry of
it, a reason, an amount and balanced postings. Here it is decided whether such a record may be
answered at all; accepting books exactly its postings, disputing books none.

Source: architecture.md §3 "The centre may only append a directive"; reliability.md §3, the rows
"Remote access" and "Shortfall had to be made good".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from terminal.domain import ledger
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.errors import OutletError, UserError
from terminal.domain.journal import EntryDraft
from terminal.domain.ledger import Posting

ACCEPTED: Final = "directive.accepted"
"""Kind of the entry by which a directive counts."""
DISPUTED: Final = "directive.disputed"
"""Kind of the entry by which it does not; the centre hears why."""
REFUSED: Final = "directive.refused"
"""Kind of the entry that tells the centre that its directive reaches too far; nothing moves."""
SETTLED: Final = "task.settled"
"""Kind of the entry by which a person says what was done about a task of the platform."""
KIND: Final = "directive"

Refusal = Literal[
    "directive.malformed",
    "directive.forged",
    "directive.foreign",
    "directive.other_entry",
    "directive.repeated",
    "directive.expired",
]
"""Why a record is shown but cannot be answered."""

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_TEXTS: Final[Mapping[str, re.Pattern[str]]] = {
    "directive_id": _ID,
    "terminal_id": re.compile(r"[0-9A-Z][0-9A-Z.-]{0,39}"),
    "issuer": re.compile(r"(?s).{1,120}"),
    "reason": re.compile(r"(?s).{1,500}"),
    "about_hash": _HASH,
    "issued_at": _MOMENT,
    "expires_at": _MOMENT,
    "signature": _SIGNATURE,
}
_FIELDS: Final = frozenset({*_TEXTS, "kind", "about_seq", "amount_fen", "postings"})


@dataclass(frozen=True, slots=True)
class Directive:
    """A correction as the centre issued it.

    Args:
        directive_id: UUIDv7 text of the platform; also the intent of the entry that answers it, so
            that it becomes one entry, once.
        terminal_id: whose books it is about.
        issuer: who at the centre answers for it.
        reason: in plain words.
        about_seq: the entry of that terminal it speaks of.
        about_hash: that entry's hash, 64 hex digits.
        amount_fen: what moves: the sum of the debits, more than 0.
        postings: balanced; what accepting books, no more and no less.
        issued_at: UTC with milliseconds.
        expires_at: UTC; from then on it can only be issued anew.
        record: exactly what the platform signed, with its signature.
    """

    directive_id: str
    terminal_id: str
    issuer: str
    reason: str
    about_seq: int
    about_hash: str
    amount_fen: int
    postings: tuple[Posting, ...]
    issued_at: str
    expires_at: str
    record: JsonObject


@dataclass(frozen=True, slots=True)
class Here:
    """What this terminal knows that decides about a directive.

    Args:
        terminal_id: ours.
        genuine: whether the platform's signature fits the record as it is.
        about_hash: hash of our entry of that number, "" when we have none.
        is_first: whether no other content came under the same number before.
        now: UTC as rules go by it.
    """

    terminal_id: str
    genuine: bool
    about_hash: str
    is_first: bool
    now: str


def read_directive(record: Mapping[str, Json]) -> Directive:
    """Read a record that arrived; who signed it is not asked here.

    Raises:
        UserError: ``directive.malformed`` with the ``field`` that is wrong.
    """
    _refuse_shapes(record)
    data: dict[str, Any] = dict(record)
    try:
        postings = ledger.from_body(data)
        ledger.check_balanced(postings)
    except OutletError as problem:
        raise UserError("directive.malformed", {"field": "postings"}) from problem
    moved = sum(max(posting.fen, 0) for posting in postings)
    if moved == 0 or moved != data["amount_fen"]:
        raise UserError("directive.malformed", {"field": "amount_fen"})
    told = {name: data[name] for name in _TEXTS if name != "signature"}
    return Directive(
        **told,
        about_seq=data["about_seq"],
        amount_fen=moved,
        postings=postings,
        record=dict(record),
    )


def _refuse_shapes(record: Mapping[str, Json]) -> None:
    for field in sorted(_FIELDS.symmetric_difference(record)):
        raise UserError("directive.malformed", {"field": field if field in _FIELDS else "unknown"})
    for field, shape in _TEXTS.items():
        value = record[field]
        if type(value) is not str or not shape.fullmatch(value):
            raise UserError("directive.malformed", {"field": field})
    seq = record["about_seq"]
    if type(seq) is not int or seq < 1:
        raise UserError("directive.malformed", {"field": "about_seq"})
    if record["kind"] != KIND:
        raise UserError("directive.malformed", {"field": "kind"})


def refusal(directive: Directive, here: Here) -> Refusal | None:
    """Why a directive cannot be answered; None when the clerk may decide.

    The signature comes first: what an unsigned record says about itself is worth nothing.
    """
    if not here.genuine:
        return "directive.forged"
    if directive.terminal_id != here.terminal_id:
        return "directive.foreign"
    if directive.about_hash != here.about_hash:
        return "directive.other_entry"
    if not here.is_first:
        return "directive.repeated"
    return "directive.expired" if here.now >= directive.expires_at else None


def accepted(directive: Directive, *, business_date: str, clerk_id: str) -> EntryDraft:
    """The fact that the clerk accepts: exactly the directive's postings, under its own number."""
    body = {**_answer(directive), "postings": ledger.to_body(directive.postings)}
    return EntryDraft(ACCEPTED, directive.directive_id, business_date, clerk_id, body)


def disputed(directive: Directive, *, reason: str, business_date: str, clerk_id: str) -> EntryDraft:
    """The fact that the clerk does not accept; nothing moves.

    Args:
        directive: the one she answers.
        reason: her words, may be empty.
        business_date: ``YYYY-MM-DD``.
        clerk_id: who answers.
    """
    body = {**_answer(directive), "answer": reason}
    return EntryDraft(DISPUTED, directive.directive_id, business_date, clerk_id, body)


def refused(directive: Directive, *, code: str, business_date: str) -> EntryDraft:
    """The fact that these books do not take it, whoever would accept it; nobody decided that.

    Args:
        directive: the one that reaches too far.
        code: of ``directive_reach``.
        business_date: ``YYYY-MM-DD``.
    """
    body = {**_answer(directive), "code": code}
    return EntryDraft(REFUSED, directive.directive_id, business_date, "", body)


def _answer(directive: Directive) -> JsonObject:
    return {
        "directive_id": directive.directive_id,
        "issuer": directive.issuer,
        "reason": directive.reason,
        "about_seq": directive.about_seq,
        "amount_fen": directive.amount_fen,
        "directive": directive.record,
    }
