"""The agent as a process: its pipes, its death, its restart — without any platform to reach."""

from __future__ import annotations

import io
import json
import os
import queue
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.client.agent import serve
from sync.client.lock import agent_lock
from sync.client.supervisor import AgentProcess
from terminal.domain.errors import EnvironmentFault
from terminal.store.identity import Identity, write_identity
from terminal.store.keystore import Keys, key_store
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_reader import SyncReader
from tests.helpers.journal_writer import until

PLATFORM_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there: every call ends at once."""
CHARGE = {
    "out_trade_no": "a" * 32,
    "amount_fen": 500,
    "auth_code": "100000000000000000",
    "scheme": "wechat",
    "basket_hash": "0" * 64,
    "idempotency_key": "k",
}


def _enrolled(home: Path, url: str) -> Keys:
    keys = Keys.generate()
    home.mkdir(parents=True, exist_ok=True)
    key_store(home).save(keys)
    write_identity(home, Identity("61020303-T02", "61020303", 2, url, PLATFORM_KEY, "PEM", "e"))
    return keys


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A platform that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def _agent(home: Path, keys: Keys) -> Iterator[tuple[AgentProcess, queue.Queue[Mapping[str, Any]]]]:
    events: queue.Queue[Mapping[str, Any]] = queue.Queue()
    agent = AgentProcess(home, keys, events.put)
    agent.start()
    try:
        yield agent, events
    finally:
        agent.stop()


def _await(events: queue.Queue[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    while True:
        event = events.get(timeout=20)
        if event["event"] == name:
            return event


def test_call_open_when_the_agent_is_killed_is_unknown_and_the_agent_comes_back(
    tmp_path: Path, silent_url: str
) -> None:
    keys = _enrolled(tmp_path, silent_url)
    replies: queue.Queue[Mapping[str, Any]] = queue.Queue()
    with _agent(tmp_path, keys) as (agent, events):
        _await(events, "ready")
        first = agent.pid
        assert first is not None
        number = agent.call("payment.charge", CHARGE, replies.put)
        os.kill(first, signal.SIGKILL)
        reply = replies.get(timeout=20)
        assert (reply["id"], reply["outcome"], reply["code"]) == (number, "unknown", "agent.died")
        _await(events, "ended")
        _await(events, "ready")
        assert agent.pid not in (None, first)
    assert replies.empty()


def test_call_without_an_agent_was_certainly_not_made(tmp_path: Path, silent_url: str) -> None:
    keys = _enrolled(tmp_path, silent_url)
    replies: queue.Queue[Mapping[str, Any]] = queue.Queue()
    agent = AgentProcess(tmp_path, keys, lambda event: None)
    agent.call("payment.charge", CHARGE, replies.put)
    reply = replies.get(timeout=1)
    assert (reply["outcome"], reply["code"]) == ("refused", "agent.not_running")
    agent.wake()


def test_call_that_cannot_be_put_together_is_refused(tmp_path: Path) -> None:
    keys = _enrolled(tmp_path, NOWHERE)
    replies: queue.Queue[Mapping[str, Any]] = queue.Queue()
    with _agent(tmp_path, keys) as (agent, events):
        _await(events, "ready")
        agent.call("payment.charge", {"out_trade_no": "x"}, replies.put)
        assert replies.get(timeout=20)["code"] == "agent.bad_call"
        agent.call("drawer.open", {}, replies.put)
        assert replies.get(timeout=20)["code"] == "agent.bad_call"


def test_unreachable_platform_is_said_and_kept_for_the_face(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    keys = _enrolled(tmp_path, f"http://127.0.0.1:{port}")
    with _agent(tmp_path, keys) as (_, events):
        status = _await(events, "status")
        assert (status["online"], status["last_error"]) == (False, "platform.unreachable")
        assert (status["confirmed_seq"], status["held"], status["rtt_ms"]) == (0, False, None)
    reader = SyncReader(tmp_path / SYNC_FILE, keys.db_key)
    assert reader.line_state().last_error == "platform.unreachable"
    reader.close()


def test_agent_ends_when_the_face_dies(tmp_path: Path, silent_url: str) -> None:
    keys = _enrolled(tmp_path, silent_url)
    start = {"op": "start", "home": str(tmp_path), "db_key": keys.db_key.hex()}
    start["seed"] = keys.seed.hex()
    process = subprocess.Popen(
        [sys.executable, "-m", "sync.client.agent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(start) + "\nno json\n" + '{"op": "wake"}\n')
        process.stdin.flush()
        while json.loads(process.stdout.readline())["event"] != "ready":
            continue
        process.stdin.close()
        assert process.wait(timeout=40) == 0


def test_second_agent_on_a_home_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    first = agent_lock(tmp_path)
    with pytest.raises(EnvironmentFault) as caught:
        agent_lock(tmp_path, patience_s=0.1)
    assert caught.value.code == "agent.already_running"
    first.release()
    agent_lock(tmp_path, patience_s=0.1).release()


@pytest.mark.parametrize("first", ["", "no json\n", "[]\n", '{"op": "wake"}\n'])
def test_input_that_does_not_start_is_refused(first: str) -> None:
    sink = io.StringIO()
    assert serve(io.StringIO(first), sink) == 3
    assert json.loads(sink.getvalue()) == {"event": "error", "code": "agent.bad_start"}


def test_face_imports_nothing_heavy_with_the_supervisor() -> None:
    program = (
        "import sys, sync.client.supervisor;"
        "print([n for n in ('requests','cryptography','sqlcipher3','urllib3') if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_log_holds_no_payer_code_and_no_number(tmp_path: Path) -> None:
    keys = _enrolled(tmp_path, NOWHERE)
    replies: queue.Queue[Mapping[str, Any]] = queue.Queue()
    with _agent(tmp_path, keys) as (agent, events):
        _await(events, "ready")
        agent.call("payment.charge", CHARGE, replies.put)
        assert replies.get(timeout=20)["outcome"] == "refused"
    log = tmp_path / "logs" / "agent.log"
    until(lambda: "payment.charge" in log.read_text(), "the call in the log")
    text = log.read_text()
    for secret in (CHARGE["auth_code"], CHARGE["out_trade_no"], keys.seed.hex(), keys.db_key.hex()):
        assert str(secret) not in text
