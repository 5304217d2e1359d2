"""System libraries: Qt's, a virtual display and PostgreSQL, installed by apt when allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from installer.setup.steps import DOWNLOAD_ATTEMPTS, SetupError, run_logged, step

QT = (
    "libglib2.0-0",
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xfixes0",
    "libxcb-xkb1",
)
SESSION = (*QT, "libwayland-client0", "libwayland-cursor0", "libwayland-egl1")
"""What an installed terminal needs: it also runs without a desktop, see installer/debian."""

CAMERA = ("libzbar0",)
"""The second reader of codes in pictures; without it the first one reads alone."""

TEST = (*QT, *CAMERA, "xvfb", "xdotool", "postgresql")
BENCH = (*TEST, "chromium")

# Present under these paths whatever package brought them, so no package is asked for.
_PROBES = {
    "postgresql": "/usr/lib/postgresql/*/bin/pg_ctl",
    "chromium": "/usr/bin/chromium*",
    "xvfb": "/usr/bin/Xvfb",
    "xdotool": "/usr/bin/xdotool",
    "binutils": "/usr/bin/strip",
    "debootstrap": "/usr/sbin/debootstrap",
}


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """Tells which Debian packages are not installed.

    Args:
        wanted: Debian package names.

    Returns:
        The missing ones in the order asked for; all without a probe path when this is no Debian
        system.
    """
    names = [name for name in wanted if not _found_by_path(name)]
    if not names or shutil.which("dpkg-query") is None:
        return names
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {
        line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")
    }
    return [name for name in names if name not in installed]


def ensure_packages(wanted: Sequence[str]) -> list[str]:
    """Installs the missing system packages when this user may.

    Args:
        wanted: Debian package names.

    Returns:
        The packages that are still missing. The caller goes on if it works without them.
    """
    asked = list(wanted)
    if find_spec("ensurepip") is None:
        # Debian's bare python3 cannot make a virtual environment until this is there.
        asked.append(f"python3.{sys.version_info.minor}-venv")
    with step("system libraries") as outcome:
        missing = missing_packages(asked)
        if not missing:
            outcome.text = "present"
            return []
        apt = _apt_command()
        if not apt:
            outcome.text = f"{len(missing)} missing, and no right to install them"
            return missing
        try:
            run_logged([*apt, "update", "-qq"], attempts=DOWNLOAD_ATTEMPTS)
            install = [*apt, "install", "-qq", "-y", "--no-install-recommends", *missing]
            run_logged(install, attempts=DOWNLOAD_ATTEMPTS)
        except SetupError as error:
            refused: SetupError | None = error
        else:
            refused = None
        still = missing_packages(asked)
        outcome.text = f"{len(missing) - len(still)} of {len(missing)} installed"
    if refused:
        print(refused, flush=True)
    return still


def install_advice(missing: Sequence[str]) -> str:
    """Says what to type to install packages by hand.

    Args:
        missing: Debian package names.

    Returns:
        One line of text.
    """
    return f"missing system packages; install them with: apt-get install {' '.join(missing)}"


def _found_by_path(name: str) -> bool:
    pattern = _PROBES.get(name)
    return pattern is not None and any(Path("/").glob(pattern.lstrip("/")))


def _apt_command() -> list[str]:
    """The words that start apt-get with the rights to install; empty when there are none."""
    if shutil.which("apt-get") is None:
        return []
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    if os.geteuid() == 0:
        return apt
    if shutil.which("sudo") is None:
        return []
    allowed = subprocess.run(
        ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return ["sudo", "-n", *apt] if allowed.returncode == 0 else []
