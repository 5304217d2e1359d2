"""The OpenAPI document: saved, complete, and what the platform really does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.central.app import all_routes
from sync.central.contract import document
from sync.central.platform import Platform, Settings
from sync.wire.messages import ErrorAnswer
from tests.helpers.central import Central, running_central

ROOT = Path(__file__).resolve().parents[2]
SAVED = ROOT / "docs" / "openapi.json"
# These are no route's own: nothing is there, or nobody of the platform speaks.
NO_ROUTE = {"platform.no_such_path", "platform.no_such_method", "platform.bad_answer"}
# Said by the terminal's side of the wire about an answer.
OURS = {
    "ack.bad_signature",
    "deposit.bad_signature",
    "courier.frame_damaged",
    "courier.frames_missing",
    "courier.frames_mixed",
    "courier.too_large_for_qr",
    "sealed_box.bad_key",
    "vault_key.bad_signature",
}


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with running_central(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    platform = Platform(Settings(tmp_path_factory.mktemp("platform")))
    contract = document(all_routes(platform))
    platform.database.close()
    return contract


def test_saved_contract_is_what_the_platform_serves(central: Central, made: dict[str, Any]) -> None:
    """After a change: print ``/openapi.json`` of a running platform into docs/openapi.json."""
    with requests.Session() as session:
        session.trust_env = False
        served = session.get(f"{central.url}/openapi.json", timeout=10).json()
    assert served == made
    assert json.loads(SAVED.read_text(encoding="utf-8")) == made


def test_every_reference_has_its_schema(made: dict[str, Any]) -> None:
    wanted = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(made)))
    assert wanted <= set(made["components"]["schemas"])
    names = [do["operationId"] for path in made["paths"].values() for do in path.values()]
    assert len(names) == len(set(names))


def test_every_code_the_platform_may_answer_is_in_the_contract(made: dict[str, Any]) -> None:
    sources = [*(ROOT / "sync" / "central").rglob("*.py"), *(ROOT / "sync" / "wire").rglob("*.py")]
    found = {
        code
        for path in sources
        for code in re.findall(r'Refusal\(\s*\d{3}, "([a-z_.]+)"', path.read_text(encoding="utf-8"))
    }
    described = {
        code
        for path in made["paths"].values()
        for do in path.values()
        for answer in do["responses"].values()
        for code in re.findall(r"\w+\.\w+", answer["description"])
    }
    assert len(found) > 20
    assert found - NO_ROUTE - OURS == found & described


def test_a_code_for_no_terminal_or_for_no_time_is_refused(central: Central) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for number in (0, 100):
            answer = session.post(
                f"{central.url}/v1/admin/enrolment-codes",
                json={"outlet": "61020303", "terminal_no": number},
                headers={"X-Admin": central.admin_token},
                timeout=10,
            )
            assert answer.status_code == 422
            error = answer.json()["error"]
            assert error["code"] == "terminal.number_out_of_range"
            assert error["params"] == {"lo": 1, "hi": 99}
        for ttl_s in (0, -1, 86_401):
            answer = session.post(
                f"{central.url}/v1/admin/enrolment-codes",
                json={"outlet": "61020303", "terminal_no": 2, "ttl_s": ttl_s},
                headers={"X-Admin": central.admin_token},
                timeout=10,
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wire.malformed")
            assert answer.json()["error"]["params"]["field"] == "ttl_s"


def test_trouble_of_every_kind_is_stamped_and_has_the_one_shape(tmp_path: Path) -> None:
    with running_central(tmp_path) as central:
        _make_trouble(central)


def _make_trouble(central: Central) -> None:
    with requests.Session() as session:
        session.trust_env = False

        def trouble(path: str, status: int, **headers: str) -> str:
            answer = session.get(central.url + path, headers=headers, timeout=10)
            assert answer.status_code == status, answer.text
            assert int(answer.headers["X-Server-Time"]) > 10**12
            assert answer.headers["X-Server-Epoch"]
            return ErrorAnswer.parse(answer.json()).error.code

        admin = {"X-Admin": central.admin_token}
        central.faults(status_5xx=1)
        assert trouble("/v1/health", 503) == "platform.failing"
        central.faults()
        assert trouble("/v1/nothing", 404) == "platform.no_such_path"
        assert trouble("/v1/enrolments", 405) == "platform.no_such_method"
        assert trouble("/v1/faults", 401) == "admin.denied"
        assert trouble("/v1/terminals/T-1/journal", 404, **admin) == "terminal.unknown"
        central.execute("DROP TABLE tasks")
        assert trouble("/v1/admin/tasks", 500, **admin) == "platform.failing"
        central.execute("DROP TABLE platform")
        assert trouble("/v1/health", 500) == "platform.failing"
