"""The decision between a scanner and a person, by event times alone."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from ui.common.wedge import Verdict, WedgeReader, WedgeSettings

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PRINTABLE = string.ascii_letters + string.digits + "-/+*.~$% "
CODES = st.text(st.sampled_from(PRINTABLE), min_size=6, max_size=48)


def feed(reader: WedgeReader, keys: list[tuple[str, int]]) -> tuple[list[str], str]:
    """Feed keys; what a field would receive, and what was scanned last."""
    received: list[str] = []
    scans: list[str] = []
    chars = [char for char, _ in keys]
    for ticket, (char, at_ms) in enumerate(keys):
        decision = reader.feed(char, at_ms, ticket)
        received += [chars[held] for held in decision.release]
        if decision.verdict is Verdict.DELIVER:
            received.append(char)
        if decision.verdict is Verdict.SCAN:
            del received[len(received) - decision.take_back :]
            scans.append(decision.text)
    received += [chars[held] for held in reader.give_up()]
    return received, "|".join(scans)


@given(CODES, st.integers(0, 25), st.sampled_from("\r\t"))
def test_a_burst_with_a_suffix_is_a_scan_and_types_nothing(code: str, gap: int, end: str) -> None:
    keys = [(char, place * gap) for place, char in enumerate(code + end)]
    assert feed(WedgeReader(), keys) == ([], code)


@given(st.text(st.sampled_from(PRINTABLE + "\r"), max_size=40), st.integers(51, 400))
def test_a_person_gets_every_key_in_order(text: str, gap: int) -> None:
    keys = [(char, place * gap) for place, char in enumerate(text)]
    assert feed(WedgeReader(), keys) == (list(text), "")


@given(
    st.lists(st.tuples(st.sampled_from(PRINTABLE), st.integers(0, 120)), max_size=60),
)
def test_without_a_suffix_no_key_is_ever_lost(keys: list[tuple[str, int]]) -> None:
    at, timed = 0, []
    for char, gap in keys:
        at += gap
        timed.append((char, at))
    assert feed(WedgeReader(), timed) == ([char for char, _ in keys], "")


@given(CODES, st.integers(31, 50))
def test_a_burst_slower_than_the_mean_is_typing(code: str, gap: int) -> None:
    keys = [(char, place * gap) for place, char in enumerate(code + "\r")]
    assert feed(WedgeReader(), keys) == ([*code, "\r"], "")


def test_five_fast_keys_and_enter_are_typing() -> None:
    keys = [(char, place) for place, char in enumerate("12345\r")]
    assert feed(WedgeReader(), keys) == (list("12345\r"), "")


def test_twenty_scans_a_second_arrive_whole() -> None:
    codes = [f"69{number:011d}" for number in range(20)]
    keys, at = [], 0
    for code in codes:
        for char in code + "\r":
            keys.append((char, at))
            at += 3
        at += 8
    assert feed(WedgeReader(), keys) == ([], "|".join(codes))


def test_control_characters_are_no_part_of_a_scan() -> None:
    keys = [(char, place * 2) for place, char in enumerate("0106901\x1d28\r")]
    assert feed(WedgeReader(), keys) == ([], "010690128")


def test_typing_that_runs_into_a_scan_keeps_what_was_typed() -> None:
    typed = [("n", 0), ("f", 200)]
    scan = [(char, 500 + place * 4) for place, char in enumerate("6921168509256\r")]
    assert feed(WedgeReader(), typed + scan) == (["n", "f"], "6921168509256")


@given(CODES)
def test_with_a_prefix_not_even_the_first_key_goes_through(code: str) -> None:
    reader = WedgeReader(WedgeSettings(prefix="^"))
    first = reader.feed("^", 0, 0)
    assert first.verdict is Verdict.HOLD
    rest = [(char, 2 + place * 2) for place, char in enumerate(code + "\r")]
    assert feed(reader, rest) == ([], code)


def test_with_a_prefix_fast_keys_without_it_are_typing() -> None:
    reader = WedgeReader(WedgeSettings(prefix="^"))
    keys = [(char, place) for place, char in enumerate("6921168509256\r")]
    assert feed(reader, keys) == (list("6921168509256\r"), "")


def test_a_key_that_never_ends_is_given_back() -> None:
    reader = WedgeReader(WedgeSettings(longest=10))
    keys = [("7", place) for place in range(25)]
    assert feed(reader, keys) == (["7"] * 25, "")
