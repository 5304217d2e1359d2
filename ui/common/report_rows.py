"""The rows of the page of reports: tables to choose, sums, and the entries behind one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terminal.domain.money import Money
from ui.common.figures import clock, yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.reports import EntryLine, ReportView
    from terminal.domain.report import Report

WHOLE = 1000
"""What a bar's length is told in: thousandths of the longest."""


@dataclass(frozen=True, slots=True)
class TabRow:
    """One table to choose."""

    table: str
    words: str
    current: bool


@dataclass(frozen=True, slots=True)
class SumRow:
    """One sum of a table.

    Args:
        key: of the row, as the report has it.
        label: what it is the sum of.
        count: of how many entries.
        amount: yuan.
        share: length of its bar in thousandths of the longest; negative for what was taken back.
    """

    key: str
    label: str
    count: str
    amount: str
    share: int


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One entry behind a sum."""

    seq: int
    what: str
    detail: str
    amount: str


def sum_rows(words: Words, view: ReportView, tab: str) -> list[SumRow]:
    """The sums of a table.

    Args:
        words: the texts.
        view: of the day.
        tab: the table; not the journal.
    """
    report = view.report
    sums: Sequence[tuple[str, int, str]]
    if tab == "commission":
        sums = [(row.business, row.fen, f"{row.permille} ‰") for row in report.commission]
    elif tab == "hour":
        sums = list(_hours(words, report))
    else:
        table = report.tables[tab]  # type: ignore[index]
        sums = [
            (row.key, row.fen, words.text("reports.count", count=len(row.parts))) for row in table
        ]
    most = max((abs(fen) for _, fen, _ in sums), default=0) or 1
    return [
        SumRow(
            key, _label(words, view, tab, key), count, yuan(Money(fen).text), fen * WHOLE // most
        )
        for key, fen, count in sums
    ]


def behind_row(words: Words, line: EntryLine) -> BehindRow:
    """One entry behind a sum."""
    return BehindRow(line.seq, *_told_of(words, line), yuan(line.amount_text))


def journal_row(words: Words, line: EntryLine) -> SumRow:
    """One entry of the day's journal."""
    what, detail = _told_of(words, line)
    return SumRow(str(line.seq), f"#{line.seq}  {what}", detail, yuan(line.amount_text), 0)


def _hours(words: Words, report: Report) -> Iterator[tuple[str, int, str]]:
    """Every hour from the first to the last, so that a quiet one is seen as such."""
    held = {row.key: row for row in report.tables["hour"]}
    for hour in range(int(min(held, default="0")), int(max(held, default="-1")) + 1):
        row = held.get(f"{hour:02}")
        count = words.text("reports.count", count=len(row.parts)) if row else ""
        yield f"{hour:02}", row.fen if row else 0, count


def _label(words: Words, view: ReportView, tab: str, key: str) -> str:
    """A row's name in words."""
    if tab in ("business", "commission") and key in view.businesses:
        return words.named(*view.businesses[key])
    if tab == "clerk":
        return f"{view.clerks.get(key, '')} {key}".strip() or "—"
    if tab == "hour":
        return f"{key}:00–{int(key) + 1:02}:00"
    text = {"tender": f"tender.{key}"}.get(tab, f"reports.{tab}.{key}")
    own = f"reports.tender.{key}"
    return words.text(own if words.has(own) else text) if key else "—"


def _told_of(words: Words, line: EntryLine) -> tuple[str, str]:
    kind = f"entry.{line.kind}"
    what = words.text(kind) if words.has(kind) else line.kind
    parts = (_time(line.at_text), line.clerk_id, line.order_no)
    return what, "  ·  ".join(part for part in parts if part)


def _time(at: str) -> str:
    from terminal.domain.china_time import local_time

    return clock(local_time(at))
