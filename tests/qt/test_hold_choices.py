"""The queue page's list says what can be done about a refused business, in both languages."""

from __future__ import annotations

import pytest

from terminal.domain.tasks import ALL
from ui.common.entry_words import hold_text
from ui.common.words import Words


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("You can", "reverse")), ("zh_CN", ("可以", "冲正"))]
)
def test_choices_follow_what_happened(language: str, said: tuple[str, str]) -> None:
    words = Words(language)
    plain = hold_text(words, "addressee.embargoed", "R-1")
    offered = hold_text(words, "addressee.embargoed", "R-1", choices=ALL)
    assert offered.startswith(plain)
    assert all(word in offered for word in said)
    assert len(offered.removeprefix(plain).split("·")) == 3
