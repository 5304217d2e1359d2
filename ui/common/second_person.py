"""What a page may know of the second person's form: what it asks, and how it hears the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from terminal.domain.errors import OutletError


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page wants allowed, in words that are ready to be shown.

    Args:
        action: name of the permission; its words are ``action.<action>``.
        subject: what it is about, for example an order number.
        reason: why.
        before: how it is now, "" when there is nothing to compare.
        after: how it will be.
        roles: who may allow it, as ``Need`` or the refusal says them.
    """

    action: str
    subject: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""
    roles: tuple[str, ...] = ()


class SecondPersonForm(Protocol):
    """The form as the page that asks uses it; see ``ui.viewmodels.second_person``."""

    @property
    def open(self) -> bool:
        """Whether the form is over the page."""
        ...

    def ask(self, asked: Asked, deed: Callable[[str, str], None]) -> None:
        """Lay the form over the page; ``deed`` gets number (or badge text) and secret."""
        ...

    def allowed(self) -> None:
        """The deed is done: the form goes."""
        ...

    def refuse(self, error: OutletError) -> None:
        """The deed was refused: the form says why and takes another try."""
        ...

    def close(self) -> None:
        """Take the form away; nothing was done."""
        ...

    def scanned(self, text: str) -> bool:
        """A code was read while the form may be open; whether it was a badge for it."""
        ...
