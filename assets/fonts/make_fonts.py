"""Make the product's fonts from Noto Sans CJK and Noto Emoji.

Run it only to rebuild the files beside it (README.md says how); the product never runs it.

    python assets/fonts/make_fonts.py --cjk DIR --emoji DIR
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
SC_FACE = 2
"""Index of the simplified Chinese proportional face in the Noto Sans CJK collections."""
SC_MONO_FACE = 7
"""Index of the simplified Chinese half-width face in the same collections."""
VERSION = "1.000"

SCREEN_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x24F),  # Latin with the tone marks of pinyin
    (0x2B0, 0x36F),
    (0x370, 0x3FF),
    (0x400, 0x45F),
    (0x2000, 0x206F),
    (0x2070, 0x209F),
    (0x20A0, 0x20CF),
    (0x2100, 0x218F),
    (0x2190, 0x22FF),
    (0x2300, 0x23FF),
    (0x2460, 0x27BF),
    (0x2900, 0x297F),
    (0x2B00, 0x2BFF),
    (0x3000, 0x30FF),
    (0x3100, 0x312F),
    (0x3200, 0x33FF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
)
LATIN_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x20AC, 0x20AC))
RARE_HANZI_RANGES = ((0x3400, 0x4DBF), (0x9FA6, 0x9FFF), (0x20000, 0x323AF))
LAYOUT_FEATURES = ["kern", "palt", "tnum", "ccmp", "mark", "mkmk"]


def code_points(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """All code points of inclusive ranges."""
    return {code for low, high in ranges for code in range(low, high + 1)}


def gbk_characters() -> set[int]:
    """Every character that GBK can say (hanzi, symbols, kana)."""
    found: set[int] = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            # GBK leaves some pairs without a character: those are what we sort out here.
            with suppress(UnicodeDecodeError):
                found.add(ord(bytes((lead, trail)).decode("gbk")))
    return found


def daily_hanzi() -> set[int]:
    """The 3,755 hanzi of daily use: level 1 of GB 2312, rows 16 to 55."""
    rows = [bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)]
    # The last row ends five places early.
    return {ord(pair.decode("gb2312")) for pair in rows if pair < b"\xd7\xfa"}


def name_font(font: TTFont, family: str, style: str) -> None:
    """Replace every name by ours; the licence asks that the reserved names go."""
    table = font["name"]
    licence = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
    table.names = []
    full = f"{family} {style}"
    entries = {
        0: "Portions (c) 2014-2021 Adobe; portions (c) 2013-2023 Google LLC. See OFL.txt.",
        1: family,
        2: style,
        3: f"{VERSION};{full}",
        4: full,
        5: f"Version {VERSION}",
        6: full.replace(" ", "").replace(style, f"-{style}"),
        13: licence,
        14: "https://openfontlicense.org",
    }
    for name_id, text in entries.items():
        table.setName(text, name_id, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [entries[6]]
        top = cff.topDictIndex[0]
        for attribute in ("Notice", "Copyright", "FullName", "FamilyName", "Weight"):
            top.rawDict.pop(attribute, None)


def make_subset(collection: Path, face: int, codes: set[int], family: str, style: str) -> None:
    """Cut one face down to the wanted characters and save it beside this script."""
    options = subset.Options()
    options.layout_features = LAYOUT_FEATURES
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.name_IDs = []
    font = TTFont(collection, fontNumber=face, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    name_font(font, family, style)
    save(font, f"{family.replace(' ', '')}-{style}.otf")


def save(font: TTFont, file_name: str) -> None:
    """Write the font beside this script."""
    target = HERE / file_name
    font.save(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB")


class GlyphCollector:
    """Draws glyphs of several fonts into one set of CFF outlines."""

    def __init__(self, units_per_em: int) -> None:
        self.units_per_em = units_per_em
        self.charstrings: dict[str, object] = {}
        self.metrics: dict[str, tuple[int, int]] = {}
        self.cmap: dict[int, str] = {}

    def add(self, font: TTFont, code: int | None, glyph: str, advance: int | None = None) -> None:
        """Take one glyph, scaled to our em and to ``advance`` units when given."""
        glyphs = font.getGlyphSet()
        scale = self.units_per_em / font["head"].unitsPerEm
        width = glyphs[glyph].width * scale
        if advance is not None and width:  # joiners and selectors stay without width
            scale *= advance / width
            width = advance
        pen = T2CharStringPen(round(width), glyphs)
        glyphs[glyph].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        name = ".notdef" if code is None else f"u{code:05X}"
        self.charstrings[name] = pen.getCharString()
        self.metrics[name] = (round(width), 0)
        if code is not None:
            self.cmap[code] = name


def make_rare(collection: Path, emoji_folder: Path | None) -> None:
    """The characters outside GBK: rare hanzi of names and addresses, and emoji as outlines."""
    cjk = TTFont(collection, fontNumber=SC_FACE)
    collector = GlyphCollector(1000)
    collector.add(cjk, None, ".notdef")
    wanted = code_points(RARE_HANZI_RANGES)
    for code, glyph in sorted(cjk.getBestCmap().items()):
        if code in wanted:
            collector.add(cjk, code, glyph)
    for path in sorted(emoji_folder.glob("noto-emoji-*-400-normal.woff")) if emoji_folder else ():
        emoji = TTFont(path)
        for code, glyph in emoji.getBestCmap().items():
            if code >= 0x203C and f"u{code:05X}" not in collector.charstrings:
                collector.add(emoji, code, glyph, advance=1000)
    family, style = "Postal Sans Rare", "Regular"
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(list(collector.charstrings))
    builder.setupCharacterMap(collector.cmap)
    builder.setupCFF("PostalSansRare-Regular", {}, collector.charstrings, {})
    builder.setupHorizontalMetrics(collector.metrics)
    builder.setupHorizontalHeader(ascent=1160, descent=-288)
    builder.setupOS2(
        sTypoAscender=880,
        sTypoDescender=-120,
        usWinAscent=1160,
        usWinDescent=288,
        fsType=0,
        fsSelection=0x40,
    )
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupPost(keepGlyphNames=False)
    name_font(builder.font, family, style)
    save(builder.font, "PostalSans-Rare.otf")


def main() -> None:
    """Make all fonts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cjk", type=Path, required=True, help="folder of NotoSansCJK-*.ttc")
    parser.add_argument("--emoji", type=Path, help="folder of the @fontsource/noto-emoji files")
    arguments = parser.parse_args()
    daily = code_points(SCREEN_RANGES) | daily_hanzi()
    further = gbk_characters() - daily
    latin = code_points(LATIN_RANGES)
    for style in ("Regular", "Bold"):
        collection = arguments.cjk / f"NotoSansCJK-{style}.ttc"
        make_subset(collection, SC_FACE, daily, "Postal Sans", style)
        make_subset(collection, SC_FACE, further, "Postal Sans Further", style)
        make_subset(collection, SC_MONO_FACE, latin, "Postal Mono", style)
    make_rare(arguments.cjk / "NotoSansCJK-Regular.ttc", arguments.emoji)


if __name__ == "__main__":
    main()
