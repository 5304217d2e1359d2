"""Money is integer fen: no floating-point number comes near it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.static.sources import ROOT

# Everything that counts, posts, canonicalises or carries money.
_EXACT = ("terminal/domain", "terminal/documents", "sync/wire")


def _is_time(name: str) -> bool:
    """Seconds say so in their name, and the only factor on them is the speed of a demo's clock."""
    return name.lower().endswith("_s") or name == "speed"


# The reference platform's fault dial is set in shares of all requests, from 0 to 1.
_SHARES = {"Faults", "share"}


def _fractions(tree: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a time or to a share of faults, and may therefore be no whole number."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) if name in _SHARES:
                yield node
            case ast.arguments():
                arguments = [*node.posonlyargs, *node.args]
                defaults = zip(arguments[::-1], node.defaults[::-1], strict=False)
                pairs = [*defaults, *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
                yield from (value for name, value in pairs if value and _is_time(name.arg))
            case ast.arg(arg=name) if _is_time(name):
                yield node
            case ast.AnnAssign(target=ast.Name(id=name)) if _is_time(name):
                yield node
            case ast.Assign(targets=[ast.Name(id=name)]) if _is_time(name):
                yield node
            case ast.BinOp(op=ast.Div(), left=ast.Name(id=name)) if _is_time(name):
                yield node
            case ast.BinOp(op=ast.Div(), right=ast.Name(id=name)) if _is_time(name):
                yield node


def _float_uses(source: str) -> list[str]:
    tree = ast.parse(source)
    let_off = {id(inner) for node in _fractions(tree) for inner in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in let_off:
            continue
        match node:
            case ast.Constant(value=float() as number):
                found.append(f"line {node.lineno}: the number {number}")
            case ast.Call(func=ast.Name(id="float")):
                found.append(f"line {node.lineno}: float(…)")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"line {node.lineno}: true division")
            case ast.arg(annotation=ast.Name(id="float")):
                found.append(f"line {node.lineno}: an argument of type float")
            case ast.AnnAssign(annotation=ast.Name(id="float")):
                found.append(f"line {node.lineno}: a field of type float")
    return found


def _modules() -> list[Path]:
    return sorted(path for folder in _EXACT for path in (ROOT / folder).rglob("*.py"))


def test_no_float_where_money_is_counted() -> None:
    modules = _modules()
    assert ROOT / "terminal/domain/money.py" in modules
    findings = [
        f"{path.relative_to(ROOT)} {use}"
        for path in modules
        for use in _float_uses(path.read_text(encoding="utf-8"))
    ]
    assert findings == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 1.5",
        "x = float('1')",
        "x = 3 / 2",
        "x = 3\nx /= 2",
        "def f(x: float): ...",
        "def f(wait_s=1, price=1.5): ...",
        "total_fen: float",
        "class Sale:\n    total: float = 0.0",
    ],
)
def test_search_finds_each_kind_of_float(source: str) -> None:
    assert _float_uses(source)


@pytest.mark.parametrize(
    "source",
    [
        "x = 3 // 2\nif isinstance(x, float): raise TypeError",
        "delay_s: float = 0.5",
        "def f(*, speed: float = 1.0): ...",
        "WAIT_S = (0.5, 1.5)",
        "x = delay_s / 2",
        "class Faults:\n    reorder: float = 0.0",
    ],
)
def test_search_lets_integers_and_durations_pass(source: str) -> None:
    assert _float_uses(source) == []
