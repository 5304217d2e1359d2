"""Real servers that tests start and throw away."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_ACCOUNT = "postgres"
_START_DEADLINE_S = 30.0
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of its own on a loopback port, gone after the session.

    Yields:
        SQLAlchemy URL of its ``postgres`` database.
    """
    with running_postgres(_postgres_programs()) as url:
        yield url


@contextmanager
def running_postgres(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server from start to stop.

    Args:
        programs: folder of ``initdb`` and ``postgres``.
        durable: flush what is committed, as a platform at work does.

    Yields:
        SQLAlchemy URL of its ``postgres`` database.
    """
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="postal-pg-"))
    if account:
        shutil.chown(folder, account, account)
    try:
        server, port = _start(programs, account, folder, durable=durable)
        try:
            yield f"postgresql+psycopg://{_ACCOUNT}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # a fast stop: waits for no client
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database for one test.

    Yields:
        SQLAlchemy URL, ``postgresql+psycopg://…``.
    """
    name = f"test_{next(_numbers)}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
    yield postgres_server.rpartition("/")[0] + "/" + name
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def postgres_programs() -> Path | None:
    """Folder of the newest PostgreSQL server programs here; None without any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    usable = [path for path in found if (path / "initdb").exists()]
    return usable[-1] if usable else None


def _postgres_programs() -> Path:
    found = postgres_programs()
    if found:
        return found
    reason = "no PostgreSQL server programs here; `python3 dev.py setup` as root installs them"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _unprivileged_account() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the account its package made."""
    if os.geteuid() != 0:
        return None
    pwd.getpwnam(_ACCOUNT)
    return _ACCOUNT


def _start(
    programs: Path, account: str | None, folder: Path, *, durable: bool
) -> tuple[subprocess.Popen[bytes], int]:
    data = folder / "data"
    options = ["--auth=trust", f"--username={_ACCOUNT}", "--encoding=UTF8", "--no-locale"]
    subprocess.run(
        [programs / "initdb", "-D", data, *options, "--no-sync"],
        user=account,
        group=account,
        extra_groups=[] if account else None,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    port = _free_port()
    settings = [f"port={port}", "listen_addresses=127.0.0.1"]
    settings.append(f"fsync={'on' if durable else 'off'}")
    settings.append(f"unix_socket_directories={folder}")
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *(f"--{setting}" for setting in settings)],
            user=account,
            group=account,
            extra_groups=[] if account else None,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    _await_answer(server, port, log)
    return server, port


def _await_answer(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + _START_DEADLINE_S
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=_ACCOUNT, dbname=_ACCOUNT).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                server.wait()
                pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _execute(url: str, statement: str) -> None:
    import psycopg

    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())
