"""The daily report as CSV for a table program: UTF-8 with a mark, and no cell that could run.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a table program. Amounts are
written by us and checked to be plain numbers; every other cell that begins so gets an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from terminal.documents.report_words import report_words
from terminal.domain.money import Money
from terminal.domain.report import DIMENSIONS, Report

MARK: Final = b"\xef\xbb\xbf"
"""By this the table program knows that the text is UTF-8."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]{2})?")
_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")

JournalLine = Sequence[str]
"""Number, time, kind, clerk, order number, amount."""


def safe_cell(text: str) -> str:
    """The text as it may stand in a cell: a plain number as it is, nothing else as a formula."""
    if _NUMBER.fullmatch(text) or not text.lstrip(" \u3000").startswith(_RUNS):
        return text
    return f"'{text}"


def report_csv(
    report: Report, journal: Sequence[JournalLine], names: Mapping[str, str], language: str
) -> bytes:
    """The whole report, one table under the other.

    Args:
        report: the figures.
        journal: the day's entries.
        names: business codes in words.
        language: ``zh_CN`` or ``en``.
    """
    words = report_words(language)
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    for row in (*_tables(report, names, words), *_commission(report, names, words)):
        writer.writerow([safe_cell(cell) for cell in row])
    for row in _journal(journal, words):
        writer.writerow([safe_cell(cell) for cell in row])
    return MARK + sink.getvalue().encode("utf-8")


def _tables(
    report: Report, names: Mapping[str, str], words: Mapping[str, str]
) -> Iterator[list[str]]:
    yield [words["title"], report.business_date]
    for found in report.mismatches:
        what = words.get(found.what, found.what)
        shown, kept = f"{words['shown']} {found.shown}", f"{words['kept']} {found.kept}"
        yield [words["differs"], what, shown, kept]
    yield []
    yield [words["table"], words["key"], words["amount"], words["count"]]
    for dimension in DIMENSIONS:
        rows = report.tables[dimension]
        for row in rows:
            label = names.get(row.key, words.get(row.key, row.key))
            yield [words[dimension], label, Money(row.fen).text, str(len(row.parts))]
        total = Money(sum(row.fen for row in rows)).text
        yield [words[dimension], words["total"], total, str(len(report.takings))]


def _commission(
    report: Report, names: Mapping[str, str], words: Mapping[str, str]
) -> Iterator[list[str]]:
    if not report.commission:
        return
    yield []
    yield [words["commission"], words["key"], words["amount"], words["rate"], words["base"]]
    for row in report.commission:
        label = names.get(row.business, row.business)
        base = Money(row.base_fen).text
        yield [words["commission"], label, Money(row.fen).text, str(row.permille), base]
    yield [words["commission"], words["total"], Money(report.commission_fen).text]


def _journal(lines: Sequence[JournalLine], words: Mapping[str, str]) -> Iterator[list[str]]:
    yield []
    yield [words["journal"]]
    heads = ("seq", "at", "kind", "clerk", "order_no", "amount")
    yield [words[name] for name in heads]
    yield from (list(line) for line in lines)
