"""The sandbox for every online tender: what the dial makes it do, and what the instruments hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.journal_writer import uuid7_text
from tests.helpers.outlet import Outlet
from tests.helpers.payments import online_calls

pytest_plugins = ["tests.helpers.outlet_fixtures"]

NUMBERS = {
    "wechat": "130000000000000000",
    "merchant_code": "",
    "prepaid_card": "690000000018",
    "virtual_account": "790000000015",
    "points": "880000000012",
    "voucher": "QA20260001",
}
KEPT = ("prepaid_card", "virtual_account", "points")
BEHAVIOURS = {
    "paid": ("ok", "paid"),
    "refused": ("ok", "failed"),
    "pays_later": ("unknown", "waiting"),
    "closes": ("unknown", "waiting"),
    "lost": ("unknown", "unknown"),
    "gateway_failing": ("unknown", None),
    "wrong_amount": ("unknown", "paid"),
}


@pytest.fixture
def session(outlet: Outlet, gateway: Central) -> Iterator[PlatformCalls]:
    """A terminal's money lane to the demonstration gateway."""
    with online_calls(outlet, gateway) as calls:
        yield calls
    gateway.faults()


def _charge(scheme: str, fen: int = 500, number: str | None = None) -> dict[str, Any]:
    intent = uuid7_text()
    return {
        "out_trade_no": intent.replace("-", ""),
        "amount_fen": fen,
        "auth_code": NUMBERS[scheme] if number is None else number,
        "scheme": scheme,
        "basket_hash": "0" * 64,
        "idempotency_key": intent,
    }


def _worth(session: PlatformCalls, scheme: str, number: str = "") -> tuple[str, int]:
    asked = {"scheme": scheme, "number": number or NUMBERS[scheme]}
    result = session.call("payment.balance", asked)["result"]
    return str(result["state"]), int(result["available_fen"])


def _back(session: PlatformCalls, asked: dict[str, Any]) -> None:
    gone = session.call("payment.reverse", asked | {"idempotency_key": uuid7_text()})
    assert gone["outcome"] == "ok"


def test_every_tender_does_what_the_dial_says(session: PlatformCalls, gateway: Central) -> None:
    before = gateway.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"]
    for scheme in NUMBERS:
        for behaviour, (outcome, state) in BEHAVIOURS.items():
            gateway.faults(gateway=behaviour)
            asked = _charge(scheme)
            reply = session.call("payment.charge", asked)
            told = (reply["outcome"], reply["result"].get("state"))
            assert told == (outcome, state), (scheme, behaviour)
            _back(session, asked)
    assert gateway.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"] == before


@pytest.mark.parametrize("scheme", KEPT)
def test_a_charge_takes_and_a_reversal_puts_back(session: PlatformCalls, scheme: str) -> None:
    state, held = _worth(session, scheme)
    asked = _charge(scheme)
    assert session.call("payment.charge", asked)["result"]["state"] == "paid"
    assert _worth(session, scheme) == (state, held - 500)
    _back(session, asked)
    assert _worth(session, scheme) == (state, held)


def test_a_voucher_works_once_and_a_reversal_makes_it_as_good_as_new(
    session: PlatformCalls,
) -> None:
    asked = _charge("voucher", 600)
    assert _worth(session, "voucher") == ("usable", 1_000)
    assert session.call("payment.charge", asked)["result"]["state"] == "paid"
    assert _worth(session, "voucher") == ("spent", 0)
    again = session.call("payment.charge", _charge("voucher", 100))
    assert (again["result"]["state"], again["code"]) == ("failed", "payment.number_spent")
    _back(session, asked)
    assert _worth(session, "voucher") == ("usable", 1_000)


@pytest.mark.parametrize(
    ("number", "fen", "code"),
    [
        ("690000000026", 351, "payment.not_enough"),
        ("690000000034", 1, "payment.number_blocked"),
        ("690000000042", 1, "payment.number_unknown"),
    ],
)
def test_a_card_that_cannot_pay_is_refused_and_nothing_is_taken(
    session: PlatformCalls, number: str, fen: int, code: str
) -> None:
    before = _worth(session, "prepaid_card", number)
    reply = session.call("payment.charge", _charge("prepaid_card", fen, number))
    assert (reply["outcome"], reply["result"]["state"], reply["code"]) == ("ok", "failed", code)
    assert _worth(session, "prepaid_card", number) == before


def test_money_is_taken_when_the_customer_pays_later_and_not_before(
    session: PlatformCalls, gateway: Central
) -> None:
    _, held = _worth(session, "prepaid_card")
    asked = _charge("prepaid_card")
    gateway.faults(gateway="pays_later")
    session.call("payment.charge", asked)
    assert _worth(session, "prepaid_card") == ("usable", held)
    states = [session.call("payment.query", asked)["result"]["state"] for _ in range(2)]
    assert states == ["waiting", "paid"]
    assert _worth(session, "prepaid_card") == ("usable", held - 500)
    _back(session, asked)
    assert _worth(session, "prepaid_card") == ("usable", held)


def test_our_own_code_names_number_and_amount_and_is_paid_a_little_later(
    session: PlatformCalls,
) -> None:
    asked = _charge("merchant_code")
    reply = session.call("payment.charge", asked)
    assert reply["result"]["shown_code"] == f"POSTPAY:{asked['out_trade_no']}:500"
    states = [session.call("payment.query", asked)["result"]["state"] for _ in range(2)]
    assert states == ["waiting", "paid"]
    _back(session, asked)


@pytest.mark.parametrize("number", ["../../etc", "69 00", "卡", "x" * 40, "690000000018'--"])
def test_a_number_nobody_writes_so_is_unknown_and_never_an_error(
    session: PlatformCalls, number: str
) -> None:
    assert _worth(session, "prepaid_card", number) == ("unknown", 0)


def test_two_reversals_put_back_once(session: PlatformCalls) -> None:
    _, held = _worth(session, "points")
    asked = _charge("points")
    session.call("payment.charge", asked)
    _back(session, asked)
    _back(session, asked)
    assert _worth(session, "points") == ("usable", held)
