"""The driver of resident ID readers against a simulated module; every card here is invented."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.id_reader.sam_reader import SamReader
from devices.id_reader.sdt import SdtAnswer, SdtCommand, SdtParser, SdtStatus, sdt_frame
from devices.simulators.virtual_id_reader import (
    VirtualIdReader,
    card_data,
    invented_fields,
    invented_number,
)
from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine, VirtualLine
from devices.transport.link import make_link
from terminal.domain.errors import EnvironmentFault
from terminal.ports.id_reader import IdCard, IdReader


@pytest.fixture
def module() -> VirtualIdReader:
    return VirtualIdReader(invented_fields())


@pytest.fixture(params=["pty", "tcp"])
def line(
    request: pytest.FixtureRequest, module: VirtualIdReader, tmp_path: Path
) -> Iterator[VirtualLine]:
    made = PtyLine(module, tmp_path / "id") if request.param == "pty" else TcpLine(module)
    with made:
        yield made


@pytest.fixture
def reader(line: VirtualLine) -> Iterator[IdReader]:
    made: IdReader = SamReader(
        lambda: make_link(line.url, device="id_reader", baud=115200), answer_s=0.3
    )
    yield made
    made.close()


def test_card_on_the_reader_is_read(reader: IdReader, module: VirtualIdReader) -> None:
    card = reader.read()
    assert card is not None
    assert (card.name, card.number) == ("测试甲", invented_number())
    assert (card.birth, card.sex_code, card.nation_code) == ("19900307", "1", "01")
    assert (card.valid_from, card.valid_to) == ("20200101", "20400101")
    assert card.authority == "样本公安局"
    module.fields = invented_fields("欧阳䶮", "20001231", 77)
    again = reader.read()
    assert again is not None
    assert again.name == "欧阳䶮"


def test_empty_reader_gives_no_card(reader: IdReader, module: VirtualIdReader) -> None:
    module.fields = None
    assert reader.read() is None


@pytest.mark.parametrize("faults", [LineFaults(duplicate=1), LineFaults(split=100)], ids=str)
def test_card_is_read_through_repeated_and_split_frames(
    reader: IdReader, line: VirtualLine, faults: LineFaults
) -> None:
    line.faults = faults
    for _ in range(2):
        card = reader.read()
        assert card is not None
        assert card.number == invented_number()


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("fault", ["garble", "cut"])
def test_fault_at_any_step_is_told_and_the_next_read_is_right(
    reader: IdReader, line: VirtualLine, step: int, fault: str
) -> None:
    line.faults = LineFaults(**{fault: step})
    with pytest.raises(EnvironmentFault) as told:
        reader.read()
    assert told.value.code in {"id_reader.silent", "id_reader.connection_lost"}
    line.faults = LineFaults()
    card = _read_once_it_is_back(reader)
    assert card is not None
    assert card.number == invented_number()


def _read_once_it_is_back(reader: IdReader) -> IdCard | None:
    """A line that was pulled takes a moment to appear again."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return reader.read()
        except EnvironmentFault:
            if time.monotonic() > deadline:
                raise


def test_unplugged_reader_is_told_and_reads_again_when_back(
    reader: IdReader, line: VirtualLine
) -> None:
    assert reader.read() is not None
    line.unplug()
    for _ in range(2):
        with pytest.raises(EnvironmentFault):
            reader.read()
    line.plug_in()
    assert reader.read() is not None


def test_card_of_another_layout_is_refused(reader: IdReader, module: VirtualIdReader) -> None:
    fields = invented_fields()
    module.fields = [*fields[:5], fields[5][:-1] + "?", *fields[6:]]
    with pytest.raises(EnvironmentFault) as told:
        reader.read()
    assert told.value.code == "id_reader.read_failed"


def test_personal_data_is_in_no_repr_no_log_and_no_error(
    reader: IdReader, module: VirtualIdReader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = reader.read()
    frame = sdt_frame(b"\x00\x00\x90" + card_data(invented_fields()))
    (answer,) = SdtParser(SdtCommand.READ).feed(frame)
    assert isinstance(answer, SdtAnswer)
    fields = invented_fields()
    module.fields = [*fields[:5], "99999919900307001?", *fields[6:]]
    with pytest.raises(EnvironmentFault) as told:
        reader.read()
    spoken = (
        repr(card) + repr(answer) + caplog.text + "".join(traceback.format_exception(told.value))
    )
    for secret in (fields[0], fields[4], fields[5], "99999919900307", fields[6]):
        assert secret not in spoken
        assert repr(secret.encode("utf-16-le"))[2:-1] not in spoken


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0x10, SdtStatus.CHECK_WRONG),
        (0x11, SdtStatus.LENGTH_WRONG),
        (0x21, SdtStatus.COMMAND_WRONG),
        (0x31, SdtStatus.CARD_REFUSED),
        (0x32, SdtStatus.MODULE_REFUSED),
        (0x60, SdtStatus.SELF_TEST_FAILED),
        (0x66, SdtStatus.UNAUTHORISED),
        (0x91, SdtStatus.NO_NEW_ADDRESS),
    ],
)
def test_refusal_of_the_module_is_known_by_its_name(code: int, status: SdtStatus) -> None:
    frame = sdt_frame(bytes((0, 0, code)))
    assert SdtParser(SdtCommand.READ).feed(frame) == [SdtAnswer(status)]


def test_answer_with_the_length_of_another_command_is_refused() -> None:
    selected = sdt_frame(b"\x00\x00\x90" + bytes(8))
    assert SdtParser(SdtCommand.SELECT).feed(selected) == [SdtAnswer(SdtStatus.OK, bytes(8))]
    parser = SdtParser(SdtCommand.FIND)
    assert parser.feed(selected) + parser.idle() == []
