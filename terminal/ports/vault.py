"""Where personal data and attachments are kept until the platform has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from terminal.domain.vault import Attachment

Seal = Callable[[bytes, bytes], bytes]
"""Closes content into a box that only the platform opens, for one purpose."""


@dataclass(frozen=True, slots=True)
class VaultRecord:
    """One record of personal data.

    Args:
        record_id: its name.
        intent_id: of the entry that names it.
        digest: salted hash, as in the entry.
        sealed: the box; nobody here can open it.
        readable: its content while the business needs it, then None.
        kept_at: UTC time.
    """

    record_id: str
    intent_id: str
    digest: str
    sealed: bytes = field(repr=False)
    readable: bytes | None = field(repr=False)
    kept_at: str


class VaultReading(Protocol):
    """Records in the books. Store thread only."""

    def record(self, record_id: str) -> VaultRecord | None:
        """One record; None when there is none, or no more."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        ...

    def last_sign_off(self, seq: int) -> int:
        """Number of the last end of a business day up to an entry, 0 for none."""
        ...

    def named_before(self, seq: int) -> Sequence[VaultRecord]:
        """Records whose entry comes before another one."""
        ...


class Vault(VaultReading, Protocol):
    """What can be changed, inside a transaction of the books."""

    def put(self, record: VaultRecord) -> None:
        """Keep a record."""
        ...

    def end_need(self, record_id: str) -> None:
        """Drop the readable content; the box stays."""
        ...

    def end_needs_before(self, seq: int) -> int:
        """Drop the readable content of all records named before an entry; how many there were."""
        ...

    def erase(self, record_id: str) -> None:
        """Drop a record that the platform has."""
        ...


class Attachments(Protocol):
    """Sealed files. Any thread, any process."""

    def put(
        self, content: bytes, *, kind: str, name: str, intent_id: str, kept_at: str
    ) -> Attachment:
        """Seal and keep content; what is kept already is kept once.

        Raises:
            UserError: ``attachment.too_large``.
            EnvironmentFault: ``file.not_written``.
        """
        ...

    def kept(self) -> Sequence[Attachment]:
        """What is here, by address."""
        ...

    def erase(self, address: str) -> None:
        """Drop one that the platform has."""
        ...


class Receipts(Protocol):
    """The platform's signed word about records and attachments, as the sync agent heard it."""

    def receipt(self, lane: str, item: str) -> Mapping[str, Any] | None:
        """The newest receipt for an item; None while there is none."""
        ...

    def count(self) -> int:
        """How many receipts there are."""
        ...


@dataclass(frozen=True, slots=True)
class Safe:
    """What keeping personal data takes beside the books.

    Args:
        terminal_id: ours; boxes are made for it.
        seal: closes boxes for the platform.
        attachments: the sealed files.
        receipts: what the platform has.
        fresh_salt: makes random bytes.
    """

    terminal_id: str
    seal: Seal
    attachments: Attachments
    receipts: Receipts
    fresh_salt: Callable[[int], bytes]
