"""No number twice: over two counters, crashes, lost answers, returns, ends and turned clocks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.central import ranges
from terminal.domain.errors import OutletError
from terminal.domain.leases import KINDS, LOW_WATER, Lease, Use, wish
from tests.helpers.two_counters import Town, make_two, town

WHO = st.integers(0, 1)
KIND = st.sampled_from(KINDS)
USE = st.tuples(st.just("use"), WHO, KIND, st.integers(1, 4), st.booleans())
STEP = (
    USE
    | USE
    | st.tuples(st.just("squander"), WHO, KIND, st.integers(0, 3))
    | st.tuples(st.just("look"), WHO, st.sampled_from(["", "", "request", "answer"]))
    | st.tuples(st.just("upload"), WHO)
    | st.tuples(st.just("retire"), WHO)
    | st.tuples(st.just("wait"), st.sampled_from([1, 40, 120, 190]))
    | st.tuples(st.just("clock"), WHO, st.integers(-3650, 3650))
    | st.tuples(st.sampled_from(["crash", "reboot"]), WHO)
)
UNPROVEN = [
    ("use", 0, "waybill", 3, False),
    ("wait", 190),
    ("look", 1, ""),
    ("use", 1, "waybill", 3, False),
]
"""What the first one printed, nobody has told the platform of; its lease has ended."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    make_two(folder)
    return folder


def _walk(at: Town, steps: list[tuple[Any, ...]]) -> list[tuple[str, int]]:
    for what, *how in steps:
        try:
            _step(at, what, how)
        except OutletError as refused:
            if refused.code not in ("range.used_up", "range.expired"):
                raise
    return at.twice()


def _step(at: Town, what: str, how: list[Any]) -> None:
    if what == "wait":
        at.wait(how[0])
        return
    counter = at.counters[how[0]]
    if what == "use":
        counter.use(how[1], how[2], dies=how[3])
    elif what == "squander":
        counter.squander(how[1], how[2])
    elif what == "look":
        counter.look(at.now, how[1])
    elif what == "upload":
        counter.upload()
    elif what == "retire":
        counter.outlet.cases.ranges.give_back_all()
    elif what == "clock":
        counter.outlet.clock.set_wall(timedelta(days=how[1]))
    else:
        if what == "reboot":
            counter.outlet.clock.reboot()
        counter.outlet.crash()


def _run_walks(template: Path, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(STEP, min_size=4, max_size=25))
    def walks(steps: list[tuple[Any, ...]]) -> None:
        with TemporaryDirectory() as folder, town(template, Path(folder) / "town") as at:
            assert _walk(at, steps) == []

    walks()


def test_no_number_is_printed_twice_by_two_counters(template: Path) -> None:
    _run_walks(template, 12)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_no_number_is_printed_twice_in_a_thousand_walks(template: Path) -> None:
    _run_walks(template, 1000)


def test_what_nobody_has_proof_of_is_given_to_nobody(template: Path, tmp_path: Path) -> None:
    with town(template, tmp_path / "town") as at:
        assert _walk(at, UNPROVEN) == []
        assert len([one for c in at.counters for one in c.taken]) == 6


def test_a_platform_that_asks_for_no_proof_is_caught(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(ranges, "_used_to", lambda _connection, row: row.lo - 1)
    with town(template, tmp_path / "town") as at:
        assert _walk(at, UNPROVEN) != []


def test_a_number_printed_before_its_commit_is_caught(template: Path, tmp_path: Path) -> None:
    """Negative control: a kill between the two prints it for two."""
    with town(template, tmp_path / "town") as at:
        (counter, _) = at.counters
        with pytest.raises(KeyboardInterrupt), counter.outlet.books.transaction() as tx:
            counter.taken.append(("order", tx.next_number("order")))
            raise KeyboardInterrupt
        counter.outlet.crash()
        counter.use("order", 1, dies=False)
        assert at.twice() == [("order", 1)]


def test_what_was_given_back_with_proof_goes_to_the_other_one(
    template: Path, tmp_path: Path
) -> None:
    with town(template, tmp_path / "town") as at:
        first, second = at.counters
        first.use("waybill", 3, dies=False)
        assert first.outlet.cases.ranges.give_back_all() > 0
        first.upload()
        second.squander("waybill", 0)
        second.look(at.now, "")
        assert all(lease.lo > 3 for lease in second.outlet.books.leases("waybill")), "too early"
        at.wait(190)
        second.look(at.now, "")
        second.use("waybill", 2, dies=False)
        assert second.taken == [("waybill", 4), ("waybill", 5)]
        assert at.twice() == []


LEASES = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 500), st.sampled_from(["", "2026-", "2030-"])),
    max_size=4,
)


@given(LEASES, st.integers(0, 40))
def test_what_is_left_without_a_wish_lasts_five_weeks(
    rows: list[tuple[int, int, str]], a_day: int
) -> None:
    leases, at = [], 1
    for size, taken, end in rows:
        until = f"{end}06-01T00:00:00.000Z" if end else ""
        leases.append(Lease("order", at, at + size - 1, at + min(size, taken), until))
        at += size
    for now in ("2026-01-01T00:00:00.000Z", "2026-04-20T00:00:00.000Z", "2026-07-01T00:00:00.000Z"):
        wanted = wish("order", leases, a_day, now)
        if wanted is not None:
            continue
        later = f"{now[:5]}{int(now[5:7]) + 2:02d}{now[7:]}"
        left = sum(lease.left for lease in leases if not lease.is_over(later))
        assert left >= 35 * a_day
        assert left > 0


def test_usual_is_the_busiest_day_but_one() -> None:
    use = Use()
    for day, count in enumerate([0, 10, 25, 25, 100_025, 100_060], 1):
        use = use.seen(f"2026-01-{day:02d}", count).seen(f"2026-01-{day:02d}", count + 5)
    assert use.a_day == 35
    assert use.seen("", 1) == use.seen("2026-01-01", 7) == use
    assert Use().a_day == Use((("2026-01-01", 1),)).a_day == 0
    assert LOW_WATER > 1
