"""The daily report as CSV for a table program: UTF-8 with a mark, and no cell that could run.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a table program, to some also
in the full width that Chinese input methods write, and behind blanks and marks that nobody sees.
Amounts are written by us and checked to be plain numbers; every other cell that begins so gets an
apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from terminal.documents.report_tables import Names, mismatch_lines, sections
from terminal.documents.report_words import report_words
from terminal.domain.money import Money
from terminal.domain.report import Report

MARK: Final = b"\xef\xbb\xbf"
"""By this the table program knows that the text is UTF-8."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]{2})?")
_RUNS: Final = frozenset("=+-@")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})

JournalLine = Sequence[str]
"""Number, time, kind, what the kind is called, clerk, order number, amount."""


def safe_cell(text: str) -> str:
    """The text as it may stand in a cell: a plain number as it is, nothing else as a formula."""
    if _NUMBER.fullmatch(text):
        return text
    seen = next((char for char in text if unicodedata.category(char) not in _UNSEEN), "")
    runs = unicodedata.normalize("NFKC", seen)[:1] in _RUNS
    return f"'{text}" if runs or text[:1] in ("\t", "\r", "\n") else text


def report_csv(
    report: Report, journal: Sequence[JournalLine], names: Names, language: str
) -> bytes:
    """The whole report, one table under the other.

    Args:
        report: the figures.
        journal: the day's entries.
        names: what codes are called.
        language: ``zh_CN`` or ``en``.
    """
    words = report_words(language)
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    for row in (*_head(report, language), *_tables(report, names, language)):
        writer.writerow([safe_cell(cell) for cell in row])
    for row in _journal(journal, words):
        writer.writerow([safe_cell(cell) for cell in row])
    return MARK + sink.getvalue().encode("utf-8")


def _head(report: Report, language: str) -> Iterator[list[str]]:
    words = report_words(language)
    yield [words["title"], report.business_date]
    yield [words["total"], "", Money(report.total_fen).text, str(report.count)]
    if report.blind:
        yield [words["cash_hidden"]]
    for line in mismatch_lines(report, language):
        yield [words["differs"], line]


def _tables(report: Report, names: Names, language: str) -> Iterator[list[str]]:
    words = report_words(language)
    for section in sections(report, names, language):
        earned = section.name == "commission"
        bases = [Money(row.base_fen).text for row in report.commission] if earned else []
        yield []
        heads = ("table", "key", "amount", *(("rate", "base") if earned else ("count",)))
        yield [words[name] for name in heads]
        for place, row in enumerate(section.rows):
            count = row.count.removesuffix("‰")
            yield [section.title, row.label, row.amount_text, count, *bases[place : place + 1]]
        yield [section.title, words["total"], section.total_text]


def _journal(lines: Sequence[JournalLine], words: Mapping[str, str]) -> Iterator[list[str]]:
    yield []
    yield [words["journal"]]
    heads = ("seq", "at", "kind", "called", "clerk", "order_no", "amount")
    yield [words[name] for name in heads]
    yield from (list(line) for line in lines)
