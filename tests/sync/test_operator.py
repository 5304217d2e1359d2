"""What people do to the platform by hand: turn its fault dial, type a one-time code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.client.enrol import enrol
from terminal.domain.errors import UserError
from tests.helpers.central import Central, running_central


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with running_central(tmp_path_factory.mktemp("platform"), demo=True) as running:
        yield running


def _dial(central: Central, text: str) -> tuple[int, dict[str, Any]]:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.put(
            f"{central.url}/v1/faults",
            data=text.encode(),
            headers={"X-Admin": central.admin_token},
            timeout=10,
        )
    body: dict[str, Any] = answer.json()
    return answer.status_code, body


@pytest.mark.parametrize(
    ("dial", "field"),
    [
        ('{"offlin": true}', "offlin"),
        ('{"lose_answer": 0.5, "loose_request": 1}', "loose_request"),
        ('{"offline": false, "": 1}', ""),
        ('{"offline": 1}', "offline"),
        ('{"offline": null}', "offline"),
        ('{"lose_request": 1.01}', "lose_request"),
        ('{"lose_answer": -0.1}', "lose_answer"),
        ('{"status_5xx": "0.5"}', "status_5xx"),
        ('{"duplicate": true}', "duplicate"),
        ('{"reorder": NaN}', "reorder"),
        ('{"reorder": Infinity}', "reorder"),
        ('{"delay_ms": 50}', "delay_ms"),
        ('{"delay_ms": [100, 50]}', "delay_ms"),
        ('{"delay_ms": [-1, 50]}', "delay_ms"),
        ('{"delay_ms": [0, 60001]}', "delay_ms"),
        ('{"skew_ms": 1e3}', "skew_ms"),
        ('{"skew_ms": 1000000000001}', "skew_ms"),
        ('{"seed": -1}', "seed"),
        ('{"revoked": "T-1"}', "revoked"),
        ('{"paths": ["payments"]}', "paths"),
        ('{"paths": ["/v2/payments"]}', "paths"),
        ('["offline"]', "body"),
    ],
)
def test_a_dial_that_is_not_understood_is_refused_by_name_and_nothing_turns(
    central: Central, dial: str, field: str
) -> None:
    central.faults(seed=5)
    status, body = _dial(central, dial)
    assert (status, body["error"]["code"]) == (422, "wire.malformed")
    assert body["error"]["params"] == {"field": field}
    assert central.admin("GET", "/v1/faults")["seed"] == 5


def test_every_name_of_the_dial_is_known(central: Central) -> None:
    dial = central.admin("GET", "/v1/faults")
    dial |= {"delay_ms": [0, 1], "paths": ["/v1", "/v1/payments"], "skew_ms": -5, "seed": 9}
    central.faults(**dial)
    assert central.admin("GET", "/v1/faults") == dial
    central.faults()


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        "  {low} ",
        "{a}-{b}",
        "{a} {b}",
        "{a}\u2011{b}",
        "{a}\u2014{b}\u3000",
        "{wide}",
    ],
)
def test_a_one_time_code_may_be_typed_as_people_type(
    central: Central, tmp_path: Path, typed: str
) -> None:
    code = central.code()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.lower())
    text = typed.format(code=code, low=code.lower(), a=code[:5], b=code[5:], wide=wide)
    assert enrol(tmp_path / "home", central.url, text).outlet == "61020303"
    with pytest.raises(UserError) as refused:
        enrol(tmp_path / "other", central.url, code)
    assert refused.value.code == "enrolment.code_used"


def test_the_demonstration_code_needs_neither_its_hyphen_nor_capitals(
    central: Central, tmp_path: Path
) -> None:
    first = enrol(tmp_path / "a", central.url, "demo 2026")
    second = enrol(tmp_path / "b", central.url, "DEMO2026")
    assert first.terminal_id != second.terminal_id


@pytest.mark.parametrize("typed", ["", "-", " ", "\u2014", "DEMO-202", "DEMO-20266"])
def test_what_is_not_a_code_is_unknown_however_it_is_typed(
    central: Central, tmp_path: Path, typed: str
) -> None:
    with pytest.raises(UserError) as refused:
        enrol(tmp_path / "home", central.url, typed)
    assert refused.value.code == "enrolment.code_unknown"
