"""The daily report as a slip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.report_tables import Names, Section, mismatch_lines, sections
from terminal.documents.report_words import report_words
from terminal.documents.slip_parts import BANNER, BOLD, CENTRED_BOLD, TALL, pair, slip_head
from terminal.domain.document import Block, Cut, Document, Feed, Gap, Rule, RuleKind, Text
from terminal.domain.money import Money
from terminal.domain.report import Report


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What stands on the slip.

    Args:
        report: the figures.
        names: what codes are called, in the language of the slip.
        outlet_name: in the language of the slip.
        made_at: local date and time.
        clerk_id: who asked for it.
        is_open: whether the day goes on.
        head: number and hash of the journal's last entry when it was made.
    """

    report: Report
    names: Names
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
    if report.blind:
        blocks.append(Text(words["cash_hidden"], CENTRED_BOLD))
    blocks += _mismatches(mismatch_lines(report, language), words)
    blocks += [
        Rule(),
        Gap(4),
        pair(words["total"], "￥" + Money(report.total_fen).text, TALL),
        pair("", f"{report.count} {words['entries']}"),
    ]
    for section in sections(report, content.names, language):
        blocks += _table(section, words)
    blocks += [
        Rule(RuleKind.BOLD),
        Feed(1),
        Text(f"{words['signature']}: ____________________"),
        Feed(1),
        Cut(),
    ]
    return Document(f"report {report.business_date}", tuple(blocks))


def _table(section: Section, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule(RuleKind.DASHED)
    yield Text(section.title, BOLD)
    earned = section.name == "commission"
    for row in section.rows:
        yield pair(f"  {row.label} {'' if earned else '× '}{row.count}", row.amount_text)
    yield pair(f"  {words['total']}", section.total_text, BOLD)


def _mismatches(lines: tuple[str, ...], words: Mapping[str, str]) -> Iterator[Block]:
    if lines:
        yield Gap(6)
        yield Text(f" {words['differs']} ", BANNER)
    for line in lines:
        yield Text(line)
