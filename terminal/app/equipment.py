"""What one counter is made of, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from terminal.app.context import Context
from terminal.domain.profile import Profile
from terminal.ports.agent import Agent
from terminal.ports.books import Books
from terminal.ports.card_terminal import CardTerminal
from terminal.ports.catalogue import Catalogue
from terminal.ports.clock import Clock
from terminal.ports.customer_display import CustomerDisplay
from terminal.ports.exports import Exports
from terminal.ports.media import ListMedia
from terminal.ports.printer import Printer, SlipEncoder
from terminal.ports.scale import Scale
from terminal.ports.scanner import Scanner
from terminal.ports.secrets import SecretCheck
from terminal.ports.sync_state import SyncState
from terminal.ports.vault import Safe


class ClosableBooks(Books, Protocol):
    """Books that can be tidied and closed by their owner."""

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file."""
        ...

    def close(self) -> None:
        """Checkpoint and close."""
        ...


@dataclass(slots=True)
class Equipment:
    """Everything one enrolled counter is made of.

    Args:
        training: whether it is for practice: nothing of it counts.
    """

    books: ClosableBooks
    catalogue: Catalogue
    clock: Clock
    secrets: SecretCheck
    sync: SyncState
    profile: Profile
    agent: Agent
    encoder: SlipEncoder
    release: Callable[[], None]
    printer: Printer | None = None
    scanners: tuple[tuple[str, Scanner], ...] = ()
    scale: Scale | None = None
    display: CustomerDisplay | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    payment_speed: float = 1.0
    certificate_end: Callable[[], str] = lambda: ""
    public_keys: Callable[[], Mapping[str, str]] = dict
    safe: Callable[[], Safe] | None = None
    media: ListMedia = tuple
    exports: Exports | None = None
    card_terminal: CardTerminal | None = None
    training: bool = False


class Site(Protocol):
    """Where the desk stands: opens the files and devices of one home folder."""

    def is_enrolled(self) -> bool:
        """Whether the terminal has an identity."""
        ...

    def open(self) -> Equipment:
        """Open everything. Store thread.

        Raises:
            EnvironmentFault: when a file, a key or a device cannot be opened.
        """
        ...

    def enrol(self, platform_url: str, code: str) -> None:
        """Enrol and load the first snapshot; takes seconds.

        Raises:
            OutletError: ``enrolment.*``.
        """
        ...


def context_of(equipment: Equipment) -> Context:
    """What its use cases work with."""
    return Context(
        books=equipment.books,
        catalogue=equipment.catalogue,
        clock=equipment.clock,
        secrets=equipment.secrets,
        sync=equipment.sync,
        profile=equipment.profile,
        wake_sync=equipment.agent.wake,
        certificate_end=equipment.certificate_end,
        public_keys=equipment.public_keys,
        safe=equipment.safe,
        has_scale=equipment.scale is not None,
        has_card_terminal=equipment.card_terminal is not None,
        training=equipment.training,
    )
