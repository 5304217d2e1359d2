"""The decision between a scanner and a person, by event times alone."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from tests.helpers.outlet import RICE
from tests.qt.conftest import Screen
from ui.common.key_gate import KeyGate
from ui.common.wedge import Verdict, WedgeReader, WedgeSettings

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PRINTABLE = string.ascii_letters + string.digits + "-/+*.~$% "
WATER = "6921168509256"
UNKNOWN = "6900000000014"
CODES = st.text(st.sampled_from(PRINTABLE), min_size=6, max_size=48)


def _field_text() -> str:
    """What stands in the field that has the keyboard."""
    focus = QGuiApplication.focusObject()
    assert focus is not None
    return str(focus.property("text"))


def feed(
    reader: WedgeReader, keys: list[tuple[str, int]], stalls: frozenset[int] = frozenset()
) -> tuple[list[str], str]:
    """Feed keys; what a field would receive, and what was scanned.

    Before the keys at ``stalls`` the machine was so busy that the ones held were given up.
    """
    received: list[str] = []
    scans: list[str] = []
    chars = [char for char, _ in keys]
    for ticket, (char, at_ms) in enumerate(keys):
        if ticket in stalls:
            received += [chars[held] for held in reader.give_up()]
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


@given(CODES, st.integers(0, 25), st.frozensets(st.integers(0, 48)))
def test_a_scan_that_a_busy_machine_delivers_in_pieces_is_whole_and_types_nothing(
    code: str, gap: int, stalls: frozenset[int]
) -> None:
    keys = [(char, place * gap) for place, char in enumerate(code + "\r")]
    assert feed(WedgeReader(), keys, stalls) == ([], code)


@given(
    st.lists(st.tuples(st.sampled_from(PRINTABLE), st.integers(0, 120)), max_size=60),
    st.frozensets(st.integers(0, 60)),
)
def test_a_busy_machine_loses_no_typed_key(
    keys: list[tuple[str, int]], stalls: frozenset[int]
) -> None:
    at, timed = 0, []
    for char, gap in keys:
        at += gap
        timed.append((char, at))
    assert feed(WedgeReader(), timed, stalls) == ([char for char, _ in keys], "")


@given(st.frozensets(st.integers(0, 14)))
def test_with_a_prefix_a_stalled_scan_is_still_read_whole_and_types_nothing(
    stalls: frozenset[int],
) -> None:
    keys = [(char, place * 2) for place, char in enumerate("^6921168509256\r")]
    reader = WedgeReader(WedgeSettings(prefix="^"))
    assert feed(reader, keys, stalls) == ([], "6921168509256")


def test_keys_given_up_and_an_enter_much_later_are_typing() -> None:
    keys = [(char, place * 5) for place, char in enumerate("692116")] + [("\r", 2000)]
    assert feed(WedgeReader(), keys, frozenset({6})) == ([*"692116", "\r"], "")


def _strike(screen: Screen, keys: str, from_ms: int) -> None:
    """Keys whose stamps are two milliseconds apart, whenever they are delivered."""
    for place, char in enumerate(keys):
        key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, char)
            event.setTimestamp(from_ms + 2 * place)
            QGuiApplication.sendEvent(screen.app.window, event)


def test_a_scan_the_window_gets_late_and_in_two_pieces_is_one_article(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    stamp = time.monotonic_ns() // 1_000_000
    _strike(screen, WATER[:7], stamp)
    screen.until(lambda: _field_text() == WATER[:7], "the gate took them for typing")
    _strike(screen, WATER[7:] + "\r", stamp + 14)
    screen.until(lambda: len(counter.basket.lines.rows) == 1, "the article")
    assert _field_text() == ""


def test_what_was_typed_of_a_stalled_scan_with_a_prefix_leaves_the_field(
    counter_screen: Screen,
) -> None:
    screen = counter_screen
    gate = screen.app.window.findChild(KeyGate)
    assert gate is not None
    gate.programme(WedgeSettings(prefix="^"))
    screen.add("nf")
    screen.begin_payment()
    screen.hands.write("5")
    stamp = time.monotonic_ns() // 1_000_000
    _strike(screen, "^" + WATER[:7], stamp)
    screen.until(lambda: _field_text() == "5^" + WATER[:7], "the gate took them for typing")
    _strike(screen, WATER[7:] + "\r", stamp + 16)
    assert _field_text() == "5"
    assert screen.counter.basket.lines.count == 1


def _strike_unknown(screen: Screen, ends: str) -> None:
    """A scan of goods nobody knows whose first digit was typed and looked up before the rest came.

    A busy machine delivers it so; the stamps are a scanner's all the same.
    """
    stamp = time.monotonic_ns() // 1_000_000
    results = screen.counter.scanField.results
    _strike(screen, UNKNOWN[:1], stamp)
    screen.until(lambda: results.count > 0, "what the first digit alone finds")
    _strike(screen, UNKNOWN[1:] + ends, stamp + 2)


@pytest.mark.parametrize("ends", ["\r", "\r\r"])
def test_enter_after_a_scan_of_unknown_goods_adds_nothing(
    counter_screen: Screen, ends: str
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    _strike_unknown(screen, ends)
    screen.until(lambda: UNKNOWN in counter.notices.text, "the refusal")
    assert _field_text() == counter.scanField.text == ""
    assert counter.scanField.results.count == 0
    screen.hands.press("Return")
    screen.hands.pause(100)
    assert counter.basket.empty


def test_a_search_by_hand_keeps_its_results_through_a_scan_of_unknown_goods(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.write("nf")
    screen.until(lambda: counter.scanField.results.count > 0, "results")
    found = [row.sku for row in counter.scanField.results.rows]
    screen.hands.scan(UNKNOWN)
    screen.until(lambda: UNKNOWN in counter.notices.text, "the refusal")
    assert _field_text() == counter.scanField.text == "nf"
    screen.until(
        lambda: [row.sku for row in counter.scanField.results.rows] == found, "the same results"
    )
    assert counter.basket.empty


def test_the_second_end_of_a_scan_is_no_enter_for_what_is_typed(counter_screen: Screen) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.write("nf")
    screen.until(lambda: counter.scanField.results.count > 0, "results")
    _strike(screen, UNKNOWN + "\r\r", time.monotonic_ns() // 1_000_000)
    screen.until(lambda: UNKNOWN in counter.notices.text, "the refusal")
    screen.hands.pause(200)
    assert counter.basket.empty
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the goods that were searched for")


def test_goods_a_scan_offers_are_chosen_by_keys_and_go_with_the_next_scan(
    counter_screen: Screen,
) -> None:
    screen, counter = counter_screen, counter_screen.counter
    screen.hands.scan("1*" + RICE)
    screen.until(lambda: counter.scanField.searching, "the goods sold by weight")
    assert _field_text() == counter.scanField.text == ""
    screen.hands.press("Down")
    screen.hands.press("Return")
    screen.until(lambda: counter.dialog == "quantity", "the weight")
    screen.hands.press("Esc")
    screen.hands.scan(UNKNOWN)
    screen.until(lambda: not counter.scanField.searching, "nothing to choose from")
    screen.hands.press("Return")
    screen.hands.pause(100)
    assert counter.dialog == ""
    assert counter.basket.empty


class _Slow(QObject):
    """A window so busy that every key takes longer than the longest pause inside a scan."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            time.sleep(WedgeSettings().gap_ms / 1000 + 0.01)
        return super().eventFilter(watched, event)


def test_a_scan_by_the_hands_keeps_a_scanners_pace_on_a_busy_machine(
    counter_screen: Screen,
) -> None:
    slow = _Slow()
    counter_screen.app.window.installEventFilter(slow)
    counter_screen.hands.scan(WATER)
    counter_screen.app.window.removeEventFilter(slow)
    lines = counter_screen.counter.basket.lines
    counter_screen.until(lambda: lines.count == 1, "the article")
    assert _field_text() == ""


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
