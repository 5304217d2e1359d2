"""Signing outlets and clerks on and off, and what no clock change can lift."""

from __future__ import annotations

from datetime import timedelta

import pytest

from terminal.domain.errors import EnvironmentFault, OutletError, UserError
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    STAMP,
    Outlet,
    Template,
)

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def _wrong(outlet: Outlet, tries: int, clerk: str = MANAGER) -> list[str]:
    return [_code(lambda: outlet.cases.session.open_outlet(clerk, "000000")) for _ in range(tries)]


def test_a_day_from_opening_to_closing(outlet: Outlet) -> None:
    session = outlet.cases.session
    assert not session.view().outlet_open
    opened = session.open_outlet(MANAGER, MANAGER_PIN)
    assert (opened.outlet_open, opened.clerk_no) == (True, "")
    on = session.sign_on(CLERK, PIN)
    assert (on.clerk_no, on.clerk_roles, on.locked) == (CLERK, ("clerk",), False)
    assert "session" in on.changes
    assert session.sign_off().clerk_no == ""
    closed = session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    assert not closed.outlet_open
    kinds = [entry.kind for entry in outlet.books.all_entries()]
    assert kinds == [
        "terminal.enrolled",
        "outlet.signed_on",
        "clerk.signed_on",
        "clerk.signed_off",
        "outlet.signed_off",
    ]


def test_a_plain_clerk_opens_no_outlet(outlet: Outlet) -> None:
    assert _code(lambda: outlet.cases.session.open_outlet(CLERK, PIN)) == "permission.denied"


def test_steps_out_of_order_are_refused(outlet: Outlet) -> None:
    session = outlet.cases.session
    assert _code(lambda: session.sign_on(CLERK, PIN)) == "session.outlet_not_open"
    assert _code(lambda: session.close_outlet(MANAGER, MANAGER_PIN, True)) == (
        "session.outlet_not_open"
    )
    assert _code(session.sign_off) == "session.not_signed_on"
    assert _code(lambda: session.unlock(PIN)) == "session.not_signed_on"
    session.open_outlet(MANAGER, MANAGER_PIN)
    assert _code(lambda: session.open_outlet(MANAGER, MANAGER_PIN)) == (
        "session.outlet_already_open"
    )
    assert _code(lambda: session.sign_on("9999", PIN)) == "session.unknown_clerk"
    session.sign_on(CLERK, PIN)
    assert _code(lambda: session.sign_on(SENIOR, SENIOR_PIN)) == "session.clerk_still_on"
    assert _code(lambda: session.close_outlet(MANAGER, MANAGER_PIN, True)) == (
        "session.clerk_still_on"
    )


def test_two_people_open_the_same_day_again_and_both_are_named(counter: Outlet) -> None:
    session = counter.cases.session
    session.sign_off()
    session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    head = counter.books.head()
    for second, code in (
        (("", ""), "permission.second_needed"),
        (("@", ""), "permission.second_needed"),
        ((MANAGER, MANAGER_PIN), "permission.same_person"),
        ((CLERK, PIN), "permission.denied"),
        ((SENIOR, "000000"), "session.wrong_secret"),
    ):
        with pytest.raises(UserError) as refused:
            session.open_outlet(MANAGER, MANAGER_PIN, second)
        assert refused.value.code == code
    assert counter.books.head() == head
    session.open_outlet(MANAGER, MANAGER_PIN, (f"PB1*{SENIOR}", SENIOR_PIN))
    newest, granted = counter.books.entries(limit=2)
    assert newest.body["reopened"] is True
    told = {name: granted.body[name] for name in ("action", "operator", "authoriser", "means")}
    assert told == {
        "action": "day_reopen",
        "operator": MANAGER,
        "authoriser": SENIOR,
        "means": "badge",
    }


def test_who_may_open_a_day_again_alone_the_platform_says(
    counter: Outlet, outlet_template: Template
) -> None:
    tell_setting(
        counter.home, outlet_template.platform, "dual_control", {"day_reopen": {"alone": 0}}
    )
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    head = counter.books.head()[0]
    assert counter.cases.session.open_outlet(MANAGER, MANAGER_PIN).outlet_open
    assert counter.books.head()[0] == head + 1


def test_a_clock_behind_the_last_day_opens_nothing(counter: Outlet) -> None:
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    counter.clock.set_wall(timedelta(days=-2))
    with pytest.raises(EnvironmentFault) as refused:
        counter.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    assert refused.value.code == "day.clock_behind"


def test_midnight_does_not_change_the_business_day(counter: Outlet) -> None:
    day = counter.cases.session.view().business_date
    counter.clock.advance(timedelta(hours=20))
    counter.sell()
    assert {entry.business_date for entry in counter.books.entries(limit=1)} == {day}


def test_the_outlet_is_told_of_the_queue_before_it_signs_off(counter: Outlet) -> None:
    session = counter.cases.session
    session.sign_off()
    with pytest.raises(UserError) as refused:
        session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=False)
    assert refused.value.code == "session.queue_waiting"
    assert refused.value.params["count"] == session.view().waiting_entries > 0
    session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    (newest,) = counter.books.entries(limit=1)
    assert newest.body["waiting"] == refused.value.params["count"]


def test_nobody_leaves_a_basket_or_a_payment_behind(counter: Outlet) -> None:
    cases = counter.cases
    cases.ordering.add_item(STAMP)
    assert _code(cases.session.sign_off) == "session.basket_not_empty"
    form = cases.paying.begin()
    cases.codes.arm(form.form_id, "134512345678901200")
    assert _code(cases.session.sign_off) == "session.payment_open"


def test_parked_baskets_are_carried_over_and_listed(counter: Outlet) -> None:
    cases = counter.cases
    basket_id = cases.ordering.add_item(STAMP).basket_id
    cases.ordering.suspend("back soon")
    cases.session.sign_off()
    (newest,) = counter.books.entries(limit=1)
    assert newest.body["parked"] == [basket_id]
    cases.session.sign_on(SENIOR, SENIOR_PIN)
    assert cases.ordering.recall(basket_id).count == 1


def test_the_lock_keeps_the_basket_and_lets_nobody_else_in(counter: Outlet) -> None:
    cases = counter.cases
    cases.ordering.add_item(STAMP, 3)
    assert cases.session.lock().locked
    for act in (
        lambda: cases.ordering.add_item(STAMP),
        cases.paying.begin,
        cases.session.sign_off,
        cases.slips.reprint,
    ):
        assert _code(act) == "session.locked"
    assert _code(lambda: cases.session.unlock(SENIOR_PIN)) == "session.wrong_secret"
    assert not cases.session.unlock(PIN).locked
    assert cases.ordering.view().lines[0].quantity == 3


def test_without_a_clerk_there_is_nothing_to_lock(outlet: Outlet) -> None:
    assert not outlet.cases.session.lock().locked


def test_a_restart_with_a_clerk_on_starts_locked_with_the_basket(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 3)
    cases = counter.crash()
    assert cases.session.view().locked
    assert cases.ordering.view().lines[0].quantity == 3
    assert _code(cases.paying.begin) == "session.locked"


def test_wrong_secrets_count_down_and_lock(outlet: Outlet) -> None:
    with pytest.raises(UserError) as refused:
        outlet.cases.session.open_outlet(MANAGER, "000000")
    assert refused.value.params == {"left": 4}
    assert _wrong(outlet, 4) == ["session.wrong_secret"] * 3 + ["session.locked_out"]
    assert _code(lambda: outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)) == (
        "session.locked_out"
    )
    outlet.cases.session.open_outlet(SENIOR, SENIOR_PIN)


def test_the_right_secret_forgets_the_wrong_ones(outlet: Outlet) -> None:
    _wrong(outlet, 4)
    outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
    assert _wrong(outlet, 4) == ["session.wrong_secret"] * 4


@pytest.mark.parametrize("change", [timedelta(days=-30), timedelta(hours=3), timedelta(days=2)])
def test_no_clock_change_lifts_the_lock(outlet: Outlet, change: timedelta) -> None:
    _wrong(outlet, 5)
    outlet.clock.set_wall(change)
    assert _code(lambda: outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)) == (
        "session.locked_out"
    )
    outlet.clock.set_wall(-change)
    outlet.clock.advance(timedelta(minutes=15))
    assert outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN).outlet_open


def test_restarting_program_or_machine_does_not_lift_the_lock(outlet: Outlet) -> None:
    _wrong(outlet, 5)
    outlet.clock.advance(timedelta(minutes=10))
    outlet.crash()
    outlet.clock.reboot()
    assert _code(lambda: outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)) == (
        "session.locked_out"
    )


def test_after_a_reboot_the_lock_still_ends_some_time(outlet: Outlet) -> None:
    _wrong(outlet, 5)
    outlet.clock.reboot()
    outlet.crash()
    assert _wrong(outlet, 1) == ["session.locked_out"]
    outlet.clock.advance(timedelta(minutes=15))
    assert outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN).outlet_open


def test_locks_double_and_at_twenty_only_the_platform_helps(outlet: Outlet) -> None:
    waits = []
    for _ in range(4):
        _wrong(outlet, 4)
        with pytest.raises(UserError) as refused:
            outlet.cases.session.open_outlet(MANAGER, "000000")
        waits.append(refused.value.params.get("seconds", refused.value.code))
        outlet.clock.advance(timedelta(hours=2))
    assert waits == [900, 1800, 3600, "session.locked_until_renewed"]
    outlet.clock.advance(timedelta(days=1))
    assert _code(lambda: outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)) == (
        "session.locked_until_renewed"
    )


def test_an_expired_verifier_needs_the_platform_and_setting_the_clock_back_does_not_help(
    counter: Outlet,
) -> None:
    counter.clock.advance(timedelta(days=8))
    counter.sell()
    assert _code(lambda: counter.cases.session.unlock(PIN)) == "session.verifier_expired"
    counter.clock.set_wall(timedelta(days=-8))
    assert _code(lambda: counter.cases.session.unlock(PIN)) == "session.verifier_expired"


def test_who_authorises_is_another_person_with_the_role(counter: Outlet) -> None:
    session = counter.cases.session
    assert session.authorise(f" {SENIOR} ", SENIOR_PIN, "price_override").clerk_id == SENIOR
    assert _code(lambda: session.authorise(SENIOR, "000000", "price_override")) == (
        "session.wrong_secret"
    )


def test_a_blank_beside_her_number_makes_nobody_a_second_person(outlet: Outlet) -> None:
    outlet.open_day(SENIOR, SENIOR_PIN)
    for same in (SENIOR, f"{SENIOR} ", f" {SENIOR}"):
        with pytest.raises(UserError) as refused:
            outlet.cases.session.authorise(same, SENIOR_PIN, "price_override")
        assert refused.value.code == "permission.same_person"


def test_an_authoriser_without_the_role_is_refused(outlet: Outlet) -> None:
    outlet.open_day(SENIOR, SENIOR_PIN)
    assert _code(lambda: outlet.cases.session.authorise(CLERK, PIN, "price_override")) == (
        "permission.denied"
    )
