"""Until when each service works without the platform, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.client.agent import run_once
from terminal.app.offline_outlook import ServiceOutlook
from terminal.domain.errors import OutletError
from terminal.domain.leases import Lease
from terminal.domain.lockout import ONLINE_ONLY_AFTER, Lockout
from terminal.store.identity import certificate_end, read_identity
from tests.helpers.central import Central
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, SENIOR, Outlet, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def services(outlet: Outlet) -> dict[str, ServiceOutlook]:
    """The outlook by service."""
    return {one.service_code: one for one in outlet.cases.outlook.view().services}


def expiry(outlet: Outlet, clerk: str) -> str:
    """What the platform signed for a clerk."""
    record = outlet.cases.context.catalogue.clerk(clerk)
    assert record is not None
    return str(record["expires_at"])


def test_everything_offered_says_until_when_and_what_ends_it(counter: Outlet) -> None:
    assert run_once(counter.home).code, "nobody answers where it was enrolled"
    counter.sell()
    outlook = counter.cases.outlook.view()
    told = {one.service_code: (one.state, one.limit_code) for one in outlook.services}
    assert told == {
        "selling": ("ok", "credential"),
        "payer_code": ("off", "needs_platform"),
        "unlock": ("ok", "credential"),
        "sign_on": ("ok", "credential"),
        "day": ("ok", "credential"),
        "numbers": ("ok", "numbers"),
        "prices": ("ok", "prices"),
    }
    assert services(counter)["unlock"].until == expiry(counter, CLERK)
    entry = counter.books.entry(2)
    assert entry is not None
    assert (outlook.waiting, outlook.reason_code) == (counter.books.head()[0] - 1, "away")
    assert outlook.waiting_since == entry.recorded_at


def test_with_the_platform_nothing_waits_and_codes_are_taken(
    counter: Outlet, platform: Central
) -> None:
    connect(counter.home, platform)
    assert run_once(counter.home).code == ""
    outlook = counter.cases.outlook.view()
    assert (outlook.waiting, outlook.waiting_since, outlook.reason_code) == (0, "", "")
    assert services(counter)["payer_code"].state == "limited"
    counter.sell()
    assert counter.cases.outlook.view().reason_code == "sending"


def test_what_ends_within_three_days_is_limited_and_what_ended_is_off(counter: Outlet) -> None:
    counter.clock.advance(timedelta(days=5))
    assert services(counter)["unlock"].state == "limited"
    counter.clock.advance(timedelta(days=3))
    after = services(counter)
    assert {after[name].state for name in ("unlock", "sign_on", "day")} == {"off"}
    # She goes on selling as long as she does not lock the screen.
    assert (after["selling"].state, after["selling"].limit_code) == ("limited", "until_locked")
    assert counter.sell()
    counter.cases.session.lock()
    assert services(counter)["selling"].state == "off"


def test_a_locked_screen_waits_for_the_one_clerk_who_can_open_it(counter: Outlet) -> None:
    counter.cases.session.lock()
    assert services(counter)["selling"].state == "ok"
    lock_out(counter, CLERK)
    told = services(counter)
    assert (told["selling"].state, told["selling"].limit_code) == ("off", "nobody")
    assert (told["unlock"].state, told["unlock"].limit_code) == ("off", "nobody")
    assert told["sign_on"].state == "ok"


def lock_out(outlet: Outlet, clerk: str) -> None:
    """Twenty wrong secrets: only the platform can help."""
    record = outlet.cases.context.clerk(clerk)
    with outlet.books.transaction() as tx:
        tx.put_lockout(f"{clerk}:{record.verifier[-12:]}", Lockout(fails=ONLINE_ONLY_AFTER))


def test_with_every_senior_locked_out_the_day_cannot_be_opened(outlet: Outlet) -> None:
    assert "unlock" not in services(outlet), "nobody is on duty"
    lock_out(outlet, MANAGER)
    assert services(outlet)["day"].state == "ok"
    lock_out(outlet, SENIOR)
    told = services(outlet)
    assert (told["day"].state, told["day"].limit_code) == ("off", "nobody")
    assert told["sign_on"].params == {"clerk": CLERK}
    with pytest.raises(OutletError):
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)


def test_a_record_the_platform_did_not_sign_promises_nothing(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.cases.session.lock()
    monkeypatch.setattr(type(counter.cases.context.secrets), "genuine", lambda _self, _r: False)
    told = services(counter)
    assert {told[name].limit_code for name in ("selling", "unlock", "sign_on", "day")} == {"nobody"}


def test_before_the_first_catalogue_nothing_is_sold(counter: Outlet, tmp_path: Path) -> None:
    for file in counter.home.glob("reference*"):
        file.rename(tmp_path / file.name)
    counter.cases.context.catalogue.close()  # type: ignore[attr-defined]
    told = services(counter)
    assert (told["selling"].state, told["selling"].limit_code) == ("off", "no_catalogue")
    assert (told["prices"].state, told["prices"].limit_code) == ("off", "no_catalogue")


def test_a_recovery_under_way_stops_selling(counter: Outlet) -> None:
    counter.cases.context.recovering = True
    assert services(counter)["selling"].limit_code == "recovering"


@pytest.mark.parametrize(("left", "state"), [(0, "off"), (999, "limited"), (1000, "ok")])
def test_order_numbers_are_counted(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch, left: int, state: str
) -> None:
    leased = [Lease("order", 1, left, 1)]
    monkeypatch.setattr(type(counter.books), "leases", lambda _self, _kind: leased)
    told = services(counter)
    assert (told["numbers"].state, told["numbers"].params) == (state, {"count": f"{left:,}"})
    assert (told["selling"].limit_code == "numbers_used_up") == (left == 0)


def test_a_lease_that_ends_ends_selling_when_it_ends_first(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = expiry(counter, CLERK)
    for end, first in (("2020-01-01T00:00:00.000Z", True), ("2999-01-01T00:00:00.000Z", False)):
        leases = [Lease("order", 1, 9, 1, "2001-01-01T00:00:00.000Z"), Lease("order", 1, 0, 1)]
        leases.append(Lease("order", 10, 9999, 10, end))
        monkeypatch.setattr(type(counter.books), "leases", lambda _self, _kind, ls=leases: ls)
        monkeypatch.setattr(
            type(counter.cases.context.time), "sure", lambda _self: "2019-12-31T00:00:00.000Z"
        )
        told = services(counter)
        assert told["numbers"].until == end
        assert told["numbers"].params == {"count": "9,990"}, "the first lease has ended"
        if first:
            assert (told["selling"].until, told["selling"].limit_code) == (end, "numbers_end")
            assert (told["numbers"].state, told["selling"].state) == ("limited", "limited")
        else:
            assert (told["selling"].until, told["numbers"].state) == (credential, "ok")


def test_the_certificate_says_when_it_ends(counter: Outlet) -> None:
    end = certificate_end(read_identity(counter.home))
    days = datetime.fromisoformat(end) - datetime.now(UTC)
    assert timedelta(days=80) < days < timedelta(days=100)
    counter.cases.context.certificate_end = lambda: end
    assert services(counter)["certificate"].until == end
    counter.clock.advance(timedelta(days=120))
    assert services(counter)["certificate"].state == "off"


def test_a_certificate_that_cannot_be_read_has_no_date(counter: Outlet) -> None:
    assert certificate_end(replace(read_identity(counter.home), certificate="none")) == ""


@pytest.fixture
def held(counter: Outlet, platform: Central) -> Iterator[Outlet]:
    """A terminal the platform has withdrawn."""
    connect(counter.home, platform)
    platform.faults(revoked=[read_identity(counter.home).terminal_id])
    assert run_once(counter.home).code == "terminal.revoked"
    yield counter
    platform.faults()


def test_a_queue_that_is_held_says_so(held: Outlet) -> None:
    assert held.cases.outlook.view().reason_code == "held"


def test_unlocking_is_promised_exactly_while_it_is_granted(counter: Outlet) -> None:
    for _ in range(10):
        promised = services(counter)["unlock"].state != "off"
        granted = True
        try:
            counter.cases.session.unlock(PIN)
        except OutletError:
            granted = False
        assert promised == granted
        counter.clock.advance(timedelta(days=1))
