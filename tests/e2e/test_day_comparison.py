"""The day's books beside the platform's, over a real line: they agree, or entries are named."""

from __future__ import annotations

import threading

from terminal.domain.comparison import Compared, OwnBooks, judge
from terminal.domain.outlet_day import NOTHING
from tests.helpers.central import Central
from tests.helpers.outlet import STAMP, LiveDesk

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def compared(live: LiveDesk) -> Compared:
    """Ask the platform and wait for what comparing says."""
    answered, said = threading.Event(), []

    def done(answer: object) -> None:
        said.append(answer)
        answered.set()

    live.desk.compare_day(done, done)
    assert answered.wait(30)
    assert isinstance(said[0], Compared)
    return said[0]


def sold(live: LiveDesk) -> int:
    """One sale, confirmed by the platform; its entry."""

    def sell(cases: object) -> int:
        cases.ordering.add_item(STAMP, 2)  # type: ignore[attr-defined]
        form = cases.paying.begin()  # type: ignore[attr-defined]
        done = cases.paying.tender_cash(form.form_id, "5").done  # type: ignore[attr-defined]
        return int(done.entry_seq)

    seq = live.desk.ask(sell)
    live.desk.wake_sync()
    live.await_event("sync", lambda event: int(event.data["confirmed_seq"]) >= seq)
    return seq


def test_the_platforms_books_agree_and_a_booking_that_is_missing_there_is_named(
    live_desk: LiveDesk, platform: Central
) -> None:
    seq = sold(live_desk)
    agreed = compared(live_desk)
    assert (agreed.verdict, agreed.seqs, agreed.accounts) == ("match", (), ())
    assert agreed.last_seq >= seq
    assert agreed.total == NOTHING, "a till that was not cashed up is in no sum"
    platform.execute(f"DELETE FROM postings WHERE seq = {seq}")
    differing = compared(live_desk)
    assert (differing.verdict, differing.seqs) == ("differs", (seq,))
    assert differing.accounts == (("cash:T02", 240, 0), ("postage:postage", -240, 0))
    kept = live_desk.desk.ask(lambda cases: cases.context.compared)
    assert kept == differing


def test_a_platform_that_is_not_there_is_said_to_be_unasked(
    live_desk: LiveDesk, platform: Central
) -> None:
    sold(live_desk)
    platform.faults(offline=True)
    told = compared(live_desk)
    assert (told.verdict, told.seqs) == ("unasked", ())
    assert told.code


def test_a_changed_hash_and_an_entry_too_many_are_named() -> None:
    own = OwnBooks(1, 2, {"cash:T02": 5}, {1: ("a" * 64, 5), 2: ("b" * 64, 0)})
    rows = [
        {"seq": 1, "hash": "c" * 64, "moved_fen": 5},
        {"seq": 2, "hash": "b" * 64, "moved_fen": 0},
        {"seq": 3, "hash": "d" * 64, "moved_fen": 0},
    ]
    told = judge(own, {"accounts": {"cash:T02": 5}, "rows": rows})
    assert (told.verdict, told.seqs, told.accounts) == ("differs", (1, 3), ())
