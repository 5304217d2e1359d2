"""Two workers on one database behind any proxy are one platform."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sync.wire.refusal import Refusal
from terminal.domain.identifiers import new_uuid7
from tests.helpers.bare_terminal import Terminal, error, fresh, renew, tasks, token
from tests.helpers.central import Central, running_central
from tests.helpers.light_terminal import Refused, address, enlist


@pytest.fixture(scope="module")
def pair(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Central, Central]]:
    home = tmp_path_factory.mktemp("shared")
    with (
        running_central(home, db_url=postgres_server) as first,
        running_central(home, db_url=postgres_server) as second,
    ):
        first.faults()
        first.begin_books()
        yield first, second


@pytest.fixture
def terminal(pair: tuple[Central, Central]) -> Iterator[Terminal]:
    made = Terminal(pair[0], pair[0].code())
    yield made
    made.session.close()


def postings(fen: int) -> dict[str, object]:
    lines = [{"account": "cash:W02", "fen": fen}, {"account": "sales:W02", "fen": -fen}]
    return {"postings": lines}


def test_one_journal_sent_through_both_at_once_is_stored_and_booked_once(
    pair: tuple[Central, Central], terminal: Terminal
) -> None:
    entries = [terminal.add(postings(7)) for _ in range(90)]
    heads: list[int] = []

    def send(worker: Central) -> None:
        speaker = object.__new__(Terminal)
        speaker.__dict__.update(terminal.__dict__, central=worker)
        for size in (20, 55, 90):
            heads.append(speaker.ack(speaker.upload(entries[:size])).seq)

    before = pair[1].admin("GET", "/v1/admin/ledger")["accounts"].get("cash:W02", 0)
    senders = [threading.Thread(target=send, args=(worker,)) for worker in (*pair, *pair)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert (max(heads), len(heads)) == (90, 12)
    held = terminal.call("GET", f"/v1/terminals/{terminal.id}/journal").json()
    assert held["entries"] == [entry.to_wire() for entry in entries]
    after = pair[1].admin("GET", "/v1/admin/ledger")["accounts"]["cash:W02"]
    assert after - before == 90 * 7
    assert tasks(terminal) == []


def test_what_one_worker_answered_the_other_answers_again(
    pair: tuple[Central, Central], terminal: Terminal
) -> None:
    number, key = fresh(), new_uuid7()
    first = terminal.charge("00", number=number, key=key)
    terminal.central = pair[1]
    again = terminal.charge("00", number=number, key=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert error(terminal.charge("00", number=fresh(), key=key)) == (422, "idempotency.mismatch")
    held = token()
    assert renew(terminal, "", held).status_code == 200
    terminal.central = pair[0]
    assert error(renew(terminal, token(), token(), "b" * 64)) == (409, "terminal.cloned")
    pair[1].faults(revoked=[terminal.id])
    assert error(terminal.call("GET", "/v1/feeds?cursor=x")) == (403, "terminal.revoked")
    pair[1].faults()


def test_terminals_of_a_fleet_sign_on_at_both_at_once(
    pair: tuple[Central, Central], postgres_server: str, terminal: Terminal
) -> None:
    addresses = [address(worker.url) for worker in pair]
    fleet = enlist(postgres_server, 30, terminal.platform_key)
    cursor = terminal.call("GET", "/v1/snapshot").headers["X-Snapshot-Cursor"]

    async def morning() -> list[BaseException | None]:
        calls = [one.sign_on(addresses[n % 2], cursor) for n, one in enumerate(fleet)]
        return await asyncio.gather(*calls, return_exceptions=True)

    assert asyncio.run(morning()) == [None] * 30
    assert {one.head.seq for one in fleet} == {2}


def test_a_terminal_of_the_fleet_believes_nobody_else_and_is_believed_by_nobody_without_its_key(
    pair: tuple[Central, Central], postgres_server: str, terminal: Terminal
) -> None:
    """Negative control of the fleet."""
    doubting, forged = enlist(postgres_server, 2, terminal.platform_key)
    doubting.platform_key = bytes(32)
    forged.key = terminal.key
    for one, expected in ((doubting, Refusal), (forged, Refused)):
        with pytest.raises(expected):
            asyncio.run(one.sign_on(address(pair[0].url), "x"))
