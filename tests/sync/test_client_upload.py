"""The journal lane against the real platform over a real socket, with every fault the dial has."""

from __future__ import annotations

import json
import os
import queue
import signal
from collections.abc import Mapping
from typing import Any

import pytest

from sync.client.agent import run_once
from sync.client.session import Session
from sync.client.supervisor import AgentProcess
from sync.client.uploader import Uploader
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
)
from tests.helpers.journal_writer import until, wire_text
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body


def _reconcile(terminal: EnrolledTerminal) -> None:
    """The oracle: both sides hold the same entries byte for byte, under one receipt."""
    ours = [wire_text(entry) for entry in terminal.written]
    held = [json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in terminal.held()]
    assert held == ours
    with terminal.reader() as reader:
        assert reader.confirmed_head().seq == len(ours)
        if ours:
            assert reader.confirmed_head().hash == terminal.written[-1].hash
            receipt = reader.receipt_for(1, len(ours))
            assert receipt is not None
            assert receipt["hash"] == terminal.written[-1].hash


def test_every_entry_is_held_and_receipted(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(1203)
    report = run_once(terminal.home)
    assert (report.uploaded, report.pending, report.confirmed_seq) == (1203, 0, 1203)
    assert report.code == ""
    _reconcile(terminal)
    assert run_once(terminal.home).uploaded == 0


def test_asking_again_brings_the_platforms_time_anew_and_keeps_the_first_receipt(
    terminal: EnrolledTerminal,
) -> None:
    terminal.append(3)
    run_once(terminal.home)
    with terminal.reader() as reader:
        first, receipt = reader.platform_word(), reader.receipt_for(1, 3)
        assert receipt is not None
        assert (first.seq, first.at) == (3, receipt["at"])
        run_once(terminal.home)
        again = reader.platform_word()
        assert (again.seq, reader.receipt_for(1, 3)) == (3, receipt)
        assert again.at > first.at


@pytest.mark.parametrize(
    "faults",
    [
        {"lose_request": 0.4},
        {"lose_answer": 0.4},
        {"status_5xx": 0.4},
        {"duplicate": 0.5},
        {"reorder": 0.3},
        {"lose_request": 0.2, "lose_answer": 0.2, "status_5xx": 0.2, "duplicate": 0.3},
    ],
    ids=lambda faults: "+".join(faults),
)
def test_faults_delay_but_never_lose_or_double(
    terminal: EnrolledTerminal, platform: RestorablePlatform, faults: dict[str, float]
) -> None:
    platform.faults(seed=7, paths=["/v1/terminals"], **faults)
    for _ in range(12):
        terminal.append(3)
        run_once(terminal.home)
    platform.faults()
    assert run_once(terminal.home).code == ""
    _reconcile(terminal)


def test_trusting_any_200_is_caught_by_the_reconciliation(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    """Negative control: an uploader that believes the status alone must not pass the oracle."""

    class Gullible(Uploader):
        def _take_ack(self, value: object) -> str:
            last = self._journal.head()
            self._store.store_ack({"epoch": 1, "seq": last.seq, "hash": last.hash, "at": "now"})
            return ""

    terminal.append(700)
    session = Session(terminal.home, terminal.keys)
    session.uploader.__class__ = Gullible
    assert session.uploader.run().code == ""
    session.close()
    with pytest.raises(AssertionError):
        _reconcile(terminal)


def test_forged_receipt_is_refused_and_the_lane_holds(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(5)

    def forge(passing: Passing) -> Passing:
        body = json.loads(passing.body)
        if "ack" in body:
            body["ack"]["seq"] += 1
        return with_body(passing, json.dumps(body).encode())

    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = forge
        report = run_once(terminal.home)
        assert (report.code, report.confirmed_seq) == ("journal.bad_receipt", 0)
        with terminal.reader() as reader:
            assert [item.code for item in reader.parked()] == ["journal.bad_receipt"]
            assert reader.receipt_for(1, 1) is None
            assert reader.line_state().held
        proxy.alter = lambda passing: passing
        assert run_once(terminal.home).code == ""
    _reconcile(terminal)
    with terminal.reader() as reader:
        assert reader.parked() == []


def test_fork_is_parked_and_shown_and_nothing_is_deleted(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(4)
    run_once(terminal.home)
    terminal.replace_history(6)
    report = run_once(terminal.home)
    assert (report.code, report.pending) == ("journal.fork", 2)
    assert len(terminal.held()) == 4
    assert terminal.count() == 6
    with terminal.reader() as reader:
        assert "journal.fork" in [item.code for item in reader.parked()]
        assert reader.line_state().last_error == "journal.fork"


def test_old_copy_of_the_disk_is_noticed(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(4)
    run_once(terminal.home)
    terminal.replace_history(0)
    assert run_once(terminal.home).code == "journal.ahead_of_us"
    assert len(terminal.held()) == 4


def test_restored_platform_is_fed_again(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(3)
    run_once(terminal.home)
    platform.back_up()
    terminal.append(5)
    run_once(terminal.home)
    platform.restore()
    assert len(terminal.held()) == 3
    assert run_once(terminal.home).code == ""
    _reconcile(terminal)


def test_revoked_terminal_says_so_and_keeps_everything(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(3)
    platform.faults(revoked=[terminal.terminal_id])
    report = run_once(terminal.home)
    assert (report.code, report.pending) == ("terminal.revoked", 3)
    assert terminal.count() == 3
    with terminal.reader() as reader:
        assert reader.line_state().last_error == "terminal.revoked"
    platform.faults()
    assert run_once(terminal.home).code == ""
    _reconcile(terminal)


def test_agent_killed_again_and_again_while_it_uploads_loses_and_doubles_nothing(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    platform.faults(seed=3, lose_answer=0.2, delay_ms=[0, 30], paths=["/v1/terminals"])
    events: queue.Queue[Mapping[str, Any]] = queue.Queue()
    pace = {"base_s": 0.02, "cap_s": 0.1, "held_s": 0.2}
    agent = AgentProcess(terminal.home, terminal.keys, events.put, pace=pace, restart_cap_s=0.1)
    agent.start()
    try:
        for _ in range(5):
            while events.get(timeout=30)["event"] != "ready":
                continue
            terminal.append(40)
            agent.wake()
            until(lambda: agent.pid, "a running agent")
            os.kill(agent.pid or 0, signal.SIGKILL)
        platform.faults()
        until(lambda: terminal.confirmed() == 200, "all confirmed")
    finally:
        agent.stop()
    _reconcile(terminal)


def test_long_offline_queue_drains_by_itself_when_the_line_returns(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    platform.faults(offline=True)
    events: queue.Queue[Mapping[str, Any]] = queue.Queue()
    agent = AgentProcess(
        terminal.home, terminal.keys, events.put, pace={"base_s": 0.05, "cap_s": 0.3}
    )
    agent.start()
    try:
        terminal.append(900)
        agent.wake()
        until(lambda: terminal.line().last_error == "platform.connection_lost", "offline shown")
        assert terminal.confirmed() == 0
        platform.faults()
        until(lambda: terminal.confirmed() == 900, "all confirmed")
        until(lambda: terminal.line().online, "online shown")
        assert terminal.line().rtt_ms is not None
        until(lambda: terminal.line().last_error == "", "nothing in the way shown")
    finally:
        agent.stop()
    _reconcile(terminal)


def test_reader_of_a_fresh_terminal_shows_no_receipts(terminal: EnrolledTerminal) -> None:
    reader = SyncReader(terminal.home / SYNC_FILE, terminal.keys.db_key)
    assert reader.confirmed_head().seq == 0
    assert [item.kind for item in reader.ranges("order")] == ["order"]
    reader.close()
