"""The fonts on disk are the ones the doctor asks for, and together they say all of GBK."""

from __future__ import annotations

from fontTools.ttLib import TTFont

from terminal.commands.doctor import FONTS
from tests.static.sources import ROOT
from ui.start import FIRST_FONTS

NOT_IN_THE_SOURCE = {0x7F, ord("≒")}
"""A control, and one sign that the font we cut ours from does not draw."""
FOLDER = ROOT / "assets" / "fonts"


def _characters(name: str) -> set[int]:
    with TTFont(FOLDER / name, lazy=True) as font:
        return set(font.getBestCmap())


def test_the_doctor_asks_for_every_font_there_is() -> None:
    assert sorted(FONTS) == sorted(path.name for path in FOLDER.glob("*.?tf"))
    assert set(FIRST_FONTS) <= set(FONTS)


def test_each_weight_says_every_character_of_gbk() -> None:
    pairs = [bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF)]
    wanted = {ord(text) for pair in pairs if len(text := pair.decode("gbk", "ignore")) == 1}
    assert len(wanted) > 21_000
    for style in ("Regular", "Bold"):
        first = _characters(f"PostalSans-{style}.otf")
        further = _characters(f"PostalSansFurther-{style}.otf")
        assert not first & further
        missing = wanted - first - further - NOT_IN_THE_SOURCE
        assert len(missing) == 0, sorted(map(chr, missing))[:20]
