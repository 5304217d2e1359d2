"""Every test can fail: it asserts something, itself or through a function that does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.static.sources import ROOT

_CALLS_THAT_CHECK = re.compile(
    r"^(raises|warns|fail|waitUntil|waitSignal|waitSignals|waitExposed|assertNotEmitted"
    r"|run_state_machine_as_test|(assert|expect)_\w+)$"
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _checks_itself(function: _Function) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and bool(_CALLS_THAT_CHECK.match(_called(node))))
        for node in ast.walk(function)
    )


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _silent_tests(sources: dict[str, str]) -> list[str]:
    functions = [
        (place, node)
        for place, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, _Function)
    ]
    checking = {node.name for _, node in functions if _checks_itself(node)}
    while True:
        found = {
            node.name
            for _, node in functions
            if any(isinstance(n, ast.Call) and _called(n) in checking for n in ast.walk(node))
        }
        if found <= checking:
            break
        checking |= found
    return [
        f"{place}: {node.name}"
        for place, node in functions
        if node.name.startswith("test_") and node.name not in checking
    ]


def _test_sources(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


def test_every_test_asserts_something() -> None:
    assert _silent_tests(_test_sources(ROOT / "tests")) == []


def test_a_test_without_an_assertion_is_found() -> None:
    silent = "def test_nothing():\n    print(1)\n"
    spoken = "def check(x):\n    assert x\ndef test_something():\n    check(1)\n"
    assert _silent_tests({"a.py": silent, "b.py": spoken}) == ["a.py: test_nothing"]
