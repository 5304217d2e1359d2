"""Every request that changes something, against every fault: done once, nothing stuck or dropped.

The rows come from the contract: an endpoint without a scenario here fails.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.client.uploader import Uploader
from terminal.domain.identifiers import new_uuid7
from terminal.ports.sync_state import PlatformCalls
from tests.helpers.central import Central
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform
from tests.helpers.fault_cells import (
    AT_THE_COUNTER,
    AT_THE_LINE,
    CHARGE,
    CONTRACT,
    ENROL,
    UPLOAD,
    Cell,
    MoneyDesk,
    Operation,
    Wrap,
    charge,
    codes,
    enrol_machine,
    missing,
    mutating,
    upload,
)
from tests.helpers.faulty_road import FAULTS, Fault, FaultyRoad, faulty_road
from tests.helpers.outlet import Template, copied_outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture(scope="module")
def money(
    outlet_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MoneyDesk]:
    folder = tmp_path_factory.mktemp("money")
    with (
        outlet_template.running_platform(folder / "platform") as central,
        copied_outlet(outlet_template, folder) as outlet,
    ):
        outlet.payment_speed = 0.002
        outlet.open_day()
        yield MoneyDesk(outlet, central)


@pytest.fixture
def money_road(money: MoneyDesk) -> Iterator[FaultyRoad]:
    with faulty_road(money.platform.url) as opened:
        yield opened


@pytest.fixture
def line_road(platform: RestorablePlatform) -> Iterator[FaultyRoad]:
    with faulty_road(platform.url) as opened:
        yield opened


def _cells(
    operation: Operation, fault: Fault, road: FaultyRoad, platform: Central, folder: Path
) -> Iterator[Cell]:
    """The cell, once for each code its refusal may have; each must really have struck."""
    for code in codes(operation, fault):
        before = road.struck
        yield Cell(operation, fault, code, road, platform, folder)
        assert road.struck == before + 1, f"the fault met nobody: {operation} {fault} {code}"


def test_every_request_that_changes_something_is_tried() -> None:
    assert missing(CONTRACT) == []
    assert len(mutating(CONTRACT)) >= 5


def test_new_endpoint_without_a_scenario_is_noticed() -> None:
    """Negative control of the list itself."""
    grown = json.loads(json.dumps(CONTRACT))
    grown["paths"]["/v1/parcels"] = {"post": {"parameters": [], "responses": {}}}
    assert missing(grown) == [("POST", "/v1/parcels")]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", AT_THE_LINE, ids=lambda operation: operation[1])
def test_line_survives(
    operation: Operation,
    fault: Fault,
    line_road: FaultyRoad,
    platform: RestorablePlatform,
    terminal: EnrolledTerminal,
    tmp_path: Path,
) -> None:
    for cell in _cells(operation, fault, line_road, platform, tmp_path):
        AT_THE_LINE[operation](cell, terminal)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", AT_THE_COUNTER, ids=lambda operation: operation[1])
def test_money_survives(
    operation: Operation,
    fault: Fault,
    money: MoneyDesk,
    money_road: FaultyRoad,
    tmp_path: Path,
) -> None:
    for cell in _cells(operation, fault, money_road, money.platform, tmp_path):
        AT_THE_COUNTER[operation](cell, money)


class NewKeyEachTime:
    """A client that asks again as if it had never asked: with another number and another key."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._calls.call(name, params)
        if name != "payment.charge" or reply["outcome"] != "unknown":
            return reply
        again = {**params, "out_trade_no": uuid.uuid4().hex, "idempotency_key": new_uuid7()}
        second = self._calls.call(name, again)
        return {**second, "result": {**second["result"], "out_trade_no": params["out_trade_no"]}}


class BelievesTheStatus:
    """A client for whom an answer of any content is a yes."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._calls.call(name, params)
        if reply["outcome"] == "unknown" and name == "payment.charge":
            said = {"state": "paid", "amount_fen": params["amount_fen"]}
            return {"outcome": "ok", "code": "", "result": said}
        return reply


@pytest.mark.parametrize(
    ("fault", "careless"), [("answer lost", NewKeyEachTime), ("5xx", BelievesTheStatus)]
)
def test_careless_money_client_is_caught(
    fault: Fault,
    careless: Wrap,
    outlet_template: Template,
    tmp_path: Path,
) -> None:
    """Negative control: the same cell over a client that forgets its key, or believes anything."""
    with (
        outlet_template.running_platform(tmp_path / "platform") as central,
        copied_outlet(outlet_template, tmp_path) as outlet,
        faulty_road(central.url) as road,
    ):
        outlet.payment_speed = 0.002
        outlet.open_day()
        desk = MoneyDesk(outlet, central)
        cell = Cell(CHARGE, fault, "platform.busy", road, central, tmp_path)
        with pytest.raises(AssertionError, match=fault):
            charge(cell, desk, careless)
        assert desk.channel_fen() != desk.net_fen()


def test_carelessuploader_is_caught(
    line_road: FaultyRoad,
    platform: RestorablePlatform,
    terminal: EnrolledTerminal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: a refusal taken for a yes leaves the platform without entries."""

    def take(uploader: Uploader, reply: object) -> str:
        last = uploader._journal.head()
        uploader._store.store_ack({"epoch": 1, "seq": last.seq, "hash": last.hash, "at": "now"})
        return ""

    monkeypatch.setattr(Uploader, "_take", take)
    cell = Cell(UPLOAD, "429", "platform.busy", line_road, platform, tmp_path)
    with pytest.raises(AssertionError):
        upload(cell, terminal)
    assert terminal.held() == []


def test_careless_enrolment_is_caught(
    line_road: FaultyRoad,
    platform: RestorablePlatform,
    terminal: EnrolledTerminal,
    tmp_path: Path,
) -> None:
    """Negative control: a machine that forgets the key it asked with is shut out by its own try."""
    cell = Cell(ENROL, "answer lost", "", line_road, platform, tmp_path)
    with pytest.raises(AssertionError, match="never enrolled"):
        enrol_machine(cell, terminal, forgets=True)
