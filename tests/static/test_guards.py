"""The guards around every test catch what they are there for."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.static.sources import ROOT

_LEAKING = """
import socket, threading
done = threading.Event()

def test_leaves_a_thread_behind():
    threading.Thread(target=done.wait, args=(20,), name="left-behind").start()
    assert True

def test_hides_that_it_used_the_network():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    except Exception:
        pass
    assert True

def test_behaves():
    done.set()
    assert True
"""


def test_home_and_screen_are_not_the_developers() -> None:
    assert Path.home().name.startswith("postal-test-home-")
    assert os.environ["QT_QPA_PLATFORM"]


def test_loopback_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_name_that_never_resolves_fails_as_it_would_in_the_field() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("platform.invalid", 443), timeout=5)


def test_leaked_thread_and_hidden_network_use_fail_their_tests(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "helpers").mkdir(parents=True)
    for name in ("__init__.py", "helpers/__init__.py"):
        (folder / name).touch()
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    for name in ("environment.py", "longest_first.py", "loopback.py", "measured.py"):
        shutil.copy(ROOT / "tests" / "helpers" / name, folder / "helpers")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (folder / "test_leaking.py").write_text(_LEAKING, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "POSTAL_COVERAGE"}
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "left a thread running: left-behind" in answer.stdout
    assert "reached for the network" in answer.stdout
    assert "3 passed, 2 errors" in answer.stdout


def test_postgres_database_answers_and_is_empty(postgres_url: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert row.fetchone() == (0,)
