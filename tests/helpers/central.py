"""The real platform in a process of its own, on a loopback port, with a folder of its own."""

from __future__ import annotations

import json
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import requests

_START_DEADLINE_S = 30.0
_PROGRAM = (
    "import sys, json, pathlib; from sync.central.service import serve; "
    "o = json.loads(sys.argv[1]); serve(pathlib.Path(o.pop('home')), **o)"
)


class Central:
    """One running platform.

    Args:
        home: its folder.
        db_url: SQLAlchemy URL; empty for SQLite in ``home``.
        demo: seed the demonstration outlet.
        forgets: charge again for repeated keys (negative control).
        behind: words before its command that give it a lower priority.
    """

    def __init__(
        self,
        home: Path,
        *,
        db_url: str = "",
        demo: bool = False,
        forgets: bool = False,
        behind: Sequence[str] = (),
    ) -> None:
        self.home = home
        self.url = ""
        self.admin_token = ""
        self._options = {"home": str(home), "db_url": db_url, "demo": demo, "forgets": forgets}
        self._behind = behind
        self._process: subprocess.Popen[bytes] | None = None
        self._books_before: dict[str, dict[str, int]] = {}
        self._session = requests.Session()
        self._session.trust_env = False

    def start(self, port: int = 0) -> None:
        """Start it and wait until it listens."""
        self._process = self._launch({**self._options, "port": port})
        assert self._process.stdout is not None
        line = json.loads(_first_line(self._process.stdout))
        self.url, self.admin_token = line["url"], line["admin_token"]

    def _launch(self, options: dict[str, Any]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._behind, sys.executable, "-c", _PROGRAM, json.dumps(options)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def restart(self) -> None:
        """Kill it and start it again on the same port with the same data."""
        port = int(self.url.rpartition(":")[2])
        self.kill()
        self.start(port)

    def admin(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Call an operator's route and expect success."""
        answer = self._session.request(
            method,
            self.url + path,
            json=body,
            headers={"X-Admin": self.admin_token},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        parsed: dict[str, Any] = answer.json()
        return parsed

    def faults(self, **dial: object) -> None:
        """Set the fault dial; no argument makes the platform sound again."""
        self.admin("PUT", "/v1/faults", dial)

    def code(self, *, outlet: str = "61020303", terminal_no: int = 2, ttl_s: int = 900) -> str:
        """A fresh one-time enrolment code."""
        body = {"outlet": outlet, "terminal_no": terminal_no, "ttl_s": ttl_s}
        return str(self.admin("POST", "/v1/admin/enrolment-codes", body)["code"])

    def expired_code(self, *, terminal_no: int = 2) -> str:
        """A code whose time is over."""
        code = self.code(terminal_no=terminal_no, ttl_s=1)
        over = time.monotonic() + 1.1
        while time.monotonic() < over:
            time.sleep(0.05)
        return code

    def execute(self, statement: str) -> None:
        """Change its SQLite file behind its back."""
        book = sqlite3.connect(self.home / "platform.db")
        book.execute(statement)
        book.commit()
        book.close()

    def begin_books(self) -> None:
        """Let ``books`` count from now."""
        self._books_before = self.admin("GET", "/v1/admin/ledger")

    def books(self) -> dict[str, dict[str, int]]:
        """What journals and gateway booked since ``begin_books``; accounts that moved only."""
        now = self.admin("GET", "/v1/admin/ledger")
        moved = {
            part: {
                name: fen - self._books_before.get(part, {}).get(name, 0)
                for name, fen in sums.items()
            }
            for part, sums in now.items()
        }
        moved["accounts"] = {name: fen for name, fen in moved["accounts"].items() if fen}
        return moved

    def close(self) -> None:
        """Kill it and close our connections."""
        self.kill()
        self._session.close()


def _first_line(stream: IO[bytes]) -> bytes:
    deadline = time.monotonic() + _START_DEADLINE_S
    ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
    assert ready, "the platform did not start in time"
    return stream.readline()


@contextmanager
def running_central(
    home: Path, *, db_url: str = "", demo: bool = False, forgets: bool = False
) -> Iterator[Central]:
    """The platform from start to kill."""
    central = Central(home, db_url=db_url, demo=demo, forgets=forgets)
    try:
        central.start()
        yield central
    finally:
        central.close()
