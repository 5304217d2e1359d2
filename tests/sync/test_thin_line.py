"""A line that is thin, drips, or asks to be left alone: the queue moves on, or rests as asked."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from contextlib import closing

import pytest
from urllib3.connection import HTTPConnection

from sync.client.backoff import BackOff
from sync.client.connectivity import Connectivity
from sync.client.http import PlatformLine, read_answer
from sync.client.lane import Lane, Verdict
from sync.client.pace import Pace
from sync.client.session import Session
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform
from tests.helpers.journal_writer import until
from tests.helpers.listener import listener, read_request
from tests.helpers.tampering_proxy import Passing, tampering_proxy
from tests.helpers.tcp_road import tcp_road

BUSY = b'{"error": {"code": "platform.busy", "params": {}, "retry": true}}'


def _parked(terminal: EnrolledTerminal) -> list[str]:
    with terminal.reader() as reader:
        return [item.code for item in reader.parked()]


def test_long_queue_gets_through_a_thin_line(
    terminal: EnrolledTerminal, platform: RestorablePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not get through in one piece before its time is over goes in smaller ones."""
    # Loopback has buffers that hold a whole batch; a modem has not.
    small = (*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, 4096))
    monkeypatch.setattr(HTTPConnection, "default_socket_options", list(small))
    for _ in range(150):
        terminal.written += terminal.writer.append(1, note=secrets.token_hex(300))
    runs = 0
    with tcp_road(platform.url) as road, terminal.through(road.url):
        road.set("open", bytes_per_s=60_000)
        with closing(Session(terminal.home, terminal.keys, pace=Pace(read_s=0.3))) as session:
            while (report := session.uploader.run()).code:
                runs += 1
                assert report.code in ("platform.connection_lost", "platform.timeout")
                assert runs < 12, report
    assert runs, "the line was not thin enough to show anything"
    assert len(terminal.held()) == 150


def test_answer_that_drips_is_given_up() -> None:
    """Never silent for long, never at its end: it must not hold its thread for ever."""
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while not gone.wait(0.02):
                connection.sendall(b" ")
        except OSError:
            gone.set()

    with listener(drip) as url:
        line = PlatformLine(url, read_timeout_s=0.2)
        started = time.monotonic()
        reply = line.post("/v1/payments", {})
        line.close()
        assert (reply.outcome, reply.code) == ("unknown", "platform.timeout")
        assert time.monotonic() - started < 5
        gone.set()


def test_platform_that_asks_for_patience_is_left_alone_and_then_gets_everything(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    asked = Connectivity(clock=lambda: 100.0)
    for status in (429, 503):
        reply = read_answer(status, BUSY, {"Retry-After": "7"})
        assert reply.leave_alone_s == 7
        assert read_answer(status, BUSY, {"Retry-After": "86400"}).leave_alone_s == 300
        assert read_answer(status, BUSY, {"Retry-After": "soon"}).leave_alone_s == 0
    asked.asked_to_leave_alone(7)
    asked.asked_to_leave_alone(0)
    assert asked.leave_alone_s() == 7
    terminal.append(2)

    def busy(passing: Passing) -> Passing:
        return Passing("", "", 429, {"Retry-After": "1"}, BUSY)

    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = busy
        with closing(Session(terminal.home, terminal.keys)) as session:
            report = session.uploader.run()
            assert (report.code, report.held, report.pending) == ("platform.busy", False, 2)
            assert session.line.connectivity.leave_alone_s() > 0.5
            assert _parked(terminal) == []
            proxy.alter = lambda passing: passing
            assert session.uploader.run().code == ""


def test_lane_rests_as_long_as_the_platform_asked_even_when_woken() -> None:
    runs: list[float] = []
    rest = [0.6]

    def work(_by_timer: bool) -> Verdict:
        runs.append(time.monotonic())
        return "failed" if len(runs) == 1 else "done"

    backoff = BackOff(base_s=0.001, cap_s=0.001)
    lane = Lane("x", work, idle_s=60, held_s=60, backoff=backoff, leave_alone_s=lambda: rest[0])
    lane.start()
    until(lambda: runs, "a first run")
    rest[0] = 0.0
    lane.wake()
    lane.line_returned()
    until(lambda: len(runs) == 2, "a second run")
    lane.stop()
    assert lane.join(5)
    assert runs[1] - runs[0] >= 0.5


def test_lane_outlives_a_fault_nobody_thought_of(caplog: pytest.LogCaptureFixture) -> None:
    """A lane that ended would be a queue that waits for ever while all looks well."""
    runs: list[bool] = []

    def work(by_timer: bool) -> Verdict:
        runs.append(by_timer)
        if len(runs) == 1:
            raise ZeroDivisionError
        return "done"

    lane = Lane("x", work, idle_s=60, held_s=60, backoff=BackOff(base_s=0.001, cap_s=0.001))
    lane.start()
    until(lambda: len(runs) == 2, "a second run")
    lane.stop()
    assert lane.join(5)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("code", ["request.bad_signature", "wire.malformed", "journal.new_rule"])
def test_refusal_of_any_kind_is_parked_for_a_person_and_nothing_is_dropped(
    terminal: EnrolledTerminal, platform: RestorablePlatform, code: str
) -> None:
    terminal.append(3)
    body = b'{"error": {"code": "%s", "params": {}, "retry": false}}' % code.encode()
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = lambda _passing: Passing("", "", 422, {}, body)
        with closing(Session(terminal.home, terminal.keys)) as session:
            report = session.uploader.run()
            assert (report.code, report.held, report.pending) == (code, True, 3)
            assert _parked(terminal) == [code]
            proxy.alter = lambda passing: passing
            assert session.uploader.run().code == ""
            assert _parked(terminal) == []
    assert len(terminal.held()) == 3


@pytest.mark.parametrize(
    "answer",
    [b"[" * 100_000, b'{"error":' * 50_000, b"\xff\xfe"],
    ids=["deep", "deep error", "not text"],
)
def test_body_that_no_parser_can_hold_is_a_strangers(answer: bytes) -> None:
    assert read_answer(200, answer, {}).code == "platform.bad_answer"
    assert read_answer(404, answer, {}).outcome == "unknown"
