"""Texts that exist, types the checker knows, views without a warning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui.common.keys import BINDINGS, bound_action, hints_for
from ui.common.words import CATALOGUE, Words, read_catalogue
from ui.typeinfo import FOLDER, type_file

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(path.stem for path in CATALOGUE.glob("*.json"))
CODE = re.compile(r'(?:UserError|EnvironmentFault|PlatformRejection|BugError)\(\s*"([a-z_.]+)"')


def used_keys() -> set[str]:
    """Every key written out in a view or a view-model."""
    keys = {hint.hint for hint in BINDINGS if hint.hint}
    for path in (ROOT / "ui" / "qml").rglob("*.qml"):
        keys |= set(re.findall(r'qsTrId\("([^"]+)"\)', path.read_text("utf-8")))
    for path in (ROOT / "ui").rglob("*.py"):
        keys |= set(re.findall(r'\.(?:text|tell)\(\s*"([^"{]+)"', path.read_text("utf-8")))
    return keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_a_screen_uses_has_a_text(language: str) -> None:
    keys = used_keys()
    assert len(keys) > 100
    assert keys - read_catalogue(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_use_case_has_a_text(language: str) -> None:
    texts = read_catalogue(language)
    raised: set[str] = set()
    for path in (ROOT / "terminal" / "app").rglob("*.py"):
        raised |= set(CODE.findall(path.read_text("utf-8")))
    assert len(raised) > 20
    assert {code for code in raised if f"error.{code}" not in texts} == set()


def test_places_in_a_text_are_the_same_in_every_language() -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    chinese = read_catalogue("zh_CN")
    for language in LANGUAGES:
        other = read_catalogue(language)
        differ = [key for key, text in chinese.items() if places(text) != places(other[key])]
        assert differ == []


def test_an_unknown_code_is_still_said_in_words() -> None:
    assert "odd.code" in Words("en").error("odd.code")


def test_english_on_the_screen_says_one_and_many() -> None:
    words = Words("en")
    key = "cash_up.cause.missed_bundle.short"
    assert words.text(key, pieces=1, note="¥ 0.50").startswith("1 piece of ¥ 0.50")
    assert words.text(key, pieces=2, note="¥ 0.50").startswith("2 pieces of ¥ 0.50")
    assert words.text("cash_up.excluded.unsynced", count=1) == "1 entry not uploaded"


def test_the_type_file_of_the_views_is_up_to_date() -> None:
    assert (FOLDER / "models.qmltypes").read_text("utf-8") == type_file()


def test_the_views_pass_the_checker_without_a_warning() -> None:
    views = [str(path) for path in sorted((ROOT / "ui" / "qml").rglob("*.qml"))]
    checker = Path(sys.executable).parent / "pyside6-qmllint"
    checked = subprocess.run(
        [str(checker), "-W", "0", "-I", str(ROOT / "ui" / "qml"), *views],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_a_key_means_one_thing_in_one_place() -> None:
    seen = set()
    for binding in BINDINGS:
        for place in binding.places:
            assert (binding.combo, place) not in seen
            seen.add((binding.combo, place))


def test_signs_are_typed_into_a_field_that_is_not_empty() -> None:
    assert bound_action("+", "selling", field_is_empty=True) == "more"
    assert bound_action("+", "selling", field_is_empty=False) == ""
    assert [hint.combo for hint in hints_for("dialog")] == ["Esc"]
