"""What holds for every test: no screen, no network, a home of its own, nothing left running."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.helpers.environment",
    "tests.helpers.longest_first",
    "tests.helpers.loopback",
    "tests.helpers.measured",
]

# How long an example takes says how busy the machine is, not whether the product is right.
settings.register_profile(
    "busy-machine",
    settings(),
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("busy-machine")

_THREAD_DEADLINE_S = 2.0


def _own_home() -> None:
    """Settings, caches and locks of the developer's account stay out of the tests, and unharmed."""
    home = Path(tempfile.mkdtemp(prefix="postal-test-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ.pop(name, None)
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    os.environ.update({"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)})


# At import, before anything can load Qt: it reads these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_own_home()
# Hundreds of programs are started here; an account that keeps no compiled modules would have each
# of them compile the product anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


_BEFORE = pytest.StashKey[set[threading.Thread]]()
_shared_threads: set[threading.Thread] = set()


def _alive() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.daemon}


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object],
) -> Generator[None, object, object]:
    """Threads of a fixture that outlives the test are that fixture's own affair."""
    before = _alive()
    result = yield
    if fixturedef.scope != "function":
        _shared_threads.update(_alive() - before)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Remembers what ran before the test."""
    item.stash[_BEFORE] = _alive()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fails a test that leaves a thread running."""
    result = yield
    deadline = time.monotonic() + _THREAD_DEADLINE_S
    before = item.stash[_BEFORE]
    for thread in _alive() - before - _shared_threads:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            pytest.fail(f"the test left a thread running: {thread.name}", pytrace=False)
    return result
