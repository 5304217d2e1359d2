#!/usr/bin/env python3
"""One command runs the product, one command runs the tests; each sets up what it needs first.

Uses the standard library only, so a bare Python 3.11 can start it. `python3 dev.py COMMAND --help`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

OLDEST_PYTHON = (3, 11)

# Said before anything newer than that is imported, so that an old Python reads this sentence and
# not a syntax error.
if sys.version_info < OLDEST_PYTHON:  # pragma: no cover
    sys.exit("Postal Terminal needs Python 3.11 or newer; this is " + sys.version.split()[0])

from installer.setup import (  # noqa: E402
    checks,
    environment,
    locking,
    mutation,
    steps,
    system_packages,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        words: The command line without the program's name; this process's own when None.

    Returns:
        The exit code: 0 success, 1 failed checks or set-up, else that of the started program.
    """
    parser = _parser()
    chosen, extra = parser.parse_known_args(words)
    if extra and chosen.command in {"setup", "lock", "package", "package-test"}:
        parser.error(f"{chosen.command} does not know {' '.join(extra)}")
    try:
        return _COMMANDS[chosen.command](chosen, extra)
    except steps.SetupError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, help_line: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help_line, description=help_line, allow_abbrev=False)

    run = add("run", "Set up and play the guided business day; more words go to the demo.")
    run.add_argument("--headless", action="store_true", help="no window, only pictures and slips")
    run.add_argument("--out", metavar="DIR", help="where screens, slips and the summary go")
    add("test", "Set up and run every check; with pytest words, run only pytest with them.")
    add("bench", "Set up and measure against the bare limits; more words go to tests.bench.")
    add("soak", "Set up and run the tests marked soak; more words go to pytest.")
    add("mutate", "Set up and change what counts money, one thing at a time; tests must notice.")
    package = add("package", "Set up and make the Debian package of a terminal.")
    package.add_argument("--out", metavar="DIR", default="dist", help="where it goes")
    add("package-test", "Set up, make the package, and use it on a bare Debian (as root).")
    lock = add("lock", "Pin all packages with hashes into installer/requirements/*.txt.")
    lock.add_argument("--upgrade", action="store_true", help="take the newest allowed versions")
    setup = add("setup", "Set up everything tests need, and stop.")
    setup.add_argument("--runtime", action="store_true", help="only what running needs")
    return parser


def _run(chosen: argparse.Namespace, extra: Sequence[str]) -> int:
    _set_up((*system_packages.QT, *system_packages.CAMERA), environment.RUNTIME)
    words = ["postal-terminal", "demo", *extra]
    headless = chosen.headless or not _has_display()
    out = chosen.out
    if headless:
        words.append("--headless")
        out = out or str(steps.SCRATCH / time.strftime("demo-%Y%m%d-%H%M%S"))
    if out:
        folder = Path(out).resolve()
        words += ["--out", str(folder)]
        why = "" if chosen.headless else "no display: "
        where = f"pictures in {folder / 'screens'}, slips in {folder / 'slips'}"
        print(f"{why if headless else ''}{where}", flush=True)
    os.execv(environment.LAUNCHER, words)  # noqa: S606


def _test(_chosen: argparse.Namespace, extra: Sequence[str]) -> int:
    _set_up(system_packages.TEST, environment.DEVELOPMENT)
    return checks.run_pytest(extra) if extra else checks.run_all()


def _bench(_chosen: argparse.Namespace, extra: Sequence[str]) -> int:
    _set_up(system_packages.BENCH, environment.DEVELOPMENT)
    os.chdir(steps.ROOT)
    words = [str(environment.PYTHON), "-m", "tests.bench", *extra]
    os.execv(environment.PYTHON, words)  # noqa: S606


def _soak(_chosen: argparse.Namespace, extra: Sequence[str]) -> int:
    _set_up(system_packages.TEST, environment.DEVELOPMENT)
    return checks.run_pytest(["-m", "soak", "--timeout", "0", *extra])


def _mutate(_chosen: argparse.Namespace, extra: Sequence[str]) -> int:
    _set_up(system_packages.TEST, environment.DEVELOPMENT)
    return mutation.run_mutation(extra)


def _package(chosen: argparse.Namespace, _extra: Sequence[str]) -> int:
    from installer.build import build

    _set_up(("binutils",), environment.RUNTIME)
    print(build(Path(chosen.out).resolve()))
    return 0


def _package_test(_chosen: argparse.Namespace, _extra: Sequence[str]) -> int:
    from installer.package.trial import PACKAGES, try_package

    _set_up((*system_packages.QT, *PACKAGES), environment.RUNTIME)
    try_package()
    return 0


def _lock(chosen: argparse.Namespace, _extra: Sequence[str]) -> int:
    _set_up((), environment.RUNTIME)
    locking.lock_requirements(upgrade=chosen.upgrade)
    return 0


def _setup(chosen: argparse.Namespace, _extra: Sequence[str]) -> int:
    if chosen.runtime:
        _set_up((*system_packages.QT, *system_packages.CAMERA), environment.RUNTIME)
    else:
        _set_up(system_packages.TEST, environment.DEVELOPMENT)
    return 0


_COMMANDS = {
    "run": _run,
    "test": _test,
    "bench": _bench,
    "soak": _soak,
    "mutate": _mutate,
    "package": _package,
    "package-test": _package_test,
    "lock": _lock,
    "setup": _setup,
}


def _set_up(packages: Sequence[str], locks: Sequence[str]) -> None:
    missing = system_packages.ensure_packages(packages)
    environment.ensure_environment(locks)
    if missing:
        print(system_packages.install_advice(missing), flush=True)
        environment.check_qt_loads(missing)


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
