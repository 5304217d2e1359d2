"""How the face looks: palette, text size, motion, language."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from ui.common.words import Words
from ui.qt import Property, Signal, view_model

THEMES = ("light", "dark", "contrast")
LANGUAGES = ("zh_CN", "en")
SMALLEST_TEXT = 100
LARGEST_TEXT = 200


@view_model
class Appearance(QObject):
    """The preferences that change the look; the theme of the views binds to it.

    Args:
        words: the texts, whose language is one of the preferences.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._theme = "light"
        self._text_scale = SMALLEST_TEXT
        self._reduce_motion = False

    @Property(str, notify=changed)
    def themeName(self) -> str:
        """``light``, ``dark`` or ``contrast``."""
        return self._theme

    @Property(int, notify=changed)
    def textScale(self) -> int:
        """Text size in percent, 100 to 200."""
        return self._text_scale

    @Property(bool, notify=changed)
    def reduceMotion(self) -> bool:
        """Whether nothing moves."""
        return self._reduce_motion

    @Property(str, notify=changed)
    def language(self) -> str:
        """The language the face speaks, ``zh_CN`` or ``en``."""
        return self._words.language

    def apply(self, preferences: Mapping[str, object]) -> None:
        """Take over preferences by name; a value out of range keeps what was chosen before."""
        theme = str(preferences.get("theme", self._theme))
        self._theme = theme if theme in THEMES else self._theme
        scale = str(preferences.get("text_scale", self._text_scale))
        if scale.isdecimal() and SMALLEST_TEXT <= int(scale) <= LARGEST_TEXT:
            self._text_scale = int(scale)
        self._reduce_motion = preferences.get("reduce_motion", self._reduce_motion) in {
            True,
            "true",
            "1",
        }
        language = str(preferences.get("language", self._words.language))
        if language in LANGUAGES:
            self._words.choose(language)
        self.changed.emit()
