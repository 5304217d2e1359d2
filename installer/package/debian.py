"""A Debian package from a laid-out tree."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from installer.package.left_out import size_of
from installer.package.tree import scripts, version
from installer.setup import system_packages
from installer.setup.steps import run_logged, step

MAX_INSTALLED: Final = 250_000_000
"""What an installed terminal may take of a small disk, in bytes."""

_EPOCH: Final = "1760000000"
"""One time stamp for every file: the same sources give the same package."""


def make_package(root: Path, out: Path) -> Path:
    """Write ``postal-terminal_VERSION_amd64.deb``.

    Args:
        root: the laid-out tree; gets the folder ``DEBIAN``.
        out: where the package goes; made when missing.

    Returns:
        The package.

    Raises:
        SetupError: ``dpkg-deb`` is missing or refuses.
    """
    with step("package") as outcome:
        control = root / "DEBIAN"
        control.mkdir()
        installed = size_of(root)
        (control / "control").write_text(_control(installed), encoding="utf-8")
        (control / "conffiles").write_text(
            "/etc/logrotate.d/postal-terminal\n/etc/pam.d/postal-terminal\n", encoding="utf-8"
        )
        (control / "md5sums").write_text(_sums(root), encoding="utf-8")
        for name, text in scripts():
            (control / name).write_text(text, encoding="utf-8")
            (control / name).chmod(0o755)
        out.mkdir(parents=True, exist_ok=True)
        made = out / f"postal-terminal_{version()}_amd64.deb"
        run_logged(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(root), str(made)],
            environment={"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)},
        )
        outcome.text = f"{made.stat().st_size / 1e6:.0f} MB, {installed / 1e6:.0f} MB installed"
    return made


def _control(installed: int) -> str:
    needs = ["python3.11", "adduser", *system_packages.SESSION]
    return "\n".join(
        [
            "Package: postal-terminal",
            f"Version: {version()}",
            "Architecture: amd64",
            "Maintainer: Postal Terminal <maintainer@postal-terminal.invalid>",
            f"Installed-Size: {installed // 1024}",
            f"Depends: {', '.join(needs)}",
            "Recommends: cage, logrotate, udev",
            "Section: misc",
            "Priority: optional",
            "Description: counter and kiosk of a post office",
            " Sells, prints, keeps its books in a signed journal, works without a network and",
            " syncs with the central platform. Refuses to be updated or removed while an entry is",
            " held by nobody else.",
            "",
        ]
    )


def _sums(root: Path) -> str:
    lines = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.parts:
            # The format of the package manager's own check, not a matter of trust.
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return "".join(lines)
