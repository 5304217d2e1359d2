"""The counter, its agent and the platform as programs that are forked."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

import psutil

from sync.central.service import serve
from sync.client import agent
from terminal.commands.line import main
from tests.helpers.central import Central
from tests.helpers.forked import Forked, put
from tests.helpers.soak_run import SoakRun


def soak(words: Sequence[str]) -> int:
    """``postal-terminal soak``, with an agent that is forked too."""
    if "--platform" in words:
        _agent_at_hand()
    return main(["soak", *words])


def platform(options: dict[str, Any]) -> None:
    """One worker of the platform."""
    serve(Path(options.pop("home")), **options)


@dataclass
class ForkedRun(SoakRun):
    """A home folder sold on by programs that are forked."""

    forks: Callable[[Sequence[str]], int] = soak

    def _launch(self, words: list[str], output: Path) -> subprocess.Popen[bytes]:
        for file in (output, output.with_suffix(".err")):
            file.write_bytes(b"")
        return cast("subprocess.Popen[bytes]", Forked(self.forks, words, output))


class ForkedCentral(Central):
    """The platform, forked whenever it is started."""

    def _launch(self, options: dict[str, Any]) -> subprocess.Popen[bytes]:
        return cast("subprocess.Popen[bytes]", Forked(platform, options))


def _agent_at_hand() -> None:
    """Fork the agent now, while nothing is open and no thread runs; the supervisor finds it."""
    waiting, start = [_ReadyAgent()], subprocess.Popen

    def popen(*words: Any, **options: Any) -> Any:
        return waiting.pop() if waiting else start(*words, **options)

    subprocess.Popen = popen  # type: ignore[assignment, misc]


class _ReadyAgent:
    """An agent that has imported everything and waits for its first line."""

    def __init__(self) -> None:
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(ours_in)
            os.close(ours_out)
            _work(theirs_in, theirs_out)
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin = os.fdopen(ours_in, "w", encoding="utf-8", buffering=1)
        self.stdout = os.fdopen(ours_out, encoding="utf-8")
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; whoever comes second learns nothing new."""
        try:
            self.returncode = psutil.Process(self.pid).wait(timeout)
        except psutil.NoSuchProcess:
            return self.returncode
        except psutil.TimeoutExpired as late:
            raise subprocess.TimeoutExpired("agent", timeout or 0.0) from late
        return self.returncode

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self.pid, 9)


def _work(source: int, sink: int) -> None:
    put(source, 0)
    put(sink, 1)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    code = agent.main()
    logging.shutdown()
    os._exit(code)
