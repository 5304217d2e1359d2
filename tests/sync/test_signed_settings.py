"""Settings on the line: taken when the platform signed them and they are the newest, else refused.

A refused record changes nothing, the rest of its page flows, and a person is told by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.central import catalogue
from sync.central.platform import Platform
from sync.central.platform import Settings as PlatformSettings
from sync.client import settings as agent_settings
from sync.client.agent import run_once
from sync.client.settings import Settings
from sync.wire.messages import Change
from sync.wire.signing import record_is_signed, sign_record
from terminal.domain.signed_setting import FORGED, MALFORMED, REPLAYED
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    restorable_platform,
)
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body

NOW = "2026-11-21T01:00:00.000Z"
LAX = json.dumps({"refund": {"alone": 10**9}})
Alter = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestorablePlatform]:
    with restorable_platform(tmp_path_factory.mktemp("platform"), demo=True) as running:
        yield running


def publish(platform: RestorablePlatform, key: str, value: Any) -> None:
    """The operator changes a setting."""
    row = {"key": key, "value": json.dumps(value)}
    platform.admin("PUT", "/v1/admin/settings", {"upsert": [row]})


def taken(terminal: EnrolledTerminal, key: str) -> Any:
    """What counts now, and its version."""
    with terminal.reader() as reader:
        record = json.loads(reader.setting(key) or "{}")
    return (json.loads(record["value"]), record["version"]) if record else (None, 0)


def parked(terminal: EnrolledTerminal) -> list[tuple[str, str]]:
    with terminal.reader() as reader:
        return [(item.code, item.item) for item in reader.parked() if item.lane == "settings"]


def pull_through(terminal: EnrolledTerminal, platform: RestorablePlatform, alter: Alter) -> None:
    """One pull over a line on which somebody changes the pages of the feed."""

    def change(passing: Passing) -> Passing:
        if "/v1/feeds" not in passing.path:
            return passing
        return with_body(passing, json.dumps(alter(json.loads(passing.body))).encode())

    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = change
        run_once(terminal.home)


def test_a_changed_limit_arrives_signed_and_newer_and_a_withdrawn_one_says_so(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)
    _, first = taken(terminal, "limits")
    for fen in (1, 2):
        publish(platform, "limits", {"till_fen": fen})
    assert run_once(terminal.home).changed == ("settings",)
    value, second = taken(terminal, "limits")
    assert value == {"till_fen": 2}
    assert second > first > 0
    platform.admin("PUT", "/v1/admin/settings", {"delete": ["limits"]})
    run_once(terminal.home)
    value, third = taken(terminal, "limits")
    assert value is None
    assert third > second
    assert run_once(terminal.home).changed == ()
    assert parked(terminal) == []


FIELDS = ("key", "value", "version", "signature")


@pytest.mark.parametrize("field", FIELDS)
def test_a_page_with_any_field_changed_on_the_way_keeps_the_older_good_setting(
    terminal: EnrolledTerminal, platform: RestorablePlatform, field: str
) -> None:
    run_once(terminal.home)
    publish(platform, "dual_control", {"refund": {"alone": 5}})
    run_once(terminal.home)
    before = taken(terminal, "dual_control")
    publish(platform, "dual_control", {"refund": {"alone": 6}})
    division = {"code": "98", "name": "演示省", "parent": ""}
    platform.admin("PUT", "/v1/admin/divisions", {"upsert": [division]})
    other: dict[str, Any] = {"key": "limits", "value": LAX, "signature": "00" * 64}

    def edit(page: dict[str, Any]) -> dict[str, Any]:
        for change in page["changes"]:
            if change["feed"] == "settings":
                data = change["data"]
                data[field] = data[field] + 1 if field == "version" else other[field]
        return page

    pull_through(terminal, platform, edit)
    assert taken(terminal, "dual_control") == before
    assert parked(terminal) == [(FORGED, "dual_control")]
    # The rest of the page went through, and the next good record solves it.
    publish(platform, "dual_control", {"refund": {"alone": 7}})
    run_once(terminal.home)
    assert taken(terminal, "dual_control")[0] == {"refund": {"alone": 7}}
    assert parked(terminal) == []


def test_an_older_signed_setting_and_a_bare_removal_are_refused(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)
    with terminal.reader() as reader:
        older = json.loads(reader.setting("limits"))
    publish(platform, "limits", {"till_fen": 9})
    run_once(terminal.home)
    now = taken(terminal, "limits")
    replayed = {"feed": "settings", "op": "upsert", "key": "limits", "data": older}
    removed = {"feed": "settings", "op": "delete", "key": "points"}
    pull_through(
        terminal,
        platform,
        lambda page: {**page, "changes": [*page["changes"], replayed, removed]},
    )
    assert taken(terminal, "limits") == now
    assert taken(terminal, "points")[0] is not None
    assert sorted(parked(terminal)) == [(FORGED, "points"), (REPLAYED, "limits")]


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A platform whose signatures the property below goes by."""
    platform = Platform(PlatformSettings(tmp_path_factory.mktemp("signer")))
    yield platform
    platform.database.close()


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    versions=st.lists(st.tuples(st.integers(1, 6), values), min_size=1, max_size=8),
    edits=st.data(),
)
def test_in_any_order_only_genuine_records_of_rising_versions_count(
    signer: Platform,
    tmp_path_factory: pytest.TempPathFactory,
    versions: list[tuple[int, Any]],
    edits: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("agent")
    with closing(SyncStore(folder / SYNC_FILE, bytes(32))) as store:
        lane = Settings(store, signer.public_key, lambda: NOW)
        counts: dict[str, Any] | None = None
        for version, value in versions:
            record = _signed(signer, "limits", value, version)
            if edits.draw(st.booleans()):
                forged = _edited(record, edits)
                assert not lane.take("limits", forged)
                assert _newest(store) == counts
            newer = counts is None or version > counts["version"]
            assert lane.take("limits", record) == newer
            counts = record if newer else counts
            assert _newest(store) == counts


def _signed(signer: Platform, key: str, value: Any, version: int) -> dict[str, Any]:
    record: Any = {"key": key, "value": json.dumps(value), "version": version}
    return dict(sign_record(record, signer.sign))


def _edited(record: dict[str, Any], edits: st.DataObject) -> dict[str, Any]:
    """The record with one field another one, a field more, or a field less."""
    field = edits.draw(st.sampled_from([*FIELDS, "more", "less"]))
    if field == "more":
        return {**record, "terminal": "61020303-02"}
    if field == "less":
        gone = edits.draw(st.sampled_from(FIELDS))
        return {name: held for name, held in record.items() if name != gone}
    if field == "version":
        return {**record, "version": record["version"] + edits.draw(st.integers(1, 10**9))}
    text = edits.draw(st.text(min_size=1, max_size=8).filter(lambda one: one != record[field]))
    return {**record, field: text}


def _newest(store: SyncStore) -> dict[str, Any] | None:
    with store.file.read() as connection:
        row = connection.execute("SELECT record FROM settings WHERE key = 'limits'").fetchone()
    return json.loads(row[0]) if row else None


def test_a_genuine_record_under_another_key_is_refused(
    signer: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with closing(SyncStore(tmp_path_factory.mktemp("agent") / SYNC_FILE, bytes(32))) as store:
        lane = Settings(store, signer.public_key, lambda: NOW)
        assert not lane.take("limits", _signed(signer, "points", {"most_percent": 100}, 1))
        assert _newest(store) is None
        with store.file.read() as connection:
            rows = connection.execute("SELECT code, item FROM parked").fetchall()
    assert [tuple(row) for row in rows] == [(FORGED, "limits")]


def test_an_agent_that_believes_everybody_takes_an_edited_limit(
    signer: Platform, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what is refused above is refused because of the signature."""
    monkeypatch.setattr(agent_settings, "record_is_signed", lambda _record, _key: True)
    with closing(SyncStore(tmp_path_factory.mktemp("agent") / SYNC_FILE, bytes(32))) as store:
        lane = Settings(store, signer.public_key, lambda: NOW)
        forged = {**_signed(signer, "limits", {}, 1), "value": LAX}
        assert lane.take("limits", forged)
        assert _newest(store) == forged


def test_a_platform_restored_from_a_backup_signs_what_it_holds_anew(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)
    value, before = taken(terminal, "limits")
    platform.admin("POST", "/v1/admin/new-epoch")
    run_once(terminal.home)
    again, after = taken(terminal, "limits")
    assert again == value
    assert after > before
    assert parked(terminal) == []


def test_a_sync_file_made_anew_asks_for_all_settings_again(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    run_once(terminal.home)
    for file in terminal.home.glob(f"{SYNC_FILE}*"):
        file.unlink()
    run_once(terminal.home)
    assert taken(terminal, "permissions")[0]["sell"]


def test_settings_of_an_earlier_platform_are_signed_when_it_starts(tmp_path: Any) -> None:
    platform = Platform(PlatformSettings(tmp_path))
    row: Any = {"key": "limits", "value": "{}"}
    change = Change.parse(
        {"feed": "divisions", "op": "upsert", "key": "51", "data": {"code": "51"}}
    )
    catalogue.apply(platform, [change])
    platform.database.transaction(
        lambda connection: catalogue._store(
            connection,
            Change.parse({"feed": "settings", "op": "upsert", "key": "limits", "data": row}),
        )
    )
    for _ in range(2):
        catalogue.renew_settings(platform, unsigned_only=True)
    page = catalogue.page(platform, _start(platform), 10)
    (renewed,) = [one["data"] for one in page.changes if one["feed"] == "settings"]
    platform.database.close()
    assert isinstance(renewed, dict)
    assert record_is_signed(renewed, platform.public_key)
    assert renewed["value"] == "{}"


def _start(platform: Platform) -> str:
    return catalogue.cursor_at(platform, platform.standing().epoch, 0)


def test_a_snapshot_without_signatures_gives_no_settings(
    signer: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with closing(SyncStore(tmp_path_factory.mktemp("agent") / SYNC_FILE, bytes(32))) as store:
        lane = Settings(store, signer.public_key, lambda: NOW)
        lane.take_all([{"key": "limits", "value": LAX}])
        assert lane.taken
        assert _newest(store) is None
        with store.file.read() as connection:
            rows = connection.execute("SELECT code, item FROM parked").fetchall()
    assert [tuple(row) for row in rows] == [(MALFORMED, "limits")]
