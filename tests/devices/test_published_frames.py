"""Every published frame: the event it must give, and no other, however its bytes arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices.scale.cas import CasParser
from devices.scale.toledo import with_even_parity
from devices.simulators.virtual_scale import SAYINGS
from terminal.commands.devices import decoded, parser_of
from terminal.ports.scale import Weight

_FILE = Path(__file__).parents[1] / "recordings" / "published_frames.json"
_NOISE = b"\x00\xff\x13noise\xfe\x69"
_TOLD_APART_BY_PAUSES = ("cctalk", "mdb")


@dataclass(frozen=True)
class Recorded:
    driver: str
    name: str
    data: bytes
    guarded: bool
    expect: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.driver}: {self.name}"


def _recorded() -> list[Recorded]:
    rows = json.loads(_FILE.read_text(encoding="utf-8"))["frames"]
    return [
        Recorded(
            row["driver"], row["name"], bytes.fromhex(row["hex"]), row["guarded"], row["expect"]
        )
        for row in rows
    ]


RECORDED = _recorded()
MEANINGFUL = [frame for frame in RECORDED if frame.expect]
WEIGHTS = (
    Weight(1250, stable=True),
    Weight(7, stable=True),
    Weight(29_995, stable=False),
    Weight(0, stable=True),
    Weight(0, stable=False, over=True),
)
GUARDED = [frame for frame in MEANINGFUL if frame.guarded] + [
    Recorded(name, str(weight), SAYINGS[name][0](weight), True, {"grams": weight.grams})
    for name in ("toledo-continuous", "toledo-8217-7e1", "cas")
    for weight in WEIGHTS
]


def _heard(parser: Any, *pieces: bytes, pause: bool = False) -> list[object]:
    """Events of the pieces, without the time; ``pause`` lets the line go quiet in between."""
    events: list[object] = []
    for piece in pieces:
        events += parser.feed(piece)
        if pause:
            events += parser.idle()
    events += parser.idle()
    return [_timeless(event) for event in events]


def _timeless(event: object) -> object:
    if isinstance(event, Weight):
        return (event.grams, event.stable, event.net, event.over, event.under, event.tare_grams)
    return event


def _alone(frame: Recorded) -> list[object]:
    return _heard(parser_of(frame.driver), frame.data)


@pytest.mark.parametrize("frame", RECORDED, ids=str)
def test_published_frame_gives_its_event(frame: Recorded) -> None:
    events, rejected = decoded(frame.driver, frame.data)
    if frame.expect is None:
        assert events == []
        assert rejected == 1
        return
    assert [{key: event.get(key) for key in frame.expect} for event in events] == [frame.expect]
    assert rejected == 0


@pytest.mark.parametrize("frame", MEANINGFUL, ids=str)
def test_event_is_the_same_wherever_the_bytes_are_cut(frame: Recorded) -> None:
    expected = _alone(frame)
    single = [bytes((byte,)) for byte in frame.data]
    assert _heard(parser_of(frame.driver), *single) == expected
    for cut in range(1, len(frame.data)):
        parser = parser_of(frame.driver)
        assert _heard(parser, frame.data[:cut], frame.data[cut:]) == expected


@pytest.mark.parametrize("frame", MEANINGFUL, ids=str)
def test_event_comes_after_noise_and_after_half_a_frame(frame: Recorded) -> None:
    pause = frame.driver in _TOLD_APART_BY_PAUSES
    for before in (_NOISE, frame.data[: len(frame.data) // 2], _NOISE * 20):
        assert _heard(parser_of(frame.driver), before, frame.data, pause=pause) == _alone(frame)


@pytest.mark.parametrize("frame", MEANINGFUL, ids=str)
def test_frame_sent_twice_gives_its_event_twice(frame: Recorded) -> None:
    pause = frame.driver in _TOLD_APART_BY_PAUSES
    parser = parser_of(frame.driver)
    assert _heard(parser, frame.data, frame.data, pause=pause) == _alone(frame) * 2
    assert parser.rejected == 0


def _with_one_wrong_bit(data: bytes) -> Iterator[bytes]:
    for bit in range(len(data) * 8):
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        yield bytes(wrong)


def _accepted_with_a_wrong_bit(data: bytes, make_parser: Any) -> list[object]:
    return [event for wrong in _with_one_wrong_bit(data) for event in _heard(make_parser(), wrong)]


@pytest.mark.parametrize("frame", GUARDED, ids=str)
def test_every_single_wrong_bit_is_rejected(frame: Recorded) -> None:
    assert len(_alone(frame)) == 1
    accepted = _accepted_with_a_wrong_bit(frame.data, lambda: parser_of(frame.driver))
    assert accepted == []


class _TrustingParser(CasParser):
    """Does not look at the sum."""

    def _is_sound(self, frame: bytes) -> bool:
        return frame.endswith(b"\x03\x04")


def test_parser_that_ignores_the_sum_is_caught() -> None:
    frame = next(frame for frame in GUARDED if frame.driver == "cas")
    assert _heard(_TrustingParser(), frame.data) == _alone(frame)
    assert _accepted_with_a_wrong_bit(frame.data, _TrustingParser) != []


def test_parity_is_the_one_a_seven_bit_port_sends() -> None:
    assert with_even_parity(b"W\x02\r") == b"\xd7\x82\x8d"


def test_every_kind_of_driver_with_a_sum_has_a_frame_here() -> None:
    assert {frame.driver for frame in GUARDED} == {
        "sdt", "cas", "cctalk", "mdb", "id003", "ssp", "codepay", "toledo-continuous",
        "toledo-8217-7e1",
    }  # fmt: skip
