"""A second person at another counter: ask, look, answer, call off, and what others ask.

Source: docs/adr/0023-a-second-person-elsewhere.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sync.client.http import PlatformLine, Reply
from sync.client.pace import Pace
from sync.wire.approvals import ApprovalAnswer, ApprovalList, ApprovalRequest, ApprovalStanding
from sync.wire.fields import Message
from sync.wire.refusal import STRANGER, Refusal

_PATH = "/v1/approvals"
_PREFIX = "approval."


class Approvals:
    """Thread rule: any thread; one call blocks its caller only.

    Args:
        line: the line to the platform.
        pace: how long to wait; None for the product's own.
    """

    def __init__(self, line: PlatformLine, pace: Pace | None = None) -> None:
        self._line = line
        self._pace = pace or Pace()

    def call(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call.

        Args:
            name: ``approval.ask`` (``request_id``, ``request``, ``valid_s``), ``approval.look``,
                ``approval.cancel`` (``request_id``), ``approval.answer`` (and ``entry``) or
                ``approval.waiting``.
            params: see there.

        Returns:
            ``outcome``, ``result`` and ``code``, see ``Payments.call``.

        Raises:
            KeyError: an unknown name or a missing parameter; nothing was sent.
        """
        what = name.removeprefix(_PREFIX)
        reply = self._send(what, params)
        told = {"outcome": reply.outcome, "code": reply.code, "result": {}}
        if reply.outcome != "ok":
            return told
        answer = ApprovalList if what == "waiting" else ApprovalStanding
        try:
            return {**told, "result": answer.parse(reply.body).format()}
        except Refusal:
            return {**told, "outcome": "unknown", "code": STRANGER}

    def _send(self, what: str, params: Mapping[str, Any]) -> Reply:
        wait_s = self._pace.query_s
        if what == "waiting":
            return self._line.get(_PATH, read_timeout_s=wait_s)
        if what == "ask":
            return self._post(_PATH, ApprovalRequest.parse(dict(params)))
        path = f"{_PATH}/{quote(str(params['request_id']), safe='')}"
        if what == "look":
            return self._line.get(path, read_timeout_s=wait_s)
        if what == "cancel":
            return self._line.post(f"{path}/cancel", {}, read_timeout_s=wait_s)
        if what == "answer":
            return self._post(f"{path}/answer", ApprovalAnswer.parse({"entry": params["entry"]}))
        raise KeyError(what)

    def _post(self, path: str, message: Message) -> Reply:
        return self._line.post(path, message.format(), read_timeout_s=self._pace.query_s)
