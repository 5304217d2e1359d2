"""The reference platform over a real socket, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.bare_terminal import Terminal
from tests.helpers.central import Central, running_central


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Central]:
    """The platform on a database of each kind; tests tell themselves apart by their numbers."""
    url = ""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_server"))
    with running_central(tmp_path_factory.mktemp("platform"), db_url=url) as started:
        yield started


@pytest.fixture
def central(running: Central) -> Central:
    """The same, sound and with its books compared to now."""
    running.faults()
    running.begin_books()
    return running


@pytest.fixture
def terminal(central: Central) -> Iterator[Terminal]:
    """An enrolled terminal."""
    made = Terminal(central, central.code())
    yield made
    made.session.close()
