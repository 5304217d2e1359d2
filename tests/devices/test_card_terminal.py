"""The card terminal: what is carried, what is unknown, and that nothing is charged twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from devices.card_terminal.card_result import CardSignal, CardStage, may_charge, next_stage
from devices.card_terminal.codepay import EcrFrame, EcrKind, ecr_frame
from devices.card_terminal.ecr_terminal import EcrTerminal
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine, VirtualLine
from devices.transport.link import make_link
from terminal.domain.errors import BugError, EnvironmentFault

MESSAGE = b'{"amount":1250}'
ANSWER = b'{"result":"approved"}'


@pytest.fixture
def machine() -> VirtualCardTerminal:
    return VirtualCardTerminal(ANSWER)


@pytest.fixture(params=["pty", "tcp"])
def line(
    request: pytest.FixtureRequest, machine: VirtualCardTerminal, tmp_path: Path
) -> Iterator[VirtualLine]:
    made = PtyLine(machine, tmp_path / "card") if request.param == "pty" else TcpLine(machine)
    with made:
        yield made


@pytest.fixture
def terminal(line: VirtualLine) -> EcrTerminal:
    return EcrTerminal(
        lambda: make_link(line.url, device="card", baud=115200), greeting_s=0.3, answer_s=0.4
    )


def test_message_is_carried_and_answered(
    terminal: EcrTerminal, machine: VirtualCardTerminal
) -> None:
    assert [terminal.ask(MESSAGE), terminal.ask(MESSAGE)] == [ANSWER, ANSWER]
    assert machine.messages == [MESSAGE, MESSAGE]


@pytest.mark.parametrize(
    "faults", [LineFaults(split=1), LineFaults(duplicate=1), LineFaults(late=20)], ids=str
)
def test_split_repeated_and_late_frames_change_nothing(
    terminal: EcrTerminal, line: VirtualLine, machine: VirtualCardTerminal, faults: LineFaults
) -> None:
    line.faults = faults
    assert terminal.ask(MESSAGE) == ANSWER
    assert machine.messages == [MESSAGE]


def test_terminal_that_is_gone_before_the_message_was_never_charged(
    terminal: EcrTerminal, line: VirtualLine, machine: VirtualCardTerminal
) -> None:
    line.unplug()
    with pytest.raises(EnvironmentFault) as told:
        terminal.ask(MESSAGE)
    assert told.value.code == "card.unreachable"
    assert told.value.retry
    assert machine.messages == []


@pytest.mark.parametrize("fault", ["garble", "cut"])
def test_lost_handshake_is_no_unknown_result(
    terminal: EcrTerminal, line: VirtualLine, machine: VirtualCardTerminal, fault: str
) -> None:
    line.faults = LineFaults(**{fault: 1})
    with pytest.raises(EnvironmentFault) as told:
        terminal.ask(MESSAGE)
    assert told.value.code in {"card.silent", "card.connection_lost"}
    assert machine.messages == []


@pytest.mark.parametrize("trouble", ["silent", "garble", "cut"])
def test_lost_answer_is_an_unknown_result_and_not_to_be_repeated(
    terminal: EcrTerminal, line: VirtualLine, machine: VirtualCardTerminal, trouble: str
) -> None:
    machine.silent = trouble == "silent"
    # The first frame is the handshake, the second the acknowledgement, the third the answer.
    line.faults = LineFaults() if machine.silent else LineFaults(**{trouble: 3})
    with pytest.raises(EnvironmentFault) as told:
        terminal.ask(MESSAGE)
    assert told.value.code == "card.result_unknown"
    assert not told.value.retry
    assert machine.messages == [MESSAGE]


def test_data_of_a_message_is_in_no_repr() -> None:
    assert "6222" not in repr(EcrFrame(EcrKind.NORMAL, 0, 1, b"6222"))
    assert b"6222" in ecr_frame(EcrFrame(EcrKind.NORMAL, 0, 1, b"6222"))


def _stages_after(signals: tuple[CardSignal, ...]) -> list[CardStage]:
    stages = [CardStage.READY]
    for signal in signals:
        try:
            stages.append(next_stage(stages[-1], signal))
        except BugError:
            break
    return stages


def test_no_order_of_signals_allows_a_charge_while_money_may_have_moved() -> None:
    """After SENT, a charge is allowed only when the last thing known is a refusal."""
    for signals in product(CardSignal, repeat=5):
        stages = _stages_after(signals)
        seen = signals[: len(stages) - 1]
        if CardSignal.SENT not in seen:
            assert may_charge(stages[-1])
            continue
        refused = seen[-1] in (CardSignal.DECLINED, CardSignal.NEVER_SEEN)
        assert may_charge(stages[-1]) == (refused and stages[-1] is CardStage.DECLINED)
        if seen[-1] in (CardSignal.SILENCE, CardSignal.APPROVED):
            assert not may_charge(stages[-1])


def test_silence_is_unknown_and_asking_again_settles_it() -> None:
    unknown = next_stage(CardStage.SENT, CardSignal.SILENCE)
    assert unknown is CardStage.UNKNOWN
    assert not may_charge(unknown)
    with pytest.raises(BugError):
        next_stage(unknown, CardSignal.SENT)
    assert may_charge(next_stage(unknown, CardSignal.NEVER_SEEN))
    assert next_stage(CardStage.DECLINED, CardSignal.APPROVED) is CardStage.UNKNOWN
