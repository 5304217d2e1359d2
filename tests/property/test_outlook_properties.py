"""What the outlook promises, on any walk of the clock: never more than the rules grant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.offline_outlook import Outlook
from terminal.domain.errors import OutletError
from tests.helpers.outlet import PIN, Outlet, Template, copied_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

TEN_YEARS_S = 10 * 365 * 24 * 3600
WALK = st.lists(
    st.tuples(st.just("set"), st.integers(-TEN_YEARS_S, TEN_YEARS_S))
    | st.tuples(st.just("pass"), st.integers(0, 4 * 24 * 3600))
    | st.sampled_from([("reboot", 0), ("restart", 0), ("sell", 0), ("ask", 0), ("ask", 0)]),
    min_size=2,
    max_size=12,
)
DATED = ("selling", "unlock", "sign_on", "day")


def _untils(outlook: Outlook) -> dict[str, str]:
    return {one.service_code: one.until for one in outlook.services if one.until}


def _off(outlook: Outlook) -> set[str]:
    return {one.service_code for one in outlook.services if one.state == "off"}


def _turn(outlet: Outlet, what: str, seconds: int) -> None:
    if what == "set":
        outlet.clock.set_wall(timedelta(seconds=seconds))
    elif what == "pass":
        outlet.clock.advance(timedelta(seconds=seconds))
    elif what == "sell" and not outlet.cases.context.locked:
        outlet.sell()
    elif what == "reboot":
        outlet.clock.reboot()
        outlet.crash()
    elif what == "restart":
        outlet.crash()


def _granted(outlet: Outlet) -> bool:
    try:
        outlet.cases.session.unlock(PIN)
    except OutletError:
        return False
    return True


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(WALK)
def test_no_walk_of_the_clock_extends_what_the_outlook_promises(
    outlet_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    walk: list[tuple[str, int]],
) -> None:
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("outlook")) as outlet:
        outlet.open_day()
        signed = _untils(outlet.cases.outlook.view())
        refused = False
        for what, seconds in walk:
            _turn(outlet, what, seconds)
            outlook = outlet.cases.outlook.view()
            later = _untils(outlook)
            assert all(later.get(name, signed[name]) <= signed[name] for name in signed)
            if what == "ask":
                granted = _granted(outlet)
                assert granted == ("unlock" not in _off(outlook)), "says what the rule does not"
                refused = refused or not granted
            if refused:
                assert "unlock" in _off(outlet.cases.outlook.view()), "came back to life"


def test_negative_control_a_clock_believed_as_it_stands_brings_a_service_back(
    outlet_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with copied_outlet(outlet_template, tmp_path_factory.mktemp("outlook")) as outlet:
        outlet.open_day()
        monkeypatch.setattr(type(outlet.cases.context), "now", lambda self: self.clock.now_utc())
        outlet.clock.set_wall(timedelta(days=30))
        assert not _granted(outlet)
        assert set(DATED) - {"selling"} <= _off(outlet.cases.outlook.view())
        outlet.clock.set_wall(timedelta(days=-30))
        assert "unlock" not in _off(outlet.cases.outlook.view())
