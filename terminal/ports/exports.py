"""Files a person asks for and carries away: reports, evidence."""

from __future__ import annotations

from typing import Protocol

from terminal.ports.media import Medium


class Exports(Protocol):
    """Where such files go. Any thread."""

    def write(self, name: str, data: bytes, medium: Medium | None = None) -> str:
        """Write a file whole or not at all; one of the same name is replaced.

        Args:
            name: letters, digits, ``.``, ``-`` and ``_``.
            data: all of it.
            medium: a stick; None for the terminal's own exports folder.

        Returns:
            Where it is, for a person.

        Raises:
            EnvironmentFault: ``file.not_written`` with ``file``.
        """
        ...
