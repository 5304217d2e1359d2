"""What holds for every test: no screen, no network, a home of its own, nothing left running."""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.helpers.environment"]

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


class RealNetworkError(Exception):
    """A test reached for an address outside this machine."""


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

_refused: list[str] = []


def _is_loopback(host: object) -> bool:
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # 0.0.0.0 and :: stand for this machine when connected or bound to.
    return address.is_loopback or address.is_unspecified


def _guard_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if event == "socket.getaddrinfo" and str(host).endswith(".invalid"):
        # The one name that must never resolve (RFC 6761): answered here, nobody is asked.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if not _is_loopback(host):
        _refused.append(f"{event} {host!r}")
        raise RealNetworkError(f"{event} {host!r}: tests reach nothing but this machine")


def pytest_configure(config: pytest.Config) -> None:
    """Guards the network and, when asked, measures coverage where the tests run."""
    sys.addaudithook(_guard_network)
    runs_tests_here = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
    if "POSTAL_COVERAGE" in os.environ and runs_tests_here:
        _measure_coverage(config)


def _measure_coverage(config: pytest.Config) -> None:
    # Here and not by coverage's own subprocess start-up: that would slow down every program the
    # tests start, and some of those are timed or killed.
    from coverage import Coverage

    settings_file = config.rootpath / "pyproject.toml"
    listed = tomllib.loads(settings_file.read_text("utf-8"))["tool"]["postal"]["coverage"]["files"]
    # Only what the gate asks about: every line that is watched costs time.
    watched = [name if name.endswith(".py") else f"{name}/*" for name in listed]
    coverage = Coverage(config_file=str(settings_file), data_suffix=True, include=watched)
    coverage.start()

    def save() -> None:
        coverage.stop()
        coverage.save()

    config.add_cleanup(save)


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
    _refused.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fails a test that leaves a thread running or reached for the network and hid it."""
    result = yield
    deadline = time.monotonic() + _THREAD_DEADLINE_S
    before = item.stash[_BEFORE]
    for thread in _alive() - before - _shared_threads:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            pytest.fail(f"the test left a thread running: {thread.name}", pytrace=False)
    if _refused:
        pytest.fail(f"the test reached for the network: {', '.join(_refused)}", pytrace=False)
    return result
