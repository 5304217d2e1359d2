"""Whose turn it is for a new program."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.release import Release

TERMINALS = [f"T-{number:05}" for number in range(2000)]
numbers = st.tuples(*[st.integers(0, 999)] * 3)


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))


@given(numbers, numbers)
def test_versions_are_ordered_as_numbers(
    one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    assert Release(_text(one), "a", 0).is_newer_than(_text(two)) == (one > two)


def test_any_release_is_newer_than_an_unknown_one() -> None:
    assert Release("0.0.0", "a", 0).is_newer_than("")
    assert Release("0.0.0", "a", 0).is_newer_than("0+local")


@given(st.integers(0, 99))
def test_who_has_had_a_turn_keeps_it_as_the_percentage_grows(percent: int) -> None:
    less, more = Release("1.4.0", "a", percent), Release("1.4.0", "a", percent + 1)
    assert all(more.is_for(name) for name in TERMINALS[:200] if less.is_for(name))


def test_a_percentage_is_about_that_many_terminals() -> None:
    for percent in (0, 1, 10, 50, 100):
        count = sum(Release("1.4.0", "a", percent).is_for(name) for name in TERMINALS)
        assert abs(count - 20 * percent) <= 70
    assert not any(Release("1.4.0", "a", 0).is_for(name) for name in TERMINALS)
    assert all(Release("1.4.0", "a", 100).is_for(name) for name in TERMINALS)


def test_the_first_are_others_with_each_version() -> None:
    first = [{n for n in TERMINALS if Release(v, "a", 10).is_for(n)} for v in ("1.4.0", "1.5.0")]
    assert len(first[0] & first[1]) < len(first[0]) / 2
