"""The files of an installed terminal, laid out below a folder that stands for the disk's root."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from installer.package.left_out import leave_out, size_of
from installer.setup.environment import LOCKS, PYTHON
from installer.setup.steps import DOWNLOAD_ATTEMPTS, ROOT, SetupError, run_logged, step

HOME: Final = Path("usr/lib/postal-terminal")
"""Where the program lies, below the root."""

SYSTEM_PYTHON: Final = "/usr/bin/python3.11"
"""The interpreter the environment stands on; the wheels are made for this one."""

CODE: Final = ("terminal", "ui", "devices", "sync", "assets")
"""The folders of the program."""
_FILES: Final = ROOT / "installer" / "debian"
_PLACES: Final = {
    "postal-terminal.desktop": "usr/share/applications",
    "postal-terminal.session@.service": "lib/systemd/system",
    "postal-terminal-sync.service": "lib/systemd/system",
    "postal-terminal-sync.timer": "lib/systemd/system",
    "70-postal-terminal.rules": "lib/udev/rules.d",
    "postal-terminal.logrotate": "etc/logrotate.d",
    "postal-terminal.pam": "etc/pam.d",
}
_RENAMED: Final = {
    "postal-terminal.session@.service": "postal-terminal@.service",
    "postal-terminal.logrotate": "postal-terminal",
    "postal-terminal.pam": "postal-terminal",
}
_INTERPRETER: Final = f"#!/{HOME}/env/bin/python3 -B\n"


def lay_out(root: Path, root_of_trust: Path | None = None) -> None:
    """Write everything that the package brings.

    Args:
        root: an empty folder.
        root_of_trust: the publisher's first root, which updates are proved by; None for no updates.

    Raises:
        SetupError: the locked packages cannot be had, or this Python is another than the target's.
    """
    if sys.version_info[:2] != (3, 11):
        raise SetupError("the package is built by Python 3.11, the one it will run on")
    _copy_code(root / HOME / "app")
    _make_environment(root / HOME / "env")
    _write(root / HOME / "version", version() + "\n")
    if root_of_trust is not None:
        _write(root / HOME / "root.json", root_of_trust.read_text(encoding="utf-8"))
    _write(root / "usr/bin/postal-terminal", _INTERPRETER + _text("launcher.py"), executable=True)
    for name, folder in _PLACES.items():
        _write(root / folder / _RENAMED.get(name, name), _text(name))
    _copy_documents(root / "usr/share/doc/postal-terminal")


def _copy_code(app: Path) -> None:
    with step("the program") as outcome:
        for name in CODE:
            shutil.copytree(ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        outcome.text = _megabytes(app)


def _make_environment(environment: Path) -> None:
    packages = environment / "lib" / "python3.11" / "site-packages"
    with step("locked packages") as outcome:
        _install(packages)
        outcome.text = _megabytes(packages)
    with step("what a terminal does not need") as outcome:
        saved = leave_out(packages)
        (environment / "left-out.json").write_text(
            json.dumps(saved, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        outcome.text = f"{sum(saved.values()) / 1e6:.0f} MB left out"
    with step("symbols for debuggers"):
        # Half of the cipher's library; the others come without.
        run_logged(["strip", "--strip-debug", *map(str, packages.glob("sqlcipher3/*.so"))])
    _write(packages / "postal-terminal.pth", f"/{HOME}/app\n")
    _write(
        environment / "pyvenv.cfg",
        f"home = /usr/bin\ninclude-system-site-packages = false\nexecutable = {SYSTEM_PYTHON}\n",
    )
    binaries = environment / "bin"
    binaries.mkdir()
    (binaries / "python3").symlink_to(SYSTEM_PYTHON)
    with step("compiled modules"):
        # Checked by nothing at start: the package manager vouches for the files.
        words = ["-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash"]
        strip = [f"-s{environment.parents[3]}", "-p/"]
        run_logged([str(PYTHON), *words, *strip, str(packages), str(environment.parent / "app")])


def _install(packages: Path) -> None:
    run_logged(
        [
            *[str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"],
            *["--only-binary", ":all:", "--no-compile", "--target", str(packages)],
            *["-r", str(LOCKS / "runtime.txt")],
        ],
        attempts=DOWNLOAD_ATTEMPTS,
        environment={"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )


def _copy_documents(folder: Path) -> None:
    for name in ("README.md", "CHANGELOG.md", "docs/operations.md", "docs/verify_journal.py"):
        _write(folder / Path(name).name, (ROOT / name).read_text(encoding="utf-8"))
    _write(folder / "copyright", _text("copyright"))


def version() -> str:
    """The product's version, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def scripts() -> Iterable[tuple[str, str]]:
    """Names and texts of what the package manager runs."""
    for name in ("postinst", "prerm", "postrm"):
        yield name, _text(name)


def _text(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _write(path: Path, text: str, *, executable: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755 if executable else 0o644)


def _megabytes(path: Path) -> str:
    return f"{size_of(path) / 1e6:.0f} MB"
