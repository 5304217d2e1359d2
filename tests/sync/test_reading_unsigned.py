"""In the demonstration, and only there, a program on the same machine reads journals unsigned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from starlette.datastructures import Headers

from sync.central.calls import Call, reader
from sync.central.platform import Platform, Settings
from sync.client.session import Session
from sync.wire.refusal import Refusal
from tests.helpers.central import running_central
from tests.helpers.enrolled_terminal import enrolled_terminal

ID = "61020303-02-0A1B2C3D"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        yield made


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 401)])
def test_this_machine_reads_unsigned_only_in_the_demonstration(
    demo: bool, status: int, session: requests.Session, tmp_path: Path
) -> None:
    with running_central(tmp_path / "platform", demo=demo) as central:
        with enrolled_terminal(tmp_path / "home", central) as terminal:
            terminal.append(3)
            upload = Session(terminal.home, terminal.keys)
            assert upload.uploader.run().code == ""
            upload.close()
        place = f"{central.url}/v1/terminals/{terminal.terminal_id}"
        answers = [session.get(f"{place}/{what}", timeout=10) for what in ("journal", "head")]
        assert [answer.status_code for answer in answers] == [status, status]
        if demo:
            page, head = (answer.json() for answer in answers)
            assert len(page["entries"]) == page["head"]["seq"] == head["ack"]["seq"] == 3
        written = session.post(f"{place}/journal", json={"entries": []}, timeout=10)
        assert written.json()["error"]["code"] == "request.unsigned"


def test_an_unknown_terminal_is_not_there_and_proxies_stay_out(
    session: requests.Session, tmp_path: Path
) -> None:
    with running_central(tmp_path, demo=True) as central:
        place = f"{central.url}/v1/terminals/{ID}/head"
        assert session.get(place, timeout=10).json()["error"]["code"] == "terminal.unknown"
        for name in ("X-Forwarded-For", "Via"):
            passed_on = session.get(place, headers={name: "127.0.0.1"}, timeout=10)
            assert passed_on.json()["error"]["code"] == "request.unsigned"


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_loopback_is_this_machine(peer: str, tmp_path: Path) -> None:
    assert _read(tmp_path, peer) == ID


@pytest.mark.parametrize("peer", ["192.0.2.7", "2001:db8::7", "0.0.0.0", "10.0.0.1", "counter", ""])
def test_every_other_address_must_sign(peer: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        _read(tmp_path, peer)
    assert refused.value.code == "request.unsigned"


def _read(home: Path, peer: str) -> str:
    platform = Platform(Settings(home, demo=True))
    try:
        path = {"terminal_id": ID}
        return reader(platform, Call("GET", "/", Headers(), {}, path, b"", peer))
    finally:
        platform.database.close()
