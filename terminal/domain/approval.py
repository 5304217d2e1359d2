"""A second person at another counter: what is asked, and what makes an answer count.

The answer is an entry of the counter that gives it, signed with its key. It counts only for exactly
what was asked, once, from another person at another counter, and not after its time.

Source: postal-domain.md §2.22 (dual control), docs/adr/0023-a-second-person-elsewhere.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from terminal.domain.authority import Question, question_body
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import Entry, verify_entry

ANSWERED: Final = "authorisation.answered"
VALID_S: Final = 180
"""How long a request stands, seconds: the customer waits for it."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A checked yes of somebody at another counter.

    Args:
        request: exactly what was allowed.
        authoriser: who allowed it.
        entry: her counter's entry that says so.
    """

    request: JsonObject
    authoriser: str
    entry: Entry

    def reference(self) -> JsonObject:
        """What the entry of the act says of it: where it was allowed, and by which signed entry."""
        entry = self.entry
        return {
            "terminal_id": entry.terminal_id,
            "seq": entry.seq,
            "hash": entry.hash,
            "signature": entry.signature,
        }


def request_of(
    request_id: str, terminal_id: str, operator: str, question: Question, expires_at: str
) -> JsonObject:
    """What is shown elsewhere and signed there.

    Args:
        request_id: UUIDv7 text; the intent of the entry that uses the answer.
        terminal_id: who asks.
        operator: clerk who acts.
        question: what she wants to do.
        expires_at: UTC of the asking counter's clock.
    """
    return {
        "request_id": request_id,
        "terminal_id": terminal_id,
        "operator": operator,
        "expires_at": expires_at,
        **question_body(question),
    }


def answer_body(request: JsonObject, authoriser: str, means: str, *, allowed: bool) -> JsonObject:
    """The body of ``authorisation.answered``: who, where it was asked, why, before and after."""
    return {"request": request, "authoriser": authoriser, "means": means, "allowed": allowed}


def checked(request: JsonObject, told: JsonObject, public_key: bytes, peer_id: str) -> Approval:
    """Prove that an answer is a yes to exactly this request.

    Args:
        request: what this counter asked.
        told: the answer as it came.
        public_key: of the terminal it claims to come from, 32 bytes.
        peer_id: that terminal.

    Raises:
        UserError: ``approval.forged``, ``approval.other_request``, ``approval.own``,
            ``approval.refused``.
    """
    try:
        entry = Entry.from_wire(told)
        verify_entry(entry, public_key)
    except EnvironmentFault as problem:
        raise UserError("approval.forged") from problem
    body: Any = entry.body
    if entry.kind != ANSWERED or entry.terminal_id != peer_id:
        raise UserError("approval.forged")
    if body.get("request") != request:
        raise UserError("approval.other_request")
    if request["terminal_id"] == entry.terminal_id or request["operator"] == body.get("authoriser"):
        raise UserError("approval.own")
    if body.get("allowed") is not True:
        raise UserError("approval.refused", {"authoriser": str(body.get("authoriser"))})
    return Approval(request, str(body.get("authoriser")), entry)


def require_fits(approval: Approval, question: Question, operator: str, now: str) -> None:
    """The yes is for what is done now, and not stale.

    Args:
        approval: checked.
        question: what is to be done.
        operator: who does it.
        now: UTC of this counter.

    Raises:
        UserError: ``approval.other_request``, ``approval.expired``.
    """
    request = approval.request
    asked = {name: value for name, value in request.items() if name not in _HEAD}
    if asked != question_body(question) or request["operator"] != operator:
        raise UserError("approval.other_request")
    if now > str(request["expires_at"]):
        raise UserError("approval.expired")


_HEAD: Final = frozenset({"request_id", "terminal_id", "operator", "expires_at"})
