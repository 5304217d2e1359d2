"""A second person at another counter, both sides: what is asked here, and what is answered here.

What was asked and answered is kept in memory only: an act that died with its process asks anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from terminal.app.context import Context
from terminal.app.refund_origin import find_peer
from terminal.app.session import SessionDesk
from terminal.domain import approval, notice, peer
from terminal.domain.approval import Approval
from terminal.domain.authority import Question, who_says
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.outlet_time import utc_text
from terminal.domain.peer import counter_name
from terminal.domain.permission import require


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of another counter, for the screen.

    Args:
        counter: what people call the counter that asks.
        reason_zh: of the platform's list, else as it was typed.
        reason_en: the same in English.
        after: how it will be, or the amount that is moved.
        request: exactly what is signed.
        roles: who may answer.
    """

    request_id: str
    counter: str
    operator: str
    action: str
    subject: str
    reason_zh: str
    reason_en: str
    before: int | str
    after: int | str
    request: JsonObject
    roles: tuple[str, ...]


class Approving:
    """Store thread only."""

    def __init__(self, context: Context, session: SessionDesk) -> None:
        self._context = context
        self._session = session
        self._asked: dict[str, JsonObject] = {}
        self._given: dict[str, Approval] = {}

    def has_neighbours(self) -> bool:
        """Whether the platform introduced other counters of the outlet."""
        records = self._context.sync.received()
        return any(one.record.get("kind") == peer.KIND for one in records)

    def can_ask(self) -> bool:
        """Whether a question can be shown at another counter now."""
        return self.has_neighbours() and self._context.sync.line_state().online

    def new(self, question: Question, operator: str) -> str:
        """Put a question into the form that another counter shows and signs.

        Returns:
            The number of the request.
        """
        now = datetime.fromisoformat(self._context.now())
        expires_at = utc_text(now + timedelta(seconds=approval.VALID_S))
        request_id = new_uuid7()
        # One question at a time: what was asked before is not waited for any more.
        self._asked = {
            request_id: approval.request_of(
                request_id, self._own_id(), operator, question, expires_at
            )
        }
        self._given.clear()
        return request_id

    def request(self, request_id: str) -> JsonObject:
        """What the platform is asked to show.

        Raises:
            UserError: ``approval.unknown``.
        """
        asked = self._asked.get(request_id)
        if asked is None:
            raise UserError("approval.unknown")
        return {"request_id": request_id, "request": asked, "valid_s": approval.VALID_S}

    def take(self, request_id: str, told: JsonObject) -> None:
        """Check an answer; only what passes can be used.

        Raises:
            UserError: ``approval.*``, ``permission.denied``.
        """
        asked = self._asked.get(request_id)
        if asked is None:
            raise UserError("approval.unknown")
        other = find_peer(self._context, str(told.get("terminal_id")))
        if other is None:
            raise UserError("approval.forged")
        given = approval.checked(asked, told, other.public_key, other.terminal_id)
        action = str(asked["action"])
        roles = self._context.clerk(given.authoriser).roles
        require({action: self._session.authorisers(action)}, action, roles)
        self._given[request_id] = given

    def use(self, request_id: str, question: Question, operator: str) -> Approval:
        """The yes to exactly this, once.

        Raises:
            UserError: ``approval.unknown``, ``approval.used``, ``approval.other_request``,
                ``approval.expired``.
        """
        if self._context.books.entry_for_intent(request_id) is not None:
            raise UserError("approval.used")
        given = self._given.get(request_id)
        if given is None:
            raise UserError("approval.unknown")
        approval.require_fits(given, question, operator, self._context.now())
        return given

    def shown(self, request: JsonObject) -> Asked:
        """A request of another counter, for the screen."""
        told: dict[str, Any] = dict(request)
        action, reason = str(told.get("action")), str(told.get("reason") or "")
        named = {row["code"]: row for row in self._context.setting("refund_reasons", [])}
        words = named.get(reason, {"name_zh": reason, "name_en": reason})
        return Asked(
            request_id=str(told.get("request_id")),
            counter=counter_name(str(told.get("terminal_id"))),
            operator=str(told.get("operator")),
            action=action,
            subject=str(told.get("subject") or ""),
            reason_zh=str(words["name_zh"]),
            reason_en=str(words["name_en"]),
            before=told.get("before_fen", told.get("before_text", "")),
            after=told.get("after_fen", told.get("after_text", told.get("amount_fen", ""))),
            request=request,
            roles=self._session.authorisers(action),
        )

    def answer(self, asked: Asked, authoriser_no: str, secret: str, *, allowed: bool) -> JsonObject:
        """Somebody here says yes or no, with her own secret; it is written down and signed.

        Args:
            asked: what was shown.
            authoriser_no: number typed or badge read.
            secret: hers.
            allowed: yes or no.

        Returns:
            The entry, to be sent back. A second press returns the same one.

        Raises:
            UserError: ``permission.same_person`` for the operator herself,
                ``permission.denied``, ``session.*``.
        """
        context = self._context
        on_duty = context.on_duty()
        intent_id = notice.name_of(f"approval/{asked.request_id}")
        written = context.books.entry_for_intent(intent_id)
        if written is not None:
            return written.to_wire()
        number, means = who_says(authoriser_no)
        authoriser = self._session.second_person(number, secret, asked.action, asked.operator)
        body = approval.answer_body(asked.request, authoriser.clerk_id, means, allowed=allowed)
        with context.books.transaction() as tx:
            entry = tx.append(context.draft(approval.ANSWERED, intent_id, on_duty, body))
        context.wake_sync()
        return entry.to_wire()

    def _own_id(self) -> str:
        head = self._context.books.entry(1)
        return head.terminal_id if head else ""
