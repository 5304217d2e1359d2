"""Messages about a second person at another counter: ask, look, answer, call it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from sync.wire.fields import Label, Message, Whole
from terminal.domain.canonical import JsonObject

LONGEST_S: Final = 600
MOST: Final = 20
"""Requests of one outlet told at once."""


@dataclass(frozen=True, slots=True)
class ApprovalRequest(Message):
    """What a counter asks the others of its outlet; see ``terminal.domain.approval``.

    The same ``request_id`` again is the same request.
    """

    request_id: Label
    request: JsonObject
    valid_s: Annotated[int, Whole(1, LONGEST_S)]


@dataclass(frozen=True, slots=True)
class ApprovalAnswer(Message):
    """The entry ``authorisation.answered`` of the counter that answers, signed as it stands."""

    entry: JsonObject


@dataclass(frozen=True, slots=True)
class ApprovalStanding(Message):
    """How a request stands; ``entry`` is the answer once there is one."""

    request_id: Label
    state: Literal["waiting", "answered", "cancelled", "expired"]
    left_s: Annotated[int, Whole(0, LONGEST_S)] = 0
    entry: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class WaitingRequest(Message):
    """One request that somebody at this counter may answer."""

    request: JsonObject
    left_s: Annotated[int, Whole(0, LONGEST_S)]


@dataclass(frozen=True, slots=True)
class ApprovalList(Message):
    """What the other counters of the outlet ask, oldest first."""

    requests: tuple[WaitingRequest, ...]
