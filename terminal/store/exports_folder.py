"""Files a person asked for, in ``exports`` under the home folder or on a stick."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from terminal.domain.errors import BugError
from terminal.ports.media import Medium
from terminal.store.atomic_file import write_atomically

FOLDER: Final = "exports"
ON_A_STICK: Final = "postal-reports"
"""Folder on the stick, so that nobody's own files lie between ours."""
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


class ExportsFolder:
    """Implements ``terminal.ports.exports.Exports``.

    Args:
        home: the terminal's folder.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def write(self, name: str, data: bytes, medium: Medium | None = None) -> str:
        """See the port."""
        if not _NAME.fullmatch(name):
            raise BugError("exports.bad_name", {"name": name})
        folder = Path(medium.folder) / ON_A_STICK if medium else self._home / FOLDER
        path = folder / name
        write_atomically(path, data, mode=0o600)
        return str(path)
