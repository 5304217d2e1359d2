"""Processes that a measurement starts: ended with everything they started themselves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_ELSEWHERE = 'echo 19 2>/dev/null >/proc/self/autogroup; exec chrt --idle 0 "$@"'
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
EMPTY_PAGE = "data:text/html,"
# Compiled modules are kept, as they are on every installed machine.
_UNWANTED = frozenset({"WAYLAND_DISPLAY", "PYTHONDONTWRITEBYTECODE"})
_CHROMIUM_WORDS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-breakpad",
)


def launcher() -> list[str]:
    """The words that start our command as it is installed."""
    installed = Path(sys.executable).with_name("postal-terminal")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "terminal"]


def chromium(profile: Path, page: str = EMPTY_PAGE) -> list[str]:
    """The words that start Chromium with a page in a window of its own."""
    size = "--window-size=1366,768"
    folder = f"--user-data-dir={profile}"
    return [str(CHROMIUM), *_CHROMIUM_WORDS, size, folder, f"--app={page}"]


def chromium_missing() -> str:
    """Why Chromium cannot be measured; "" when it can."""
    return "" if CHROMIUM.exists() else "Chromium is not installed (dev.py bench installs it)"


@contextmanager
def running(
    words: Sequence[str],
    display: str = "",
    *,
    environment: Mapping[str, str] | None = None,
    elsewhere: bool = False,
    output: int | None = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, killed with all its children at the end.

    Args:
        words: the command.
        display: the X display it shows itself on.
        environment: added variables.
        elsewhere: whether it would be another machine, and takes no processor from this one.
        output: where its standard output goes.
    """
    variables = {k: v for k, v in os.environ.items() if k not in _UNWANTED}
    if display:
        variables |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [*behind(), *words] if elsewhere else list(words)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def behind() -> list[str]:
    """The words before the command of what would be another machine.

    It runs when nobody here wants the processor: in the idle class, and last among all sessions
    where the kernel shares processors by session.
    """
    return ["sh", "-c", _ELSEWHERE, "behind"]


def busy_s(word: str) -> float:
    """Processor time so far of what this run has started, seconds.

    Args:
        word: what the command line must have in it.
    """
    return _busy_s(os.getpid(), word)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process of ours and whatever came from it."""
    family = _family(process.pid)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait(10)
    psutil.wait_procs(family, timeout=5)


def memory_mib(process: subprocess.Popen[bytes]) -> float:
    """Proportional set size of a process and all its children, MiB."""
    total = 0
    for member in _family(process.pid):
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            total += member.memory_full_info().pss
    return total / (1 << 20)


def wait_quiet(process: subprocess.Popen[bytes], deadline_s: float = 20.0) -> None:
    """Wait until a family of processes has stopped working hard after its start."""
    deadline = time.monotonic() + deadline_s
    while time.monotonic() < deadline:
        before = _busy_s(process.pid)
        time.sleep(0.5)
        if _busy_s(process.pid) - before < 0.03:
            return


def scratch(name: str) -> Path:
    """A folder under the project's scratch space that survives between runs."""
    folder = ROOT / ".run" / "bench" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fresh(name: str) -> Path:
    """An empty folder under the scratch space."""
    folder = ROOT / ".run" / "bench" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _busy_s(pid: int, word: str = "") -> float:
    total = 0.0
    for member in _family(pid):
        with suppress(psutil.NoSuchProcess):
            if word and word not in " ".join(member.cmdline()):
                continue
            times = member.cpu_times()
            total += times.user + times.system
    return total
