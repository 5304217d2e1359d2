"""Every page asks the same way whether an act may be; who allowed it is booked with the act."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.domain.authority import Question
from terminal.domain.errors import OutletError
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, SENIOR, SENIOR_PIN, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _code(deed: Callable[[], object]) -> str:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


def test_a_small_act_needs_nobody_else_and_writes_no_authorisation(counter: Outlet) -> None:
    desk = counter.cases.authorising
    assert desk.need("refund", 10_000).level == "alone"
    grant = desk.grant(Question("refund", 10_000))
    with counter.books.transaction() as tx:
        desk.note(tx, grant)
    assert (grant.operator, grant.authoriser) == (CLERK, "")
    assert counter.books.entries(limit=1)[0].kind == "clerk.signed_on"


def test_a_greater_act_is_refused_until_a_second_person_says_so(counter: Outlet) -> None:
    desk = counter.cases.authorising
    question = Question("refund", 10_001, "order", "wrong_goods", 0, 10_001)
    need = desk.need("refund", 10_001)
    assert (need.level, need.alone, need.most) == ("second", 10_000, 500_000)
    assert need.roles == ("senior_clerk", "branch_manager")
    assert _code(lambda: desk.grant(question)) == "permission.second_needed"
    assert _code(lambda: desk.grant(question, CLERK, PIN)) == "permission.same_person"
    assert _code(lambda: desk.grant(question, f"PB1*{CLERK}", PIN)) == "permission.same_person"
    assert _code(lambda: desk.grant(question, SENIOR, "000000")) == "session.wrong_secret"
    grant = desk.grant(question, f"PB1*{SENIOR}", SENIOR_PIN)
    with counter.books.transaction() as tx:
        desk.note(tx, grant)
    (entry,) = counter.books.entries(limit=1)
    assert (entry.kind, entry.version, entry.clerk_id) == ("authorisation.granted", 2, CLERK)
    told = {key: entry.body[key] for key in ("authoriser", "means", "before_fen", "after_fen")}
    assert told == {"authoriser": SENIOR, "means": "badge", "before_fen": 0, "after_fen": 10_001}


def test_above_the_limit_nobody_may(counter: Outlet) -> None:
    desk = counter.cases.authorising
    assert desk.need("refund", 500_001).level == "refused"
    question = Question("refund", 500_001)
    refusal = _code(lambda: desk.grant(question, MANAGER, MANAGER_PIN))
    assert refusal == "permission.above_limit"


def test_only_the_roles_the_platform_names_may_be_the_second_person(counter: Outlet) -> None:
    question = Question("offline_limit")
    desk = counter.cases.authorising
    assert _code(lambda: desk.grant(question, SENIOR, SENIOR_PIN)) == "permission.denied"
    assert desk.grant(question, MANAGER, MANAGER_PIN).authoriser == MANAGER
    assert _code(lambda: desk.grant(Question("unheard_of"), MANAGER, MANAGER_PIN)) == (
        "permission.denied"
    )


def test_an_act_with_operators_of_its_own_is_for_them_alone(counter: Outlet) -> None:
    context = counter.cases.context
    before = dict(context.profile.settings)
    context.profile.settings.update({"operators": {"no_sale": ["branch_manager"]}})  # type: ignore[attr-defined]
    try:
        refusal = _code(lambda: counter.cases.authorising.grant(Question("no_sale"), SENIOR, "x"))
    finally:
        context.profile.settings.clear()  # type: ignore[attr-defined]
        context.profile.settings.update(before)  # type: ignore[attr-defined]
    assert refusal == "permission.denied"


def test_a_grant_whose_act_is_not_booked_is_not_booked_either(counter: Outlet) -> None:
    desk = counter.cases.authorising
    grant = desk.grant(Question("no_sale"), SENIOR, SENIOR_PIN)

    def act() -> None:
        with counter.books.transaction() as tx:
            desk.note(tx, grant)
            raise OutletError("nothing.was.done")

    assert _code(act) == "nothing.was.done"
    kinds = {entry.kind for entry in counter.books.all_entries()}
    assert "authorisation.granted" not in kinds
