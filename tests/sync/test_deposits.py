"""Sealed personal data and attachments on their way: whole, once, after the money, unreadable."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.client.agent import run_once
from sync.client.deposits import Deposits
from sync.client.http import Reply
from sync.client.pace import Pace
from sync.client.runner import Runner
from sync.client.session import Session
from sync.wire.deposits import CHUNK_BYTES
from sync.wire.sealed_box import open_sealed
from terminal.domain.vault import ATTACHMENTS, VAULT, Lane, digest_of, purpose_of
from terminal.store.database import open_database
from terminal.store.deposit_receipts import DepositReceiptReader
from terminal.store.sync_store import SYNC_FILE
from tests.helpers import deposit_cells
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
from tests.helpers.journal_writer import JOURNAL_FILE, until
from tests.helpers.tampering_proxy import Passing, Proxy, tampering_proxy, with_body

PACE = Pace(idle_s=0.2, feeds_s=60.0, held_s=0.0, base_s=0.02, cap_s=0.1, read_s=2.0, rest_s=0.05)
BIG = bytes(range(256)) * (4 * CHUNK_BYTES // 256)
FAR_FUTURE_S = 3_600.0
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def proxy(platform: RestorablePlatform) -> Iterator[Proxy]:
    with tampering_proxy(platform.url) as running:
        yield running


@contextmanager
def _session(
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


def _receipt(terminal: EnrolledTerminal, lane: str, item: str) -> dict[str, Any] | None:
    with closing(DepositReceiptReader(terminal.home / SYNC_FILE, terminal.keys.db_key)) as reader:
        return reader.receipt(lane, item)


def _parked(terminal: EnrolledTerminal) -> list[tuple[str, str, str]]:
    with terminal.reader() as reader:
        return [(item.lane, item.code, item.item) for item in reader.parked()]


def _opened(platform: RestorablePlatform, terminal: EnrolledTerminal, address: str) -> bytes:
    """What the operator reads."""
    path = f"/v1/admin/attachments/{terminal.terminal_id}/{address}/content"
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(
            platform.url + path, headers={"X-Admin": platform.admin_token}, timeout=10
        )
    assert answer.status_code == 200, answer.text
    return answer.content


def _held(platform: RestorablePlatform, address: str) -> int:
    rows = platform.admin("GET", "/v1/admin/attachments")["attachments"]
    return sum(row["held"] for row in rows if row["address"] == address)


def test_record_and_attachment_arrive_and_only_the_platform_reads_them(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    record_id = keep_record(terminal)
    attached = attach(terminal, NAME.encode() + BIG)
    terminal.append(1)
    report = run_once(terminal.home, machine="")
    assert (report.deposited, report.deposits_left, report.code) == (2, 0, "")
    receipt = _receipt(terminal, VAULT, record_id)
    assert receipt is not None
    assert receipt["sha256"] == digest_of(_box(terminal, record_id))
    assert _receipt(terminal, ATTACHMENTS, attached.address) is not None
    assert _opened(platform, terminal, attached.address) == NAME.encode() + BIG
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
    with _session(terminal) as session:
        assert session.deposits.run().sent == 2
        assert session.deposits.run().sent == 0
    assert _held(platform, first.address) == first.size


def test_upload_goes_on_where_the_platform_stands(
    platform: RestorablePlatform, terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    """The process ends after some pieces; the platform is killed as well."""
    pieces = 3
    attached = attach(terminal, BIG)
    looks = iter([False, *[False] * pieces])
    with _session(terminal, proxy.url, money_first=lambda: next(looks, True)) as session:
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (0, 1, "")
    assert _held(platform, attached.address) == pieces * CHUNK_BYTES
    platform.restart()
    proxy.seen.clear()
    with _session(terminal, proxy.url) as session:
        assert session.deposits.run().sent == 1
    sent = [line for line in proxy.seen if line.startswith("POST") and "attachments" in line]
    assert len(sent) == 5 - pieces
    assert _opened(platform, terminal, attached.address) == BIG


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
        assert _receipt(terminal, ATTACHMENTS, attached.address) is None
        proxy.seen.clear()
        assert run_once(terminal.home).deposited == 1
    assert not [line for line in proxy.seen if line.startswith("POST") and "attach" in line]
    assert _receipt(terminal, ATTACHMENTS, attached.address) is not None


def test_answer_that_is_lost_ends_the_run_and_parks_nothing(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    attach(terminal, b"small")
    proxy.alter = lambda passing: (
        replace(passing, cut_at=0) if "/attachments/" in passing.path else passing
    )
    with _session(terminal, proxy.url) as session:
        assert session.deposits.run().code == "platform.connection_lost"
    assert _parked(terminal) == []


def test_poisoned_item_is_shown_and_stops_no_other(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    poisoned = keep_record(terminal, spoilt=True)
    sound = keep_record(terminal)
    damaged, whole = attach(terminal, b"damaged"), attach(terminal, b"whole")
    file = terminal.home / "attachments" / f"{damaged.address}.sealed"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    (terminal.home / "attachments" / "unreadable.sealed").write_text("no header")
    patient = replace(PACE, held_s=FAR_FUTURE_S)
    with _session(terminal, pace=patient) as session:
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (2, 2, "")
        shown = [
            (VAULT, "sealed_box.not_opened", poisoned),
            (ATTACHMENTS, "attachment.damaged", damaged.address),
        ]
        assert _parked(terminal) == shown
        assert session.deposits.run().left == 2
    assert _receipt(terminal, VAULT, sound) is not None
    assert _receipt(terminal, ATTACHMENTS, whole.address) is not None
    assert _receipt(terminal, VAULT, poisoned) is None
    assert _held(platform, damaged.address) == 0


def test_line_that_is_refused_as_a_whole_parks_no_item(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    keep_record(terminal)
    attach(terminal, b"x")
    with _session(terminal) as session:
        platform.faults(revoked=[terminal.terminal_id])
        report = session.deposits.run()
        assert (report.sent, report.left, report.code) == (0, 2, "terminal.revoked")
        assert _parked(terminal) == []
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
    with _session(terminal, proxy.url) as session:
        left = session.deposits.run().left
        assert left == (1 if part == "item" else 2)
        assert {code for _, code, _ in _parked(terminal)} == {"deposit.bad_receipt"}
        proxy.alter = lambda passing: passing
        until_left(session, 0)
    assert _parked(terminal) == []
    assert all(_receipt(terminal, lane, item) for item in items)


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
    with _session(terminal, proxy.url) as session:
        session.deposits.run()
    assert [parked[1] for parked in _parked(terminal)] == [code]


def test_answer_of_a_stranger_is_no_state(terminal: EnrolledTerminal, proxy: Proxy) -> None:
    attach(terminal, b"x")
    proxy.alter = lambda passing: (
        with_body(passing, b'{"welcome": "portal"}') if "/attachments/" in passing.path else passing
    )
    with _session(terminal, proxy.url) as session:
        assert session.deposits.run().code == "platform.bad_answer"
    assert _parked(terminal) == []


def test_thin_line_gets_smaller_pieces_and_then_larger_ones_again(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    attached = attach(terminal, BIG)
    cut = iter([True, True])

    def thin(passing: Passing) -> Passing:
        piece = passing.method == "POST" and "/attachments/" in passing.path
        return replace(passing, cut_at=0) if piece and next(cut, False) else passing

    proxy.alter = thin
    with _session(terminal, proxy.url) as session:
        until_left(session, 0)
    pieces = [line for line in proxy.seen if line.startswith("POST") and "/attach" in line]
    assert len(pieces) == 6
    assert _receipt(terminal, ATTACHMENTS, attached.address) is not None


def test_record_erased_a_moment_ago_is_no_trouble(terminal: EnrolledTerminal) -> None:
    keep_record(terminal)
    with _session(terminal) as session:
        ((_, _, send),) = session.deposits._waiting()
        with closing(open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)) as books:
            books.execute("DELETE FROM vault")
        assert send() == ""
        assert session.deposits.run().left == 0


def test_platform_restored_from_a_backup_gets_what_is_still_here(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    platform.back_up()
    record_id, attached = keep_record(terminal), attach(terminal, BIG)
    with _session(terminal) as session:
        until_left(session, 0)
    before = _receipt(terminal, VAULT, record_id)
    platform.restore()
    with _session(terminal) as session:
        assert session.deposits.run().sent == 2
    after = _receipt(terminal, VAULT, record_id)
    assert before is not None
    assert after is not None
    assert before["server_epoch"] != after["server_epoch"]
    assert _opened(platform, terminal, attached.address) == BIG


def test_lanes_are_served_in_order(terminal: EnrolledTerminal, proxy: Proxy) -> None:
    attach(terminal, BIG)
    keep_record(terminal)
    terminal.append(3)
    with terminal.through(proxy.url):
        assert run_once(terminal.home).code == ""
    words = [line.split("/")[4] for line in proxy.seen if "/terminals/" in line]
    order = [word for word in dict.fromkeys(words) if word != "session"]
    assert order == ["journal", "vault", "attachments"]


def test_unsent_entries_of_a_broken_line_come_before_everything(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    keep_record(terminal)
    terminal.append(1)
    platform.faults(status_5xx=1, paths=["/v1/terminals"])
    report = run_once(terminal.home)
    assert (report.code, report.deposited, report.pending) == ("platform.failing", 0, 1)


class _Road:
    """Counts pieces of attachments, and holds the next one until it is let go."""

    def __init__(self) -> None:
        self.pieces = 0
        self.journal_at: list[int] = []
        self.go = threading.Event()

    def __call__(self, passing: Passing) -> Passing:
        if passing.method == "POST" and "/attachments/" in passing.path:
            self.pieces += 1
            self.go.wait(10)
        elif passing.path.endswith("/journal"):
            self.journal_at.append(self.pieces)
        return passing


def test_big_attachment_waits_for_an_entry_between_two_pieces(
    terminal: EnrolledTerminal, proxy: Proxy
) -> None:
    """The entry comes while a piece is under way: that piece ends, the next one comes after it."""
    attached, road = attach(terminal, BIG), _Road()
    proxy.alter = road
    with terminal.through(proxy.url):
        runner = Runner(terminal.home, terminal.keys, lambda event: None, PACE)
        runner.start()
        until(lambda: road.pieces == 1, "the first piece is under way")
        terminal.append(1)
        until(lambda: runner._money_first(), "the entry is seen")
        road.go.set()
        runner.wake()
        until(lambda: terminal.confirmed() == 1, "the entry is confirmed")
        until(
            lambda: _receipt(terminal, ATTACHMENTS, attached.address) is not None,
            "the attachment is there",
        )
        assert runner.stop()
    assert road.journal_at == [1]
    assert road.pieces == 5


def test_call_about_money_holds_the_next_piece(terminal: EnrolledTerminal, proxy: Proxy) -> None:
    attached, asked, answer = attach(terminal, BIG), threading.Event(), threading.Event()

    def slow_money(passing: Passing) -> Passing:
        if "/v1/payments/" in passing.path:
            asked.set()
            assert answer.wait(10)
        return passing

    proxy.alter = slow_money
    replies: list[dict[str, Any]] = []

    def heard(event: Any) -> None:
        if event.get("event") == "reply":
            replies.append(dict(event))

    with terminal.through(proxy.url):
        runner = Runner(terminal.home, terminal.keys, heard, replace(PACE, query_s=10.0))
        runner.call(1, "payment.query", {"out_trade_no": "P1", "amount_fen": 1})
        assert asked.wait(10)
        runner.start()
        until(lambda: runner._last_report is not None, "the journal lane has run")
        until(lambda: runner._money_first(), "money is under way")
        assert not [line for line in proxy.seen if "/attachments/" in line]
        answer.set()
        until(
            lambda: _receipt(terminal, ATTACHMENTS, attached.address) is not None,
            "the attachment is there",
        )
        assert runner.stop()
    assert [reply["code"] for reply in replies] == ["payment.not_found"]


def test_held_journal_holds_no_deposit(terminal: EnrolledTerminal) -> None:
    """Entries nobody can send now must not keep personal data on the counter's disk."""
    record_id = keep_record(terminal)
    with _session(terminal):
        pass
    terminal.append(2)
    run_once(terminal.home)
    terminal.replace_history(3)
    keep_again = keep_record(terminal)
    runner = Runner(terminal.home, terminal.keys, lambda event: None, PACE)
    runner.start()
    until(
        lambda: _receipt(terminal, VAULT, keep_again) is not None,
        "the record goes although the journal is held",
    )
    assert runner.stop()
    assert _receipt(terminal, VAULT, record_id) is not None


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
