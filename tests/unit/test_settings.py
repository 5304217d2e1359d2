"""Preferences are kept on this terminal and only what is known is kept."""

from __future__ import annotations

import pytest

from sync.client.agent import run_once
from terminal.domain.errors import UserError
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_preferences_have_defaults_and_survive_a_restart(outlet: Outlet) -> None:
    settings = outlet.cases.settings
    assert settings.preferences()["theme"] == "light"
    assert "settings" in settings.set_preference("theme", "contrast")
    settings.set_preference("scanner_prefix", "]C1")
    settings.set_preference("language", "en")
    after = outlet.crash()
    assert after.settings.preferences() == {
        "theme": "contrast",
        "text_scale": "100",
        "reduce_motion": "0",
        "language": "en",
        "scanner_prefix": "]C1",
        "scanner_suffix": "",
    }
    assert after.session.view().language == "en"
    assert after.settings.devices() == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [("theme", "pink"), ("text_scale", "300"), ("scanner_prefix", "x" * 9), ("sudo", "1")],
)
def test_unknown_settings_are_refused(outlet: Outlet, key: str, value: str) -> None:
    with pytest.raises(UserError) as refused:
        outlet.cases.settings.set_preference(key, value)
    assert refused.value.code == "settings.not_allowed"
    assert outlet.books.preference(key) is None


def test_offline_goods_are_sold_and_payer_codes_are_not(counter: Outlet) -> None:
    assert run_once(counter.home).code != "", "the platform of the template is gone"
    states = {row.service_code: row.state for row in counter.cases.settings.availability()}
    assert states == {"goods": "ok", "payer_code": "off"}
