"""Every text exists in every language."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tests.static.sources import ROOT

_FOLDER = ROOT / "assets" / "translations"


def _texts(path: Path) -> dict[str, str]:
    """The texts of one language, keyed alike in every language; "" for one not translated."""
    if path.suffix == ".json":
        return _flat(json.loads(path.read_text(encoding="utf-8")))
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):  # noqa: S314
        for message in context.iter("message"):
            translation = message.find("translation")
            finished = translation is not None and translation.get("type") is None
            text = "".join(translation.itertext()) if translation is not None and finished else ""
            key = message.get("id") or message.findtext("source") or ""
            found[f"{context.findtext('name')}/{key}"] = text
    return found


def _flat(value: object, at: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        parts = (_flat(part, f"{at}/{key}") for key, part in value.items())
        return {key: text for part in parts for key, text in part.items()}
    return {at: str(value)}


def _gaps(languages: dict[str, dict[str, str]]) -> list[str]:
    keys = set().union(*languages.values())
    return sorted(
        f"{language}: {key}"
        for language, texts in languages.items()
        for key in keys
        if not texts.get(key, "").strip()
    )


def test_every_text_is_translated_into_every_language() -> None:
    for suffix in (".ts", ".json"):
        files = sorted(_FOLDER.glob(f"*{suffix}"))
        assert _gaps({path.name: _texts(path) for path in files}) == []


def test_missing_and_empty_texts_are_found() -> None:
    languages = {"zh": {"/a": "甲", "/b": "乙"}, "en": {"/a": " "}}
    assert _gaps(languages) == ["en: /a", "en: /b"]


def test_unfinished_translation_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "zh.ts"
    path.write_text(
        "<TS><context><name>Pay</name><message><source>Cash</source>"
        '<translation type="unfinished">现金</translation></message></context></TS>',
        encoding="utf-8",
    )
    assert _texts(path) == {"Pay/Cash": ""}


_OF_A_NUMBER = re.compile(r"\{(\w+):[^{}|]*\|[^{}|]*\}")
_MANY = r"\{%s\} (?:[\w-]+ ){0,2}?([\w-]+[^s\W]s|are|were|have|wait)\b"
_NOT_MANY = frozenset({"its", "this", "holds", "is", "was", "has", "pays"})
"""Words on s after a value that say nothing of how many there are."""


def _only_many(texts: dict[str, str]) -> list[str]:
    """English texts that say "1 entries": a number, and behind it words for many alone."""
    numbers = {"count"} | {name for text in texts.values() for name in _OF_A_NUMBER.findall(text)}
    return sorted(
        key
        for key, text in texts.items()
        for name in sorted(numbers)
        for word in re.findall(_MANY % name, text)
        if word not in _NOT_MANY
    )


def test_english_says_one_entry_and_two_entries() -> None:
    texts = json.loads((_FOLDER / "en.json").read_text(encoding="utf-8"))
    assert _only_many(texts) == []


def test_a_text_for_many_alone_is_found() -> None:
    texts = {
        "a": "{count} {count:entry|entries} of {files}",
        "b": "{files} sealed files, {count} left",
        "c": "{files} {files:file|files}",
        "d": "{count} are safe",
    }
    assert _only_many(texts) == ["b", "d"]
