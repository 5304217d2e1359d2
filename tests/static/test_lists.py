"""No list makes rows ahead of what is seen: Qt does so later, and asks for rows that have gone.

Then it warns ``DelegateModel::cancel: index out range``, on a busy machine more often; a list that
is empty by then shows what is not there any more.
"""

from __future__ import annotations

import re

from tests.static.sources import ROOT

_LIST = re.compile(r"^( *)(?:ListView|GridView) \{\n(.*?)^\1\}", re.MULTILINE | re.DOTALL)


def _ahead(text: str) -> list[str]:
    """The first line of each list that makes rows ahead."""
    return [
        body.strip().partition("\n")[0]
        for _, body in _LIST.findall(text)
        if not re.search(r"^ *cacheBuffer: 0$", body, re.MULTILINE)
    ]


def test_every_list_makes_its_rows_when_they_are_seen() -> None:
    files = list((ROOT / "ui" / "qml").rglob("*.qml"))
    texts = {path.name: path.read_text("utf-8") for path in files}
    assert sum(len(_LIST.findall(text)) for text in texts.values()) > 10
    assert {name: _ahead(text) for name, text in texts.items() if _ahead(text)} == {}


def test_a_list_that_makes_rows_ahead_is_noticed() -> None:
    sound = "    ListView {\n        id: list\n        cacheBuffer: 0\n    }\n"
    assert _ahead(sound) == []
    assert _ahead(sound.replace("        cacheBuffer: 0\n", "")) == ["id: list"]
