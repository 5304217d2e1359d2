"""The text of a PDF as Qt writes it, read back through the file's own table of characters."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]*)>\s*Tj|(BT)")
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_RANGE = re.compile(rb"<(\w+)>\s*<(\w+)>\s*(<(\w+)>|\[(.*?)\])", re.DOTALL)
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_PAIR = re.compile(rb"<(\w+)>\s*<(\w+)>")


def pdf_texts(data: bytes) -> list[str]:
    """Every text of every page as it was drawn, in the order it was drawn in."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    fonts = {name: int(number) for body in objects.values() for name, number in _FONT.findall(body)}
    tables = {name: _table(objects, number) for name, number in fonts.items()}
    texts: list[str] = []
    for body in objects.values():
        content = _content(body)
        if b" Tf" in content:
            texts += _texts(content, tables)
    return texts


def _content(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    try:
        return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]
    except zlib.error:
        return b""


def _table(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """Characters by glyph of one font."""
    named = _UNICODE.search(objects[font])
    if named is None:
        return {}
    content, table = _content(objects[int(named[1])]), dict[int, str]()
    for part in _RANGES.findall(content):
        for low, high, _, first, listed in _RANGE.findall(part):
            begin = int(low, 16)
            each = re.findall(rb"<(\w+)>", listed)
            for place in range(int(high, 16) - begin + 1):
                code = int(each[place], 16) if each else int(first, 16) + place
                table[begin + place] = chr(code)
    for part in _CHARS.findall(content):
        table |= {int(glyph, 16): chr(int(code, 16)) for glyph, code in _PAIR.findall(part)}
    return table


def _texts(content: bytes, tables: dict[bytes, dict[int, str]]) -> list[str]:
    texts, table = [""], dict[int, str]()
    for font, glyphs, begins in _SHOWN.findall(content):
        if begins:
            texts.append("")
        elif font:
            table = tables.get(font, {})
        else:
            codes = [int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4)]
            texts[-1] += "".join(table.get(code, "?") for code in codes)
    # One glyph may stand for several characters; the table names the first of them.
    return [text.replace("\t", " ").replace("‒", "–") for text in texts if text]
