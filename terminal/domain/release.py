"""A release of the program: its version, where it lies, and which terminals may have it yet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from terminal.domain.errors import PlatformRejection

PROGRAM_STATE = "state.json"
"""The file that says which program is in use."""

_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_ARCHIVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.tar\.gz")
_EVERYBODY = 100


@dataclass(frozen=True, slots=True)
class Release:
    """What the publisher offers.

    Args:
        version: three numbers, ``1.4.0``.
        archive: name of the program's archive among the publisher's files.
        percent: how many of a hundred terminals may have it, 0–100.
    """

    version: str
    archive: str
    percent: int

    def is_newer_than(self, version: str) -> bool:
        """Whether it comes after another version; anything comes after an unknown one."""
        return _numbers(self.version) > _numbers(version)

    def is_for(self, terminal_id: str) -> bool:
        """Whether a terminal's turn has come.

        The same terminal is not always among the first: its place is drawn anew for each version,
        and stays the same while the percentage grows.
        """
        drawn = hashlib.sha256(f"{terminal_id}\n{self.version}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") % _EVERYBODY < self.percent


def read_release(said: object) -> Release:
    """A release as the publisher wrote it down.

    Raises:
        PlatformRejection: ``update.unreadable``; it was signed and is still no release.
    """
    if not isinstance(said, Mapping):
        raise PlatformRejection("update.unreadable")
    version, archive, percent = (said.get(name) for name in ("version", "archive", "percent"))
    if (
        isinstance(version, str)
        and _VERSION.fullmatch(version)
        and isinstance(archive, str)
        and _ARCHIVE.fullmatch(archive)
        and type(percent) is int
        and 0 <= percent <= _EVERYBODY
    ):
        return Release(version, archive, percent)
    raise PlatformRejection("update.unreadable")


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers; those of an unknown version are below all others."""
    match = _VERSION.fullmatch(version)
    return tuple(int(part) for part in match.groups()) if match else (-1,)
