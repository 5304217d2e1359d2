"""What the centre tells a station without a line comes back on the stick, with the answer.

The agent keeps what the answer brings as it keeps what comes over the line; the counter judges
every record by itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import incoming
from sync.client.agent import run_once
from sync.client.courier import carried_in, outgoing_beside_a_counter
from sync.client.session import Session
from sync.client.taken import Taken
from sync.wire.courier import INBOX_BYTES, Answer, answer_file, read_carried
from sync.wire.courier_frames import frames
from sync.wire.inbox import InboxPage
from terminal.bootstrap import open_keys
from terminal.domain.canonical import canonical_bytes
from terminal.store.identity import read_identity
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.central import Central
from tests.helpers.outlet import STAMP, Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]

POSTINGS = [{"account": "cash:T02", "fen": -120}, {"account": "postage:postage", "fen": 120}]
NOTICE = {
    "issuer": "演示省公司",
    "title_zh": "抹零后屏幕合计可能差一分",
    "title_en": "After rounding the total on screen may be one fen off",
    "text_zh": "账目正确。" * 60,
    "text_en": "The books are right. " * 20,
}


class Station:
    """A counter that met the platform once and has no line since; a stick goes to and fro."""

    def __init__(self, outlet: Outlet, platform: Central, stick: Path) -> None:
        self.outlet, self.platform, self.stick = outlet, platform, stick
        self.outlet.open_day()
        self.outlet.sell(STAMP)
        assert run_once(outlet.home).code == ""
        self.terminal_id = read_identity(outlet.home).terminal_id
        self.sale_seq = self.outlet.books.head()[0]

    def issue(self) -> str:
        """The centre asks for a correction of the sale."""
        asked: dict[str, Any] = {
            "terminal_id": self.terminal_id,
            "issuer": "演示市局",
            "reason": "重复入账",
        }
        asked |= {"about_seq": self.sale_seq, "postings": POSTINGS}
        answer = self.platform.admin("POST", "/v1/admin/directives", asked)
        return str(answer["record"]["directive_id"])

    def announce(self, **more: str) -> None:
        """The centre tells everybody of a fault."""
        self.platform.admin("POST", "/v1/admin/notices", {**NOTICE, **more})

    def write(self) -> list[Path]:
        """Sell something and write it onto the stick; the files."""
        self.outlet.sell(STAMP)
        for path in self.stick.glob("*"):
            path.unlink()
        keys = open_keys(self.outlet.home)
        outgoing_beside_a_counter(self.outlet.home, keys).to_folder(self.stick)
        return [place for _, place in carried_in(self.stick) if isinstance(place, Path)]

    def carry(self, alter: Callable[[bytes], bytes] = bytes) -> list[Answer]:
        """To the platform and back; what its answers say."""
        answers = []
        for path in self.write():
            bundle = base64.b64encode(path.read_bytes()).decode()
            told = self.platform.admin("POST", "/v1/courier", {"bundle": bundle})
            content = alter(base64.b64decode(told["answer"]))
            path.with_suffix(".answer.ptc").write_bytes(content)
            read = read_carried(content)
            assert isinstance(read, Answer)
            answers.append(read)
        return answers

    def take(self) -> list[Taken]:
        """Take in what came back; our own bundles left out."""
        home = self.outlet.home
        with closing(Session(home, open_keys(home))) as session:
            return [
                one for one in session.courier.take(carried_in(self.stick)) if one.state != "own"
            ]

    def kept(self) -> list[dict[str, Any]]:
        """Records in sync.db, in the order of arrival."""
        home = self.outlet.home
        with closing(SyncReader(home / SYNC_FILE, open_keys(home).db_key)) as reader:
            return [dict(one.record) for one in reader.received()]


@pytest.fixture
def station(outlet_template: Template, tmp_path: Path) -> Iterator[Station]:
    outlet = Outlet(outlet_template.copy_home(tmp_path / "station"))
    stick = tmp_path / "stick"
    stick.mkdir()
    with outlet_template.running_platform(tmp_path / "centre") as centre:
        connect(outlet.home, centre)
        try:
            yield Station(outlet, centre, stick)
        finally:
            outlet.close()


def test_a_directive_and_a_notice_come_on_the_stick_and_count_as_over_the_line(
    station: Station,
) -> None:
    number = station.issue()
    station.announce()
    station.carry()
    (brought,) = station.take()
    assert (brought.state, brought.records) == ("confirmed", 2)
    view = station.outlet.cases.directives.inbox()
    (asked,) = view.directives
    assert (asked.state, asked.code) == ("waiting", "")
    assert [one.title_zh for one in view.notices] == [NOTICE["title_zh"]]
    before = dict(station.outlet.books.balances())
    station.outlet.cases.directives.accept(number)
    after = station.outlet.books.balances()
    assert after["cash:T02"] == before["cash:T02"] - 120
    # The answer goes the same way back, and the line brings nothing twice.
    station.carry()
    (again,) = station.take()
    assert (again.state, again.records) == ("confirmed", 0)
    (standing,) = station.platform.admin("GET", "/v1/admin/directives")["directives"]
    assert standing["state"] == "accepted"
    assert run_once(station.outlet.home).code == ""
    assert len(station.kept()) == 2


def test_a_task_of_the_platform_comes_along(station: Station) -> None:
    at = "2026-11-21T01:00:00.000Z"
    station.platform.execute(
        "INSERT INTO tasks (terminal_id, seq, code, evidence, at) VALUES"
        f" ('{station.terminal_id}', {station.sale_seq}, 'journal.unknown_kind', '', '{at}')"
    )
    station.carry()
    (brought,) = station.take()
    assert brought.records == 1
    (task,) = station.outlet.cases.directives.inbox().tasks
    assert (task.task.code, task.settled) == ("journal.unknown_kind", None)


def test_the_same_answer_twice_and_an_older_one_later_bring_nothing_twice(
    station: Station,
) -> None:
    station.issue()
    station.carry()
    older = {path.name: path.read_bytes() for path in station.stick.glob("*.answer.ptc")}
    assert [one.records for one in station.take()] == [1]
    assert [one.records for one in station.take()] == [0]
    station.announce()
    station.carry()
    assert [one.records for one in station.take()] == [1]
    for name, content in older.items():
        (station.stick / name).write_bytes(content)
    assert sum(one.records for one in station.take()) == 0
    # Nothing was forgotten either: the next answer goes on where the newest ended.
    station.announce(terminal_id=station.terminal_id)
    (answer,) = station.carry()
    assert answer.header.inbox is not None
    assert len(answer.header.inbox.items) == 1


def test_what_does_not_fit_comes_with_the_next_stick_in_order_and_without_a_gap(
    station: Station,
) -> None:
    for number in range(12):
        station.announce(title_zh=f"通知 {number:02}")
    rounds = 0
    while len(station.kept()) < 12:
        (answer,) = station.carry()
        page = answer.header.inbox
        assert page is not None
        assert len(canonical_bytes(page.format())) < INBOX_BYTES + 200
        (brought,) = station.take()
        assert brought.records == len(page.items) > 0
        assert page.more == (len(station.kept()) < 12)
        rounds += 1
    assert rounds > 1
    assert [one["title_zh"] for one in station.kept()] == [f"通知 {n:02}" for n in range(12)]
    (empty,) = station.carry()
    assert empty.header.inbox is None


def test_an_answer_with_much_to_tell_still_fits_onto_codes(station: Station) -> None:
    for _ in range(12):
        station.announce()
    station.carry()
    (file,) = station.stick.glob("*.answer.ptc")
    assert len(frames(file.read_bytes())) < 99


def test_another_life_of_the_platform_begins_at_its_beginning(station: Station) -> None:
    station.announce()
    station.carry()
    station.take()
    station.platform.admin("POST", "/v1/admin/new-epoch")
    (answer,) = station.carry()
    assert answer.header.inbox is not None
    assert [item.number for item in answer.header.inbox.items] == [1]
    assert [one.records for one in station.take()] == [0], "known by its content"


def test_a_terminal_of_an_earlier_version_gets_an_answer_as_before(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.issue()
    monkeypatch.setattr(SyncReader, "inbox_next", lambda _self: ("", {}))
    (answer,) = station.carry()
    assert answer.header.inbox is None
    assert "inbox" not in answer.record
    assert [(one.state, one.records) for one in station.take()] == [("confirmed", 0)]


def _edited(content: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """An answer with another content and a fitting checksum; the signature is the old one."""
    length = int.from_bytes(content[4:8], "big")
    record = json.loads(content[8 : 8 + length])
    change(record["inbox"]["items"][0]["record"])
    head = canonical_bytes(record)
    body = content[:4] + len(head).to_bytes(4, "big") + head
    return body + hashlib.sha256(body).digest()


def test_an_edited_answer_is_refused_whole(station: Station) -> None:
    station.issue()
    edits: dict[str, Any] = {"amount_fen": 1, "postings": [], "signature": "00" * 64, "reason": "x"}
    for field, value in edits.items():

        def change(record: dict[str, Any], edit: tuple[str, Any] = (field, value)) -> None:
            record.update([edit])

        station.carry(partial(_edited, change=change))
        (told,) = station.take()
        assert (told.state, told.code, told.records) == ("refused", "courier.bad_signature", 0)
    assert station.kept() == []


def test_an_agent_that_checks_no_answer_keeps_a_forged_directive_and_the_counter_refuses_it(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, and the second door behind the first."""
    number = station.issue()

    def change(record: dict[str, Any]) -> None:
        record["amount_fen"] = 1
        record["postings"] = [{**row, "fen": row["fen"] // 120} for row in record["postings"]]

    monkeypatch.setattr(incoming, "verify_answer", lambda _answer, _key: None)
    station.carry(lambda content: _edited(content, change))
    assert [one.records for one in station.take()] == [1]
    (asked,) = station.outlet.cases.directives.inbox().directives
    assert (asked.state, asked.code) == ("refused", "directive.forged")
    assert asked.directive is not None
    assert asked.directive.directive_id == number


def test_an_answer_that_somebody_else_signed_tells_nothing(station: Station) -> None:
    """Even the platform's own record in an answer that the platform did not sign."""
    station.issue()
    (answer,) = station.carry()
    page = answer.header.inbox
    assert isinstance(page, InboxPage)
    (bundle,) = [
        read_carried(path.read_bytes())
        for path in station.stick.glob("*.ptc")
        if not path.name.endswith(".answer.ptc")
    ]
    assert not isinstance(bundle, Answer)
    stranger = Ed25519PrivateKey.generate()
    forged = answer_file(bundle, answer.header.ack, signer=stranger.sign, inbox=page)
    (file,) = station.stick.glob("*.answer.ptc")
    file.write_bytes(forged)
    assert [one.code for one in station.take()] == ["courier.bad_signature"]
    assert station.kept() == []
