"""Nobody can declare a payment paid, and nothing on the screen says to do it over.

Source: reliability.md §4 (a "force done" in another product charged customers twice), peer-lessons
row 8.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.static.sources import ROOT

_HOLDING = {"paid", "paid_late"}
_ALLOWED = {
    ("terminal/domain/attempt.py", "after_charge", "paid"),
    ("terminal/domain/attempt.py", "after_background_query", "paid_late"),
    ("terminal/domain/attempt.py", "accepted", "paid"),
}
"""A clear yes of the channel, and a person's word about money the channel already has."""

_AGAIN = re.compile(
    r"重试|再试|重新收|重做|再做一(遍|次)|再收一|try again|retry|once more|do it again|repeat", re.I
)
_NOT = re.compile(
    r"(不要|不用|不必|不会|绝不)[^。；，]{0,6}$|(not|never|nothing|no need)[^.;]{0,40}$", re.I
)


def _states_written(source: str) -> Iterator[tuple[str, str]]:
    """Function and state of every call that puts an attempt into a state where money is held."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                for word in node.keywords:
                    value = word.value
                    if (
                        word.arg == "state"
                        and isinstance(value, ast.Constant)
                        and value.value in _HOLDING
                    ):
                        yield function.name, str(value.value)


def _found() -> set[tuple[str, str, str]]:
    return {
        (path.relative_to(ROOT).as_posix(), function, state)
        for folder in ("terminal", "ui")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for function, state in _states_written(path.read_text(encoding="utf-8"))
    }


def test_only_the_channels_yes_makes_a_payment_paid() -> None:
    assert _found() == _ALLOWED


def test_a_forced_payment_would_be_seen() -> None:
    forced = 'def force(attempt):\n    return replace(attempt, state="paid")\n'
    assert list(_states_written(forced)) == [("force", "paid")]


def _advice(text: str) -> list[str]:
    """Places where a text says to do something over and not that one must not."""
    return [
        text[max(0, match.start() - 20) : match.end()]
        for match in _AGAIN.finditer(text)
        if not _NOT.search(text[: match.start()])
    ]


def test_no_word_about_the_last_transaction_or_a_doubt_advises_to_repeat() -> None:
    for language in ("zh_CN", "en"):
        file = ROOT / "assets" / "translations" / f"{language}.json"
        texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        about = {
            key: text
            for key, text in texts.items()
            if key.startswith(("last.", "doubt.", "attempt.", "error.payment."))
        }
        assert len(about) > 40
        assert {key: _advice(text) for key, text in about.items() if _advice(text)} == {}


def test_advice_to_repeat_would_be_seen() -> None:
    assert _advice("请重试。")
    assert _advice("Please try again.")
    assert not _advice("请不要重新收款。")
    assert not _advice("Do not try again.")


def test_no_key_and_no_action_forces_anything() -> None:
    sources = [path for folder in ("ui", "terminal") for path in (ROOT / folder).rglob("*.py")]
    qml = [*(ROOT / "ui").rglob("*.qml")]
    named = re.compile(r"force_?(paid|done|payment)|mark_?paid|assume_?paid", re.I)
    found = [
        path.name
        for path in [*sources, *qml]
        if named.search(Path(path).read_text(encoding="utf-8"))
    ]
    assert found == []
