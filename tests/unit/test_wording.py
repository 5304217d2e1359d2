"""Texts with values and with words that depend on how many there are."""

from __future__ import annotations

import json

import pytest

from terminal.commands.output import explain, worded
from terminal.domain.errors import UserError
from terminal.domain.wording import filled
from tests.static.sources import ROOT

WAITS = "{count} {count:entry waits|entries wait}, {count:|the oldest }since {since}"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 entries wait, the oldest since 10:00"),
        (1, "1 entry waits, since 10:00"),
        ("1", "1 entry waits, since 10:00"),
        (2, "2 entries wait, the oldest since 10:00"),
        (11, "11 entries wait, the oldest since 10:00"),
        ("1,001", "1,001 entries wait, the oldest since 10:00"),
    ],
)
def test_words_follow_the_number(count: object, said: str) -> None:
    assert filled(WAITS, {"count": count, "since": "10:00"}) == said


def test_what_nobody_named_stays_and_is_seen() -> None:
    assert filled("{count:one|many} of {total}", {"goods": 1}) == "{count:one|many} of {total}"


def test_a_value_is_never_read_as_a_text() -> None:
    assert filled("{name} {count:a|b}", {"count": 1, "name": "{count:x|y}"}) == "{count:x|y} a"


def test_a_command_says_one_and_many() -> None:
    one = explain(UserError("leave.payments_open", {"payments": 1}))
    assert one.startswith("1 payment has no outcome yet.")
    assert explain(UserError("leave.payments_open", {"payments": 2})).startswith("2 payments have")
    assert worded("cash_up.cause.missed_bundle.short", {"pieces": 1, "note": "¥ 0.50"}).startswith(
        "1 piece of ¥ 0.50"
    )


def test_no_place_of_a_choice_is_left_when_a_text_is_filled() -> None:
    for language in ("en", "zh_CN"):
        file = ROOT / "assets" / "translations" / f"{language}.json"
        for key, text in json.loads(file.read_text(encoding="utf-8")).items():
            if "|" in text:
                names = {part.partition(":")[0] for part in text.split("{")[1:]}
                full = filled(text, {name.partition("}")[0]: 1 for name in names})
                assert not set(full) & set("{}|"), key
