"""Doors for a second person at another counter of the outlet."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from sync.central import approvals
from sync.central.calls import Call, json_answer, sender
from sync.central.contract import Route
from sync.central.platform import Platform
from sync.wire import approvals as wire
from sync.wire.fields import LABEL

_ALL: Final = "/v1/approvals"
_ONE: Final = f"{_ALL}/{{request_id}}"
_UNKNOWN: Final = ("404 approval.unknown", "422 wire.malformed")


class ApprovalRoutes:
    """What counters of one outlet ask one another."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        standing, request, told = wire.ApprovalStanding, wire.ApprovalRequest, wire.ApprovalAnswer
        used = ("409 approval.number_used",)
        refused = (
            *_UNKNOWN,
            "403 approval.own",
            "409 approval.answered",
            "409 approval.cancelled",
            "409 approval.expired",
            "422 approval.not_signed",
        )
        return [
            Route("POST", _ALL, self.ask_approval, "terminal", standing, request, used),
            Route("GET", _ALL, self.waiting_approvals, "terminal", wire.ApprovalList),
            Route("GET", _ONE, self.approval, "terminal", standing, refuses=_UNKNOWN),
            Route(
                "POST", f"{_ONE}/answer", self.answer_approval, "terminal", standing, told, refused
            ),
            Route(
                "POST", f"{_ONE}/cancel", self.cancel_approval, "terminal", standing, None, _UNKNOWN
            ),
        ]

    def ask_approval(self, call: Call) -> Response:
        """Ask the other counters of the outlet for a second person, once for each number."""
        terminal_id = sender(self._platform, call)
        request = wire.ApprovalRequest.parse(call.json())
        standing = self._platform.database.transaction(
            lambda connection: approvals.ask(connection, terminal_id, request)
        )
        return json_answer(standing.format())

    def waiting_approvals(self, call: Call) -> Response:
        """What the other counters of the outlet ask now."""
        terminal_id = sender(self._platform, call)
        found = self._platform.database.look(
            lambda connection: approvals.waiting(connection, terminal_id)
        )
        return json_answer(found.format())

    def approval(self, call: Call) -> Response:
        """How a request of this counter stands, and its answer."""
        terminal_id = sender(self._platform, call)
        request_id = LABEL.read(call.path["request_id"], "request_id")
        standing = self._platform.database.transaction(
            lambda connection: approvals.look(connection, terminal_id, request_id)
        )
        return json_answer(standing.format())

    def answer_approval(self, call: Call) -> Response:
        """Answer a request of another counter with a signed entry; the first answer counts."""
        terminal_id = sender(self._platform, call)
        request_id = LABEL.read(call.path["request_id"], "request_id")
        told = wire.ApprovalAnswer.parse(call.json()).entry
        standing = self._platform.database.transaction(
            lambda connection: approvals.answer(connection, terminal_id, request_id, told)
        )
        return json_answer(standing.format())

    def cancel_approval(self, call: Call) -> Response:
        """Call a request of this counter off; an answer that was here before stays."""
        terminal_id = sender(self._platform, call)
        request_id = LABEL.read(call.path["request_id"], "request_id")
        standing = self._platform.database.transaction(
            lambda connection: approvals.cancel(connection, terminal_id, request_id)
        )
        return json_answer(standing.format())
