"""The page about Horizon names tests that exist, and every fault has one of its own."""

from __future__ import annotations

import re

from tests.static.sources import ROOT

_NAMED = re.compile(r"`(test_[a-z0-9_]+)`")


def _defined() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE))
    return found


def _rows() -> list[str]:
    page = (ROOT / "docs" / "horizon.md").read_text("utf-8")
    return [line for line in page.splitlines() if line.startswith("| ")][1:]


def _missing(rows: list[str]) -> list[str]:
    defined = _defined()
    return [name for row in rows for name in _NAMED.findall(row) if name not in defined]


def test_every_fault_has_a_test_named_after_it_and_every_named_test_exists() -> None:
    rows = _rows()
    assert len(rows) >= 15
    assert [row for row in rows if "`test_horizon_" not in row] == []
    assert _missing(rows) == []


def test_every_test_named_after_a_fault_is_on_the_page() -> None:
    named = {name for row in _rows() for name in _NAMED.findall(row)}
    assert {name for name in _defined() if name.startswith("test_horizon_")} <= named


def test_a_test_that_does_not_exist_is_noticed() -> None:
    assert _missing(["| 99 | `test_horizon_99_never_written` |"]) == [
        "test_horizon_99_never_written"
    ]
