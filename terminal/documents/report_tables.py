"""The tables of a report as rows of texts, one section after the other, for whatever shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.report_words import report_words
from terminal.domain.money import Money
from terminal.domain.report import DIMENSIONS, Report


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One sum: what it is of, how many entries it sums, yuan with two decimals."""

    label: str
    count: str
    amount_text: str
    fen: int


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report; ``name`` is its dimension, or ``commission``."""

    name: str
    title: str
    rows: tuple[SectionRow, ...]
    total_text: str


def sections(report: Report, names: Mapping[str, str], language: str) -> Iterator[Section]:
    """Every table that has rows, in the order of the slip.

    Args:
        report: the figures.
        names: business codes in words.
        language: ``zh_CN`` or ``en``.
    """
    words = report_words(language)
    for dimension in DIMENSIONS:
        rows = report.tables[dimension]
        if rows:
            told = tuple(
                SectionRow(
                    f"{row.key}:00–{int(row.key) + 1:02}:00"
                    if dimension == "hour"
                    else names.get(row.key, words.get(row.key, row.key)) or "—",
                    str(len(row.parts)),
                    Money(row.fen).text,
                    row.fen,
                )
                for row in rows
            )
            total = Money(sum(row.fen for row in rows)).text
            yield Section(dimension, words[dimension], told, total)
    if report.commission:
        earned = tuple(
            SectionRow(
                names.get(row.business, row.business),
                f"{row.permille}‰",
                Money(row.fen).text,
                row.fen,
            )
            for row in report.commission
        )
        total = Money(report.commission_fen).text
        yield Section("commission", words["commission"], earned, total)


def mismatch_lines(report: Report, language: str) -> tuple[str, ...]:
    """Sums that differ, each with both figures; none when all is well."""
    words = report_words(language)
    return tuple(
        f"{words.get(found.what, found.what)}: {words['shown']} {_figure(found.what, found.shown)}"
        f" / {words['kept']} {_figure(found.what, found.kept)}"
        for found in report.mismatches
    )


def _figure(what: str, value: int) -> str:
    return str(value) if what == "entries" else Money(value).text
