"""Sticks and cards that can be carried away, as the operating system lists them.

Linux: what is mounted under the folders where desktops mount what somebody plugs in. Windows: the
drives it calls removable. Folders an engineer names come first.

Source: Linux proc(5), ``/proc/self/mounts``; Windows ``GetDriveTypeW``.
"""

from __future__ import annotations

import os
import shutil
import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from terminal.ports.media import Medium

MOUNTS: Final = Path("/proc/self/mounts")
_PLUGGED_IN: Final = ("/media/", "/run/media/")
_DRIVE_REMOVABLE: Final = 2


def removable_media(named: Iterable[str] = (), mounts: Path = MOUNTS) -> tuple[Medium, ...]:
    """What can be written to and carried away now.

    Args:
        named: folders that count as such, for example a share; missing ones are left out.
        mounts: the list of mounted file systems.

    Returns:
        In a stable order; what cannot be asked for its room is left out.
    """
    found = (*named, *(_drives() if sys.platform == "win32" else _mounted(mounts)))
    media = (_medium(Path(folder)) for folder in dict.fromkeys(found))
    return tuple(medium for medium in media if medium is not None)


def _mounted(mounts: Path) -> Iterator[str]:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        # A system without the list has no sticks we could name.
        return
    for line in sorted(lines):
        folder = _unescaped(line.split(" ")[1])
        if folder.startswith(_PLUGGED_IN):
            yield folder


def _unescaped(text: str) -> str:
    """Blanks, line ends and backslashes stand there by their octal numbers."""
    for code, meant in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, meant)
    return text


def _drives() -> Iterator[str]:
    import ctypes

    # Only Windows has it, and only there this runs.
    kind = ctypes.windll.kernel32.GetDriveTypeW  # type: ignore[attr-defined,unused-ignore]
    for letter in string.ascii_uppercase:
        if kind(f"{letter}:\\") == _DRIVE_REMOVABLE:
            yield f"{letter}:\\"


def _medium(folder: Path) -> Medium | None:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    return Medium(folder.name or str(folder), str(folder), free)
