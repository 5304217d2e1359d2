"""Where the second copy of the journal goes, as the engineer wrote it into ``devices.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from terminal.domain.enrolment import is_platform_address
from terminal.domain.errors import EnvironmentFault

FILE = "devices.json"


@dataclass(frozen=True, slots=True)
class MirrorSettings:
    """One place: a folder, or another machine of the outlet.

    Args:
        folder: a folder on another disk or a stick; it must be there, nothing makes it.
        url: where ``postal-terminal mirror serve`` answers.
        token: what both machines know; only with ``url``.
    """

    folder: Path | None = None
    url: str = ""
    token: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The place as people are told of it."""
        return str(self.folder) if self.folder else self.url


def mirror_settings(home: Path) -> MirrorSettings | None:
    """Read the place of the copy.

    Args:
        home: the terminal's folder.

    Returns:
        The place; None when none is set up.

    Raises:
        EnvironmentFault: ``mirror.misconfigured``; ``devices.file_damaged``.
    """
    entry = _entry(home / FILE)
    if entry is None:
        return None
    folder, url, token = (str(entry.get(name, "")) for name in ("folder", "url", "token"))
    if folder and not url and Path(folder).is_absolute():
        return MirrorSettings(folder=Path(folder))
    if url and not folder and token and is_platform_address(url):
        return MirrorSettings(url=url.rstrip("/"), token=token)
    raise EnvironmentFault("mirror.misconfigured", {"file": FILE}, retry=False)


def _entry(file: Path) -> Mapping[str, Any] | None:
    try:
        table = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EnvironmentFault("devices.file_damaged", {"file": FILE}) from error
    entry = table.get("mirror") if isinstance(table, dict) else None
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise EnvironmentFault("mirror.misconfigured", {"file": FILE}, retry=False)
    return entry
