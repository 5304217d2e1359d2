"""Identifiers made on the terminal."""

from __future__ import annotations

import uuid

from terminal.domain.identifiers import new_uuid7, order_number


def test_an_intent_is_a_uuid_of_version_seven_with_its_time_in_front() -> None:
    made = uuid.UUID(new_uuid7(0x0123_4567_89AB))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == 0x0123_4567_89AB


def test_intents_of_the_same_millisecond_differ() -> None:
    assert len({new_uuid7(1) for _ in range(1000)}) == 1000


def test_a_clock_beyond_its_48_bits_still_gives_an_intent() -> None:
    assert uuid.UUID(new_uuid7(2**48 + 5)).version == 7
    assert uuid.UUID(new_uuid7()).version == 7


def test_an_order_number_names_outlet_terminal_and_serial() -> None:
    assert order_number("61020303", 2, 42) == "61020303-02-000042"
    assert order_number("61020303", 12, 1_234_567) == "61020303-12-1234567"
