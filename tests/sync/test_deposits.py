"""Sealed personal data and attachments on their way: whole, once, after the money, unreadable."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.client.agent import run_once
from sync.client.deposits import Deposits
from sync.client.http import Reply
from sync.wire.deposits import CHUNK_BYTES
from sync.wire.sealed_box import open_sealed
from terminal.domain.vault import ATTACHMENTS, VAULT, Lane, digest_of, purpose_of
from terminal.store.database import open_database
from tests.helpers import deposit_cells
from tests.helpers.deposit_session import (
    BIG,
    PACE,
    deposit_session,
    held_bytes,
    opened_attachment,
    parked_of,
    receipt_of,
)
from tests.helpers.deposits import (
    ID_NUMBER,
    NAME,
    PERSON,
    attach,
    files_with,
    keep_record,
    until_left,
)
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform
from tests.helpers.fault_cells import AT_THE_LINE, Cell
from tests.helpers.faulty_road import faulty_road
from tests.helpers.journal_writer import JOURNAL_FILE
from tests.helpers.tampering_proxy import Passing, Proxy, tampering_proxy, with_body

FAR_FUTURE_S = 3_600.0
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def proxy(platform: RestorablePlatform) -> Iterator[Proxy]:
    with tampering_proxy(platform.url) as running:
        yield running


def test_record_and_attachment_arrive_and_only_the_platform_reads_them(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    record_id = keep_record(terminal)
    attached = attach(terminal, NAME.encode() + BIG)
    terminal.append(1)
    report = run_once(terminal.home, machine="")
    assert (report.deposited, report.deposits_left, report.code) == (2, 0, "")
    receipt = receipt_of(terminal, VAULT, record_id)
    assert receipt is not None
    assert receipt["sha256"] == digest_of(_box(terminal, record_id))
    assert receipt_of(terminal, ATTACHMENTS, attached.address) is not None
    assert opened_attachment(platform, terminal, attached.address) == NAME.encode() + BIG
    purpose = purpose_of(VAULT, terminal.terminal_id, record_id)
    secret = (platform.home / "vault.key").read_bytes()
    content = open_sealed(_box(terminal, record_id), secret, purpose=purpose)
    assert json.loads(content)["person"] == PERSON
    assert files_with(terminal.home, NAME, ID_NUMBER) == []
    assert files_with(platform.home, NAME, ID_NUMBER) == []


def test_search_for_clear_text_can_find_it(tmp_path: Path) -> None:
    """Negative control of the search."""
    (tmp_path / "plain").write_text(f"to: {NAME}", encoding="utf-8")
    (tmp_path / "wide").write_bytes(NAME.encode("utf-16-le"))
    (tmp_path / "innocent").write_text("nobody", encoding="utf-8")
    assert files_with(tmp_path, NAME, ID_NUMBER) == ["plain", "wide"]


def _box(terminal: EnrolledTerminal, record_id: str) -> bytes:
    with closing(open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)) as books:
        wanted = "SELECT sealed FROM vault WHERE record_id = ?"
        return bytes(books.execute(wanted, (record_id,)).fetchone()[0])


def test_same_thing_again_is_one_thing(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    first, again = attach(terminal, BIG), attach(terminal, BIG)
    assert first == again
    keep_record(terminal)
    with deposit_session(terminal) as session:
        assert session.deposits.run().sent == 2
        assert session.deposits.run().sent == 0
    assert held_bytes(platform, first.address) == first.size


def test_upload_goes_on_where_the_platform_stands(
    platform: RestorablePlatform, terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    """The process ends after some pieces; the platform is killed as well."""
    pieces = 3
    attached = attach(terminal, BIG)
    looks = iter([False, *[False] * pieces])
    with deposit_session(terminal, proxy.url, money_first=lambda: next(looks, True)) as session:
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (0, 1, "")
    assert held_bytes(platform, attached.address) == pieces * CHUNK_BYTES
    platform.restart()
    proxy.seen.clear()
    with deposit_session(terminal, proxy.url) as session:
        assert session.deposits.run().sent == 1
    sent = [line for line in proxy.seen if line.startswith("POST") and "attachments" in line]
    assert len(sent) == 5 - pieces
    assert opened_attachment(platform, terminal, attached.address) == BIG


def test_agent_killed_between_the_last_piece_and_its_receipt_asks_once(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    """SIGKILL while the platform's receipt is on the way."""
    attached = attach(terminal, b"small")
    arrived, go = threading.Event(), threading.Event()

    def hold(passing: Passing) -> Passing:
        if passing.method == "POST" and "/attachments/" in passing.path:
            arrived.set()
            go.wait(20)
        return passing

    proxy.alter = hold
    with terminal.through(proxy.url):
        command = [sys.executable, "-m", "terminal", "sync", "--home", str(terminal.home)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as agent:
            assert arrived.wait(30)
            agent.kill()
        go.set()
        assert receipt_of(terminal, ATTACHMENTS, attached.address) is None
        proxy.seen.clear()
        assert run_once(terminal.home).deposited == 1
    assert not [line for line in proxy.seen if line.startswith("POST") and "attach" in line]
    assert receipt_of(terminal, ATTACHMENTS, attached.address) is not None


def test_answer_that_is_lost_ends_the_run_and_parks_nothing(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    attach(terminal, b"small")
    proxy.alter = lambda passing: (
        replace(passing, cut_at=0) if "/attachments/" in passing.path else passing
    )
    with deposit_session(terminal, proxy.url) as session:
        assert session.deposits.run().code == "platform.connection_lost"
    assert parked_of(terminal) == []


def test_poisoned_item_is_shown_and_stops_no_other(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    poisoned = keep_record(terminal, spoilt=True)
    sound = keep_record(terminal)
    damaged, whole = attach(terminal, b"damaged"), attach(terminal, b"whole")
    file = terminal.home / "attachments" / f"{damaged.address}.sealed"
    sealed = file.read_bytes()
    file.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    (terminal.home / "attachments" / "unreadable.sealed").write_text("no header")
    patient = replace(PACE, held_s=FAR_FUTURE_S)
    with deposit_session(terminal, pace=patient) as session:
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (2, 2, "")
        shown = [
            (VAULT, "sealed_box.not_opened", poisoned),
            (ATTACHMENTS, "attachment.damaged", damaged.address),
        ]
        assert parked_of(terminal) == shown
        assert session.deposits.run().left == 2
    assert receipt_of(terminal, VAULT, sound) is not None
    assert receipt_of(terminal, ATTACHMENTS, whole.address) is not None
    assert receipt_of(terminal, VAULT, poisoned) is None
    assert held_bytes(platform, damaged.address) == 0


def test_line_that_is_refused_as_a_whole_parks_no_item(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    keep_record(terminal)
    attach(terminal, b"x")
    with deposit_session(terminal) as session:
        platform.faults(revoked=[terminal.terminal_id])
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (0, 2, "terminal.revoked")
        assert parked_of(terminal) == []
        platform.faults()
        until_left(session, 0)


@pytest.mark.parametrize("part", ["item", "signature"])
@pytest.mark.parametrize("lane", [VAULT, ATTACHMENTS])
def test_receipt_for_anything_else_is_none(
    terminal: EnrolledTerminal, proxy: Proxy, lane: str, part: str
) -> None:
    """Another item's genuine receipt, or a changed one, is not taken."""
    if lane == VAULT:
        items = [keep_record(terminal), keep_record(terminal)]
    else:
        items = [attach(terminal, name).address for name in (b"one", b"two")]
    kept: list[dict[str, Any]] = []

    def change(passing: Passing) -> Passing:
        answer = json.loads(passing.body) if f"/{lane}/" in passing.path else {}
        if "receipt" not in answer:
            return passing
        kept.append(dict(answer["receipt"]))
        if part == "item":
            answer["receipt"] = kept[0]
        else:
            answer["receipt"][part] = answer["receipt"][part][::-1]
        return with_body(passing, json.dumps(answer).encode())

    proxy.alter = change
    with deposit_session(terminal, proxy.url) as session:
        left = session.deposits.run().left
        assert left == (1 if part == "item" else 2)
        assert {code for _, code, _ in parked_of(terminal)} == {"deposit.bad_receipt"}
        proxy.alter = lambda passing: passing
        until_left(session, 0)
    assert parked_of(terminal) == []
    assert all(receipt_of(terminal, lane, item) for item in items)


@pytest.mark.parametrize(
    ("said", "code"),
    [({"offset": 0}, "deposit.no_progress"), ({"offset": 10**9}, "deposit.no_progress")],
)
def test_platform_that_gets_nowhere_is_not_asked_for_ever(
    terminal: EnrolledTerminal, proxy: Proxy, said: dict[str, int], code: str
) -> None:
    attach(terminal, b"x" * 10)

    def stuck(passing: Passing) -> Passing:
        return (
            with_body(passing, json.dumps(said).encode())
            if "/attachments/" in passing.path
            else passing
        )

    proxy.alter = stuck
    with deposit_session(terminal, proxy.url) as session:
        session.deposits.run()
    assert [parked[1] for parked in parked_of(terminal)] == [code]


def test_answer_of_a_stranger_is_no_state(terminal: EnrolledTerminal, proxy: Proxy) -> None:
    attach(terminal, b"x")
    proxy.alter = lambda passing: (
        with_body(passing, b'{"welcome": "portal"}') if "/attachments/" in passing.path else passing
    )
    with deposit_session(terminal, proxy.url) as session:
        assert session.deposits.run().code == "platform.bad_answer"
    assert parked_of(terminal) == []


def test_thin_line_gets_smaller_pieces_and_then_larger_ones_again(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    attached = attach(terminal, BIG)
    cut = iter([True, True])

    def thin(passing: Passing) -> Passing:
        piece = passing.method == "POST" and "/attachments/" in passing.path
        return replace(passing, cut_at=0) if piece and next(cut, False) else passing

    proxy.alter = thin
    with deposit_session(terminal, proxy.url) as session:
        until_left(session, 0)
    pieces = [line for line in proxy.seen if line.startswith("POST") and "/attach" in line]
    assert len(pieces) == 6
    assert receipt_of(terminal, ATTACHMENTS, attached.address) is not None


def test_record_erased_a_moment_ago_is_no_trouble(terminal: EnrolledTerminal) -> None:
    keep_record(terminal)
    with deposit_session(terminal) as session:
        ((_, _, send),) = session.deposits._waiting()
        with closing(open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)) as books:
            books.execute("DELETE FROM vault")
        assert send() == ""
        assert session.deposits.run().left == 0


@pytest.mark.parametrize("scenario", [deposit_cells.record, deposit_cells.attachment])
def test_careless_deposits_are_caught(
    platform: RestorablePlatform,
    terminal: EnrolledTerminal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scenario: Callable[[Cell, EnrolledTerminal], None],
) -> None:
    """Negative control of the fault matrix: a refusal taken for a receipt loses the item."""

    def believe(deposits: Deposits, lane: Lane, item: str, reply: Reply) -> str:
        del reply
        epoch = deposits._line.connectivity.reading().server_epoch
        deposits._receipts.keep({"lane": lane, "item": item, "server_epoch": epoch})
        return ""

    monkeypatch.setattr(Deposits, "_refused", believe)
    (operation,) = (known for known, tried in AT_THE_LINE.items() if tried is scenario)
    with faulty_road(platform.url) as road:
        cell = Cell(operation, "429", "platform.busy", road, platform, tmp_path)
        with pytest.raises((AssertionError, ValueError)):
            scenario(cell, terminal)
