"""Writing a report as CSV and PDF, off the screen's and the store's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from terminal.documents.report_tables import Names, mismatch_lines, sections
from terminal.domain.china_time import local_time
from ui.common.operation import Operations
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.carrying import Carrying
    from terminal.app.reports import EntryLine, ReportView
    from terminal.app.usecases import UseCases
    from ui.common.report_pdf import PrintedReport


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the files lie: a folder, or the name of a stick."""

    place: str
    on_stick: bool


def export_report(
    operations: Operations, words: Words, day: str, done: Callable[[Exported], None]
) -> None:
    """Make both files and write them onto the first stick, else into the exports folder.

    Args:
        operations: the bridge to the core.
        words: the texts.
        day: ``YYYY-MM-DD``.
        done: hears where they lie; UI thread. Trouble goes to ``operations.refused``.
    """

    def called(kind: str) -> str:
        return _called(words, kind)

    def read(use: UseCases) -> tuple[bytes, ReportView, tuple[EntryLine, ...]]:
        view = use.reports.report(day)
        return use.reports.csv(day, called), view, use.reports.journal(day)

    def write(reading: tuple[bytes, ReportView, tuple[EntryLine, ...]]) -> None:
        table, view, lines = reading
        printed = _printed(words, view, lines)

        def work(carrying: Carrying) -> Exported:
            from ui.common.report_pdf import report_pdf

            media = carrying.media()
            stick = media[0] if media else None
            name = f"report-{view.report.business_date}"
            carrying.keep(f"{name}.pdf", report_pdf(printed), stick)
            where = carrying.keep(f"{name}.csv", table, stick)
            return Exported(stick.name if stick else str(PurePath(where).parent), bool(stick))

        operations.call(lambda desk, ok, no: desk.carrying.begin(work, ok, no), done, once="export")

    operations.run(read, write, once="report")


def _printed(words: Words, view: ReportView, lines: tuple[EntryLine, ...]) -> PrintedReport:
    from ui.common.report_pdf import PrintedReport

    language = words.language
    businesses = {code: words.named(*both) for code, both in view.businesses.items()}
    names = Names(businesses, view.clerks)
    report = view.report
    facts = [
        (words.text("reports.title"), words.text("reports.day", day=report.business_date)),
        (words.text("reports.total"), _yuan(report.total_fen)),
    ]
    warnings: list[str] = list(mismatch_lines(report, language))
    if warnings:
        warnings.insert(0, words.text("reports.do_not_sign"))
    if report.blind:
        warnings.append(words.text("reports.blind"))
    if view.is_open:
        warnings.append(words.text("reports.still_open"))
    return PrintedReport(
        title=f"{words.text('reports.title')} {report.business_date}",
        facts=facts,
        warnings=warnings,
        sections=tuple(sections(report, names, language)),
        journal_title=words.text("reports.by.journal"),
        journal=[_cells(words, line) for line in lines],
    )


def _cells(words: Words, line: EntryLine) -> tuple[str, ...]:
    return (
        f"#{line.seq}",
        local_time(line.at_text).strftime("%Y-%m-%d %H:%M:%S"),
        _called(words, line.kind),
        line.clerk_id,
        line.order_no,
        line.amount_text,
    )


def _called(words: Words, kind: str) -> str:
    """What a kind of entry is called; one of a later version goes by its code."""
    key = f"entry.{kind}"
    return words.text(key) if words.has(key) else kind


def _yuan(fen: int) -> str:
    from terminal.domain.money import Money

    return Money(fen).text
