"""Money first: the lanes beside the journal wait for entries and for calls about money."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sync.client.agent import run_once
from sync.client.runner import Runner
from terminal.domain.vault import ATTACHMENTS, VAULT
from tests.helpers.deposit_session import (
    BIG,
    PACE,
    deposit_session,
    opened_attachment,
    receipt_of,
)
from tests.helpers.deposits import attach, keep_record, until_left
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform
from tests.helpers.journal_writer import until
from tests.helpers.tampering_proxy import Passing, Proxy, tampering_proxy


@pytest.fixture
def proxy(platform: RestorablePlatform) -> Iterator[Proxy]:
    with tampering_proxy(platform.url) as running:
        yield running


def test_platform_restored_from_a_backup_gets_what_is_still_here(
    platform: RestorablePlatform, terminal: EnrolledTerminal
) -> None:
    platform.back_up()
    record_id, attached = keep_record(terminal), attach(terminal, BIG)
    with deposit_session(terminal) as session:
        until_left(session, 0)
    before = receipt_of(terminal, VAULT, record_id)
    platform.restore()
    with deposit_session(terminal) as session:
        assert session.deposits.run().sent == 2
    after = receipt_of(terminal, VAULT, record_id)
    assert before is not None
    assert after is not None
    assert before["server_epoch"] != after["server_epoch"]
    assert opened_attachment(platform, terminal, attached.address) == BIG


def test_lanes_are_served_in_order(terminal: EnrolledTerminal, proxy: Proxy) -> None:
    attach(terminal, BIG)
    keep_record(terminal)
    terminal.append(3)
    with terminal.through(proxy.url):
        assert run_once(terminal.home).code == ""
    words = [line.split("/")[4] for line in proxy.seen if "/terminals/" in line]
    order = [word for word in dict.fromkeys(words) if word in {"journal", "vault", "attachments"}]
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
            lambda: receipt_of(terminal, ATTACHMENTS, attached.address) is not None,
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
            lambda: receipt_of(terminal, ATTACHMENTS, attached.address) is not None,
            "the attachment is there",
        )
        assert runner.stop()
    assert [reply["code"] for reply in replies] == ["payment.not_found"]


def test_held_journal_holds_no_deposit(terminal: EnrolledTerminal) -> None:
    """Entries nobody can send now must not keep personal data on the counter's disk."""
    record_id = keep_record(terminal)
    with deposit_session(terminal):
        pass
    terminal.append(2)
    run_once(terminal.home)
    terminal.replace_history(3)
    keep_again = keep_record(terminal)
    runner = Runner(terminal.home, terminal.keys, lambda event: None, PACE)
    runner.start()
    until(
        lambda: receipt_of(terminal, VAULT, keep_again) is not None,
        "the record goes although the journal is held",
    )
    assert runner.stop()
    assert receipt_of(terminal, VAULT, record_id) is not None
