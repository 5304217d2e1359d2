"""Money calls against the real platform's sandbox gateway: what each outcome proves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync.client.session import Session
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform
from tests.helpers.journal_writer import uuid7_text


@pytest.fixture
def session(terminal: EnrolledTerminal) -> Iterator[Session]:
    opened = Session(terminal.home, terminal.keys)
    yield opened
    opened.close()


def _charge(last_digits: str) -> dict[str, Any]:
    intent = uuid7_text()
    return {
        "out_trade_no": intent.replace("-", ""),
        "amount_fen": 1250,
        "auth_code": f"1300000000000000{last_digits}",
        "scheme": "wechat",
        "basket_hash": "0" * 64,
        "idempotency_key": intent,
    }


@pytest.mark.parametrize(
    ("digits", "outcome", "state"),
    [("00", "ok", "paid"), ("80", "ok", "failed"), ("85", "unknown", "waiting")],
)
def test_each_behaviour_of_the_gateway_has_its_outcome(
    session: Session, digits: str, outcome: str, state: str
) -> None:
    reply = session.call("payment.charge", _charge(digits))
    assert (reply["outcome"], reply["result"]["state"]) == (outcome, state)


def test_lost_answer_is_unknown_and_the_query_finds_the_money(
    session: Session, platform: RestorablePlatform
) -> None:
    asked = _charge("00")
    platform.faults(lose_answer=1, paths=["/v1/payments"])
    assert session.call("payment.charge", asked)["outcome"] == "unknown"
    platform.faults()
    found = session.call("payment.query", asked)
    assert (found["outcome"], found["result"]["state"]) == ("ok", "paid")


def test_lost_request_is_unknown_until_a_reversal_forbids_it(
    session: Session, platform: RestorablePlatform
) -> None:
    before = platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"]
    asked = _charge("00")
    platform.faults(lose_request=1, paths=["/v1/payments"])
    assert session.call("payment.charge", asked)["outcome"] == "unknown"
    platform.faults()
    found = session.call("payment.query", asked)
    assert (found["outcome"], found["code"]) == ("unknown", "payment.not_found")
    gone = session.call("payment.reverse", asked | {"idempotency_key": uuid7_text()})
    assert (gone["result"].get("state"), gone["outcome"]) == ("reversed", "ok")
    assert gone["result"]["amount_fen"] == asked["amount_fen"]
    late = session.call("payment.charge", asked)
    assert (late["outcome"], late["code"]) == ("refused", "payment.reversed")
    assert session.call("payment.query", asked)["result"]["state"] == "reversed"
    assert platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"] == before


def test_number_that_was_never_charged_is_reversed_and_stays_so(
    session: Session, platform: RestorablePlatform
) -> None:
    before = platform.admin("GET", "/v1/admin/ledger")["gateway"]
    asked = _charge("00")
    gone = session.call("payment.reverse", asked | {"idempotency_key": uuid7_text()})
    assert (gone["outcome"], gone["code"]) == ("ok", "payment.never_charged")
    late = session.call("payment.charge", asked)
    assert (late["outcome"], late["code"]) == ("refused", "payment.reversed")
    assert platform.admin("GET", "/v1/admin/ledger")["gateway"] == before


def test_reversal_gives_back_what_was_really_taken(
    session: Session, platform: RestorablePlatform
) -> None:
    before = platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"]
    asked = _charge("00")
    session.call("payment.charge", asked)
    believed = asked | {"amount_fen": 1, "idempotency_key": uuid7_text()}
    gone = session.call("payment.reverse", believed)
    assert (gone["outcome"], gone["result"]["state"]) == ("ok", "reversed")
    assert "amount_fen" not in gone["result"]
    assert platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"] == before


def test_more_numbers_are_leased_and_kept(session: Session) -> None:
    reply = session.call("ranges.lease", {"kind": "order", "used_to": 0})
    assert reply["outcome"] == "ok"
    assert reply["result"]["ranges"][0]["lo"] > 1
