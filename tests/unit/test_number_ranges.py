"""Numbers at the counter: taken over, asked for in time, ended, given back, whatever clocks do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from terminal.bootstrap import open_keys
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry
from terminal.domain.leases import KINDS, Lease, returned, returned_body
from terminal.domain.outlet_time import utc_text
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_records import NumberRange
from terminal.store.sync_store import SyncStore
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

TEN_YEARS = timedelta(days=3650)


def _platform_says(outlet: Outlet, *leases: NumberRange, **state: str) -> None:
    store = SyncStore(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    store.add_ranges(leases, "2026-01-01T00:00:00.000Z")
    store.put_state(state)
    store.close()


def _now(outlet: Outlet) -> datetime:
    return datetime.fromisoformat(outlet.clock.now_utc())


def _word(outlet: Outlet, later: timedelta = timedelta()) -> str:
    return utc_text(_now(outlet) + later)


def _end(outlet: Outlet, ends_in: timedelta) -> None:
    """Every lease ends so soon, as if it had been leased long ago."""
    end, connection = _word(outlet, ends_in), outlet.books._connection
    leases = [lease for kind in KINDS for lease in outlet.books.leases(kind)]
    _platform_says(outlet, **{f"lease.end.{one.kind}.{one.lo}": end for one in leases})
    connection.execute("UPDATE ranges SET expires_at = ?", (end,))


def _only_orders(outlet: Outlet, ends_in: timedelta) -> None:
    """One lease that ends soon, nothing else; the line is down."""
    _end(outlet, ends_in)
    _platform_says(outlet, online="0")
    outlet.books._connection.execute("UPDATE ranges SET hi = lo - 1 WHERE kind <> 'order'")


def _asked(outlet: Outlet) -> list[tuple[Any, Any]]:
    outlet.clock.advance(timedelta(seconds=10))
    return [(wanted["kind"], wanted["renews"]) for wanted in outlet.cases.ranges.take_over()]


def _returned(outlet: Outlet) -> Sequence[Entry]:
    return [e for e in outlet.books.all_entries() if e.kind == "numbers.returned"]


def _refusal(outlet: Outlet) -> str:
    with pytest.raises(EnvironmentFault) as refused:
        outlet.sell()
    outlet.cases.ordering.void_line(outlet.cases.ordering.basket.lines[0].line_id)
    return refused.value.code


def test_all_kinds_are_there_and_nothing_is_asked_for(outlet: Outlet) -> None:
    assert all(outlet.books.numbers_left(kind) > 0 for kind in KINDS)
    assert _asked(outlet) == []


def test_more_are_asked_for_before_they_run_out_and_not_again_at_once(counter: Outlet) -> None:
    counter.books._connection.execute(
        "UPDATE ranges SET next = hi - (hi - lo + 1) / 5 + 2 WHERE kind <> 'voucher'"
    )
    assert _asked(counter) == [("order", 0), ("waybill", 0)]
    assert counter.cases.ranges.take_over() == [], "a moment later"
    assert _asked(counter) == [("order", 0), ("waybill", 0)]
    _platform_says(counter, online="0")
    assert _asked(counter) == [], "nobody is there to ask"
    _platform_says(counter, online="1")
    assert _asked(counter) == [("order", 0), ("waybill", 0)]
    counter.clock.reboot()
    assert counter.cases.ranges.take_over() != [], "another run of the machine"


def test_a_busy_counter_keeps_five_weeks_ahead(counter: Outlet) -> None:
    books = counter.books
    for day in range(4):
        books._connection.execute("UPDATE ranges SET next = next + 900 WHERE kind = 'order'")
        books._connection.execute("UPDATE day SET business_date = ?", (f"2026-12-{day + 1:02d}",))
        assert _asked(counter) == []
    books._connection.execute("UPDATE ranges SET next = hi - 31000 WHERE kind = 'order'")
    assert _asked(counter) == [("order", 0)]


def test_a_lease_near_its_end_is_renewed_and_its_numbers_go_on(counter: Outlet) -> None:
    (lease,) = counter.books.leases("order")
    assert counter.sell().endswith("-000001")
    _end(counter, timedelta(days=60))
    assert _asked(counter)[0] == ("order", lease.lo)
    later = _word(counter, timedelta(days=180))
    _platform_says(counter, NumberRange("order", lease.lo, lease.hi, later))
    assert ("order", lease.lo) not in _asked(counter)
    assert counter.books.leases("order")[0].expires_at == later
    assert counter.sell().endswith("-000002")


def test_an_ended_lease_is_not_used_and_a_clock_set_back_does_not_revive_it(
    counter: Outlet,
) -> None:
    _only_orders(counter, timedelta(days=2))
    assert counter.sell()
    counter.clock.advance(timedelta(days=3))
    assert _refusal(counter) == "range.expired"
    counter.clock.set_wall(-timedelta(days=30))
    assert _refusal(counter) == "range.expired"
    counter.cases.ranges.take_over()
    counter.clock.reboot()
    counter.crash()
    counter.clock.set_wall(-TEN_YEARS)
    assert counter.books.numbers_left("order") > 0
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) == 0
    assert _returned(counter) == [], "a clock alone gives nothing back"


@pytest.mark.parametrize("jump", [TEN_YEARS, -TEN_YEARS])
def test_a_clock_that_jumps_ends_no_lease_early(counter: Outlet, jump: timedelta) -> None:
    _only_orders(counter, timedelta(days=2))
    counter.clock.set_wall(jump)
    assert counter.sell()
    counter.crash()
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) > 0
    counter.clock.advance(timedelta(days=3))
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) == 0


def test_the_platforms_word_counts_from_when_it_came(counter: Outlet) -> None:
    """The machine came up with a clock ten years ahead; the platform says better."""
    counter.clock.reboot()
    counter.clock.set_wall(TEN_YEARS)
    counter.crash()
    _platform_says(counter, online="0")
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) == 0
    true_now = utc_text(_now(counter) - TEN_YEARS)
    _platform_says(counter, platform_time=true_now)
    counter.cases.ranges.take_over()
    assert counter.cases.context.time.sure() < utc_text(_now(counter) - timedelta(days=3000))
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) > 0
    counter.crash()
    assert counter.books.numbers_left("order", counter.cases.context.time.sure()) > 0
    assert _returned(counter) == []


def test_what_ended_by_the_platforms_word_is_given_back_once(counter: Outlet) -> None:
    counter.sell()
    _only_orders(counter, timedelta(days=2))
    (lease,) = counter.books.leases("order")
    counter.clock.advance(timedelta(days=3))
    _platform_says(counter, platform_time=_word(counter), online="1")
    assert ("order", 0) in _asked(counter)
    assert ("order", 0) in _asked(counter)
    (entry,) = _returned(counter)
    assert entry.body == {
        "kind": "order",
        "lo": 1,
        "hi": lease.hi,
        "used_to": 1,
        "reason": "expired",
    }
    assert returned(entry.body) == ("order", 1, lease.hi, 1)
    assert counter.books.numbers_left("order") == 0
    assert _refusal(counter) == "range.used_up"
    counter.crash()
    assert counter.books.numbers_left("order") == 0, "taking the lease over again revives nothing"


def test_a_terminal_that_ends_gives_back_everything(counter: Outlet) -> None:
    counter.sell()
    before = sum(counter.books.numbers_left(kind) for kind in KINDS)
    assert counter.cases.ranges.give_back_all() == before
    assert counter.cases.ranges.give_back_all() == 0
    assert sorted(str(entry.body["kind"]) for entry in _returned(counter)) == sorted(KINDS)
    assert {entry.body["reason"] for entry in _returned(counter)} == {"retired"}


def test_no_number_stands_in_two_leases_whatever_a_platform_says(counter: Outlet) -> None:
    with counter.books.transaction() as tx:
        tx.add_range("parcel", 100, 199)
        tx.add_range("parcel", 150, 249)
        tx.add_range("parcel", 120, 140)
        got = [tx.next_number("parcel") for _ in range(tx.numbers_left("parcel"))]
    assert sorted(got) == list(range(100, 250))


def test_what_makes_no_sense_gives_nothing_back() -> None:
    good = returned_body(Lease("order", 1, 9, 4), "retired")
    assert returned(good) == ("order", 1, 9, 3)
    assert returned({**good, "used_to": 0}) == ("order", 1, 9, 0)
    for wrong in ({"kind": 1}, {"lo": "1"}, {"hi": True}, {"used_to": 10}, {"used_to": -1}):
        assert returned({**good, **wrong}) is None
