"""The tables of a report as rows of texts: paper, file and PDF are made of these and agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.report_words import report_words
from terminal.domain.money import Money
from terminal.domain.report import DIMENSIONS, Dimension, Report


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called, in the language of the report.

    Args:
        businesses: by business code.
        clerks: by clerk number.
    """

    businesses: Mapping[str, str]
    clerks: Mapping[str, str]


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


def sections(report: Report, names: Names, language: str) -> Iterator[Section]:
    """Every table that has rows, in the order of the slip.

    Args:
        report: the figures.
        names: what codes are called.
        language: ``zh_CN`` or ``en``.
    """
    words = report_words(language)
    for dimension in DIMENSIONS:
        rows = report.tables[dimension]
        if rows:
            told = tuple(
                SectionRow(
                    _label(dimension, row.key, names, words),
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
                names.businesses.get(row.business, row.business),
                f"{row.permille}‰",
                Money(row.fen).text,
                row.fen,
            )
            for row in report.commission
        )
        total = Money(report.commission_fen).text
        yield Section("commission", words["commission"], earned, total)


def _label(dimension: Dimension, key: str, names: Names, words: Mapping[str, str]) -> str:
    if dimension == "hour":
        return f"{key}:00–{int(key) + 1:02}:00"
    if dimension == "business":
        return names.businesses.get(key, key)
    if dimension == "clerk":
        # With the name it is a text to a table program too: a number loses its first zero there.
        return f"{key} {names.clerks.get(key, '')}".strip() or "—"
    return words.get(key, key) or "—"


def mismatch_lines(report: Report, language: str) -> tuple[str, ...]:
    """Sums that differ, each with both figures; none when all is well.

    Before the count it is said what differs, and no figure.
    """
    words = report_words(language)
    if report.blind:
        return tuple(words.get(found.what, found.what) for found in report.mismatches)
    return tuple(
        f"{words.get(found.what, found.what)}: {words['shown']} {figure(found.what, found.shown)}"
        f" / {words['kept']} {figure(found.what, found.kept)}"
        for found in report.mismatches
    )


def figure(what: str, value: int) -> str:
    """A figure of a mismatch: a number of entries as it is, all else in yuan."""
    return str(value) if what == "entries" else Money(value).text
