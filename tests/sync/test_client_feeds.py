"""The download lane against the real platform: snapshot, deltas, tampering, a cut in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.client.agent import run_once
from terminal.store.database import open_database
from terminal.store.reference_schema import current_generation
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    restorable_platform,
)
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestorablePlatform]:
    with restorable_platform(tmp_path_factory.mktemp("platform"), demo=True) as running:
        yield running


def _clerks(home: Path) -> list[str]:
    connection = open_database(home / "reference.db", None, read_only=True)
    rows = connection.execute("SELECT clerk_id FROM clerks ORDER BY 1").fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_snapshot_cut_in_the_middle_leaves_nothing_and_is_taken_again(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    def cut(passing: Passing) -> Passing:
        return replace(passing, cut_at=1000) if "snapshot" in passing.path else passing

    def spoil(passing: Passing) -> Passing:
        if "snapshot" not in passing.path:
            return passing
        return with_body(passing, passing.body[:-1] + b"x")

    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = cut
        assert run_once(terminal.home).code == "platform.connection_lost"
        proxy.alter = spoil
        assert run_once(terminal.home).code == "snapshot.damaged"
        assert current_generation(terminal.home) == 0
    report = run_once(terminal.home)
    assert (report.code, report.changed) == ("", ("catalogue", "clerks", "settings"))
    assert _clerks(terminal.home) == ["0301", "0312", "0315"]
    assert run_once(terminal.home).changed == ()


def test_tampered_clerk_is_refused_and_shown(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)

    def inject(passing: Passing) -> Passing:
        if "feeds" not in passing.path:
            return passing
        body = json.loads(passing.body)
        forged = {"clerk_id": "9999", "name": "x", "roles": "[]", "verifier": "v", "level": 9}
        forged |= {"expires_at": "2099-01-01T00:00:00Z", "signature": "00" * 64}
        body["changes"].append({"feed": "clerks", "op": "upsert", "key": "9999", "data": forged})
        return with_body(passing, json.dumps(body).encode())

    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = inject
        run_once(terminal.home)
    assert "9999" not in _clerks(terminal.home)
    with terminal.reader() as reader:
        assert [(item.code, item.item) for item in reader.parked()] == [
            ("clerk.bad_signature", "9999")
        ]


def test_change_of_a_feed_we_do_not_know_is_parked_and_the_rest_flows(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)

    def inject(passing: Passing) -> Passing:
        if "feeds" not in passing.path:
            return passing
        body = json.loads(passing.body)
        body["changes"][:0] = [{"feed": "comets", "op": "upsert", "key": "1P", "data": {}}]
        return with_body(passing, json.dumps(body).encode())

    division = {"code": "99", "name": "演示省", "parent": ""}
    platform.admin("PUT", "/v1/admin/divisions", {"upsert": [division]})
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = inject
        report = run_once(terminal.home)
    assert (report.code, report.changed) == ("", ("catalogue",))
    with terminal.reader() as reader:
        assert [(item.code, item.item) for item in reader.parked()] == [
            ("wire.malformed", 'comets:"1P"')
        ]


def test_new_life_of_the_platform_brings_a_new_snapshot(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)
    first = current_generation(terminal.home)
    platform.admin("POST", "/v1/admin/new-epoch")
    assert run_once(terminal.home).code == ""
    assert current_generation(terminal.home) == first + 1
