"""Clocks that are set, run wild and start again: what must hold on any walk of them.

The numbers of entries are the order; time stamps are labels. A refusal stays refused, a lock stays
until the machine has run for its time, and a clock that ran ahead is forgiven when the platform
speaks.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.bootstrap import open_keys
from terminal.domain.errors import OutletError
from terminal.domain.lockout import FIRST_LOCK_MS, FREE_TRIES, RunningTime
from terminal.domain.outlet_time import Reached
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.outlet import MANAGER, MANAGER_PIN, PIN, STAMP, Outlet, Template, copied_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

TEN_YEARS_S = 10 * 365 * 24 * 3600
JUMP = st.tuples(st.just("set"), st.integers(-TEN_YEARS_S, TEN_YEARS_S))
NUDGE = st.tuples(st.just("set"), st.integers(-600, 600))
PASS = st.tuples(st.just("pass"), st.integers(0, 3 * 24 * 3600))
OTHER = st.sampled_from([("reboot", 0), ("restart", 0)])
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _turn(outlet: Outlet, what: str, seconds: int) -> None:
    if what == "set":
        outlet.clock.set_wall(timedelta(seconds=seconds))
    elif what == "pass":
        outlet.clock.advance(timedelta(seconds=seconds))
    elif what == "reboot":
        outlet.clock.reboot()
        outlet.crash()
    else:
        outlet.crash()


def _refusal(outlet: Outlet) -> str:
    try:
        outlet.cases.session.unlock(PIN)
    except OutletError as refused:
        return refused.code
    return ""


WALK = st.lists(
    JUMP | NUDGE | PASS | OTHER | st.sampled_from([("sell", 0), ("park", 0), ("unlock", 0)]),
    min_size=3,
    max_size=14,
)


@SLOW
@given(WALK)
def test_no_walk_of_the_clock_reorders_renews_or_loses(
    outlet_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    walk: list[tuple[str, int]],
) -> None:
    folder: Path = tmp_path_factory.mktemp("clock")
    with copied_outlet(outlet_template, folder) as outlet:
        outlet.open_day()
        day = outlet.cases.session.view().business_date
        expired, sold, parked = False, list[str](), list[str]()
        for what, seconds in walk:
            if what == "unlock":
                code = _refusal(outlet)
                assert code in ("", "session.verifier_expired")
                assert not (expired and not code), "an expired verifier became valid again"
                expired = expired or bool(code)
            elif what in ("sell", "park"):
                if outlet.cases.context.locked:
                    continue
                earliest = outlet.clock.now_utc()
                if what == "sell":
                    sold.append(outlet.sell())
                    (newest,) = outlet.books.entries(limit=1)
                    assert earliest < newest.recorded_at < outlet.clock.now_utc(), "not its label"
                    assert newest.business_date == day
                else:
                    parked.append(outlet.cases.ordering.add_item(STAMP).basket_id)
                    outlet.cases.ordering.suspend("clock")
            else:
                _turn(outlet, what, seconds)
            _in_order(outlet, sold, parked)


def _in_order(outlet: Outlet, sold: list[str], parked: list[str]) -> None:
    entries = list(outlet.books.all_entries())
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    said = [entry.body["order_no"] for entry in entries if entry.kind == "sale.completed"]
    assert said == sold
    last = outlet.books.last_order()
    assert (last.order_no if last else None) == (sold[-1] if sold else None)
    assert [row.basket.basket_id for row in outlet.books.parked()] == parked
    assert outlet.cases.context.now() >= max(entry.recorded_at for entry in entries)


@SLOW
@given(st.lists(JUMP | PASS.map(lambda step: ("pass", step[1] % 600)) | OTHER, max_size=8))
def test_no_walk_of_the_clock_lifts_a_lock_before_the_machine_ran_for_its_time(
    outlet_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    walk: list[tuple[str, int]],
) -> None:
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("lock")) as outlet:
        for _ in range(FREE_TRIES):
            with pytest.raises(OutletError):
                outlet.cases.session.open_outlet(MANAGER, "000000")
        ran_ms = 0
        for what, seconds in walk:
            _turn(outlet, what, seconds)
            ran_ms += seconds * 1000 if what == "pass" else 0
            with pytest.raises(OutletError) as refused:
                outlet.cases.session.open_outlet(MANAGER, "000000")
            if ran_ms < FIRST_LOCK_MS:
                assert refused.value.code == "session.locked_out"
            elif refused.value.code != "session.locked_out":
                return


def _platform_says(outlet: Outlet, at: str) -> None:
    """A receipt for all that the journal holds, with the platform's time."""
    seq, hash_hex = outlet.books.head()
    store = SyncStore(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    store.store_ack({"epoch": 1, "seq": seq, "hash": hash_hex, "at": at})
    store.close()


@SLOW
@given(st.integers(1, TEN_YEARS_S), st.booleans(), st.booleans())
def test_a_clock_that_ran_ahead_for_one_sale_is_forgiven_when_the_platform_speaks(
    outlet_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    ahead_s: int,
    refused: bool,
    restarts: bool,
) -> None:
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("ahead")) as outlet:
        outlet.open_day()
        right = outlet.clock.now_utc()
        outlet.clock.set_wall(timedelta(seconds=ahead_s))
        outlet.sell()
        ahead = outlet.clock.now_utc()
        if refused:
            _refusal(outlet)
        outlet.clock.set_wall(timedelta(seconds=-ahead_s))
        assert outlet.cases.context.now() >= ahead[:19]
        _platform_says(outlet, right)
        if restarts:
            outlet.crash()
        assert outlet.cases.context.now()[:16] <= outlet.clock.now_utc()[:16]
        assert _refusal(outlet) == ""
        outlet.sell()


UP = st.integers(0, 10**9)


@given(st.lists(st.tuples(st.integers(1, 2), UP, st.integers(2000, 2099)), max_size=20))
def test_a_time_once_reached_never_falls_and_grows_with_the_running_machine(
    looks: list[tuple[int, int, int]],
) -> None:
    reached, before = Reached(), ""
    for boot, up_ms, year in looks:
        now = RunningTime(f"boot-{boot}", up_ms)
        assert reached.by(now) >= reached.at
        reached = reached.and_at(f"{year}-01-01T00:00:00.000Z", now)
        assert reached.at >= before
        before = reached.at
    if reached.at:
        later = RunningTime(reached.seen.boot_id, reached.seen.up_ms + 1500)
        assert reached.by(later)[17:] == "01.500Z"


def test_negative_control_a_clock_believed_as_it_stands_renews_an_expired_verifier(
    outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.open_day()
    monkeypatch.setattr(type(outlet.cases.context), "now", lambda self: self.clock.now_utc())
    outlet.clock.set_wall(timedelta(days=30))
    assert _refusal(outlet) == "session.verifier_expired"
    outlet.clock.set_wall(timedelta(days=-30))
    assert _refusal(outlet) == ""


def test_opening_on_a_clock_that_ran_ahead_yields_to_the_platforms_time(outlet: Outlet) -> None:
    right = outlet.clock.now_utc()
    today = outlet.clock.local_date()
    outlet.clock.set_wall(timedelta(days=5))
    outlet.open_day()
    wrong = outlet.cases.session.view().business_date
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    outlet.clock.set_wall(timedelta(days=-5))
    with pytest.raises(OutletError) as behind:
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert (behind.value.code, behind.value.params["last"]) == ("day.clock_behind", wrong)
    _platform_says(outlet, right)
    opened = outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert opened.business_date == today < wrong
    (entry,) = outlet.books.entries(limit=1)
    assert entry.body["corrects"] == wrong
    outlet.cases.session.sign_on("0312", PIN)
    assert outlet.sell()


def test_a_platform_that_does_not_know_of_the_opening_corrects_nothing(outlet: Outlet) -> None:
    _platform_says(outlet, outlet.clock.now_utc())
    outlet.clock.set_wall(timedelta(days=5))
    outlet.open_day()
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    outlet.clock.set_wall(timedelta(days=-5))
    with pytest.raises(OutletError) as behind:
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert behind.value.code == "day.clock_behind"


def test_before_the_platforms_first_word_the_last_day_is_the_earliest(outlet: Outlet) -> None:
    for file in outlet.home.glob(f"{SYNC_FILE}*"):
        file.unlink()
    day = outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN).business_date
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    outlet.clock.set_wall(timedelta(days=-1))
    with pytest.raises(OutletError) as behind:
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert (behind.value.code, behind.value.params["last"]) == ("day.clock_behind", day)


def test_a_clock_behind_the_platforms_signed_time_opens_nothing(outlet: Outlet) -> None:
    _platform_says(outlet, outlet.clock.now_utc())
    outlet.clock.set_wall(timedelta(days=-1))
    with pytest.raises(OutletError) as behind:
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert behind.value.code == "day.clock_behind"


def test_a_verifier_runs_out_on_a_running_machine_whatever_its_clock_says(outlet: Outlet) -> None:
    outlet.open_day()
    outlet.clock.set_wall(timedelta(days=-3650))
    assert _refusal(outlet) == ""
    outlet.clock.advance(timedelta(days=8))
    assert _refusal(outlet) == "session.verifier_expired"


def test_a_platform_file_that_cannot_be_read_stops_no_sale(
    outlet: Outlet, caplog: pytest.LogCaptureFixture
) -> None:
    outlet.open_day()
    word = outlet.clock.now_utc()
    _platform_says(outlet, word)
    assert outlet.cases.context.now() > word
    outlet.cases.context.sync.close()  # type: ignore[attr-defined]
    for file in outlet.home.glob(f"{SYNC_FILE}*"):
        file.unlink()
    (outlet.home / SYNC_FILE).write_bytes(b"no database " * 1000)
    outlet.clock.set_wall(timedelta(days=-3650))
    assert outlet.sell()
    assert outlet.cases.context.now() > word, "what it said before still holds"
    assert "database.wrong_key" in caplog.text
