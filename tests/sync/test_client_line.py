"""One request: what each end of it proves, over real sockets that misbehave at chosen moments."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import cast

import pytest

from sync.client.backoff import BackOff
from sync.client.breaker import Breaker
from sync.client.connectivity import Connectivity
from sync.client.http import PlatformLine, Reply, read_answer
from sync.client.payments import Payments, judge
from sync.client.ranges import lease
from terminal.domain.canonical import JsonObject
from terminal.store.sync_store import SyncStore
from tests.helpers.listener import listener, read_request

ASKED: JsonObject = {"out_trade_no": "a" * 32, "amount_fen": 500}
SAID: JsonObject = ASKED | {"channel_no": "", "code": "", "at": ""}
CHARGE = ASKED | {
    "auth_code": "100000000000000000",
    "scheme": "wechat",
    "basket_hash": "0" * 64,
    "idempotency_key": "k",
}


def _answering(status: str, body: str) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
        connection.sendall((head + body).encode())

    return serve


def _post(url: str, **settings: float) -> tuple[Reply, Connectivity]:
    line = PlatformLine(url, **settings)  # type: ignore[arg-type]
    reply = line.post("/v1/payments", {"amount_fen": 500}, idempotency_key="k")
    line.close()
    return reply, line.connectivity


def test_refused_connection_proves_that_nothing_happened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    reply, connectivity = _post(f"http://127.0.0.1:{port}")
    assert (reply.outcome, reply.code, reply.sent) == ("refused", "platform.unreachable", False)
    assert connectivity.reading().last_error == "platform.unreachable"
    assert not connectivity.reading().online


def test_connection_cut_after_the_request_is_unknown() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)

    with listener(serve) as url:
        reply, connectivity = _post(url)
    assert (reply.outcome, reply.code, reply.sent) == ("unknown", "platform.connection_lost", True)
    assert not connectivity.reading().online


def test_connection_cut_in_the_middle_of_the_answer_is_unknown() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"state": "paid"')

    with listener(serve) as url:
        reply, _ = _post(url)
    assert reply.outcome == "unknown"


def test_silence_after_the_request_is_unknown() -> None:
    released = threading.Event()

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        released.wait(10)

    with listener(serve) as url:
        reply, _ = _post(url, read_timeout_s=0.2)
        released.set()
    assert (reply.outcome, reply.code) == ("unknown", "platform.timeout")


def _error(code: str) -> str:
    return json.dumps({"error": {"code": code, "params": {}, "retry": False}})


@pytest.mark.parametrize(
    ("status", "body", "outcome", "code"),
    [
        ("200 OK", '{"state": "paid"}', "ok", ""),
        ("200 OK", "<html>sign in to the guest network</html>", "unknown", "platform.bad_answer"),
        ("200 OK", "[]", "unknown", "platform.bad_answer"),
        ("302 Found", "", "unknown", "platform.bad_answer"),
        ("404 Not Found", "<html>", "unknown", "platform.bad_answer"),
        ("404 Not Found", _error("payment.not_found"), "refused", "payment.not_found"),
        ("408 Timeout", _error("x.y"), "unknown", "x.y"),
        ("409 Conflict", _error("idempotency.in_flight"), "unknown", "idempotency.in_flight"),
        ("403 Forbidden", _error("terminal.revoked"), "refused", "terminal.revoked"),
        ("500 Error", "", "unknown", "platform.failing"),
        ("503 Busy", _error("gateway.down"), "unknown", "gateway.down"),
    ],
)
def test_each_answer_proves_what_it_says_and_no_more(
    status: str, body: str, outcome: str, code: str
) -> None:
    with listener(_answering(status, body)) as url:
        reply, _ = _post(url)
    assert (reply.outcome, reply.code) == (outcome, code)


def test_params_of_a_refusal_are_kept() -> None:
    body = b'{"error": {"code": "journal.gap", "params": {"expected_seq": 4}, "retry": true}}'
    assert read_answer(409, body, {}).params == {"expected_seq": 4}
    assert read_answer(409, b'{"error": {"code": "a.b", "params": 3}}', {}).params == {}


def test_round_trip_and_clock_offset_are_medians_of_what_was_measured() -> None:
    connectivity = Connectivity()
    for offset in (60_000, 61_000, 900_000):
        connectivity.answered(
            sent_ms=1_000, rtt_ms=20, server_time_ms=1_010 + offset, server_epoch="e"
        )
    reading = connectivity.reading()
    assert (reading.online, reading.rtt_ms, reading.clock_offset_ms) == (True, 20, 61_000)
    assert (reading.last_contact_ms, reading.server_epoch, reading.last_error) == (1_020, "e", "")


def test_return_of_the_line_is_reported_once() -> None:
    connectivity = Connectivity()
    returns = [
        connectivity.answered(sent_ms=0, rtt_ms=1, server_time_ms=None, server_epoch="")
        for _ in range(2)
    ]
    connectivity.failed("platform.timeout")
    returns.append(connectivity.answered(sent_ms=0, rtt_ms=1, server_time_ms=None, server_epoch=""))
    assert returns == [True, False, True]


def test_back_off_grows_to_its_cap_with_full_jitter_and_starts_anew() -> None:
    full = BackOff(base_s=0.5, cap_s=15, draw=lambda: 1.0)
    assert [full.next_delay_s() for _ in range(7)] == [0.5, 1, 2, 4, 8, 15, 15]
    assert full.failures == 7
    full.reset()
    assert full.next_delay_s() == 0.5
    none = BackOff(base_s=0.5, cap_s=15, draw=lambda: 0.0)
    assert {none.next_delay_s() for _ in range(2_000)} == {0.0}


def test_breaker_opens_lets_one_probe_through_and_closes() -> None:
    now = [0.0]
    breaker = Breaker(threshold=2, rest_s=10, clock=lambda: now[0])
    breaker.failed()
    assert breaker.allow()
    breaker.failed()
    assert not breaker.allow()
    now[0] = 10.0
    assert [breaker.allow(), breaker.allow()] == [True, False]
    breaker.failed()
    now[0] = 19.0
    assert not breaker.allow()
    now[0] = 20.0
    assert breaker.allow()
    breaker.succeeded()
    assert [breaker.allow(), breaker.allow()] == [True, True]


def test_resting_charge_does_not_stop_queries() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    payments = Payments(PlatformLine(f"http://127.0.0.1:{port}"))
    codes = [payments.call("payment.charge", CHARGE)["code"] for _ in range(6)]
    assert codes == ["platform.unreachable"] * 5 + ["platform.resting"]
    assert payments.call("payment.query", ASKED)["code"] == "platform.unreachable"


@pytest.mark.parametrize(
    ("body", "outcome", "code"),
    [
        ({"state": "paid", "code": ""}, "ok", ""),
        ({"state": "failed", "code": "balance.short"}, "ok", "balance.short"),
        ({"state": "reversed"}, "ok", ""),
        ({"state": "waiting"}, "unknown", "payment.waiting"),
        ({"state": "unknown", "code": "gateway.silent"}, "unknown", "gateway.silent"),
        ({"state": "paid", "amount_fen": 501}, "unknown", "payment.amount_mismatch"),
        ({"state": "paid", "amount_fen": None}, "unknown", "payment.amount_mismatch"),
        ({"state": "failed", "amount_fen": 501}, "unknown", "payment.amount_mismatch"),
        ({"state": "reversed", "amount_fen": 501}, "ok", ""),
        ({"state": "reversed", "amount_fen": None}, "ok", ""),
        ({"state": "paid", "amount_fen": "500"}, "unknown", "platform.bad_answer"),
        ({"state": "paid", "out_trade_no": "b" * 32}, "unknown", "payment.other_number"),
        ({}, "unknown", "platform.bad_answer"),
        ({"state": "unknown"}, "unknown", "payment.unknown"),
    ],
)
def test_money_is_settled_only_by_a_matching_answer(
    body: JsonObject, outcome: str, code: str
) -> None:
    judged = judge(Reply("ok", body={**SAID, **body}), ASKED)
    assert (judged["outcome"], judged["code"]) == (outcome, code)


def test_not_found_and_reused_keys_stay_unknown() -> None:
    for code in ("payment.not_found", "idempotency.mismatch"):
        assert judge(Reply("refused", code, 404), ASKED)["outcome"] == "unknown"
    assert judge(Reply("refused", "terminal.revoked", 403), ASKED)["outcome"] == "refused"


def test_reversal_of_another_amount_names_no_amount() -> None:
    judged = judge(Reply("ok", body={**SAID, "state": "reversed", "amount_fen": 501}), ASKED)
    assert "amount_fen" not in judged["result"]


def test_ranges_of_another_shape_are_not_taken() -> None:
    body = '{"ranges": [{"kind": "order", "lo": 9, "hi": 1}]}'
    with listener(_answering("200 OK", body)) as url:
        line = PlatformLine(url)
        # The store is never reached: what cannot be read cannot be kept.
        reply = lease(line, cast(SyncStore, None), "order", 0, lambda: "")
        line.close()
    assert (reply["outcome"], reply["code"]) == ("unknown", "platform.bad_answer")
