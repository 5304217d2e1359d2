"""A terminal's disk is put back to an earlier day: all comes back, nothing is booked twice."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from terminal.app import recovery
from terminal.commands.line import main as command_line
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, EntryDraft
from terminal.store.identity import read_identity, write_identity
from terminal.store.recovery_steps import RecoverySteps, set_aside
from tests.helpers.old_disk import (
    OldDisk,
    Sold,
    killed_at,
    weakened,
)
from tests.helpers.outlet import (
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    STAMP,
    LiveDesk,
    connect,
)
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.old_disk_fixtures"]

STRIDE = 12


def _sell_on_the_old_disk(disk: OldDisk) -> None:
    """The basket that was on the counter when the copy was made is sold a second time."""
    disk.restore()
    disk.pay()
    disk.sell(2)


def test_old_disk_gets_everything_back_and_goes_on_in_a_new_epoch(disk: OldDisk) -> None:
    before = disk.entries()
    disk.restore()
    assert len(disk.entries()) < len(before)
    report = disk.upload()
    assert (report.code, report.held) == ("journal.ahead_of_us", True)
    assert disk.outlet.cases.recovering.look()
    first = disk.outlet.cases.catch_up()
    assert first is not None
    assert (first.kind, first.epoch, first.seq) == ("terminal.recovered", 2, len(before) + 1)
    told = {name: first.body[f"old_{name}"] for name in ("epoch", "seq", "hash")}
    assert told == {"epoch": 1, "seq": before[-1].seq, "hash": before[-1].hash}
    assert disk.entries()[: len(before)] == before
    assert disk.upload().code == ""
    assert disk.outlet.cases.ordering.basket.is_empty, "it was sold since"
    disk.at_work()
    disk.sell()
    assert disk.upload().code == ""
    assert disk.faults_found() == []
    assert "terminal.recovered" in disk.tasks()
    assert disk.outlet.cases.catch_up() is None
    summary = disk.outlet.cases.queue.summary()
    assert (summary.waiting, summary.held) == (0, False)
    assert disk.outlet.cases.queue.last_transaction().verdict_code == "last.saved_confirmed"


def test_numbers_that_an_earlier_life_may_have_used_are_never_used_again(disk: OldDisk) -> None:
    """Also those of sales that never reached the platform: their slips are in somebody's hands."""
    lost = disk.sold[-1].order_no
    disk.sell()
    printed = disk.sold.pop().order_no
    disk.restore()
    first = disk.recover()
    assert first is not None
    disk.at_work()
    disk.sell(2)
    new = [sold.order_no for sold in disk.sold[-2:]]
    assert printed > lost
    assert min(new) > printed
    assert len(str(first.body["numbers_void"])) > 2
    disk.upload()
    assert disk.faults_found() == []


def test_selling_waits_while_the_platform_can_be_reached_and_not_longer(disk: OldDisk) -> None:
    disk.restore()
    disk.at_work()
    from sync.client.agent import run_once

    assert run_once(disk.home).recovering
    disk.outlet.cases.recovering.look()
    disk.outlet.cases.ordering.add_item(STAMP, 1)
    with pytest.raises(UserError) as waits:
        disk.outlet.cases.paying.begin()
    assert waits.value.code == "recovery.under_way"
    disk.platform.faults(offline=True)
    run_once(disk.home)
    disk.outlet.cases.recovering.look()
    assert disk.outlet.cases.paying.begin().done is None
    disk.platform.faults()
    assert disk.recover() is not None
    assert disk.faults_found() == []


def test_fork_keeps_every_sale_and_books_the_one_made_twice_once(disk: OldDisk) -> None:
    _sell_on_the_old_disk(disk)
    mine = [entry for entry in disk.entries() if entry.kind == "sale.completed"][-3:]
    assert disk.recover() is not None
    assert disk.faults_found(doubles=1) == []
    assert {"journal.double_refused", "journal.order_number_twice"} <= set(disk.tasks())
    again = {entry.intent_id: entry for entry in disk.entries()}
    for first in mine[1:]:
        now = again[first.intent_id]
        assert (now.epoch, now.recorded_at) == (2, first.recorded_at)
        sealed = {"epoch": first.epoch, "seq": first.seq, "hash": first.hash}
        assert now.body["resent_of"] == sealed
        assert now.body["printed_order_no"] == first.body["order_no"]
    kept = list(set_aside(disk.outlet.books._connection))
    assert [entry for entry in kept if entry.kind == "sale.completed"] == mine
    with pytest.raises(Exception, match="kept"):
        disk.outlet.books._connection.execute("DELETE FROM set_aside")
    with pytest.raises(Exception, match="append-only"):
        disk.outlet.books._connection.execute("DELETE FROM journal")


def test_manager_is_told_once_and_the_journal_says_so(disk: OldDisk) -> None:
    _sell_on_the_old_disk(disk)
    first = disk.recover()
    assert first is not None
    session = disk.outlet.cases.session
    disk.at_work()
    session.sign_off()
    disk.upload()
    session.close_outlet(MANAGER, MANAGER_PIN, True)
    with pytest.raises(UserError) as told:
        session.open_outlet(MANAGER, MANAGER_PIN)
    assert (told.value.code, told.value.params["doubles"]) == ("gap.recovered", 1)
    shown = disk.entries()[-1]
    assert (shown.kind, shown.clerk_id, shown.body["shown_seq"]) == (
        "gap.shown",
        MANAGER,
        first.seq,
    )
    again = session.open_outlet(MANAGER, MANAGER_PIN, (SENIOR, SENIOR_PIN))
    assert again.outlet_open


def test_basket_that_was_parked_and_sold_since_is_not_offered_again(disk: OldDisk) -> None:
    disk.at_work()
    ordering = disk.outlet.cases.ordering
    ordering.add_item(STAMP, 2)
    basket_id = ordering.basket.basket_id
    ordering.suspend()
    disk.upload()
    disk.back_up()
    disk.at_work()
    disk.outlet.cases.ordering.recall(basket_id)
    disk.pay()
    disk.upload()
    disk.restore()
    assert disk.outlet.books.parked_count() == 1
    disk.recover()
    assert disk.outlet.books.parked_count() == 0
    assert disk.faults_found() == []


@pytest.mark.soak
def test_the_same_old_disk_may_come_back_again_and_again(disk: OldDisk) -> None:
    for epoch in (2, 3, 4):
        disk.restore()
        first = disk.recover()
        assert first is not None
        assert first.epoch == epoch
        disk.at_work()
        disk.sell()
        disk.upload()
    assert disk.faults_found() == []


def _meet(disk: OldDisk) -> None:
    """A whole recovery in a process of its own, from the first contact to the last upload."""
    disk.upload()
    disk.outlet.open()
    disk.outlet.cases.catch_up()
    disk.outlet.close()
    disk.upload()


def _killed_at_every_step(disk: OldDisk, steps: Iterator[int]) -> int:
    _sell_on_the_old_disk(disk)
    disk.outlet.close()
    disk.back_up()
    kills = 0
    for step in steps:
        disk.restore()
        if not killed_at(step, lambda: _meet(disk)):
            break
        kills += 1
        disk.platform.execute("UPDATE terminals SET spoke_ms = 0")
        disk.recover()
        # A later life finds what an earlier one booked already: it is found as twice, not booked.
        found = [
            fault for fault in disk.faults_found(doubles=1) if "doubles were found" not in fault
        ]
        assert found == [], f"killed at step {step}"
    return kills


def test_killed_at_any_step_of_the_recovery_nothing_is_lost_or_doubled(disk: OldDisk) -> None:
    seed = int(os.environ.get("POSTAL_SEED", random.randrange(1000)))
    offset = random.Random(seed).randrange(1, STRIDE + 1)
    assert _killed_at_every_step(disk, iter(range(offset, 1000, STRIDE))) >= 3, f"seed {seed}"


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_at_every_single_step_nothing_is_lost_or_doubled(disk: OldDisk) -> None:
    assert _killed_at_every_step(disk, iter(range(1, 1000))) >= 40


def test_recovery_that_cannot_be_written_leaves_the_old_epoch(disk: OldDisk) -> None:
    def full(_tx: RecoverySteps, entry: Entry, _body: Any) -> Entry:
        raise EnvironmentFault("database.full", {"file": "journal.db"})

    _sell_on_the_old_disk(disk)
    before = disk.entries()
    with weakened(RecoverySteps, "append_again", full):
        disk.upload()
        with pytest.raises(EnvironmentFault):
            disk.outlet.cases.catch_up()
    assert disk.entries() == before
    disk.outlet.cases.session.sign_off()
    assert disk.entries()[-1].epoch == 1
    assert disk.recover() is not None
    assert disk.faults_found(doubles=1) == []


def test_lost_answers_delay_a_recovery_and_do_no_harm(disk: OldDisk) -> None:
    _sell_on_the_old_disk(disk)
    disk.platform.faults(seed=11, lose_answer=0.3, lose_request=0.2, paths=["/v1"])
    for _ in range(40):
        disk.upload()
        disk.outlet.cases.catch_up()
        if disk.upload().code == "":
            break
    disk.platform.faults()
    assert disk.upload().code == ""
    assert disk.faults_found(doubles=1) == []


def test_a_build_that_drops_what_the_old_disk_sold_is_caught(disk: OldDisk) -> None:
    def dropped(_tx: RecoverySteps, entry: Entry, _body: Any) -> Entry:
        return entry

    _sell_on_the_old_disk(disk)
    with weakened(RecoverySteps, "append_again", dropped):
        disk.recover()
    assert any("is lost" in fault for fault in disk.faults_found(doubles=1))


def test_a_build_that_books_again_what_was_sold_twice_is_caught(disk: OldDisk) -> None:
    def booked(taking: Any, entry: Entry) -> None:
        number = f"61020303-02-{taking._tx.next_order_number():06d}"
        body = {**entry.body, "order_no": number}
        taking._tx.append(
            EntryDraft(entry.kind, new_uuid7(), entry.business_date, entry.clerk_id, body)
        )

    _sell_on_the_old_disk(disk)
    with weakened(recovery._Taking, "_refuse", booked):
        disk.recover()
    found = disk.faults_found(doubles=1)
    assert any("was never sold" in fault for fault in found)
    assert any("the till has" in fault for fault in found)


def test_entries_this_terminal_never_sealed_are_not_taken(disk: OldDisk) -> None:
    def changed(passing: Passing) -> Passing:
        page = json.loads(passing.body)
        if len(page.get("entries", ())) > 1:
            page["entries"][1]["body"]["total_fen"] = 1
        return with_body(passing, json.dumps(page).encode())

    disk.restore()
    before = disk.entries()
    with tampering_proxy(disk.platform.url) as proxy:
        write_identity(disk.home, replace(read_identity(disk.home), platform_url=proxy.url))
        proxy.alter = changed
        report = disk.upload()
        assert (report.code, report.held) == ("recovery.foreign", True)
        assert disk.outlet.cases.catch_up() is None
        assert disk.entries() == before
        proxy.alter = lambda passing: passing
        assert disk.recover() is not None
    connect(disk.home, disk.platform)
    assert disk.faults_found() == []


def test_journal_verify_counts_what_was_set_aside_and_misses_none(
    disk: OldDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    _sell_on_the_old_disk(disk)
    with weakened(RecoverySteps, "append_again", lambda _tx, entry, _body: entry):
        disk.recover()
    disk.outlet.close()
    told = _verify(disk, capsys)
    assert not told["sound"], "facts that were set aside are nowhere"
    disk.restore()
    _sell_on_the_old_disk(disk)
    disk.recover()
    disk.outlet.close()
    told = _verify(disk, capsys)
    assert (told["sound"], told["epoch"], told["set_aside_bad"]) == (True, 3, [])
    assert told["set_aside"] == 3
    connection = disk.outlet.books._connection
    connection.execute("DROP TRIGGER set_aside_no_update")
    connection.execute("UPDATE set_aside SET entry = replace(entry, '0312', '0313')")
    disk.outlet.close()
    assert len(_verify(disk, capsys)["set_aside_bad"]) == 3


def _verify(disk: OldDisk, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    command_line(["journal", "verify", "--json", "--home", str(disk.home)])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_live_counter_brings_itself_up_to_date(disk: OldDisk) -> None:
    """Face, core and agent as they run; the screen is told to read everything again."""
    disk.restore()
    live = LiveDesk(disk.home)
    live.start()
    try:
        live.await_event("ready", lambda _: sum(e.kind == "ready" for e in live.events) == 2)
        live.desk.ask(lambda cases: cases.session.unlock(PIN))
        live.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 1))
        form = live.desk.ask(lambda cases: cases.paying.begin())
        done = live.desk.ask(
            lambda cases: cases.paying.tender_cash(form.form_id, form.cash_remaining_text)
        ).done
        assert done is not None
        disk.sold.append(Sold(form.form_id, done.order_no, disk.sold[0].fen))
        live.await_event("sync", lambda e: e.data.get("confirmed_seq", 0) >= done.entry_seq)
    finally:
        live.desk.stop()
    assert disk.faults_found() == []


def test_closed_counter_is_brought_up_to_date_by_the_sync_command(
    disk: OldDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.restore()
    assert command_line(["sync", "--json", "--home", str(disk.home)]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == 0
    command_line(["doctor", "--home", str(disk.home)])
    assert "this disk was an old copy and got 3 entries back" in capsys.readouterr().out
    assert disk.faults_found() == []
