"""The outlet's cash-up sums the tills of all its terminals, or says which it could not ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sync.client.outlet_days import outlet_day
from terminal.app.outlet_cash_up import outlet_total
from terminal.app.outlet_day import ask_day, read_day
from terminal.app.tills import MoveForm
from terminal.domain.comparison import UNASKED
from terminal.domain.document import Document
from terminal.domain.identifiers import new_uuid7
from terminal.domain.outlet_day import read_terminal
from terminal.domain.pouch import pouch_of
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.cash_ups import book_fen, closed, pieces
from tests.helpers.documents import words_of
from tests.helpers.neighbours import Neighbour, Outletful
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SENIOR, SENIOR_PIN
from tests.helpers.payments import own_line
from ui.common.day_words import compared_text
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


class Calls:
    """The agent's question, in this process over a real line."""

    def __init__(self, counter: Neighbour) -> None:
        self._counter = counter

    def call(self, _name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """See ``terminal.ports.sync_state.PlatformCalls``."""
        with own_line(self._counter.outlet.home, self._counter.url) as line:
            return outlet_day(line, params)


def ask(counter: Neighbour) -> Any:
    """What the platform tells of the day, as it came."""
    return ask_day(Calls(counter), counter.outlet.books.day().business_date)


def compare(counter: Neighbour) -> None:
    """Ask before the day is closed, as the sign-off card does."""
    context = counter.outlet.cases.context
    day = read_day(context, context.books.day().business_date, ask(counter))
    context.compared = replace(context.compared, outlet=day)


def close_day(counter: Neighbour, *, asked: bool = True) -> Any:
    """The clerk leaves, the manager closes; the outlet's cash-up and its slip."""
    session = counter.outlet.cases.session
    session.sign_off()
    if asked:
        compare(counter)
    session.close_outlet(MANAGER, MANAGER_PIN, True)
    body = counter.outlet.books.entries(limit=2)[1].body
    slip = counter.outlet.books.print_jobs(limit=2)[1]
    counter.sync()
    return body, words_of(Document.from_json(slip.document))


def cashed_up(counter: Neighbour, off_fen: int) -> None:
    """One sale, counted with a difference, closed and uploaded."""
    counter.sell()
    closed(counter.outlet.cases, off_fen)
    counter.sync()


def lies_in(two: Outletful) -> int:
    """All cash of the outlet's tills, as both books have it."""
    return sum(
        fen
        for counter in (two.a, two.b)
        for account, fen in counter.outlet.books.balances().items()
        if account.startswith("cash:")
    )


def test_cash_that_went_on_after_its_till_was_closed_is_in_the_sum_once(two: Outletful) -> None:
    cashed_up(two.a, 0)
    cashed_up(two.b, 50)
    cases, held = two.b.outlet.cases, book_fen(two.b.outlet.cases)
    handed_in = {note: int(number) for note, number in pieces(held).items()}
    sent = cases.tills.send(MoveForm(new_uuid7(), "T03", "V01", handed_in))
    two.b.sync()
    code = next(
        pouch_of(entry.body).code()
        for entry in two.b.outlet.books.all_entries()
        if entry.kind == "pouch.sent"
    )
    assert sent.pouch in code
    other = two.a.outlet.cases
    other.pouches.receive(new_uuid7(), code, SENIOR, SENIOR_PIN)
    view = other.cash_ups.view(till_id="V01")
    view = other.cash_ups.book(other.cash_ups.count(view.form_id, pieces(held), {}).form_id)
    other.cash_ups.close(other.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id)
    two.a.sync()
    close_day(two.a)
    last, slip = close_day(two.b)
    assert last["sum"] == {"tills": 3, "cash_fen": lies_in(two), "difference_fen": 50}
    rows = [*last["tills"], *last["others"][0]["tills"]]
    assert sum(row["counted_fen"] for row in rows) > lies_in(two), "what was counted twice"
    assert [(row["till_id"], row["fen"]) for row in last["cash"]] == [("T03", 0)]
    assert "现有现金" in slip


def test_the_last_terminal_to_close_sums_every_till_of_the_outlet(two: Outletful) -> None:
    cashed_up(two.a, -30)
    cashed_up(two.b, 50)
    shown = replace(UNASKED, total=outlet_total(two.b.outlet.cases.context))
    assert "2.00 there now, differences" in compared_text(Words("en"), shown)
    first, first_slip = close_day(two.a)
    (open_one,) = first["others"]
    assert (open_one["terminal_id"], open_one["state"]) == (two.b.terminal_id, "open")
    assert "未日结" in first_slip
    last, slip = close_day(two.b)
    (other,) = last["others"]
    assert (other["terminal_id"], other["state"]) == (two.a.terminal_id, "closed")
    rows = [*last["tills"], *other["tills"]]
    assert sorted((row["till_id"], row["difference_fen"]) for row in rows) == sorted(
        [(two.a.outlet.cases.context.profile.till_id, -30), ("T03", 50)]
    )
    assert last["sum"] == {"tills": 2, "cash_fen": lies_in(two), "difference_fen": 20}
    assert (last["over_fen"], last["short_fen"]) == (50, 30)
    assert "已日结" in slip
    assert "全网点" in slip


def test_a_terminal_that_left_a_till_uncounted_is_summed_with_its_own_word_for_it(
    two: Outletful,
) -> None:
    two.a.sell()
    close_day(two.a)
    two.b.sell()
    body, slip = close_day(two.b)
    till = two.a.outlet.cases.context.profile.till_id
    (other,) = body["others"]
    assert (other["state"], other["tills"], other["not_cashed_up"]) == ("closed", [], [till])
    assert (body["not_cashed_up"], body["sum"]["tills"]) == (["T03"], 0)
    assert till in slip


def test_without_the_platform_it_completes_and_names_whom_it_could_not_ask(
    two: Outletful,
) -> None:
    cashed_up(two.a, -30)
    cashed_up(two.b, 50)
    two.b.url = "http://127.0.0.1:9"
    assert ask(two.b) is None
    context = two.b.outlet.cases.context
    unasked = replace(UNASKED, outlet=read_day(context, "2020-01-01", None))
    words = Words("en")
    assert "Could not be asked, left out of the sum: counter 2" in compared_text(words, unasked)
    body, slip = close_day(two.b)
    (other,) = body["others"]
    assert (other["terminal_id"], other["state"], other["tills"]) == (
        two.a.terminal_id,
        "unasked",
        [],
    )
    assert (body["sum"]["tills"], body["sum"]["difference_fen"]) == (1, 50)
    assert "未能询问" in slip


def test_what_was_told_of_another_day_is_not_taken_for_this_one(two: Outletful) -> None:
    cashed_up(two.b, 50)
    compare(two.b)
    context = two.b.outlet.cases.context
    old = replace(context.compared.outlet, business_date="2020-01-01")
    context.compared = replace(context.compared, outlet=old)
    body, _ = close_day(two.b, asked=False)
    assert [one["state"] for one in body["others"]] == ["unasked"]


@pytest.mark.parametrize("lie", ["counted", "day", "order", "stranger", "shape"])
def test_a_closing_that_its_terminal_did_not_sign_is_not_added_up(two: Outletful, lie: str) -> None:
    cashed_up(two.a, -30)
    two.b.sync()
    told = ask(two.b)
    context = two.b.outlet.cases.context
    date = context.books.day().business_date
    (honest,) = read_day(context, date, told).others
    assert (honest.state, [till.difference_fen for till in honest.tills]) == ("open", [-30])
    (row,) = told["terminals"]
    key: bytes | None = bytes.fromhex(
        next(
            str(one.record["public_key"])
            for one in context.sync.received()
            if one.record.get("terminal_id") == two.a.terminal_id
        )
    )
    entries = [dict(entry) for entry in row["entries"]]
    if lie == "counted":
        entries[-1]["body"] = {**entries[-1]["body"], "counted_fen": 1}
    elif lie == "day":
        date = "2020-01-01"
    elif lie == "order":
        entries.reverse()
    elif lie == "stranger":
        key = None
    else:
        entries[-1].pop("hash")
    assert read_terminal(row["terminal_id"], date, entries, key).state == "unproven"


def test_a_terminal_that_was_not_opened_is_idle_and_nothing_is_asked_of_it(
    two: Outletful,
) -> None:
    assert read_terminal(two.a.terminal_id, "2020-01-01", (), None).state == "idle"
    two.central.execute("DELETE FROM outlet_days")
    (row,) = ask(two.b)["terminals"]
    assert row == {"terminal_id": two.a.terminal_id, "entries": []}


def _entries(told: Any) -> list[dict[str, Any]]:
    (row,) = told["terminals"]
    entries: list[dict[str, Any]] = row["entries"]
    return entries


@pytest.mark.parametrize(
    "kinds", [{"cash_up.closed"}, {"outlet.cashed_up"}, {"cash_up.closed", "outlet.cashed_up"}]
)
def test_a_terminals_day_with_a_part_left_out_is_not_taken_for_the_whole(
    two: Outletful, kinds: set[str]
) -> None:
    cashed_up(two.a, -30)
    close_day(two.a)
    two.b.sync()
    told, context = ask(two.b), two.b.outlet.cases.context
    date = context.books.day().business_date
    (honest,) = read_day(context, date, told).others
    assert (honest.state, len(honest.tills)) == ("closed", 1)
    part = [entry for entry in _entries(told) if entry["kind"] not in kinds]
    told["terminals"][0]["entries"] = part
    assert [one.state for one in read_day(context, date, told).others] == ["unproven"]


def test_a_day_that_was_opened_again_and_one_without_cash_are_whole(two: Outletful) -> None:
    session = two.a.outlet.cases.session
    session.sign_off()
    session.close_outlet(MANAGER, MANAGER_PIN, True)
    two.a.sync()
    two.b.sync()
    context = two.b.outlet.cases.context
    date = context.books.day().business_date
    assert [one.state for one in read_day(context, date, ask(two.b)).others] == ["closed"]
    two.a.outlet.open_day()
    cashed_up(two.a, -30)
    assert [one.state for one in read_day(context, date, ask(two.b)).others] == ["open"]
    close_day(two.a)
    (other,) = read_day(context, date, ask(two.b)).others
    assert (other.state, len(other.tills)) == ("closed", 1)


def test_a_terminal_that_the_platform_leaves_out_or_tells_of_twice_is_named(
    two: Outletful,
) -> None:
    cashed_up(two.a, -30)
    two.b.sync()
    told, context = ask(two.b), two.b.outlet.cases.context
    date = context.books.day().business_date
    unproven = [(two.a.terminal_id, "unproven")]
    answers: tuple[list[Any], ...] = ([], told["terminals"] * 2)
    for rows in answers:
        others = read_day(context, date, {"terminals": rows}).others
        assert [(one.terminal_id, one.state) for one in others] == unproven
    # What was in a cash-up of late is known without its introduction.
    context.compared = replace(context.compared, outlet=read_day(context, date, told))
    close_day(two.b, asked=False)
    two.b.outlet.close()
    for file in two.b.outlet.home.glob(f"{SYNC_FILE}*"):
        file.unlink()
    context = two.b.outlet.open().context
    assert not context.sync.received()
    others = read_day(context, date, {"terminals": []}).others
    assert [(one.terminal_id, one.state) for one in others] == unproven
