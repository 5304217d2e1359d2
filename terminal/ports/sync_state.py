"""What the platform said, as the core reads it from the sync agent's file. Store thread only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from terminal.domain.canonical import JsonObject
from terminal.domain.journal import ChainHead, Entry


class Line(Protocol):
    """What was last measured about the line; times UTC ISO text, "" when unknown."""

    @property
    def online(self) -> bool:
        """Whether the last try got an answer."""
        ...

    @property
    def held(self) -> bool:
        """Whether the journal lane stopped for a person."""
        ...

    @property
    def rtt_ms(self) -> int | None:
        """Median round trip in milliseconds."""
        ...

    @property
    def clock_offset_ms(self) -> int | None:
        """Platform clock minus ours in milliseconds."""
        ...

    @property
    def last_contact(self) -> str:
        """Time of the last answer."""
        ...

    @property
    def last_error(self) -> str:
        """Dotted code of what stands in the way."""
        ...

    @property
    def server_epoch(self) -> str:
        """The platform's life as last seen."""
        ...


class Parked(Protocol):
    """Something that waits for a person."""

    @property
    def lane(self) -> str:
        """Lane it belongs to."""
        ...

    @property
    def code(self) -> str:
        """Dotted code of the reason."""
        ...

    @property
    def item(self) -> str:
        """Which one."""
        ...


class Range(Protocol):
    """Leased numbers, both ends included."""

    @property
    def kind(self) -> str:
        """What the numbers are for."""
        ...

    @property
    def lo(self) -> int:
        """First number."""
        ...

    @property
    def hi(self) -> int:
        """Last number."""
        ...

    @property
    def expires_at(self) -> str:
        """UTC text of the end of the lease, "" for none."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformWord:
    """The newest signed time of the platform.

    Args:
        seq: the last entry of ours that it held then, 0 for none.
        at: UTC with milliseconds, "" before the first.
    """

    seq: int = 0
    at: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One record the centre sent, as it came; nobody has looked at its signature yet.

    Args:
        number: in the order of arrival.
        record: exactly what came.
        at: UTC when it came.
    """

    number: int
    record: JsonObject
    at: str


class Recovery(Protocol):
    """What the agent prepared to bring old books up to date."""

    @property
    def common_seq(self) -> int:
        """Last entry both sides hold alike."""
        ...

    @property
    def head_seq(self) -> int:
        """The platform's last entry."""
        ...

    @property
    def head_hash(self) -> str:
        """Its hash."""
        ...

    @property
    def fresh_lo(self) -> int:
        """First number leased for the time after, 0 before it was."""
        ...

    @property
    def ready(self) -> bool:
        """Whether everything is here and checked."""
        ...


class SyncState(Protocol):
    """The reading side of sync.db."""

    def platform_word(self) -> PlatformWord:
        """When the platform last signed what it holds of us."""
        ...

    def confirmed_head(self) -> ChainHead:
        """The last entry the platform holds, by its signed receipt."""
        ...

    def receipt_for(self, epoch: int, seq: int) -> dict[str, Any] | None:
        """The platform's signed receipt that covers an entry, None while it is not confirmed."""
        ...

    def line_state(self) -> Line:
        """The line."""
        ...

    def parked(self) -> Sequence[Parked]:
        """What waits for a person, oldest first."""
        ...

    def received(self) -> Sequence[Received]:
        """What the centre sent to this counter, oldest first."""
        ...

    def setting(self, key: str) -> str:
        """The newest record of a setting that was taken, as JSON text; "" for none."""
        ...

    def setting_keys(self) -> Sequence[str]:
        """The keys of all settings that were taken."""
        ...

    def ranges(self, kind: str) -> Sequence[Range]:
        """Leased numbers."""
        ...

    def recovery(self) -> Recovery | None:
        """How the books are to be brought up to date, None when they need not."""
        ...

    def recovered_entries(self) -> Iterator[Entry]:
        """The platform's entries that the books do not have, in order."""
        ...


class PlatformCalls(Protocol):
    """Online calls through the sync agent; answers may take long or never come. Any thread."""

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the platform and wait.

        Args:
            name: ``payment.charge``, ``payment.query``, ``payment.reverse`` or ``ranges.lease``.
            params: JSON values.

        Returns:
            ``{"outcome": "ok|refused|unknown", "result": {…}, "code": …}``; never raises for the
            network.
        """
        ...
