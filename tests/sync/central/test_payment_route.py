"""Payments on the platform: taken once, whatever happens to request and answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.wire.messages import PaymentAnswer
from terminal.domain.identifiers import new_uuid7
from tests.helpers.bare_terminal import CUT, Terminal, error, fresh, gateway
from tests.helpers.central import running_central


@pytest.mark.parametrize("fault", ["lose_answer", "duplicate"])
def test_payment_is_taken_once_whatever_happens_to_its_answer(
    terminal: Terminal, fault: str
) -> None:
    central, key, number = terminal.central, new_uuid7(), fresh()
    central.faults(**{fault: 1})
    if fault == "lose_answer":
        with pytest.raises(CUT):
            terminal.charge("00", number=number, key=key)
    else:
        terminal.charge("00", number=number, key=key)
    central.faults()
    assert terminal.charge("00", number=number, key=key).json()["state"] == "paid"
    assert gateway(central)["charges"] == 1
    other = terminal.charge("00", number=number, key=key, fen=501)
    assert error(other) == (422, "idempotency.mismatch")
    assert error(terminal.charge("00", number=number)) == (409, "payment.number_used")
    assert gateway(central)["net_fen"] == 500


def test_lost_request_charges_nothing(terminal: Terminal) -> None:
    terminal.central.faults(lose_request=1, paths=["/v1/payments"])
    with pytest.raises(CUT):
        terminal.charge("00", number=(number := fresh()))
    terminal.central.faults()
    assert error(terminal.call("GET", f"/v1/payments/{number}")) == (404, "payment.not_found")
    assert gateway(terminal.central)["charges"] == 0


BEHAVIOURS: list[tuple[str, list[str], int]] = [
    ("00", ["paid", "paid", "paid"], 500),
    ("79", ["paid", "paid", "paid"], 500),
    ("80", ["failed", "failed", "failed"], 0),
    ("85", ["waiting", "waiting", "paid"], 500),
    ("94", ["waiting", "waiting", "failed"], 0),
    ("95", ["unknown", "paid", "paid"], 500),
]


def test_payment_codes_choose_the_gateways_behaviour(terminal: Terminal) -> None:
    central, charged = terminal.central, 0
    for digits, states, net_fen in BEHAVIOURS:
        number = fresh()
        answers = [terminal.charge(digits, number=number)]
        answers += [terminal.call("GET", f"/v1/payments/{number}") for _ in range(2)]
        assert [PaymentAnswer.parse(answer.json()).state for answer in answers] == states
        assert gateway(central)["net_fen"] == net_fen
        reversal = PaymentAnswer.parse(terminal.reverse(number).json())
        assert reversal.state == ("failed" if states[-1] == "failed" else "reversed")
        terminal.reverse(number)
        charged += net_fen
        assert gateway(central)["reversed_fen"] == charged
        assert gateway(central)["net_fen"] == 0


def test_gateway_failure_charges_nothing(terminal: Terminal) -> None:
    number = fresh()
    assert error(terminal.charge("99", number=number)) == (502, "gateway.failing")
    assert error(terminal.call("GET", f"/v1/payments/{number}")) == (404, "payment.not_found")


def test_reversal_before_the_charge_forbids_it(terminal: Terminal) -> None:
    number, silent = fresh(), fresh()
    answer = PaymentAnswer.parse(terminal.reverse(number).json())
    assert (answer.state, answer.code) == ("reversed", "payment.never_charged")
    assert answer.amount_fen == 500
    assert error(terminal.charge("00", number=number)) == (409, "payment.reversed")
    unsaid = terminal.post(f"/v1/payments/{silent}/reverse", {}, Idempotency_Key=new_uuid7())
    assert "amount_fen" not in unsaid.json()
    assert error(terminal.charge("00", number=silent)) == (409, "payment.reversed")
    assert gateway(terminal.central)["charges"] == 0


def test_negative_control_forgetful_platform_charges_twice(tmp_path: Path) -> None:
    with running_central(tmp_path / "platform", forgets=True) as central:
        terminal = Terminal(central, central.code())
        key = new_uuid7()
        central.faults(lose_answer=1)
        with pytest.raises(CUT):
            terminal.charge("00", number="P1", key=key)
        central.faults()
        terminal.charge("00", number="P1", key=key)
        assert central.books()["gateway"]["charges"] == 2
        terminal.session.close()
