"""Waiting for an answer from the sync agent."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from terminal.ports.agent import Agent

LONGEST_S = 120.0


class WaitingCalls:
    """Implements ``terminal.ports.sync_state.PlatformCalls`` over the agent's replies.

    Any thread but the agent's.
    """

    def __init__(self, agent: Agent, *, longest_s: float = LONGEST_S) -> None:
        self._agent = agent
        self._longest_s = longest_s

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask and wait; no answer in time is ``unknown``, never a failure."""
        answered = threading.Event()
        replies: list[Mapping[str, Any]] = []

        def heard(reply: Mapping[str, Any]) -> None:
            replies.append(reply)
            answered.set()

        self._agent.call(name, params, heard)
        if not answered.wait(self._longest_s):
            return {"outcome": "unknown", "result": {}, "code": "agent.no_answer"}
        return replies[0]
