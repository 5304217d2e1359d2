"""A payment nobody could ask about for long is settled by itself when the platform is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.fault_cells import MoneyDesk
from tests.helpers.outlet import Template, copied_outlet
from tests.helpers.payments import payer_code

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.mark.parametrize("fault", ["lose_request", "lose_answer"])
def test_doubt_ends_when_the_platform_is_back(
    outlet_template: Template, tmp_path: Path, fault: str
) -> None:
    """Charged or not: every call was lost until the reversals were given up."""
    with (
        outlet_template.running_platform(tmp_path / "platform") as central,
        copied_outlet(outlet_template, tmp_path) as outlet,
    ):
        outlet.payment_speed = 0.002
        outlet.open_day()
        desk = MoneyDesk(outlet, central)
        form_id, order = desk.arm()
        central.faults(**{fault: 1}, paths=["/v1/payments"])
        with desk.driving(central.url, lambda calls: calls) as driving:
            driving.start(order, payer_code("paid"))
            driving.until(lambda steps: steps[-1].attempt.state == "doubt")
            central.faults()
            number = order.attempt.out_trade_no
            driving.until(lambda steps: not steps[-1].attempt.is_open)
            ended = driving.steps[-1].attempt
        assert (ended.out_trade_no, ended.state) == (number, "reversed")
        assert desk.net_fen() == 0
        desk.complete(form_id)
        desk.agree(fault)
        outlet.cases.session.sign_off()
