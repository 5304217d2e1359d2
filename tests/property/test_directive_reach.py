"""Whatever the centre signs, it drives no till to absurd amounts and none that does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.directive import ACCEPTED, REFUSED, Directive
from terminal.domain.directive_reach import TOO_FAR, Reach, too_far
from terminal.domain.errors import UserError
from terminal.domain.ledger import Posting
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import STAMP, TILL, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

MOST = 1_000_000
USED = ("channel:wechat", "deposits:D1", "suspense:TF610201A1")
REACH = Reach(tills={"T02", "V01"}, has_vault=True, used=USED, most_fen=MOST)
OWNERS = ("T02", "V01", "T03", "T99", "wechat", "D1", "bank", "centre", "letters", "TF610201A1")
ACCOUNTS = sorted(
    {kind for kind in ledger.KINDS if kind in {"rounding", "points", "affixed", "payments_held"}}
    | {
        f"{kind}:{owner}"
        for kind in ledger.KINDS - {"rounding", "points", "affixed", "payments_held"}
        for owner in OWNERS
    }
)
AMOUNTS = st.one_of(st.integers(1, 500), st.integers(1, 10**15), st.sampled_from([MOST, MOST + 1]))
WAITS = ("directive.till_short", "directive.more_than_left")


def _directive(fen: int, *accounts: str) -> Directive:
    taken, given_to = accounts
    rows = (Posting(taken, -fen), Posting(given_to, fen))
    return Directive("", "", "", "", 1, "", fen, rows, "", "", {})


@given(AMOUNTS, st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS))
def test_what_may_be_answered_moves_known_tills_sound_accounts_and_no_more_than_the_limit(
    fen: int, taken: str, given_to: str
) -> None:
    code = too_far(_directive(fen, taken, given_to), REACH)
    kinds = {account.partition(":")[0]: account.partition(":")[2] for account in (taken, given_to)}
    assert code is None or code in TOO_FAR
    if code is not None:
        return
    assert fen <= MOST
    assert "transit" not in kinds
    assert kinds.get("cash", "T02") in REACH.tills
    assert kinds.get("over_short", "T02") in REACH.tills
    assert kinds.get("funding", "bank") in ("bank", "centre")
    for kind in ("channel", "cod", "deposits", "float", "receivable", "vouchers"):
        assert kind not in kinds or f"{kind}:{kinds[kind]}" in USED


@pytest.mark.parametrize(
    ("accounts", "fen", "reach", "code"),
    [
        (("cash:T02", "sales:new"), MOST, REACH, None),
        (("cash:T02", "sales:new"), MOST + 1, REACH, "directive.too_much"),
        (("cash:T03", "rounding"), 1, REACH, "directive.unknown_till"),
        (("rounding", "over_short:T99"), 1, REACH, "directive.unknown_till"),
        (("suspense:T03", "rounding"), 1, REACH, "directive.unknown_till"),
        (("suspense:TF610201A1", "rounding"), 1, REACH, None),
        (("transit:TF610201A1", "cash:T02"), 1, REACH, "directive.wrong_account"),
        (("funding:bank", "cash:V01"), 1, REACH, None),
        (("funding:friend", "cash:V01"), 1, REACH, "directive.wrong_account"),
        (
            ("funding:bank", "cash:T02"),
            1,
            Reach(tills={"T02"}, has_vault=False, used=(), most_fen=MOST),
            "directive.wrong_account",
        ),
        (("channel:alipay", "payments_held"), 1, REACH, "directive.wrong_account"),
        (("channel:wechat", "payments_held"), 1, REACH, None),
    ],
)
def test_each_bound_is_where_it_is_said_to_be(
    accounts: tuple[str, str], fen: int, reach: Reach, code: str | None
) -> None:
    assert too_far(_directive(fen, *accounts), reach) == code


@pytest.fixture
def bureau(counter: Outlet, outlet_template: Template) -> tuple[Outlet, Centre]:
    counter.sell(STAMP, 100)
    return counter, Centre(outlet_template.platform)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fen=AMOUNTS, accounts=st.permutations(["cash:T02", "cash:T99", "postage:postage"]))
def test_accepting_anything_at_all_leaves_the_books_within_reason(
    bureau: tuple[Outlet, Centre], fen: int, accounts: list[str]
) -> None:
    counter, centre = bureau
    before, head = dict(counter.books.balances()), counter.books.head()[0]
    about = next(one for one in counter.books.all_entries() if one.kind == "sale.completed")
    rows: list[Any] = [
        {"account": accounts[0], "fen": -fen},
        {"account": accounts[1], "fen": fen},
    ]
    record = centre.directive(about, fen, postings=rows)
    number = record["directive_id"]
    deliver(counter, record)
    view = next(
        one
        for one in counter.cases.directives.inbox().directives
        if one.directive is not None and one.directive.directive_id == number
    )
    code = ""
    try:
        counter.cases.directives.accept(number)
    except UserError as refused:
        code = refused.code
    after = counter.books.balances()
    written = [counter.books.entry(seq) for seq in range(head + 1, counter.books.head()[0] + 1)]
    kinds = [entry.kind for entry in written if entry is not None]
    assert "cash:T99" not in after
    assert after[TILL] >= 0
    assert abs(after[TILL] - before[TILL]) <= MOST
    if code:
        assert after == before
    if code in TOO_FAR:
        # The centre hears it, once, however often somebody looks or presses.
        counter.cases.directives.inbox()
        assert (view.state, view.code, kinds) == ("refused", code, [REFUSED])
        assert counter.books.head()[0] == head + 1
    else:
        # The only sale there is: no corrections together take back more than it brought.
        assert after.get("postage:postage", 0) <= max(0, before.get("postage:postage", 0))
        assert kinds == ([] if code in WAITS else [ACCEPTED])
