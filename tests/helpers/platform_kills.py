"""Kills the platform again and again at random moments, beside whatever else is going on."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from tests.helpers.central import Central

_LIVES_S = (1.0, 4.0)
_LIES_S = (0.0, 0.4)


@dataclass
class PlatformKills:
    """How often it was killed so far."""

    count: int = 0


@contextmanager
def platform_killed_again_and_again(
    platform: Central, chances: random.Random
) -> Iterator[PlatformKills]:
    """SIGKILL, a pause, and up again on the same data and port; running at the end.

    Args:
        platform: running; nobody else may start or stop it meanwhile.
        chances: dice of its own.
    """
    kills, ended = PlatformKills(), threading.Event()
    port = int(platform.url.rpartition(":")[2])

    def work() -> None:
        while not ended.wait(chances.uniform(*_LIVES_S)):
            platform.kill()
            kills.count += 1
            ended.wait(chances.uniform(*_LIES_S))
            platform.start(port)

    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(work)
        try:
            yield kills
        finally:
            ended.set()
            working.result()
