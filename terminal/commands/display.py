"""Whether there is a screen to open a window on: without one Qt ends the process with an abort."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_WITH_A_SERVER = frozenset({"", "xcb", "wayland", "wayland-egl"})
_X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server has its socket
_UNIX_SOCKETS = Path("/proc/net/unix")


def require_display() -> None:
    """Refuse what needs a window where none can be opened.

    Raises:
        EnvironmentFault: ``display.missing``.
    """
    if not has_display():
        from terminal.domain.errors import EnvironmentFault

        raise EnvironmentFault("display.missing", retry=False)


def has_display(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Whether Qt will find what it draws on; looks at files only, so that it costs no time.

    Args:
        environ: the environment; this process's when None.
        platform: as ``sys.platform``; only Linux has displays that may be missing.
    """
    known = os.environ if environ is None else environ
    plugin = re.split("[;:]", known.get("QT_QPA_PLATFORM", ""))[0]
    if platform != "linux" or plugin not in _WITH_A_SERVER:
        return True
    return _has_wayland(known) or _has_x(known.get("DISPLAY", ""))


def _has_wayland(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and (Path(environ.get("XDG_RUNTIME_DIR", "/")) / name).exists()


def _has_x(display: str) -> bool:
    """Whether an X server has that address; one on another machine is believed to be there."""
    parts = re.fullmatch(r"(.*):(\d+)(?:\.\d+)?", display)
    if parts is None:
        return False
    host, number = parts.groups()
    if host not in ("", "unix"):
        return True
    socket = _X_SOCKETS / f"X{number}"
    return socket.exists() or _is_abstract(f"@{socket}")


def _is_abstract(name: str) -> bool:
    """Whether a server listens on a socket that has a name and no file."""
    if not _UNIX_SOCKETS.exists():
        return False
    sockets = _UNIX_SOCKETS.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.endswith(f" {name}") for line in sockets)
