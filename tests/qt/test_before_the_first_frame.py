"""What is loaded before the first frame is what every start waits for: the list stays short."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROBE = """
import linecache, os, sys
from ui.qt_support import leave_sources_alone, use_compiled
use_compiled()
{spare}
from ui.run import run_face
from ui.start import FaceOptions

def tell():
    print(*sorted(sys.modules))
    print(*linecache.cache, sep=os.pathsep, flush=True)
    os._exit(0)

run_face(lambda: None, FaceOptions(on_first_frame=tell))
"""
_HEAVY = ("dataclasses", "cryptography", "sqlcipher3", "sqlite3", "requests", "asyncio", "datetime")
_OURS = (
    "terminal.app",
    "terminal.store",
    "terminal.documents",
    "terminal.ports",
    "sync",
    "devices",
)


def _at_first_frame(home: Path, spare: str = "leave_sources_alone()") -> tuple[set[str], set[str]]:
    """The modules that are loaded at the first frame, and our files whose lines are kept."""
    words = [sys.executable, "-c", _PROBE.format(spare=spare)]
    answer = subprocess.run(
        words, capture_output=True, text=True, check=True, timeout=60, env=_environment(home)
    )
    modules, sources = answer.stdout.strip().splitlines()
    ours = str(Path(__file__).parents[2] / "ui")
    return set(modules.split()), {s for s in sources.split(os.pathsep) if s.startswith(ours)}


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}


@pytest.fixture(scope="module")
def first_frame(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """One start, looked at by every test here."""
    return _at_first_frame(tmp_path_factory.mktemp("home"))


def test_no_heavy_library_is_loaded_before_the_first_frame(
    first_frame: tuple[set[str], set[str]],
) -> None:
    modules, _ = first_frame
    assert "ui.main" in modules
    assert not modules.intersection(_HEAVY)


def test_the_core_is_not_loaded_before_the_first_frame(
    first_frame: tuple[set[str], set[str]],
) -> None:
    modules, _ = first_frame
    assert not {name for name in modules if name.startswith(_OURS)}
    assert not {name for name in modules if name.startswith("terminal.domain.")} - {
        "terminal.domain.errors",
        "terminal.domain.wording",
    }


def test_the_binding_reads_no_sources(
    first_frame: tuple[set[str], set[str]], tmp_path: Path
) -> None:
    _, sources = first_frame
    assert not sources
    _, unasked = _at_first_frame(tmp_path, spare="")
    assert unasked, "the binding looks no longer: leave_sources_alone can go"


def test_what_is_used_a_few_times_a_day_is_not_loaded_before(tmp_path: Path) -> None:
    rare = {
        *("ui.viewmodels.cash_up", "ui.viewmodels.till_page", "ui.viewmodels.reports_page"),
        *("ui.viewmodels.refund_page", "ui.viewmodels.directives_page"),
        *("terminal.app.cash_up", "terminal.app.tills", "terminal.app.pouches"),
        *("terminal.app.reports", "terminal.app.outlet_cash_up", "terminal.app.evidence"),
    }
    words = "import sys, ui.counter, terminal.bootstrap; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", words],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=_environment(tmp_path),
    )
    loaded = set(answer.stdout.split())
    assert {"ui.counter", "terminal.app.usecases"} <= loaded
    assert not loaded & rare
