"""The daily report as a slip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.report_words import report_words
from terminal.documents.slip_parts import BANNER, BOLD, CENTRED_BOLD, TALL, pair, slip_head
from terminal.domain.document import Block, Cut, Document, Feed, Gap, Rule, RuleKind, Text
from terminal.domain.money import Money
from terminal.domain.report import DIMENSIONS, Report, Row


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What stands on the slip.

    Args:
        report: the figures.
        names: business codes in words, in the language of the slip.
        outlet_name: in the language of the slip.
        made_at: local date and time.
        clerk_id: who asked for it.
        is_open: whether the day goes on.
        head: number and hash of the journal's last entry when it was made.
    """

    report: Report
    names: Mapping[str, str]
    outlet_name: str
    made_at: str
    clerk_id: str
    is_open: bool
    head: str


def build_report_slip(content: ReportContent, language: str = "zh_CN") -> Document:
    """Lay the slip out."""
    words = report_words(language)
    report = content.report
    blocks: list[Block] = [
        *slip_head(words, words["title"], content.outlet_name),
        pair(words["day"], report.business_date, BOLD),
        pair(words["made_at"], content.made_at),
        pair(words["clerk_no"], content.clerk_id),
        pair(words["head"], content.head),
    ]
    if content.is_open:
        blocks.append(Text(words["still_open"], CENTRED_BOLD))
    blocks += _mismatches(content, words)
    blocks += [
        Rule(),
        Gap(4),
        pair(words["total"], "￥" + Money(report.total_fen).text, TALL),
        pair("", f"{len(report.takings)} {words['entries']}"),
    ]
    for dimension in DIMENSIONS:
        blocks += _table(words[dimension], report.tables[dimension], content.names, words)
    blocks += _commission(content, words)
    blocks += [
        Rule(RuleKind.BOLD),
        Feed(1),
        Text(f"{words['signature']}: ____________________"),
        Feed(1),
        Cut(),
    ]
    return Document(f"report {report.business_date}", tuple(blocks))


def _table(
    title: str, rows: tuple[Row, ...], names: Mapping[str, str], words: Mapping[str, str]
) -> Iterator[Block]:
    if not rows:
        return
    yield Rule(RuleKind.DASHED)
    yield Text(title, BOLD)
    for row in rows:
        label = names.get(row.key, words.get(row.key, row.key)) or "—"
        if title == words["hour"]:
            label = f"{row.key}:00–{int(row.key) + 1:02}:00"
        yield pair(f"  {label} × {len(row.parts)}", Money(row.fen).text)


def _commission(content: ReportContent, words: Mapping[str, str]) -> Iterator[Block]:
    if not content.report.commission:
        return
    yield Rule(RuleKind.DASHED)
    yield Text(words["commission"], BOLD)
    for row in content.report.commission:
        label = content.names.get(row.business, row.business)
        yield pair(f"  {label} {row.permille}‰", Money(row.fen).text)
    yield pair(f"  {words['total']}", Money(content.report.commission_fen).text, BOLD)


def _mismatches(content: ReportContent, words: Mapping[str, str]) -> Iterator[Block]:
    if not content.report.mismatches:
        return
    yield Gap(6)
    yield Text(f" {words['differs']} ", BANNER)
    for found in content.report.mismatches:
        what = words.get(found.what, found.what)
        yield Text(f"{what}: {words['shown']} {found.shown} / {words['kept']} {found.kept}")
