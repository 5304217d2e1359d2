"""Runs one worker of the platform on a port and says on standard output when it listens."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import uvicorn

from sync.central.app import create_app
from sync.central.demo import ENROLMENT_CODE
from sync.central.faults import CuttableProtocol
from sync.central.platform import Settings
from sync.central.stamp import Stamped

_BACKLOG = 2048
"""Terminals that may knock in the same moment: a morning begins for all of them at once."""


def serve(
    home: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    db_url: str = "",
    demo: bool = False,
    *,
    goods: Path | None = None,
    forgets: bool = False,
) -> None:
    """Serve until the process is told to stop.

    Prints one line ``{"event": "listening", "url", "admin_token"}`` (with ``enrolment_code`` in the
    demonstration) as soon as connections are accepted.

    Args:
        home: folder of the platform's key, token, snapshots and, without ``db_url``, database.
        host: address to listen on.
        port: 0 for any free one.
        db_url: SQLAlchemy URL; empty for SQLite.
        demo: seed the demonstration outlet.
        goods: a file of more goods for it, see ``goods_file``.
        forgets: see ``create_app``.

    Raises:
        OSError: the port is taken.
        EnvironmentFault: ``platform.bad_goods``, ``platform.seeded_without_goods``.
    """
    app = create_app(Settings(home, db_url, demo, goods), forgets=forgets)
    listener = socket.create_server((host, port), backlog=_BACKLOG)
    # Headers and body leave as two pieces; the second must not wait 40 ms for the first one's echo.
    # Every accepted connection inherits this.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"http://{host}:{listener.getsockname()[1]}"
    line = {"event": "listening", "url": url, "admin_token": app.platform.admin_token}
    if demo:
        line["enrolment_code"] = ENROLMENT_CODE
    print(json.dumps(line), flush=True)
    try:
        # The socket already accepts: who connects now waits only for the loop to start.
        _server(app).run(sockets=[listener])
    finally:
        app.platform.database.close()


def _server(app: Stamped) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
    )
    return uvicorn.Server(config)
