"""Two counters and one pouch: taken once, and the platform says what is odd about both sides."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from sync.central import inbox, schema
from sync.client.agent import run_once
from sync.wire.signing import sign_record
from terminal.app.pouches import WrongForm
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle, Pouch, pouch_of
from terminal.domain.pouch_notice import gone_notice
from terminal.store.identity import read_identity
from tests.helpers.central import running_central
from tests.helpers.inbox import put_into
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet, connect
from tests.helpers.two_counters import Counter, Town, make_two, town

RACES = 50


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both counters enrolled, copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    make_two(folder)
    return folder


@pytest.fixture
def two(made: Path, tmp_path: Path) -> Iterator[Town]:
    """Counter 2 with drawer and vault, and counter 3 with its drawer."""
    with town(made, tmp_path / "town") as at:
        bind(at.counters[1].outlet, "T03", 3)
        for counter in at.counters:
            counter.outlet.open_day()
        yield at


def bind(outlet: Outlet, till_id: str, terminal_no: int) -> None:
    """The platform binds this till to a counter."""
    context = outlet.cases.context
    bound = {**context.profile.settings, "tills": [{"till_id": till_id, "kind": "clerk"}]}
    context.profile = replace(
        context.profile, till_id=till_id, terminal_no=terminal_no, settings=bound
    )


def send(sender: Outlet, target: str = "T03", notes: int = 4, *bundles: Bundle) -> str:
    """Fund the vault and send a pouch from it; what stands on its slip."""
    fund = MoveForm(new_uuid7(), "V01", "bank", {10_000: 10}, bundles, inward=True)
    sender.cases.tills.fund(fund, SENIOR, SENIOR_PIN)
    form = MoveForm(new_uuid7(), "V01", target, {10_000: notes}, bundles)
    sent = sender.cases.tills.send(form, SENIOR, SENIOR_PIN)
    row = sender.books.tills.pouch(sent.pouch)
    assert row is not None
    entry = sender.books.entry(row.sent_seq)
    assert entry is not None
    return pouch_of(entry.body).code()


def refused(counter: Counter, code: str) -> str:
    with pytest.raises(UserError) as refused:
        counter.outlet.cases.pouches.receive(new_uuid7(), code)
    return refused.value.code


def accounts(at: Town) -> dict[str, int]:
    """What the platform adds up over all counters."""
    postings = schema.postings
    sums = select(postings.c.account, func.sum(postings.c.fen)).group_by(postings.c.account)
    return at.platform.database.look(
        lambda connection: {row[0]: int(row[1]) for row in connection.execute(sums)}
    )


def tasks(at: Town) -> list[tuple[str, str, dict[str, Any]]]:
    """Terminal, code and evidence of everything a person should look at."""
    held = schema.tasks.c
    wanted = select(held.terminal_id, held.code, held.evidence).order_by(held.id)
    rows = at.platform.database.look(lambda connection: connection.execute(wanted).all())
    return [(row[0], row[1], json.loads(row[2])) for row in rows]


def test_a_pouch_scanned_at_two_counters_is_taken_by_one_and_once(two: Town) -> None:
    sender, receiver = two.counters
    code = send(sender.outlet)
    number = code.split("*")[1]
    assert refused(sender, code) == "pouch.other_till"
    assert refused(receiver, number) == "pouch.unknown"
    assert receiver.outlet.cases.pouches.receive(new_uuid7(), code).amount_text == "400.00"
    assert refused(receiver, code) == "pouch.already_received"
    checks = sender.outlet.cases.till_checks
    checks.open_drawer(new_uuid7(), "change", SENIOR, SENIOR_PIN)
    checks.check(CheckForm(new_uuid7(), "V01", {10_000: 6}), SENIOR, SENIOR_PIN)
    for counter in two.counters:
        counter.upload()
    assert accounts(two) == {
        "funding:bank": -100_000,
        "cash:V01": 60_000,
        f"transit:{number}": 0,
        "cash:T03": 40_000,
    }
    assert tasks(two) == []


@pytest.mark.parametrize("receiver_first", [False, True])
def test_a_pouch_that_two_counters_took_in_offline_is_a_task_for_both(
    two: Town, receiver_first: bool
) -> None:
    sender, receiver = two.counters
    code = send(sender.outlet)
    receiver.outlet.cases.pouches.receive(new_uuid7(), code)
    # The platform gave the till to another counter while the first one was offline.
    bind(sender.outlet, "T03", 2)
    sender.outlet.cases.pouches.receive(new_uuid7(), code)
    first, second = two.counters if not receiver_first else reversed(two.counters)
    first.upload()
    assert tasks(two) == []
    second.upload()
    second.upload()
    found = tasks(two)
    assert {(terminal, name) for terminal, name, _ in found} == {
        (counter.terminal_id, "pouch.received_twice") for counter in two.counters
    }
    assert len(found) == 2
    assert len(found[0][2]["entries"]) == 2
    assert accounts(two)[f"transit:{code.split('*')[1]}"] == -40_000


@pytest.mark.parametrize("receiver_first", [False, True])
def test_what_was_taken_in_as_another_content_is_a_task_for_both(
    two: Town, receiver_first: bool
) -> None:
    sender, receiver = two.counters
    real = send(sender.outlet)
    number = real.split("*")[1]
    forged = Pouch(number, "V01", "T03", 30_000).code()
    receiver.outlet.cases.pouches.receive(new_uuid7(), forged)
    for counter in reversed(two.counters) if receiver_first else two.counters:
        counter.upload()
    found = tasks(two)
    assert {(terminal, name) for terminal, name, _ in found} == {
        (counter.terminal_id, "pouch.content_differs") for counter in two.counters
    }
    assert found[0][2] == {"sent": real, "received": forged}
    assert accounts(two)[f"transit:{number}"] == 10_000


@pytest.mark.parametrize("receiver_first", [False, True])
def test_a_pouch_with_the_wrong_content_leaves_its_difference_in_suspense_and_a_task_for_both(
    two: Town, receiver_first: bool
) -> None:
    sender, receiver = two.counters
    code = send(sender.outlet, "T03", 4, Bundle(STAMP, 50), Bundle("P0032", 40, 1001))
    number = code.split("*")[1]
    typed = {STAMP: "48", "P0032": "1001-1039 1041"}
    form = WrongForm(new_uuid7(), code, {10_000: 3, 5_000: 1}, typed)
    pouches = receiver.outlet.cases.pouches
    done = pouches.receive_wrong(form, SENIOR, SENIOR_PIN)
    assert (done.amount_text, done.difference_text, done.stock_off) == ("350.00", "-50.00", 4)
    assert pouches.receive_wrong(form, SENIOR, SENIOR_PIN) == replace(done, already_saved=True)
    assert refused(receiver, code) == "pouch.already_received"
    stock = receiver.outlet.books.stock
    assert stock.pieces("till:T03") == {STAMP: 48, "P0032": 40}
    assert stock.ranges("till:T03", "P0032") == ((1001, 1039), (1041, 1041))
    assert stock.pieces(f"suspense:{number}") == {STAMP: 2}
    assert receiver.outlet.books.read_model_differences() == []
    for counter in reversed(two.counters) if receiver_first else two.counters:
        counter.upload()
        counter.upload()
    assert accounts(two) == {
        "funding:bank": -100_000,
        "cash:V01": 60_000,
        f"transit:{number}": 0,
        "cash:T03": 35_000,
        f"suspense:{number}": 5_000,
    }
    found = tasks(two)
    assert {(terminal, name) for terminal, name, _ in found} == {
        (counter.terminal_id, "pouch.content_wrong") for counter in two.counters
    }
    evidence = found[0][2]
    assert (evidence["cash_fen"], evidence["counted_fen"], evidence["checker"]) == (
        40_000,
        35_000,
        SENIOR,
    )


def test_a_pouch_that_holds_what_its_slip_says_is_not_taken_in_as_wrong(two: Town) -> None:
    sender, receiver = two.counters
    code = send(sender.outlet, "T03", 4, Bundle(STAMP, 50))
    head = receiver.outlet.books.head()
    pouches = receiver.outlet.cases.pouches
    even = WrongForm(new_uuid7(), code, {10_000: 4}, {STAMP: "50"})
    with pytest.raises(UserError, match=r"pouch\.nothing_wrong"):
        pouches.receive_wrong(even, SENIOR, SENIOR_PIN)
    alone = WrongForm(new_uuid7(), code, {10_000: 3}, {STAMP: "50"})
    with pytest.raises(UserError, match=r"permission\.second_needed"):
        pouches.receive_wrong(alone, "", "")
    with pytest.raises(UserError, match=r"stock_count\.not_counted"):
        pouches.receive_wrong(replace(alone, stock={}), SENIOR, SENIOR_PIN)
    assert receiver.outlet.books.head() == head


def test_fifty_receptions_at_two_counters_at_once_are_one(made: Path, tmp_path: Path) -> None:
    with town(made, tmp_path / "town") as at:
        sender = at.counters[0].outlet
        sender.open_day()
        code = send(sender)
        receiver = at.counters[1].outlet
        bind(receiver, "T03", 3)
        receiver.open_day()
        homes = [(counter.outlet.home, counter.outlet.clock) for counter in at.counters]
    answers: list[str] = []
    start = threading.Barrier(2)

    def hammer(place: int) -> None:
        home, clock = homes[place]
        outlet = Outlet(home, clock=clock)
        try:
            outlet.cases.session.unlock("246810")
            bind(outlet, *(("T02", 2), ("T03", 3))[place])
            intents = [new_uuid7() for _ in range(5)]
            start.wait()
            for turn in range(RACES // 2):
                try:
                    done = outlet.cases.pouches.receive(intents[turn % 5], code)
                    answers.append("again" if done.already_saved else "received")
                except UserError as error:
                    answers.append(error.code)
        finally:
            outlet.close()

    threads = [threading.Thread(target=hammer, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == RACES
    assert answers.count("received") == 1
    assert set(answers) == {"received", "again", "pouch.already_received", "pouch.other_till"}
    received = 0
    for home, clock in homes:
        outlet = Outlet(home, clock=clock)
        received += [entry.kind for entry in outlet.books.all_entries()].count("pouch.received")
        outlet.close()
    assert received == 1


def test_a_pouch_is_announced_to_where_it_goes_and_taken_in_by_its_number(
    made: Path, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        with town(made, tmp_path / "town") as at:
            homes = [counter.outlet.home for counter in at.counters]
        central = stack.enter_context(running_central(tmp_path / "town" / "platform", demo=True))
        sender, receiver = (Outlet(home) for home in homes)
        for outlet in (sender, receiver):
            connect(outlet.home, central)
            stack.callback(outlet.close)
        bind(receiver, "T03", 3)
        for outlet in (sender, receiver):
            outlet.open_day()
        code = send(sender)
        number = code.split("*")[1]
        assert receiver.cases.tills.view().on_the_way == ()
        for outlet in (sender, receiver):
            assert run_once(outlet.home).code == ""
        (row,) = receiver.cases.tills.view().on_the_way
        assert (row.number, row.amount_text, row.mine, row.announced) == (
            number,
            "400.00",
            True,
            True,
        )
        assert receiver.cases.directives.inbox().directives == ()
        (own,) = sender.cases.tills.view().on_the_way
        assert not own.announced
        assert receiver.cases.pouches.receive(new_uuid7(), number).amount_text == "400.00"
        assert receiver.cases.tills.view().on_the_way == ()
        assert refused_outlet(receiver, number) == "pouch.already_received"
        for outlet in (receiver, sender):
            assert run_once(outlet.home).code == ""
        assert receiver.cases.tills.view().on_the_way == ()


def test_a_pouch_that_another_terminal_took_in_leaves_the_list_of_those_who_wait_for_it(
    made: Path, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        with town(made, tmp_path / "town") as at:
            homes = [counter.outlet.home for counter in at.counters]
        central = stack.enter_context(running_central(tmp_path / "town" / "platform", demo=True))
        sender, waiting = (Outlet(home) for home in homes)
        for outlet in (sender, waiting):
            connect(outlet.home, central)
            stack.callback(outlet.close)
        bind(waiting, "T03", 3)
        for outlet in (sender, waiting):
            outlet.open_day()
        code, other = send(sender), send(sender, notes=2)
        number = code.split("*")[1]
        for outlet in (sender, waiting):
            run_once(outlet.home)
        assert len(waiting.cases.tills.view().on_the_way) == 2
        # The till was given to another counter for a while.
        bind(sender, "T03", 2)
        sender.cases.pouches.receive(new_uuid7(), code)
        for outlet in (sender, waiting, waiting):
            assert run_once(outlet.home).code == ""
        (row,) = waiting.cases.tills.view().on_the_way
        assert row.number == other.split("*")[1]
        assert waiting.cases.directives.inbox().directives == ()
        assert refused_outlet(waiting, number) == "pouch.received_elsewhere"
        # The notice is a help and no prohibition: who holds the pouch takes it in by its slip.
        assert waiting.cases.pouches.find(code).number == number
        told = [one.record for one in waiting.cases.context.sync.received()]
        assert [row["kind"] for row in told].count("pouch_gone") == 1


def test_nobody_but_the_platform_takes_an_announcement_back(two: Town) -> None:
    sender, receiver = two.counters
    number = send(sender.outlet).split("*")[1]
    sender.upload()
    (real,) = (i.record for i in inbox.page(two.platform, receiver.terminal_id, 1, 1).pouches)
    gone = gone_notice(number, receiver.terminal_id, sender.terminal_id)
    signed = sign_record(gone, two.platform.sign)
    receiver.outlet.close()
    forged = [
        {**gone, "signature": "00"},
        {**signed, "received_by": "61020303-09-00000000"},
        sign_record(gone_notice(number, sender.terminal_id, "x"), two.platform.sign),
        sign_record({**gone, "received_by": 3}, two.platform.sign),
    ]
    put_into(receiver.outlet.home, real, *forged)
    bind(receiver.outlet, "T03", 3)
    assert [row.number for row in receiver.outlet.cases.tills.view().on_the_way] == [number]
    receiver.outlet.close()
    put_into(receiver.outlet.home, signed)
    bind(receiver.outlet, "T03", 3)
    assert receiver.outlet.cases.tills.view().on_the_way == ()


def refused_outlet(outlet: Outlet, code: str) -> str:
    with pytest.raises(UserError) as refused:
        outlet.cases.pouches.find(code)
    return refused.value.code


def test_only_what_the_platform_signed_for_this_counter_is_shown(two: Town) -> None:
    sender, receiver = two.counters
    code = send(sender.outlet)
    sender.upload()
    page = inbox.page(two.platform, receiver.terminal_id, 1, 1)
    (real,) = (item.record for item in page.pouches)
    assert inbox.page(two.platform, sender.terminal_id, 1, 1).pouches == ()
    number = code.split("*")[1]
    forged: list[dict[str, Any]] = [
        {**real, "code": Pouch(number, "V01", "T03", 90_000).code()},
        {**real, "terminal_id": sender.terminal_id},
        {key: value for key, value in real.items() if key != "signature"},
        {**real, "sent_at": 1.5},
    ]
    receiver.outlet.close()
    put_into(receiver.outlet.home, *forged)
    bind(receiver.outlet, "T03", 3)
    assert receiver.outlet.cases.tills.view().on_the_way == ()
    receiver.outlet.close()
    put_into(receiver.outlet.home, real)
    bind(receiver.outlet, "T03", 3)
    assert [row.number for row in receiver.outlet.cases.tills.view().on_the_way] == [number]
    assert read_identity(receiver.outlet.home).terminal_id == receiver.terminal_id
