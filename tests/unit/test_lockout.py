"""Lockout: only time on the running machine opens it again."""

from __future__ import annotations

import pytest

from terminal.domain.lockout import FIRST_LOCK_MS, FREE_TRIES, Lockout, RunningTime


def _up(ms: int, boot: str = "boot-1") -> RunningTime:
    return RunningTime(boot, ms)


def _after(tries: int) -> Lockout:
    state = Lockout()
    for _ in range(tries):
        state = state.after_wrong_secret(_up(0))
    return state


@pytest.mark.parametrize(("tries", "left"), [(0, 5), (1, 4), (4, 1), (5, 5), (6, 4)])
def test_tries_count_down_to_the_next_lock(tries: int, left: int) -> None:
    assert _after(tries).tries_left == left


@pytest.mark.parametrize(
    ("tries", "minutes"), [(4, 0), (5, 15), (6, 0), (10, 30), (15, 60), (20, 120)]
)
def test_every_fifth_wrong_secret_locks_twice_as_long(tries: int, minutes: int) -> None:
    assert _after(tries).remaining_ms == minutes * 60_000


def test_the_lock_runs_down_while_the_machine_runs() -> None:
    locked = _after(FREE_TRIES)
    assert locked.at(_up(1)).seconds_left == 900
    assert locked.at(_up(FIRST_LOCK_MS - 1)).seconds_left == 1
    assert locked.at(_up(FIRST_LOCK_MS)).seconds_left == 0


def test_looking_often_is_the_same_as_looking_once() -> None:
    seen = _after(FREE_TRIES)
    for ms in range(0, 60_001, 1000):
        seen = seen.at(_up(ms))
    assert seen == _after(FREE_TRIES).at(_up(60_000))


def test_a_counter_that_goes_back_takes_nothing_off() -> None:
    locked = Lockout(5, FIRST_LOCK_MS, _up(10_000))
    assert locked.at(_up(0)).remaining_ms == FIRST_LOCK_MS


def test_a_reboot_keeps_what_is_left_and_goes_on_from_there() -> None:
    locked = _after(FREE_TRIES).at(_up(60_000))
    rebooted = locked.at(_up(5_000, "boot-2"))
    assert rebooted.remaining_ms == locked.remaining_ms
    assert rebooted.at(_up(65_000, "boot-2")).remaining_ms == locked.remaining_ms - 60_000
