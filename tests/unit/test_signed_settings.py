"""Settings count only as the platform signed them, and only the newest: at the counter itself."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.signed_settings import CHANGED_HERE
from terminal.bootstrap import known_books, open_keys
from terminal.domain.errors import EnvironmentFault
from terminal.domain.signed_setting import (
    FORGED,
    MALFORMED,
    REPLAYED,
    SignedSetting,
    judged,
)
from terminal.store.database import open_database
from terminal.store.identity import read_identity, write_identity
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.inbox import FUTURE_VERSION, Centre, tell_setting
from tests.helpers.outlet import Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

LAX = {"refund": {"alone": 10**9}}
STRICT = {"refund": {"alone": 1, "second": 2}}


@pytest.fixture
def centre(outlet_template: Template) -> Centre:
    return Centre(outlet_template.platform)


@pytest.fixture
def strict(counter: Outlet, outlet_template: Template) -> Outlet:
    """A counter whose limit the platform lowered after enrolment, and that went by it."""
    tell_setting(counter.home, outlet_template.platform, "dual_control", STRICT)
    counter.cases.context.signed.take_over()
    return counter


def rewrite(outlet: Outlet, key: str, text: str) -> None:
    """Somebody who even has the key of sync.db changes what lies there."""
    book = open_database(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    with closing(book):
        book.execute("UPDATE settings SET record = ? WHERE key = ?", (text, key))


def alone(outlet: Outlet) -> int:
    """What a clerk may refund by herself, in fen."""
    return outlet.cases.authorising.need("refund").alone


def reasons(outlet: Outlet) -> list[tuple[str, str]]:
    holds = outlet.cases.queue.holds()
    return [(hold.reason_code, hold.item) for hold in holds if hold.lane == "settings"]


def test_a_newer_signed_limit_counts_at_once_and_stays_without_the_file_it_came_in(
    counter: Outlet, outlet_template: Template
) -> None:
    assert alone(counter) == 10_000
    tell_setting(counter.home, outlet_template.platform, "dual_control", STRICT)
    assert alone(counter) == 1
    for _ in range(2):
        counter.cases.context.signed.take_over()
    counter.close()
    for file in counter.home.glob(f"{SYNC_FILE}*"):
        file.unlink()
    assert alone(counter) == 1
    assert reasons(counter) == []


def test_a_limit_edited_in_the_reference_file_does_not_count(counter: Outlet) -> None:
    """The file is in clear: whoever can write there finds no setting, and adds one for nothing."""
    with closing(sqlite3.connect(counter.home / "reference.db")) as book:
        tables = {row[0] for row in book.execute("SELECT name FROM sqlite_schema")}
        assert "settings" not in tables
        book.execute("CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT)")
        book.execute("INSERT INTO settings VALUES ('dual_control', ?)", (json.dumps(LAX),))
        book.commit()
    assert alone(counter) == 10_000


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_edit_of_any_field_counts_and_the_older_good_limit_goes_on(
    strict: Outlet, data: st.DataObject
) -> None:
    counter, context = strict, strict.cases.context
    text = context.sync.setting("dual_control")
    record: dict[str, Any] = json.loads(text)
    field = data.draw(st.sampled_from(sorted(record)))
    held = record[field]
    changed: Any
    if field == "value":
        changed = json.dumps(data.draw(st.sampled_from([LAX, {}, None, "x"])))
    elif field == "version":
        changed = data.draw(st.integers(-1, 2**52).filter(lambda number: number != held))
    else:
        place = data.draw(st.integers(0, len(held) - 1))
        changed = held[:place] + data.draw(st.sampled_from("0123456789abcdef")) + held[place + 1 :]
    record[field] = changed
    rewrite(counter, "dual_control", json.dumps(record))
    try:
        if changed != held:
            assert reasons(counter) == [(CHANGED_HERE, "dual_control")]
        assert alone(counter) == 1
    finally:
        rewrite(counter, "dual_control", text)
    assert reasons(counter) == []


NO_FORM = '{"key": "dual_control", "signature": "ab", "value": "\\ud800", "version": 9}'


@pytest.mark.parametrize("text", ["", "[]", "{", '{"key": "dual_control"}', NO_FORM])
def test_what_is_no_record_at_all_does_not_count(strict: Outlet, text: str) -> None:
    rewrite(strict, "dual_control", text)
    assert alone(strict) == 1


def test_a_record_of_another_key_does_not_count(strict: Outlet) -> None:
    rewrite(strict, "dual_control", strict.cases.context.sync.setting("limits"))
    assert alone(strict) == 1
    assert reasons(strict) == [(CHANGED_HERE, "dual_control")]


def test_an_edited_limit_does_not_count_before_anything_else_did_either(counter: Outlet) -> None:
    record = json.loads(counter.cases.context.sync.setting("dual_control"))
    rewrite(counter, "dual_control", json.dumps({**record, "value": json.dumps(LAX)}))
    assert alone(counter) == 10_000, "what enrolment gave"
    assert reasons(counter) == [(CHANGED_HERE, "dual_control")]


def test_an_older_signed_limit_put_back_does_not_count(counter: Outlet, centre: Centre) -> None:
    context = counter.cases.context
    older = context.sync.setting("dual_control")
    newer = json.dumps(centre.setting("dual_control", STRICT, FUTURE_VERSION))
    rewrite(counter, "dual_control", newer)
    context.signed.take_over()
    assert alone(counter) == 1
    rewrite(counter, "dual_control", older)
    assert alone(counter) == 1
    assert reasons(counter) == [(CHANGED_HERE, "dual_control")]


def test_a_withdrawn_setting_leaves_what_enrolment_gave(counter: Outlet, centre: Centre) -> None:
    rewrite(counter, "idle_lock_s", json.dumps(centre.setting("idle_lock_s", None, FUTURE_VERSION)))
    assert counter.cases.context.signed.value("idle_lock_s") is None
    assert counter.cases.context.setting("idle_lock_s") == 300


def test_a_counter_that_checks_nothing_goes_by_an_edited_limit(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what holds above holds because of the signature."""
    record = json.loads(counter.cases.context.sync.setting("dual_control"))
    monkeypatch.setattr(counter.cases.context.secrets, "genuine", lambda _record: True)
    rewrite(counter, "dual_control", json.dumps({**record, "value": json.dumps(LAX)}))
    assert alone(counter) == 10**9


def test_an_identity_that_was_changed_opens_no_counter(outlet: Outlet) -> None:
    """First settings lie in it in clear, and the key that newer ones are checked with."""
    outlet.close()
    genuine = read_identity(outlet.home)
    outlet.open()
    outlet.close()
    lax = {**genuine.profile, "dual_control": LAX}
    for changed in (replace(genuine, profile=lax), replace(genuine, platform_key="ab" * 32)):
        write_identity(outlet.home, changed)
        with pytest.raises(EnvironmentFault) as refused:
            outlet.open()
        assert refused.value.code == "identity.changed"
    write_identity(outlet.home, genuine)
    books = known_books(outlet.home, genuine, open_keys(outlet.home), outlet.clock)
    assert books.head()[0] == 1
    books.close()


# The rule itself.

RECORD = {"key": "limits", "value": "{}", "version": 7, "signature": "ab"}


def yes(_record: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "7"}, MALFORMED),
        ({"version": True}, MALFORMED),
        ({"version": 0}, MALFORMED),
        ({"key": ""}, MALFORMED),
        ({"key": "k" * 65}, MALFORMED),
        ({"key": 1}, MALFORMED),
        ({"value": {}}, MALFORMED),
        ({"value": "{"}, MALFORMED),
        ({"more": 1}, MALFORMED),
        ({"signature": 1}, FORGED),
    ],
)
def test_a_record_of_another_shape_is_refused(change: dict[str, Any], code: str) -> None:
    assert judged({**RECORD, **change}, yes) == code


@given(st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_only_a_higher_version_takes_the_place_of_what_counts(
    before: int, after: int, same: bool
) -> None:
    held = judged({**RECORD, "version": before}, yes)
    assert isinstance(held, SignedSetting)
    found = judged({**RECORD, "version": after, "value": "{}" if same else "[]"}, yes, held)
    if after > before or (same and after == before):
        assert isinstance(found, SignedSetting)
        assert (found.key, found.version) == ("limits", after)
    else:
        assert found == REPLAYED


def test_what_the_platform_did_not_sign_is_refused_whatever_its_version() -> None:
    assert judged({**RECORD, "version": 99}, lambda _record: False) == FORGED
