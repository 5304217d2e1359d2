"""Tests reach nothing but this machine: whoever tries is told, and found when he hides it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Generator
from typing import Any

import pytest

_refused: list[str] = []


class RealNetworkError(Exception):
    """A test reached for an address outside this machine."""


def pytest_configure() -> None:
    """Puts the guard before every way to another machine."""
    # Not an audit hook: one written in Python is asked at everything a program does, which costs
    # time everywhere, and lets another thread in while a trace function is being installed.
    for name in ("connect", "connect_ex", "sendto", "sendmsg"):
        setattr(socket.socket, name, _guarded(name, getattr(socket.socket, name)))
    socket.getaddrinfo = _guarded_names(socket.getaddrinfo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Begins every test with nothing held against it."""
    _refused.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Fails a test that reached for the network and hid it."""
    result = yield
    if _refused:
        pytest.fail(f"the test reached for the network: {', '.join(_refused)}", pytrace=False)
    return result


def _guarded(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(own: socket.socket, *arguments: Any) -> Any:
        # The address is the last word of each of them, and may be left out of a message.
        address = arguments[-1] if arguments else None
        if own.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            _judge(name, address[0])
        return method(own, *arguments)

    return call


def _guarded_names(method: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if str(host).endswith(".invalid"):
            # The one name that must never resolve (RFC 6761): answered here, nobody is asked.
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        _judge("getaddrinfo", host)
        return method(host, *arguments, **options)

    return getaddrinfo


def _judge(name: str, host: object) -> None:
    if not _is_loopback(host):
        _refused.append(f"{name} {host!r}")
        raise RealNetworkError(f"{name} {host!r}: tests reach nothing but this machine")


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
