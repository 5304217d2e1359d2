"""The longest tests come first, spread over the workers: nobody waits for one at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Orders what each worker gets to begin with: an equal part, in the order of the list."""
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    long = [item for item in items if item.get_closest_marker("long") is not None]
    others = [item for item in items if item.get_closest_marker("long") is None]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        ordered += long[worker::workers]
        begin, end = (len(others) * part // workers for part in (worker, worker + 1))
        ordered += others[begin:end]
    items[:] = ordered
