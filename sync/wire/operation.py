"""What the platform's operator says and hears, and the tests through the same door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from sync.wire.fields import (
    Label,
    Listed,
    Message,
    RecordKey,
    Span,
    Text,
    Whole,
    as_object,
    malformed,
    shapes,
)
from terminal.domain.canonical import Json, JsonObject

_DAY_S: Final = 86_400
_OLDEST_MS: Final = 10**12
_ANY: Final = Whole(-(2**53) + 1)

Amount = Annotated[int, _ANY]
"""Fen of a balance, either side."""


@dataclass(frozen=True, slots=True)
class CodeRequest(Message):
    """The operator asks for a one-time code that counts for ``ttl_s`` seconds."""

    outlet: Label
    terminal_no: int
    ttl_s: Annotated[int, Whole(1, _DAY_S)] = 900


@dataclass(frozen=True, slots=True)
class RecordChanges(Message):
    """The operator changes one feed: records to upsert, keys to delete."""

    upsert: tuple[JsonObject, ...] = ()
    delete: Annotated[tuple[str | list[str], ...], Listed(RecordKey())] = ()


@dataclass(frozen=True, slots=True)
class Faults(Message):
    """The fault dial. Shares are probabilities 0 to 1; the default is a sound platform.

    Args:
        lose_request: cut the connection before anything happens.
        lose_answer: do everything, then cut the connection.
        delay_ms: lowest and highest delay before the request is handled.
        status_5xx: answer 503 without doing anything.
        duplicate: handle the request twice.
        reorder: hold the request until another one has overtaken it (300 ms at most).
        offline: cut every connection.
        revoked: terminals that are told so.
        skew_ms: what the platform's clock is wrong by.
        seed: of the dice.
        paths: prefixes the dial works on, each from ``/v1`` on; empty for all of them.
        gateway: what the sandbox gateway does with every charge, whatever it is paid with; "" lets
            the last two digits of a payer code decide.
    """

    lose_request: float = 0.0
    lose_answer: float = 0.0
    delay_ms: Annotated[tuple[int, int], Span(60_000)] = (0, 0)
    status_5xx: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    offline: bool = False
    revoked: tuple[str, ...] = ()
    skew_ms: Annotated[int, Whole(-_OLDEST_MS, _OLDEST_MS)] = 0
    seed: int = 0
    paths: Annotated[tuple[str, ...], Listed(Text("/v1(/[!-~]*)?"))] = ()
    gateway: Annotated[str, Text("[a-z_]{0,16}")] = ""

    @classmethod
    def dialled(cls, value: Json) -> Faults:
        """Read what an operator dials: a mistyped name must not pass for a sound platform.

        Raises:
            Refusal: ``wire.malformed`` with ``field``, also for a name the dial does not have.
        """
        unknown = sorted(as_object(value, "body").keys() - shapes(cls).keys())
        if unknown:
            raise malformed(unknown[0])
        return cls.parse(value)


@dataclass(frozen=True, slots=True)
class CodeAnswer(Message):
    """A one-time enrolment code."""

    code: str


@dataclass(frozen=True, slots=True)
class EpochAnswer(Message):
    """The platform's new life."""

    server_epoch: str


@dataclass(frozen=True, slots=True)
class Released(Message):
    """The terminal for which the next machine that speaks may speak."""

    terminal_id: Label


@dataclass(frozen=True, slots=True)
class ChangeAnswer(Message):
    """The number of the last change."""

    change_no: int


@dataclass(frozen=True, slots=True)
class GatewayBook(Message):
    """The sandbox gateway's own count, the independent oracle; amounts in fen."""

    charges: int
    charged_fen: int
    reversed_fen: int
    net_fen: Amount


@dataclass(frozen=True, slots=True)
class LedgerAnswer(Message):
    """Sums in fen over all journals by account, and beside them the gateway's own count."""

    accounts: JsonObject
    gateway: GatewayBook


@dataclass(frozen=True, slots=True)
class Task(Message):
    """What a person has to look at: a fact the platform cannot apply, a fork."""

    id: int
    terminal_id: Label
    seq: int
    code: Label
    evidence: str
    at: str


@dataclass(frozen=True, slots=True)
class TaskList(Message):
    """All tasks, oldest first."""

    tasks: tuple[Task, ...]
