"""A terminal's lanes over a road of choice, and what platform and terminal say of an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import requests

from sync.client.pace import Pace
from sync.client.session import Session
from sync.wire.deposits import CHUNK_BYTES
from terminal.store.deposit_receipts import DepositReceiptReader
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.central import Central
from tests.helpers.enrolled_terminal import EnrolledTerminal

PACE = Pace(idle_s=0.2, feeds_s=60.0, held_s=0.0, base_s=0.02, cap_s=0.1, read_s=2.0, rest_s=0.05)
BIG = bytes(range(256)) * (4 * CHUNK_BYTES // 256)
"""Five pieces, once it is sealed."""


@contextmanager
def deposit_session(
    terminal: EnrolledTerminal,
    url: str = "",
    *,
    money_first: Callable[[], bool] = lambda: False,
    pace: Pace = PACE,
) -> Iterator[Session]:
    with ExitStack() as stack:
        if url:
            stack.enter_context(terminal.through(url))
        session = Session(terminal.home, terminal.keys, pace=pace, money_first=money_first)
        stack.enter_context(closing(session))
        assert session.uploader.run(probe=True).code == ""
        yield session


def receipt_of(terminal: EnrolledTerminal, lane: str, item: str) -> dict[str, Any] | None:
    with closing(DepositReceiptReader(terminal.home / SYNC_FILE, terminal.keys.db_key)) as reader:
        return reader.receipt(lane, item)


def parked_of(terminal: EnrolledTerminal) -> list[tuple[str, str, str]]:
    with terminal.reader() as reader:
        return [(item.lane, item.code, item.item) for item in reader.parked()]


def opened_attachment(platform: Central, terminal: EnrolledTerminal, address: str) -> bytes:
    """What the operator reads."""
    path = f"/v1/admin/attachments/{terminal.terminal_id}/{address}/content"
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(
            platform.url + path, headers={"X-Admin": platform.admin_token}, timeout=10
        )
    assert answer.status_code == 200, answer.text
    return answer.content


def held_bytes(platform: Central, address: str) -> int:
    rows = platform.admin("GET", "/v1/admin/attachments")["attachments"]
    return sum(row["held"] for row in rows if row["address"] == address)
