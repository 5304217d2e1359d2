"""The words people read: one JSON file per language, switched while the program runs.

QML asks with ``qsTrId("key")``; Python asks with ``Words.text``. A language is
one file, so adding one is adding a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTranslator

from terminal.domain.wording import filled
from ui.qt import Signal

CATALOGUE = Path(__file__).resolve().parents[2] / "assets" / "translations"
DEFAULT_LANGUAGE = "zh_CN"


def read_catalogue(language: str, folder: Path = CATALOGUE) -> dict[str, str]:
    """Every text of one language by key.

    Raises:
        KeyError: there is no file for that language.
    """
    path = folder / f"{language}.json"
    if not path.is_file():
        raise KeyError(language)
    texts: dict[str, str] = json.loads(path.read_text("utf-8"))
    return texts


class _Catalogue(QTranslator):
    """Answers ``qsTrId`` from the loaded texts."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.texts: dict[str, str] = {}

    def translate(
        self,
        context: bytes | str,
        sourceText: bytes | str,
        disambiguation: bytes | str | None = None,
        n: int = -1,
    ) -> str:
        """The text of a key, "" for what is not ours (Qt's own look-ups)."""
        key = sourceText if isinstance(sourceText, str) else sourceText.decode()
        return self.texts.get(key, "")

    def isEmpty(self) -> bool:
        """Never: Qt would skip an empty translator."""
        return False


class Words(QObject):
    """The texts of the chosen language.

    Signals:
        changed: another language was chosen; everything that holds a text asks again.
    """

    changed = Signal()

    def __init__(self, language: str = DEFAULT_LANGUAGE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.translator = _Catalogue(self)
        self._language = language
        self.translator.texts = read_catalogue(language)

    @property
    def language(self) -> str:
        """The chosen language, for example ``zh_CN``."""
        return self._language

    def choose(self, language: str) -> None:
        """Speak another language from now on.

        Raises:
            KeyError: there is no such language.
        """
        if language == self._language:
            return
        self.translator.texts = read_catalogue(language)
        self._language = language
        self.changed.emit()

    def has(self, key: str) -> bool:
        """Whether there is a text under that key."""
        return key in self.translator.texts

    def text(self, key: str, params: Mapping[str, object] | None = None, **more: object) -> str:
        """One text with its places filled; the key itself when there is none: it is seen."""
        return filled(self.translator.texts.get(key, key), {**(params or {}), **more})

    def error(self, code: str, params: Mapping[str, object] | None = None) -> str:
        """What an error code means to the person at the screen."""
        key = f"error.{code}"
        return self.text(key, params) if self.has(key) else self.text("error.other", code=code)

    def named(self, zh: str, en: str) -> str:
        """The name in the chosen language, the other one when that is missing."""
        return (zh or en) if self._language.startswith("zh") else (en or zh)
