"""What may be charged of a scale: fresh, at rest, never typed over without a second person."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.app.weighing import Pan
from terminal.attached import addresses, display, models, scale
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.ports.scale import Weight
from tests.helpers.outlet import RICE, SENIOR, SENIOR_PIN, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


class Told:
    """Counts how often the pan told of a change."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def test_an_old_weight_is_never_charged_and_the_same_one_is_told_once() -> None:
    now, told = [10_100], Told()
    pan = Pan(told, lambda: now[0])
    pan.attach()
    pan.put(Weight(500, stable=True, at_ms=10_000))
    pan.put(Weight(500, stable=True, at_ms=10_100))
    assert (pan.grams(), told.times) == (500, 1)
    now[0] += 1_501
    with pytest.raises(UserError, match=r"scale\.silent"):
        pan.grams()
    assert pan.view().reason == "scale.silent"


def test_a_scale_that_went_takes_its_weight_along() -> None:
    pan = Pan(lambda: None, lambda: 0)
    pan.put(Weight(500, stable=True, at_ms=0))
    pan.lift()
    with pytest.raises(UserError, match=r"scale\.silent"):
        pan.grams()


def test_where_there_is_a_scale_no_weight_is_typed_by_one_person(outlet: Outlet) -> None:
    outlet.open_day()
    cases = outlet.cases
    cases.context.has_scale = True
    with pytest.raises(UserError, match=r"weight\.by_scale"):
        cases.ordering.add_item(RICE, 500)
    with pytest.raises(UserError, match=r"weight\.reason_missing"):
        cases.weighing.take_typed(RICE, 500, " ", SENIOR, SENIOR_PIN)
    with pytest.raises(UserError, match=r"permission\.second_needed"):
        cases.weighing.take_typed(RICE, 500, "秤坏了", "", "")
    with pytest.raises(UserError, match=r"permission\.same_person"):
        cases.weighing.take_typed(RICE, 500, "秤坏了", "0312", "246810")
    assert cases.ordering.basket.is_empty
    view = cases.weighing.take_typed(RICE, 500, "秤坏了", SENIOR, SENIOR_PIN)
    line_id = view.lines[0].line_id
    with pytest.raises(UserError, match=r"weight\.by_scale"):
        cases.ordering.set_quantity(line_id, 400)
    assert [line.source for line in cases.ordering.basket.lines] == ["typed"]


def test_without_a_scale_a_weight_is_typed_as_before(outlet: Outlet) -> None:
    outlet.open_day()
    view = outlet.cases.ordering.add_item(RICE, 500)
    assert outlet.cases.ordering.set_quantity(view.lines[0].line_id, 750).count == 1


@pytest.mark.parametrize(
    "entry",
    [{"driver": "cas"}, {"port": "tcp://127.0.0.1:1"}, {"port": "x", "driver": "none"}],
)
@pytest.mark.parametrize(("make", "name"), [(scale, "scale"), (display, "display")])
def test_an_entry_that_makes_no_sense_says_what_would(
    make: object, name: str, entry: dict[str, str]
) -> None:
    with pytest.raises(EnvironmentFault, match=r"devices\.entry_wrong") as told:
        make({name: entry})  # type: ignore[operator]
    assert told.value.params["device"] == name
    assert told.value.params["known"]


def test_devices_are_named_with_address_and_model_and_none_is_fine(tmp_path: Path) -> None:
    table = {"scale": {"port": "/dev/ttyUSB0", "driver": "cas"}}
    assert addresses(table) == {"scale": "/dev/ttyUSB0"}
    assert models(table) == {"scale": "cas"}
    assert scale({}) is None
    assert display({}) is None
