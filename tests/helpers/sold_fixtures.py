"""A home that has sold a little, for the tests of commands; a module asks for it with one line.

``pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.sold_fixtures"]``
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.outlet import Outlet, Template


@pytest.fixture(scope="module")
def sold(outlet_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few sales, closed."""
    home = outlet_template.copy_home(tmp_path_factory.mktemp("sold") / "home")
    outlet = Outlet(home)
    outlet.open_day()
    for quantity in (1, 2, 3):
        outlet.sell(quantity=quantity)
    outlet.close()
    return home


@pytest.fixture
def copied(sold: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Template(sold, sold).copy_home(tmp_path / "home")
