"""Whatever a line does to frames: no crash, no hang, and never a value that was not sent.

20,000 frames a parser here, 200,000 under the marker ``soak``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from devices.card_terminal.codepay import EcrFrame, EcrKind, EcrParser, ecr_frame
from devices.cash.cctalk import CcTalkFrame, CcTalkParser, cctalk_frame
from devices.cash.id003 import Id003Frame, Id003Parser, id003_frame
from devices.cash.mdb import MdbBlock, MdbParser, mdb_block
from devices.cash.ssp import SspFrame, SspParser, ssp_frame
from devices.id_reader.sdt import SdtAnswer, SdtCommand, SdtParser, SdtStatus, read_card, sdt_frame
from devices.scale.cas import CasParser
from devices.scale.dialects import DIALECTS
from devices.simulators.virtual_id_reader import card_data, invented_fields
from devices.simulators.virtual_scale import SAYINGS
from devices.transport.frames import FrameParser
from terminal.ports.scale import Weight

FRAMES = 8_000
FRAMES_IN_SOAK = 200_000


class Sample(NamedTuple):
    """A frame, the event it stands for, and a fresh parser that knows it."""

    data: bytes
    event: object
    parser: Any


def _timeless(event: object) -> object:
    return replace(event, at_ms=0) if isinstance(event, Weight) else event


def _weight(rng: random.Random, dialect: str) -> Weight:
    stable = rng.random() < 0.8
    if rng.random() < 0.1 and dialect != "toledo-continuous":
        return Weight(0, stable=False, over=True)
    grams = rng.choice((rng.randrange(100_000), rng.randrange(60), 0))
    if dialect.startswith("toledo-8217"):
        # Its status says that it moves, and no weight.
        return Weight(grams, stable, net=rng.random() < 0.2) if stable else Weight(0, stable)
    if dialect == "toledo-continuous":
        return Weight(grams, stable, net=rng.random() < 0.2, tare_grams=rng.randrange(5000))
    if grams and rng.random() < 0.2:
        return Weight(-grams, stable, under=True)
    return Weight(grams, stable)


def _scale(dialect: str) -> Callable[[random.Random], Sample]:
    def sample(rng: random.Random) -> Sample:
        weight = _weight(rng, dialect)
        if dialect == "mt-sics" and weight.under:
            weight = replace(weight, under=False, grams=-weight.grams)
        parser = DIALECTS[dialect].make_parser()
        return Sample(SAYINGS[dialect][0](weight), weight, parser)

    return sample


def _id003(rng: random.Random) -> Sample:
    frame = Id003Frame(rng.randrange(256), rng.randbytes(rng.choice((0, 1, 2, 8))))
    return Sample(id003_frame(frame.code, frame.data), frame, Id003Parser())


def _ssp(rng: random.Random) -> Sample:
    data = bytes(rng.choice((0x7F, 0x00, rng.randrange(256))) for _ in range(rng.randint(1, 20)))
    frame = SspFrame(rng.randrange(0x7E), rng.randrange(2), data)
    return Sample(ssp_frame(frame), frame, SspParser())


def _cctalk(rng: random.Random) -> Sample:
    frame = CcTalkFrame(1, 2, rng.randrange(256), rng.randbytes(rng.randrange(14)))
    return Sample(cctalk_frame(frame), frame, CcTalkParser())


def _mdb(rng: random.Random) -> Sample:
    block = MdbBlock(rng.randbytes(rng.randint(1, 35)))
    return Sample(mdb_block(block.data), block, MdbParser())


def _codepay(rng: random.Random) -> Sample:
    data = rng.randbytes(rng.choice((0, 0, 1, 60)))
    frame = EcrFrame(EcrKind.NORMAL, rng.randrange(256), rng.randint(1, 255) if data else 0, data)
    return Sample(ecr_frame(frame), frame, EcrParser())


def _sdt(rng: random.Random) -> Sample:
    step = rng.randrange(100)
    if step == 0:
        command, status = SdtCommand.READ, SdtStatus.OK
        data = card_data(invented_fields(order=rng.randrange(1000)))
    elif step < 50:
        command, status, data = SdtCommand.SELECT, SdtStatus.OK, rng.randbytes(8)
    elif step < 90:
        command, status, data = SdtCommand.FIND, SdtStatus.FOUND, rng.randbytes(4)
    else:
        command, status, data = SdtCommand.FIND, SdtStatus.NO_CARD, b""
    event = SdtAnswer(status, data)
    return Sample(sdt_frame(bytes((0, 0, status)) + data), event, SdtParser(command))


SAMPLES: dict[str, Callable[[random.Random], Sample]] = {
    **{dialect: _scale(dialect) for dialect in DIALECTS},
    "id003": _id003,
    "ssp": _ssp,
    "cctalk": _cctalk,
    "mdb": _mdb,
    "codepay": _codepay,
    "sdt": _sdt,
}
_WITHOUT_SUM = {"toledo-8217", "mt-sics", "a-and-d"}
_TOLD_APART_BY_PAUSES = {"cctalk", "mdb"}
_SPEAKS_ONLY_WHEN_ASKED = {"sdt"}
_SUM_ALONE = {"mdb"}
"""Nothing but a sum of eight bits guards a block: wrong bits it finds, a cut it may miss."""


def _spoilt(rng: random.Random, name: str, data: bytes) -> bytes:
    """What is left of a frame on a bad line; never the whole frame."""
    fault = 2 if name in _SUM_ALONE else rng.randrange(2 if name in _WITHOUT_SUM else 3)
    if fault == 0:
        return rng.randbytes(rng.randrange(20))
    if fault == 1:
        cut = rng.randrange(len(data))
        return data[:cut] if rng.random() < 0.5 else data[cut + 1 :]
    bit = rng.randrange(len(data) * 8)
    return data[: bit // 8] + bytes((data[bit // 8] ^ 1 << bit % 8,)) + data[bit // 8 + 1 :]


def _is_quiet_between(rng: random.Random, name: str, spoilt: bytes) -> bool:
    if name in _TOLD_APART_BY_PAUSES | _SPEAKS_ONLY_WHEN_ASKED or rng.random() < 0.5:
        return True
    # A lone 7F before the start byte cannot be told from a doubled one.
    return name == "ssp" and spoilt.endswith(b"\x7f")


def _pieces(rng: random.Random, data: bytes) -> list[bytes]:
    at = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(3)))
    return [data[start:end] for start, end in zip([0, *at], [*at, len(data)], strict=True)]


def _wrongly_heard(name: str, count: int, make_parser: Callable[[], Any] | None = None) -> object:
    """The first thing heard that was not sent, or sent and not heard; None when all is right."""
    rng = random.Random(f"{name} 2026")
    for _ in range(count):
        sample = SAMPLES[name](rng)
        parser = make_parser() if make_parser else sample.parser
        spoilt = _spoilt(rng, name, sample.data)
        events: list[object] = []
        for piece in _pieces(rng, spoilt):
            events += parser.feed(piece)
        if _is_quiet_between(rng, name, spoilt):
            events += parser.idle()
        for piece in _pieces(rng, sample.data):
            events += parser.feed(piece)
        events += parser.idle()
        if [_timeless(event) for event in events] != [sample.event]:
            return spoilt.hex(), sample.data.hex(), events
    return None


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_sent_whole_is_heard_and_nothing_else(name: str) -> None:
    assert _wrongly_heard(name, FRAMES) is None


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_sent_whole_is_heard_and_nothing_else_for_long(name: str) -> None:
    assert _wrongly_heard(name, FRAMES_IN_SOAK) is None


class _TrustingParser(CasParser):
    """Does not look at the sum."""

    def _is_sound(self, frame: bytes) -> bool:
        return frame.endswith(b"\x03\x04")


def test_parser_that_ignores_the_sum_is_caught() -> None:
    assert _wrongly_heard("cas", 2_000, _TrustingParser) is not None


class _DeafParser(FrameParser[Weight]):
    """Hears nothing."""

    def _length(self, pending: bytearray) -> int | None:
        return None

    def _is_sound(self, frame: bytes) -> bool:
        return True

    def _read(self, frame: bytes) -> Weight | None:
        return None


def test_parser_that_hears_nothing_is_caught() -> None:
    assert _wrongly_heard("cas", 1, _DeafParser) is not None


def test_invented_cards_are_read_whole_and_spoilt_ones_not_at_all() -> None:
    rng = random.Random("cards")
    for order in range(200):
        fields = invented_fields(order=order)
        data = card_data(fields)
        card = read_card(data)
        assert card is not None
        assert [card.name, card.number, card.address] == [fields[0], fields[5], fields[4]]
        assert fields[0] not in repr(card)
        assert fields[5] not in repr(card)
        number_at = 4 + 30 + 2 + 4 + 16 + 70
        digit = number_at + 2 * rng.randrange(17)
        spoilt = data[:digit] + bytes((data[digit] ^ 1,)) + data[digit + 1 :]
        assert read_card(spoilt) is None
        assert read_card(data[: rng.randrange(260)]) is None
