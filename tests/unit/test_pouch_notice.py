"""A notice of a pouch is read only when it is one, and says what its slip says."""

from __future__ import annotations

from typing import Any

import pytest

from terminal.domain.pouch import Pouch
from terminal.domain.pouch_notice import Announced, announcement, read_announcement

POUCH = Pouch("P02-260801-7K3QF9", "V01", "T03", 40_000)
SENT_AT = "2026-08-01T01:00:00.000Z"


def _record(**changes: Any) -> dict[str, Any]:
    made = announcement(POUCH.number, "61020303-03-AAAA", POUCH.code(), SENT_AT)
    return {**made, "signature": "00", **changes}


def test_a_notice_reads_back_as_it_was_made() -> None:
    assert read_announcement(_record()) == Announced(POUCH, "61020303-03-AAAA", SENT_AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "notice"},
        {"more": "said"},
        {"sent_at": 7},
        {"code": POUCH.code() + "0"},
        {"pouch": "P02-260801-7K3QFA"},
    ],
)
def test_what_is_no_notice_of_a_pouch_is_not_taken_for_one(changes: dict[str, Any]) -> None:
    assert read_announcement(_record(**changes)) is None
