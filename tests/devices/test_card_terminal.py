"""The card terminal: what is carried, what is unknown, and that nothing is charged twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.card_terminal.card_desk import CardDesk
from devices.card_terminal.codepay import EcrFrame, EcrKind, ecr_frame
from devices.card_terminal.ecr_terminal import EcrTerminal
from devices.simulators.virtual_card_bank import CARD, Behaviour, VirtualCardBank
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine, VirtualLine
from devices.transport.link import make_link
from terminal.domain.errors import EnvironmentFault

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


ASKED = {"out_trade_no": "a" * 32, "amount_fen": 1250}
BEHAVIOURS = {
    "approves": ("ok", "paid"),
    "declines": ("ok", "failed"),
    "loses_answer": ("unknown", ""),
    "wrong_amount": ("unknown", ""),
    "garbles": ("unknown", ""),
    "shows_card": ("ok", "paid"),
}


@pytest.fixture
def bank(machine: VirtualCardTerminal) -> VirtualCardBank:
    """The bank behind the machine."""
    behind = VirtualCardBank()
    machine.answers_with(behind.answer)
    return behind


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_behaviour_of_the_bank_has_its_verdict(
    terminal: EcrTerminal, bank: VirtualCardBank, behaviour: Behaviour
) -> None:
    bank.behaviour = behaviour
    told = CardDesk(terminal).call("payment.charge", ASKED)
    assert (told["outcome"], told["result"].get("state", "")) == BEHAVIOURS[behaviour]


def test_unknown_result_is_asked_for_by_its_number_and_voided_without_a_second_charge(
    terminal: EcrTerminal, bank: VirtualCardBank
) -> None:
    desk = CardDesk(terminal)
    bank.behaviour = "loses_answer"
    assert desk.call("payment.charge", ASKED)["outcome"] == "unknown"
    found = desk.call("payment.query", ASKED)
    assert (found["result"]["state"], found["result"]["reference"]) == ("paid", "…5702")
    gone = desk.call("payment.reverse", ASKED)
    assert (gone["outcome"], gone["result"]["state"]) == ("ok", "reversed")
    assert (bank.charges, sum(bank.book.values())) == (1, 0)


def test_a_sale_that_comes_after_its_void_is_never_charged(
    terminal: EcrTerminal, bank: VirtualCardBank
) -> None:
    desk = CardDesk(terminal)
    assert desk.call("payment.query", ASKED)["code"] == "payment.not_found"
    assert desk.call("payment.reverse", ASKED)["result"]["state"] == "reversed"
    assert desk.call("payment.charge", ASKED)["result"]["state"] == "reversed"
    assert bank.charges == 0


def test_terminal_that_is_away_refuses_a_charge_and_knows_nothing_of_an_older_one(
    terminal: EcrTerminal, line: VirtualLine, bank: VirtualCardBank
) -> None:
    line.unplug()
    desk = CardDesk(terminal)
    assert desk.call("payment.charge", ASKED)["outcome"] == "refused"
    for name in ("payment.query", "payment.reverse"):
        assert desk.call(name, ASKED)["outcome"] == "unknown"
    assert bank.charges == 0


def test_no_card_number_leaves_the_desk_whatever_the_terminal_shows(
    terminal: EcrTerminal, bank: VirtualCardBank
) -> None:
    bank.behaviour = "shows_card"
    told = CardDesk(terminal).call("payment.charge", ASKED)
    assert CARD not in repr(told)
    result = told["result"]
    assert (result["reference"], result["token"], result["channel_no"]) == ("…5702", "", "")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"result":"approved"}',
        b'{"result":"maybe","reference":"' + b"a" * 32 + b'"}',
        b'{"result":"approved","reference":"' + b"b" * 32 + b'","amount_fen":1250}',
        b'{"result":"approved","reference":"' + b"a" * 32 + b'"}',
        b"\xff\xfe",
    ],
)
def test_anything_odd_is_an_unknown_result(answer: bytes) -> None:
    class Says:
        def ask(self, message: bytes) -> bytes:
            assert message
            return answer

    assert CardDesk(Says()).call("payment.charge", ASKED)["outcome"] == "unknown"


REFUND = {**ASKED, "amount_fen": 450, "refund_no": "b" * 32}
REFUND_ENDS = {
    "approves": ("ok", "", {"state": "refunded", "refund_no": "b" * 32, "amount_fen": 450}),
    "declines": ("refused", "refund.refused", {}),
    "loses_answer": ("unknown", "card.result_unknown", {}),
    "wrong_amount": ("unknown", "card.other_payment", {}),
    "garbles": ("unknown", "card.answer_garbled", {}),
}


@pytest.mark.parametrize("behaviour", REFUND_ENDS)
def test_a_part_goes_back_to_the_card_once_however_often_it_is_asked_for(
    terminal: EcrTerminal, bank: VirtualCardBank, behaviour: Behaviour
) -> None:
    desk = CardDesk(terminal)
    desk.call("payment.charge", ASKED)
    bank.behaviour = behaviour
    told = desk.call("payment.refund", REFUND)
    assert (told["outcome"], told["code"], told["result"]) == REFUND_ENDS[behaviour]
    bank.behaviour = "approves"
    again = desk.call("payment.refund", REFUND)
    declined = behaviour == "declines"
    assert again["outcome"] == ("refused" if declined else "ok")
    assert bank.book == {"a" * 32: 1250 if declined else 800}
    # Another number is another refund, and a card never gets more than was charged.
    more = desk.call("payment.refund", {**REFUND, "refund_no": "c" * 32, "amount_fen": 801})
    assert more["outcome"] == ("ok" if declined else "refused")


def test_a_refund_that_never_left_is_not_known_rather_than_refused(
    terminal: EcrTerminal, line: VirtualLine
) -> None:
    """Only the bank's clear no opens another way for the money."""
    line.unplug()
    told = CardDesk(terminal).call("payment.refund", REFUND)
    assert (told["outcome"], told["code"]) == ("unknown", "card.unreachable")
