"""A second person at another counter: signed, for exactly this act, once, in time, not oneself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync.client.approvals import Approvals
from terminal.app.approval_driver import ApprovalDriver
from terminal.app.approving import Asked
from terminal.app.pouches import WrongForm
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.domain import approval
from terminal.domain.authority import ELSEWHERE, Question
from terminal.domain.errors import EnvironmentFault, OutletError, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from tests.helpers.driven_refunds import PACE, InTurn, Refused, outcome
from tests.helpers.neighbours import Neighbour, Outletful
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, SENIOR, SENIOR_PIN, Outlet
from tests.helpers.payments import own_line

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]

QUESTION = Question("refund", 20_000, "61020303-02-000001", "wrong_goods", 30_000, 10_000)


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


@contextmanager
def driving(counter: Neighbour, store: InTurn | None = None) -> Iterator[ApprovalDriver]:
    """The product's driver over a real line."""
    with own_line(counter.outlet.home, counter.url) as line:
        store = store or InTurn(counter.outlet)
        driver = ApprovalDriver(store, Approvals(line, PACE), lambda: None, speed=0.02)
        driver.start()
        try:
            yield driver
        finally:
            driver.stop()


def ask(counter: Neighbour, question: Question = QUESTION) -> str:
    """A page asks the other counters: the number of the request."""
    with pytest.raises(UserError) as caught:
        counter.outlet.cases.authorising.grant(question, ELSEWHERE)
    assert caught.value.code == "approval.asked"
    return str(caught.value.params["request_id"])


def seen(driver: ApprovalDriver, counter: Neighbour) -> Asked:
    """What the screen of another counter shows, once it has heard of it."""
    heard = threading.Event()
    for _ in range(1_000):
        if driver.requests:
            return counter.outlet.cases.approving.shown(dict(driver.requests[0]["request"]))
        heard.wait(0.01)
    raise AssertionError("nobody asks")


def answered(
    driver: ApprovalDriver, asked: Asked, who: tuple[str, str], *, allowed: bool = True
) -> str:
    """Somebody there says yes or no."""

    def start(done: Callable[[str], None], failed: Refused) -> None:
        driver.answer(asked, who, allowed, done, failed)

    return outcome(start)


def told(
    two: Outletful, who: tuple[str, str], *, allowed: bool = True
) -> tuple[str, OutletError | None]:
    """Counter a asks, somebody at b answers: the request, and why it was not taken."""
    for counter in (two.a, two.b):
        counter.sync()
    request_id = ask(two.a)
    with driving(two.a) as asking, driving(two.b) as there:
        ended = threading.Event()
        why: list[OutletError] = []

        def failed(error: OutletError) -> None:
            why.append(error)
            ended.set()

        asking.ask(request_id, lambda _id: ended.set(), failed)
        answered(there, seen(there, two.b), who, allowed=allowed)
        assert ended.wait(30)
    return request_id, why[0] if why else None


def grant(counter: Neighbour, request_id: str, question: Question = QUESTION) -> Any:
    """Use what was allowed, as the act does, and write it down."""
    cases = counter.outlet.cases
    given = cases.authorising.grant(question, ELSEWHERE + request_id)
    with counter.outlet.books.transaction() as tx:
        cases.authorising.note(tx, given)
    (entry,) = counter.outlet.books.entries(limit=1)
    return entry


def test_a_yes_of_another_counter_is_signed_there_checked_here_and_in_both_journals(
    two: Outletful,
) -> None:
    request_id, error = told(two, (SENIOR, SENIOR_PIN))
    assert error is None
    entry = grant(two.a, request_id)
    (there,) = two.b.outlet.books.entries(limit=1)
    assert there.kind == approval.ANSWERED
    assert there.body["request"]["subject"] == QUESTION.subject  # type: ignore[index,call-overload]
    assert (entry.kind, entry.intent_id) == ("authorisation.granted", request_id)
    body = entry.body
    assert (body["means"], body["operator"], body["authoriser"]) == ("terminal", CLERK, SENIOR)
    assert (body["before_fen"], body["after_fen"], body["reason"]) == (
        30_000,
        10_000,
        "wrong_goods",
    )
    assert body["approval"] == {
        "terminal_id": two.b.terminal_id,
        "seq": there.seq,
        "hash": there.hash,
        "signature": there.signature,
    }
    for counter in (two.a, two.b):
        assert counter.sync() == ""


def test_a_yes_is_used_once_for_exactly_what_was_asked(two: Outletful) -> None:
    request_id, _ = told(two, (MANAGER, MANAGER_PIN))
    for other in (
        replace(QUESTION, size=20_001),
        replace(QUESTION, subject="61020303-02-000002"),
        replace(QUESTION, reason="customer_wish"),
        replace(QUESTION, after=9_999),
        replace(QUESTION, action="reversal"),
    ):
        assert refused(lambda q=other: grant(two.a, request_id, q)) == "approval.other_request"  # type: ignore[misc]
    grant(two.a, request_id)
    assert refused(lambda: grant(two.a, request_id)) == "approval.used"
    assert refused(lambda: grant(two.b, request_id)) == "approval.unknown"
    # A process that died forgets what was allowed, and the journal still knows what was used.
    two.a.outlet.crash().session.unlock(PIN)
    assert refused(lambda: grant(two.a, request_id)) == "approval.used"


def test_a_no_is_signed_too_and_nothing_is_allowed(two: Outletful) -> None:
    request_id, error = told(two, (SENIOR, SENIOR_PIN), allowed=False)
    assert error is not None
    assert (error.code, error.params["authoriser"]) == ("approval.refused", SENIOR)
    assert refused(lambda: grant(two.a, request_id)) == "approval.unknown"


def test_a_stale_yes_does_not_count(two: Outletful) -> None:
    request_id, error = told(two, (SENIOR, SENIOR_PIN))
    assert error is None
    two.a.outlet.clock.advance(timedelta(seconds=approval.VALID_S + 1))
    assert refused(lambda: grant(two.a, request_id)) == "approval.expired"


def test_nobody_answers_for_herself_without_the_right_or_with_a_wrong_secret(
    two: Outletful,
) -> None:
    two.b.sync()
    request_id = ask(two.a)
    with driving(two.a) as asking, driving(two.b) as there:
        asking.ask(request_id, lambda _id: None, lambda _error: None)
        asked = seen(there, two.b)
        assert (asked.counter, asked.operator) == ("2", CLERK)
        assert refused(lambda: answered(there, asked, (CLERK, PIN))) == "permission.same_person"
        wrong = refused(lambda: answered(there, asked, (SENIOR, "000000")))
        assert wrong == "session.wrong_secret"
        assert seen(asking, two.b) if asking.requests else True
        asking.call_off(request_id)
    assert approval.ANSWERED not in two.b.kinds()


def test_a_request_that_is_called_off_leaves_the_other_screens_and_takes_no_answer(
    two: Outletful,
) -> None:
    two.b.sync()
    request_id = ask(two.a)
    with driving(two.a) as asking, driving(two.b) as there:
        ended = threading.Event()
        asking.ask(request_id, lambda _id: None, lambda _error: ended.set())
        asked = seen(there, two.b)
        asking.call_off(request_id)
        assert ended.wait(30)
        gone = threading.Event()
        for _ in range(1_000):
            if not there.requests:
                break
            gone.wait(0.01)
        assert there.requests == ()
        late = refused(lambda: answered(there, asked, (SENIOR, SENIOR_PIN)))
        assert late == "approval.not_delivered"


def test_without_a_line_nobody_elsewhere_can_be_asked(two: Outletful) -> None:
    two.a.line(up=False)
    assert not two.a.outlet.cases.approving.can_ask()
    two.a.line(up=True)
    assert two.a.outlet.cases.approving.can_ask()
    request_id = ask(two.a)
    two.central.faults(offline=True)
    with driving(two.a) as asking:

        def start(done: Callable[[str], None], failed: Refused) -> None:
            asking.ask(request_id, done, failed)

        assert refused(lambda: outcome(start)) in {"approval.no_platform", "approval.expired"}


def test_answers_that_were_changed_copied_or_made_up_are_forged(two: Outletful) -> None:
    """By somebody who holds the platform: it carries answers and cannot make one."""
    two.b.sync()
    request_id = ask(two.a)
    approving = two.a.outlet.cases.approving
    request: Any = approving.request(request_id)["request"]
    shown = two.b.outlet.cases.approving.shown(request)
    entry = two.b.outlet.cases.approving.answer(shown, SENIOR, SENIOR_PIN, allowed=False)
    turned: Any = {**entry, "body": {**entry["body"], "allowed": True}}  # type: ignore[dict-item]
    made_up = {**entry, "signature": "0" * 128}
    stranger = {**entry, "terminal_id": "61020303-09-00000000"}
    for forged in (turned, made_up, stranger, {}):
        assert refused(lambda told=forged: approving.take(request_id, told)) == "approval.forged"  # type: ignore[misc]
    # Another entry of the same counter, truly signed: it says nothing of this request.
    (other,) = two.b.outlet.books.entries(limit=1, before_seq=2)
    assert refused(lambda: approving.take(request_id, other.to_wire())) == "approval.forged"
    greater = {**request, "size": 99}
    body = approval.answer_body(greater, SENIOR, "pin", allowed=True)
    assert signed(two.b, approving.take, request_id, body) == "approval.other_request"
    own = approval.answer_body(request, CLERK, "pin", allowed=True)
    assert signed(two.b, approving.take, request_id, own) == "approval.own"
    without = approval.answer_body({**request}, "0399", "pin", allowed=True)
    assert signed(two.b, approving.take, request_id, without) == "session.unknown_clerk"


def signed(there: Neighbour, take: Any, request_id: str, body: Any) -> str:
    """What becomes of a dishonest counter's truly signed entry."""
    date = there.outlet.books.day().business_date
    draft = EntryDraft(approval.ANSWERED, new_uuid7(), date, CLERK, body)
    with there.outlet.books.transaction() as tx:
        entry = tx.append(draft)
    return refused(lambda: take(request_id, entry.to_wire()))


class Failing(InTurn):
    """A disk that fails for four looks, as two faults, and is mended then."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(outlet)
        self.faults = ["database.io_error"] * 2 + ["database.full"] * 2

    def ask(self, work: Callable[[Any], Any], /) -> Any:
        if self.faults:
            raise EnvironmentFault(self.faults.pop(), {"file": "journal.db"})
        return super().ask(work)


def test_books_that_cannot_be_read_are_said_once_a_cause_and_asked_again(
    two: Outletful, caplog: pytest.LogCaptureFixture
) -> None:
    for counter in (two.a, two.b):
        counter.sync()
    request_id = ask(two.a)
    with driving(two.a) as asking, driving(two.b, Failing(two.b.outlet)) as there:
        asking.ask(request_id, lambda _id: None, lambda _error: None)
        assert seen(there, two.b).request_id == request_id
    said = [one.getMessage() for one in caplog.records if "not heard" in one.getMessage()]
    assert [text.partition(": ")[2].split()[0] for text in said] == [
        "database.full",
        "database.io_error",
    ]


def test_whoever_counts_is_at_this_counter_and_nobody_elsewhere_is_asked(two: Outletful) -> None:
    for counter in (two.a, two.b):
        counter.sync()
    two.a.sell()
    cases = two.a.outlet.cases
    assert cases.approving.can_ask()
    check = CheckForm(new_uuid7(), cases.context.profile.till_id, {})
    assert refused(lambda: cases.till_checks.check(check, ELSEWHERE, "")) == "approval.here_only"
    funds = MoveForm(new_uuid7(), "V01", "bank", {10_000: 3}, inward=True)
    cases.tills.fund(funds, SENIOR, SENIOR_PIN)
    sent = cases.tills.send(MoveForm(new_uuid7(), "V01", "T02", {100: 1}), SENIOR, SENIOR_PIN)
    wrong = WrongForm(new_uuid7(), sent.pouch, {})
    assert refused(lambda: cases.pouches.receive_wrong(wrong, ELSEWHERE, "")) == (
        "approval.here_only"
    )
    assert not {"till.checked", "pouch.received"} & set(two.a.kinds())


def test_a_yes_to_money_of_the_vault_is_for_its_way_and_amount(two: Outletful) -> None:
    inward = MoveForm(new_uuid7(), "V01", "bank", {10_000: 3}, inward=True)
    cases = two.a.outlet.cases
    cases.tills.fund(inward, SENIOR, SENIOR_PIN)
    for counter in (two.a, two.b):
        counter.sync()
    again = replace(inward, intent_id=new_uuid7())
    with pytest.raises(UserError) as caught:
        cases.tills.fund(again, ELSEWHERE, "")
    request_id = str(caught.value.params["request_id"])
    request = cases.approving.request(request_id)["request"]
    there = two.b.outlet.cases.approving
    asked = there.shown(request)  # type: ignore[arg-type]
    assert (asked.subject, asked.before, asked.after) == ("bank → V01", "", 30_000)
    cases.approving.take(request_id, there.answer(asked, SENIOR, SENIOR_PIN, allowed=True))
    for other in (
        replace(again, inward=False),
        replace(again, pieces={10_000: 2}),
        replace(again, partner="centre"),
    ):
        code = refused(lambda form=other: cases.tills.fund(form, ELSEWHERE + request_id))  # type: ignore[misc]
        assert code == "approval.other_request"
    assert cases.tills.fund(again, ELSEWHERE + request_id).amount_text == "300.00"
