"""What an option may say, and where a window can be opened."""

from __future__ import annotations

import socket
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.commands import display
from terminal.commands.display import has_display
from terminal.commands.options import (
    PORT,
    database_url,
    platform_url,
    public_key,
    whole,
    window_size,
)

NONSENSE = ("", "x", "-1", "1.5", "NaN", "inf", "9" * 40, "0x10", "1e3")


@pytest.mark.parametrize("read", [whole(0, 9), PORT])
@pytest.mark.parametrize("text", NONSENSE)
def test_numbers_that_make_no_sense_are_refused(read: Callable[[str], int], text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        read(text)


def test_numbers_have_bounds_that_are_told() -> None:
    assert [whole(1, 9)(text) for text in ("1", "9")] == [1, 9]
    for text in ("0", "10"):
        with pytest.raises(ArgumentTypeError, match="between 1 and 9"):
            whole(1, 9)(text)


@pytest.mark.parametrize(
    "text",
    [
        *NONSENSE,
        "notaurl",
        "platform.example",
        "ftp://platform.example",
        "http://",
        "http://:8020",
        "http://host:port",
        "http://host:70000",
        "http://host:0",
        "http://[::1",
        "http://a b",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_of_a_platform_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="http://NAME:PORT"):
        platform_url(text)


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:8020", "https://p.example", "http://[::1]:8020/sub", "HTTP://p"]
)
def test_addresses_of_platforms_are_taken_as_they_are(text: str) -> None:
    assert platform_url(text) == text


def test_databases_are_sqlite_or_postgresql() -> None:
    for sound in ("", "sqlite:///books.db", "postgresql+psycopg://u@h/n", "postgresql://u@h/n"):
        assert database_url(sound) == sound
    for wrong in ("books.db", "mysql://h/n", "postgresql", "://"):
        with pytest.raises(ArgumentTypeError):
            database_url(wrong)


def test_public_keys_have_their_length() -> None:
    assert public_key("ab" * 32) == bytes([0xAB]) * 32
    for wrong in ("", "ab" * 31, "ab" * 33, "xy" * 32):
        with pytest.raises(ArgumentTypeError):
            public_key(wrong)


def test_windows_have_a_size_one_can_see() -> None:
    assert window_size("1366x768") == (1366, 768)
    assert window_size("1920X1080") == (1920, 1080)
    for wrong in ("", "1366", "1366x", "x768", "0x0", "-1366x768", "1366x768x2", "1e3x1e3", "9x9"):
        with pytest.raises(ArgumentTypeError):
            window_size(wrong)


@pytest.mark.parametrize("plugin", ["offscreen", "eglfs", "vnc:size=800x600", "offscreen;xcb"])
def test_a_qt_that_needs_no_server_has_its_display(plugin: str) -> None:
    assert has_display({"QT_QPA_PLATFORM": plugin}, "linux")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DISPLAY": ""},
        {"DISPLAY": "nonsense"},
        {"DISPLAY": ":4711"},
        {"DISPLAY": "unix:4711.0"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "wayland", "WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/none"},
        {"WAYLAND_DISPLAY": ""},
    ],
)
def test_where_no_server_is_there_is_no_display(environ: dict[str, str]) -> None:
    assert not has_display(environ, "linux")
    assert has_display(environ, "win32")


def test_a_server_is_found_by_its_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_X_SOCKETS", tmp_path)
    assert not has_display({"DISPLAY": ":3"}, "linux")
    (tmp_path / "X3").touch()
    assert has_display({"DISPLAY": ":3.0"}, "linux")
    assert has_display({"DISPLAY": "elsewhere:0"}, "linux")
    (tmp_path / "wayland-0").touch()
    there = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert has_display(there, "linux")
    assert has_display({"WAYLAND_DISPLAY": str(tmp_path / "wayland-0")}, "linux")


def test_a_server_without_a_file_is_found_among_the_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "_X_SOCKETS", tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{tmp_path / 'X5'}")
        server.listen()
        assert has_display({"DISPLAY": ":5"}, "linux")
        assert not has_display({"DISPLAY": ":50"}, "linux")
    monkeypatch.setattr(display, "_UNIX_SOCKETS", tmp_path / "missing")
    assert not has_display({"DISPLAY": ":5"}, "linux")
