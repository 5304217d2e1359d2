"""The stand-alone verifier, inside the tests' process because it is asked very often."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_FILE = Path(__file__).parents[2] / "docs" / "verify_journal.py"


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    """The program as a module."""
    spec = importlib.util.spec_from_file_location("standalone_verifier", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
