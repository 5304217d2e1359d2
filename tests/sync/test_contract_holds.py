"""Whatever is sent to whichever route: never a server error, and each answer fits the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.domain.identifiers import new_uuid7
from tests.helpers.bare_terminal import Terminal, error
from tests.helpers.central import Central, running_central
from tests.helpers.contract_check import CORNERS, Schemas, anything
from tests.helpers.fault_cells import CONTRACT

SCHEMAS = Schemas(CONTRACT["components"]["schemas"])
Operation = tuple[str, str]
OPERATIONS: list[Operation] = [
    (method.upper(), path) for path, doors in CONTRACT["paths"].items() for method in doors
]
# Neither empty nor a step up; a path is bytes, so nothing that UTF-8 cannot carry.
_in_a_path = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).filter(
    lambda word: set(word) != {"."} and "/" not in word
)
# The dial would lose the answers of all that follows.
DIAL = ("PUT", "/v1/faults")
SHORT, LONG = 3, 2_000


@dataclass
class Caller:
    """Speaks to a running platform as whoever a route asks for."""

    terminal: Terminal
    session: requests.Session

    def call(self, operation: Operation, drawn: Mapping[str, Any]) -> requests.Response:
        method, path = operation
        described = CONTRACT["paths"][path][method.lower()]
        named = {parameter["name"] for parameter in described["parameters"]}
        target = path.format_map({k: quote(v, safe="") for k, v in drawn["path"].items()})
        if drawn["query"]:
            target += "?" + "&".join(f"{k}={quote(v)}" for k, v in drawn["query"].items())
        body, more = drawn["body"], {}
        if "Idempotency-Key" in named:
            more["Idempotency_Key"] = drawn["key"] or new_uuid7()
        if "X-Signature" in named and not drawn["unsigned"]:
            return self.terminal.call(method, target, body, **more)
        headers = {"X-Admin": self.terminal.central.admin_token} if "X-Admin" in named else {}
        return self.session.request(
            method,
            self.terminal.central.url + target,
            data=body,
            headers=headers,
            timeout=30,
        )


def faults(operation: Operation, status: int, content_type: str, body: bytes) -> list[str]:
    """Everything in which an answer is not what the contract says."""
    method, path = operation
    answers = CONTRACT["paths"][path][method.lower()]["responses"]
    if status >= 500:
        return [f"server error {status}: {body[:200]!r}"]
    if str(status) not in answers:
        return [f"status {status} is not in the contract: {body[:200]!r}"]
    ((media, described),) = answers[str(status)]["content"].items()
    if not content_type.startswith(media):
        return [f"{content_type} instead of {media}"]
    if media != "application/json":
        return []
    answer = json.loads(body)
    found = list(SCHEMAS.faults(answer, described["schema"]))
    if status >= 400 and answer["error"]["code"] not in answers[str(status)]["description"]:
        found.append(f"code {answer['error']['code']} is not in the contract")
    return found


def bodies(operation: Operation) -> st.SearchStrategy[bytes]:
    """JSON that fits, nearly fits or does not fit at all, and what is no JSON."""
    method, path = operation
    request = CONTRACT["paths"][path][method.lower()].get("requestBody")
    if request is None:
        return st.just(b"")
    schema = request["content"]["application/json"]["schema"]
    written = SCHEMAS.nearly(schema).map(lambda value: json.dumps(value).encode())
    return st.one_of(written, written, st.binary(max_size=40))


def requests_to(operation: Operation, terminal_id: str) -> st.SearchStrategy[dict[str, Any]]:
    """One request's changeable parts."""
    labels = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,8}", fullmatch=True)
    method, path = operation
    parameters = CONTRACT["paths"][path][method.lower()]["parameters"]
    places: dict[str, st.SearchStrategy[str]] = {
        parameter["name"]: labels | _in_a_path
        for parameter in parameters
        if parameter["in"] == "path"
    }
    if "terminal_id" in places:
        places["terminal_id"] = st.just(terminal_id) | places["terminal_id"]
    asked = {
        p["name"]: st.integers().map(str) | _in_a_path for p in parameters if p["in"] == "query"
    }
    return st.fixed_dictionaries(
        {
            "path": st.fixed_dictionaries(places),
            "query": st.fixed_dictionaries({}, optional=asked),
            "body": bodies(operation),
            "key": st.just("") | labels,
            "unsigned": st.sampled_from([False] * 9 + [True]),
        }
    )


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with running_central(tmp_path_factory.mktemp("platform"), demo=True) as central:
        yield from _callers(central)


def _callers(central: Central) -> Iterator[Caller]:
    terminal = Terminal(central, central.code())
    with requests.Session() as session:
        session.trust_env = False
        yield Caller(terminal, session)
    terminal.session.close()


def _assault(caller: Caller, operation: Operation, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_to(operation, caller.terminal.id))
    def run(drawn: dict[str, Any]) -> None:
        answer = caller.call(operation, drawn)
        told = answer.headers.get("Content-Type", "")
        assert faults(operation, answer.status_code, told, answer.content) == [], drawn
        if operation == DIAL:
            caller.terminal.central.faults()

    run()


EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)


@EACH
def test_no_request_makes_a_server_error_or_an_answer_nobody_described(
    caller: Caller, operation: Operation
) -> None:
    _assault(caller, operation, SHORT)


@pytest.mark.soak
@EACH
def test_thousands_of_requests_to_each_route(caller: Caller, operation: Operation) -> None:
    _assault(caller, operation, LONG)


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: repr(corner)[:12])
def test_money_call_without_an_exact_form_is_refused(caller: Caller, corner: Any) -> None:
    """Its fingerprint would be none: the platform says so instead of failing."""
    body = {"amount_fen": 500, "unheard_of": corner}
    answer = caller.terminal.post("/v1/payments/P1/reverse", body, Idempotency_Key=new_uuid7())
    if corner in ("\x00",):
        assert answer.status_code == 200
    else:
        assert error(answer)[0] in (400, 422)


def test_answers_that_break_the_contract_are_noticed() -> None:
    """Negative control of the checker."""
    health = ("GET", "/v1/health")
    sound = {"status": "ok", "server_epoch": "e", "time_ms": 1}

    def found(http: int = 200, kind: str = "application/json", **changes: Any) -> str:
        body = json.dumps({**sound, **changes}).encode()
        return " ".join(faults(health, http, kind, body))

    assert found() == ""
    assert "server error" in found(500)
    assert "not in the contract" in found(418)
    assert "instead of" in found(kind="text/html")
    assert "not one of" in found(status="well")
    assert "not of type integer" in found(time_ms=True)
    assert "too small" in found(time_ms=-1)
    body = json.dumps({"error": {"code": "made.up", "params": {}, "retry": False}}).encode()
    assert "made.up" in " ".join(faults(("POST", "/v1/ranges"), 404, "application/json", body))
    assert "missing" in " ".join(faults(health, 200, "application/json", b"{}"))
    assert list(SCHEMAS.faults([], {"anyOf": [{"type": "string"}, {"type": "integer"}]}))


@given(anything)
@settings(max_examples=20, database=None)
def test_values_made_to_fit_do_fit(value: Any) -> None:
    assert list(SCHEMAS.faults({"x": value}, {"type": "object", "required": ["y"]}))


@pytest.mark.parametrize("name", sorted(SCHEMAS.named))
def test_every_named_schema_can_be_filled(name: str) -> None:
    @settings(max_examples=3, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(SCHEMAS.fitting(SCHEMAS.named[name]))
    def fits(value: Any) -> None:
        assert list(SCHEMAS.faults(value, SCHEMAS.named[name])) == []

    fits()
