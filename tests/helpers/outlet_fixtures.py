"""Fixtures over ``tests.helpers.outlet``; a test module asks for them with one line.

``pytest_plugins = ["tests.helpers.outlet_fixtures"]``

- ``outlet``: an enrolled and seeded terminal, offline, over real books, with a clock to turn.
- ``counter``: the same with the day opened and clerk 0312 signed on.
- ``gateway``: a platform that the tests of one module share, with its sandbox and its ledger.
- ``platform``: the real platform in a process of its own, with the state of the enrolment.
- ``live_desk``: a desk with its agent, connected to ``platform``, day opened and clerk signed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.central import Central
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    LiveDesk,
    Outlet,
    Template,
    connect,
    copied_outlet,
    made_template,
)


@pytest.fixture(scope="session")
def outlet_template() -> Iterator[Template]:
    """Enrolled once a session."""
    with made_template() as template:
        yield template


@pytest.fixture
def outlet(outlet_template: Template, tmp_path: Path) -> Iterator[Outlet]:
    """An enrolled and seeded terminal, offline, before its first day."""
    with copied_outlet(outlet_template, tmp_path) as copied:
        yield copied


@pytest.fixture
def counter(outlet: Outlet) -> Outlet:
    """An outlet with its day open and clerk 0312 signed on."""
    outlet.open_day()
    return outlet


@pytest.fixture(scope="module")
def gateway(
    outlet_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Central]:
    """One platform for the tests of a module."""
    folder = tmp_path_factory.mktemp("gateway") / "platform"
    with outlet_template.running_platform(folder) as central:
        yield central


@pytest.fixture
def platform(outlet_template: Template, tmp_path: Path) -> Iterator[Central]:
    """The platform that knows the outlet's terminal."""
    with outlet_template.running_platform(tmp_path / "platform") as central:
        yield central


@pytest.fixture
def live_desk(outlet_template: Template, platform: Central, tmp_path: Path) -> Iterator[LiveDesk]:
    """A desk at work: connected, day open, clerk 0312 signed on."""
    home = outlet_template.copy_home(tmp_path / "live")
    connect(home, platform)
    live = LiveDesk(home)
    try:
        live.start()
        live.desk.ask(lambda cases: cases.session.open_outlet(MANAGER, MANAGER_PIN))
        live.desk.ask(lambda cases: cases.session.sign_on(CLERK, PIN))
        yield live
    finally:
        live.desk.stop()
