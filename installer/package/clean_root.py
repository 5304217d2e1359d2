"""A bare Debian below a folder: what an engineer's new machine has, and nothing of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from installer.setup.steps import DOWNLOAD_ATTEMPTS, SetupError, run_logged, step

RELEASE: Final = "bookworm"
_ALLOWED: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}


class CleanRoot:
    """A machine of its own below a folder; shares the kernel and the network with this one.

    Args:
        place: where its root is.
    """

    def __init__(self, place: Path) -> None:
        self.place = place

    def command(
        self, words: Sequence[str], *, user: str = "root", environment: Mapping[str, str] = {}
    ) -> list[str]:
        """The words that run a program in there.

        Args:
            words: program and arguments.
            user: whose account.
            environment: variables; nothing of this machine's is seen.
        """
        seen = [f"{name}={value}" for name, value in {**_ALLOWED, **environment}.items()]
        as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
        return ["env", "-i", *seen, "chroot", str(self.place), *as_user, *words]

    def run(self, words: Sequence[str], *, user: str = "root") -> None:
        """Run a program and insist.

        Raises:
            SetupError: it failed.
        """
        run_logged(self.command(words, user=user))

    def ask(self, words: Sequence[str], *, user: str = "root") -> subprocess.CompletedProcess[str]:
        """Run a program and see what it says."""
        return subprocess.run(
            self.command(words, user=user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def clean_root(place: Path) -> Iterator[CleanRoot]:
    """Make a bare Debian, and take it away afterwards.

    Args:
        place: an empty folder.

    Raises:
        SetupError: not root, ``debootstrap`` is missing or the packages cannot be had.
    """
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise SetupError("a clean root needs root and the package debootstrap")
    with step("bare Debian"):
        words = ["debootstrap", "--variant=minbase", "--include=ca-certificates"]
        run_logged([*words, RELEASE, str(place), _source()], attempts=DOWNLOAD_ATTEMPTS)
        # It reaches the packages that this machine reaches.
        shutil.rmtree(place / "etc/apt")
        shutil.copytree("/etc/apt", place / "etc/apt", symlinks=True)
        if Path("/etc/resolv.conf").exists():
            shutil.copy("/etc/resolv.conf", place / "etc/resolv.conf")
        # Nothing is started by an installation in there.
        policy = place / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
    with ExitStack() as mounted:
        for name in ("dev", "proc"):
            run_logged(["mount", "--rbind", f"/{name}", str(place / name)])
            run_logged(["mount", "--make-rslave", str(place / name)])
            mounted.callback(run_logged, ["umount", "-l", str(place / name)])
        yield CleanRoot(place)


def _source() -> str:
    """Where this machine has its Debian packages from."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    sites = answer.stdout.split()
    if not sites:
        raise SetupError("this machine knows no place of Debian packages; run apt-get update")
    return sites[0]
