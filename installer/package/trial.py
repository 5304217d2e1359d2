"""The package on a bare machine: installed, used, refused while it must stay, and removed.

``python3 dev.py package-test``. Needs root; takes a few minutes.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from installer.build import build
from installer.package import tree
from installer.package.clean_root import CleanRoot, clean_root
from installer.setup.environment import LAUNCHER
from installer.setup.steps import DOWNLOAD_ATTEMPTS, SetupError, run_logged, step

PACKAGES: Final = ("debootstrap", "xvfb", "xdotool", "binutils")
"""What this machine needs for it."""

QT: Final = f"{tree.HOME}/env/lib/python3.11/site-packages/PySide6/Qt"
HOME: Final = "/var/lib/postal-terminal/home"
_PATIENCE_S: Final = 60.0


def try_package() -> None:
    """Build the package, then live through its life on a bare machine.

    Raises:
        SetupError: the first thing that is not as it must be.
    """
    with tempfile.TemporaryDirectory(prefix="postal-trial-") as folder:
        work = Path(folder)
        made = build(work)
        with clean_root(work / "root") as machine:
            _install(machine, made)
            with _platform(work / "platform") as (url, stop):
                _enrol(machine, url)
                with _counter(machine) as hands:
                    # Nobody but this machine has what is sold now.
                    stop()
                    _sell(machine, hands)
                _removal_is_refused(machine)
            with _platform(work / "platform", url) as _:
                _upload(machine)
            _remove(machine)


def _install(machine: CleanRoot, package: Path) -> None:
    shutil.copy(package, machine.place / "package.deb")
    with step("what it depends on"):
        depends = _field(package, "Depends")
        machine.run(["apt-get", "update", "-qq"])
        words = ["apt-get", "-qq", "-y", "--no-install-recommends", "satisfy", depends]
        run_logged(machine.command(words), attempts=DOWNLOAD_ATTEMPTS)
    with step("installed without a network"):
        run_logged(["unshare", "-n", *machine.command(["dpkg", "-i", "/package.deb"])])
    with step("every file as it was built"):
        answer = machine.ask(["dpkg", "--verify", "postal-terminal"])
        _insist(not answer.stdout.strip(), f"dpkg --verify: {answer.stdout}")
    with step("every library finds what it needs"):
        look = f"ldd /{QT}/lib/*.so.6 /{QT}/plugins/platforms/*.so | grep 'not found'"
        missing = machine.ask(["sh", "-c", look]).stdout
        _insist(not missing, missing)
    with step("doctor before enrolment"):
        answer = machine.ask(["postal-terminal", "doctor", "--home", HOME, "--json"], user="postal")
        _insist(answer.returncode == 0, f"doctor: {answer.stdout}{answer.stderr}")


def _enrol(machine: CleanRoot, url: str) -> None:
    with step("enrolled"):
        words = ["--home", HOME, "--platform", url, "--code", "DEMO-2026"]
        machine.run(["postal-terminal", "enrol", *words], user="postal")


class _Hands:
    """Types on the virtual screen."""

    def __init__(self, display: str) -> None:
        self._display = display

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as a person would."""
        for key in keys:
            self._xdotool("key", "--delay", "40", key)

    def type(self, text: str) -> None:
        """Type text, too slow for a scanner."""
        self._xdotool("type", "--delay", "120", text)

    def take(self, deed: str) -> None:
        """Do something with the one window there is."""
        self._xdotool("search", "--onlyvisible", "--name", ".", deed)

    def _xdotool(self, *words: str) -> None:
        run_logged(["env", f"DISPLAY={self._display}", "xdotool", *words])


@contextmanager
def _counter(machine: CleanRoot) -> Iterator[_Hands]:
    """The counter on a virtual screen."""
    number = f":{_free_display()}"
    screen = subprocess.Popen(
        ["Xvfb", number, "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    counter = subprocess.Popen(
        machine.command(
            ["postal-terminal", "run", "--home", HOME],
            user="postal",
            environment={
                "DISPLAY": number,
                "QT_QPA_PLATFORM": "xcb",
                "QT_QUICK_BACKEND": "software",
            },
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with step("counter on a screen"):
            _until(lambda: _windows(number), "no window appeared")
            # Without a window manager nobody gives the keyboard to a window.
            _Hands(number).take("windowfocus")
        yield _Hands(number)
    finally:
        counter.terminate()
        counter.wait(timeout=_PATIENCE_S)
        screen.terminate()
        screen.wait(timeout=_PATIENCE_S)


def _sell(machine: CleanRoot, hands: _Hands) -> None:
    with step("outlet and clerk signed on by keys"):
        time.sleep(3)  # the screen takes keys only once its books are open
        _sign_on(hands, "0301", "112233")
        _until(lambda: "outlet.signed_on" in _kinds(machine), "the outlet is not open")
        time.sleep(1)
        _sign_on(hands, "0312", "246810")
        _until(lambda: "clerk.signed_on" in _kinds(machine), "the clerk is not signed on")
    with step("one item sold by keys, without the platform"):
        time.sleep(1)
        hands.type("nfsq")
        hands.press("Return")
        time.sleep(1)
        hands.press("F12")
        hands.type("100")
        hands.press("Return")
        _until(lambda: "sale.completed" in _kinds(machine), "nothing was sold")


def _sign_on(hands: _Hands, number: str, pin: str) -> None:
    hands.type(number)
    hands.press("Tab")
    hands.type(pin)
    hands.press("Return")


def _removal_is_refused(machine: CleanRoot) -> None:
    with step("removal refused while the sale is nowhere else"):
        answer = machine.ask(["dpkg", "--remove", "postal-terminal"])
        said = answer.stdout + answer.stderr
        _insist(answer.returncode != 0, "it was removed")
        _insist("Nothing was changed" in said, f"no plain words: {said}")
        _insist(_installed(machine), "it is half removed")


def _upload(machine: CleanRoot) -> None:
    with step("uploaded by the closed counter's unit"):
        unit = (machine.place / "lib/systemd/system/postal-terminal-sync.service").read_text()
        (command,) = [row for row in unit.splitlines() if row.startswith("ExecStart=")]
        machine.run(command.removeprefix("ExecStart=").split(), user="postal")


def _remove(machine: CleanRoot) -> None:
    with step("removed, the books stay"):
        machine.run(["dpkg", "--purge", "postal-terminal"])
        _insist(not _installed(machine), "it is still there")
        _insist((machine.place / HOME.lstrip("/") / "journal.db").exists(), "the books are gone")
        left = machine.place / "usr/lib/postal-terminal"
        _insist(
            not left.exists(), f"left behind: {list(left.rglob('*'))[:5] if left.exists() else ''}"
        )


@contextmanager
def _platform(home: Path, url: str = "") -> Iterator[tuple[str, Callable[[], None]]]:
    """The reference platform beside the machine; yields its address and what stops it."""
    port = int(url.rpartition(":")[2]) if url else _free_port()
    running = subprocess.Popen(
        [LAUNCHER, "platform", "--home", str(home), "--port", str(port), "--demo"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def stop() -> None:
        running.terminate()
        running.wait(timeout=_PATIENCE_S)

    try:
        address = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(address), "the platform does not answer")
        yield address, stop
    finally:
        stop()


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/v1/health", timeout=2):  # noqa: S310 - our own address
            return True
    except (URLError, OSError):
        return False


def _kinds(machine: CleanRoot) -> set[str]:
    """The kinds of entries in the journal of the counter at work."""
    words = ["postal-terminal", "journal", "export", "--jsonl", "--home", HOME]
    rows = machine.ask(words, user="postal").stdout.splitlines()
    return {str(json.loads(row)["kind"]) for row in rows}


def _installed(machine: CleanRoot) -> bool:
    answer = machine.ask(["dpkg-query", "-W", "-f", "${db:Status-Status}", "postal-terminal"])
    return answer.stdout == "installed"


def _field(package: Path, name: str) -> str:
    words = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def _windows(display: str) -> bool:
    words = ["env", f"DISPLAY={display}", "xdotool", "search", "--onlyvisible", "--name", "."]
    return bool(subprocess.run(words, capture_output=True, check=False).stdout.strip())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free_display() -> int:
    return next(n for n in range(90, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())  # noqa: S108


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise SetupError(otherwise)
        time.sleep(0.25)


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SetupError(otherwise)
