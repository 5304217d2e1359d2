"""The reader of resident identity cards, as the core sees it.

Personal data is in ``IdCard`` alone, and no ``repr`` shows it: what is logged by accident says
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IdCard:
    """The text of a resident identity card.

    Args:
        name: as printed.
        sex_code: ``1`` male, ``2`` female, ``0`` unknown, ``9`` not said (GB/T 2261.1).
        nation_code: two digits (GB/T 3304).
        birth: ``YYYYMMDD``.
        address: as printed.
        number: 18 characters.
        authority: who issued it.
        valid_from: ``YYYYMMDD``.
        valid_to: ``YYYYMMDD``, or ``长期``.
    """

    name: str = field(repr=False)
    sex_code: str = field(repr=False)
    nation_code: str = field(repr=False)
    birth: str = field(repr=False)
    address: str = field(repr=False)
    number: str = field(repr=False)
    authority: str = field(repr=False)
    valid_from: str = field(repr=False)
    valid_to: str = field(repr=False)


class IdReader(Protocol):
    """A reader that is asked.

    Thread rule: ``read`` blocks on the device, so it is called from a device thread and never from
    the UI or the store thread.
    """

    def read(self) -> IdCard | None:
        """Read the card that lies on the reader.

        Returns:
            The card, or None when none lies there.

        Raises:
            EnvironmentFault: ``id_reader.unreachable``, ``id_reader.connection_lost``,
                ``id_reader.silent``, ``id_reader.read_failed``.
        """
        ...

    def close(self) -> None:
        """Give the device back; may be called in any state."""
        ...
