"""The fixtures over `tests.helpers.old_disk`: a counter whose disk was copied, and its platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.central import Central
from tests.helpers.old_disk import (
    OldDisk,
    as_enrolled,
    forgetful_platform,
)
from tests.helpers.outlet import (
    STAMP,
    Outlet,
    Template,
    connect,
)


@pytest.fixture(scope="module")
def running(
    outlet_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Central]:
    home = tmp_path_factory.mktemp("central") / "platform"
    with forgetful_platform(outlet_template, home) as platform:
        yield platform


@pytest.fixture
def disk(outlet_template: Template, running: Central, tmp_path: Path) -> Iterator[OldDisk]:
    """A counter at work that sold two orders, then was copied and sold three more."""
    platform = running
    as_enrolled(platform, outlet_template)
    home = outlet_template.copy_home(tmp_path / "home")
    connect(home, platform)
    made = OldDisk(Outlet(home), platform)
    made.outlet.open_day()
    made.sell(2)
    made.outlet.cases.ordering.add_item(STAMP, 1)
    made.upload()
    made.back_up()
    made.pay()
    made.sell(2)
    assert made.upload().code == ""
    yield made
    made.outlet.close()
