"""Reports of any day: every total is the sum of what it opens, and every form says the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from terminal.documents.report_csv import MARK, report_csv, safe_cell
from terminal.documents.report_slip import ReportContent, build_report_slip
from terminal.documents.report_tables import Names, sections
from terminal.documents.report_words import report_words
from terminal.domain import ledger
from terminal.domain.document import Columns
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.money import Money
from terminal.domain.report import Control, Report, make_report
from terminal.domain.tender import TENDERS, scheme_of

DAY = "2026-11-30"
RATES = {"goods": 120, "philately": 50}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
EVIL = st.sampled_from(
    ["=1+1", "+86", "-2", "@SUM(A1)", "＝1", "－2", "\u00a0=1", "\u200b=1", 'a"b', "a,b", "'=", "%"]
)


@dataclass(frozen=True)
class Day:
    """Entries of a day and what the report of them is."""

    entries: tuple[Entry, ...]
    report: Report
    names: Names


def _entry(seq: int, kind: str, at: str, clerk: str, body: dict[str, Any]) -> Entry:
    return Entry(
        "61020303-02", 1, seq, kind, 1, f"intent-{seq}", DAY, at, clerk, body,
        "0" * 64, "0" * 64, "0" * 128,
    )  # fmt: skip


def _sale(income: str, fen: int, tender: int, named: bool) -> dict[str, Any]:
    """A sale, or with a negative amount a refund, by one of the tenders."""
    paid = TENDERS[tender]
    owner = paid.owner or ("wechat" if paid.account == "channel" else "T02")
    plain = paid.account in ("affixed", "points")
    account = paid.account if plain else f"{paid.account}:{owner}"
    rows = [Posting(account, fen), Posting(income, -fen)]
    told = [{"kind": paid.kind, "scheme": scheme_of(paid), "fen": fen}] if named else []
    return {"channel": "counter", "postings": ledger.to_body(rows), "tenders": told}


_INCOME = ("sales:goods", "sales:philately", "postage:letters", "sales:new")


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Sales and refunds by every tender, corrections and reroutes, over midnight and month end."""
    entries = []
    for seq in range(1, draw(st.integers(0, 12)) + 1):
        fen = draw(st.integers(-100_000, 100_000).filter(bool))
        date = draw(st.sampled_from(["2026-11-30", "2026-12-01"]))
        at = f"{date}T{draw(st.integers(0, 23)):02}:59:59.999Z"
        clerk = draw(st.sampled_from(["0312", "0315", ""]))
        kind = draw(st.sampled_from(["sale.completed", "directive.accepted", "refund.rerouted"]))
        if kind == "sale.completed":
            tender = draw(st.integers(0, len(TENDERS) - 1))
            body = _sale(draw(st.sampled_from(_INCOME)), fen, tender, draw(st.booleans()))
        elif kind == "directive.accepted":
            other = draw(st.sampled_from(["cash:T02", "suspense:T02", "over_short:T02"]))
            rows = [Posting(other, fen), Posting("sales:goods", -fen)]
            body = {"postings": ledger.to_body(rows)}
        else:
            schemes = [scheme_of(one) for one in TENDERS if one.account == "channel"]
            moved = {"instead_of_scheme": draw(st.sampled_from(schemes)), "scheme": "cash"}
            body = {**moved, "amount_fen": -abs(fen), "postings": []}
        entries.append(_entry(seq, kind, at, clerk, body))
    names = Names(
        {"goods": draw(TEXTS | EVIL), "letters": draw(TEXTS | EVIL)}, {"0312": draw(TEXTS | EVIL)}
    )
    return Day(tuple(entries), _report(entries), names)


def _report(entries: Sequence[Entry]) -> Report:
    postings = tuple(row for entry in entries for row in ledger.from_body(entry.body))
    sums = ledger.balances(entries)
    return make_report(DAY, entries, Control(len(entries), postings, sums, sums), RATES)


@given(days())
def test_every_total_is_the_sum_of_the_entries_it_opens(day: Day) -> None:
    """The entries are read a second time here, by what they post and nothing else."""
    income = {
        entry.seq: -sum(
            row.fen for row in ledger.from_body(entry.body) if ledger.income_tax(row.account)
        )
        for entry in day.entries
    }
    report = day.report
    assert report.mismatches == ()
    assert report.total_fen == sum(income.values())
    for dimension, rows in report.tables.items():
        opened: dict[int, int] = {}
        for row in rows:
            assert row.fen == sum(part.fen for part in row.parts)
            assert len({part.seq for part in row.parts}) == len(row.parts)
            for part in row.parts:
                opened[part.seq] = opened.get(part.seq, 0) + part.fen
        told = {seq: fen for seq, fen in opened.items() if fen}
        assert told == {seq: fen for seq, fen in income.items() if fen}, dimension
        assert len({row.key for row in rows}) == len(rows)
    for earned in report.commission:
        (base,) = [row for row in report.tables["business"] if row.key == earned.business]
        assert earned.base_fen == base.fen
        assert [part.seq for part in earned.parts] == [part.seq for part in base.parts]


@given(days(), st.sampled_from(["zh_CN", "en"]))
def test_file_and_slip_say_every_row_and_total_with_the_same_figures(
    day: Day, language: str
) -> None:
    words = report_words(language)
    told = list(sections(day.report, day.names, language))
    wanted = [
        (section.title, row.label, row.amount_text) for section in told for row in section.rows
    ]
    totals = [(section.title, section.total_text) for section in told]
    data = report_csv(day.report, [("1", "t", "k", "w", "0312", "n", "1.20")], day.names, language)
    rows = [row for row in _read_as_a_table_program(data) if row]
    assert rows[1] == [
        words["total"],
        "",
        Money(day.report.total_fen).text,
        str(len(day.report.takings)),
    ]
    cells = [row for row in rows if row[0] in {title for title, _ in totals}]
    assert [tuple(row[:3]) for row in cells if row[1] != words["total"]] == [
        (title, safe_cell(label), amount) for title, label, amount in wanted
    ]
    assert [(row[0], row[2]) for row in cells if row[1] == words["total"]] == totals
    paper = _lines(build_report_slip(_content(day), language))
    for _title, label, amount in wanted:
        assert any(left.startswith(f"  {label} ") and amount == right for left, right in paper)
    assert [right for left, right in paper if left == f"  {words['total']}"] == [
        amount for _, amount in totals
    ]
    assert (words["total"], "￥" + Money(day.report.total_fen).text) in paper


@given(days())
def test_no_row_goes_by_a_code_that_only_programs_know(day: Day) -> None:
    for language in ("zh_CN", "en"):
        words = set(report_words(language).values())
        for section in sections(day.report, day.names, language):
            if section.name in ("tender", "tax", "channel"):
                assert {row.label for row in section.rows} <= words | {"—"}, section.name


@given(st.lists(TEXTS | EVIL, min_size=1, max_size=6))
def test_whatever_a_name_says_no_cell_runs_and_the_file_reads_back(texts: list[str]) -> None:
    names = Names({"goods": texts[0]}, {"0312": texts[-1]})
    day = _report([_entry(1, "sale.completed", f"{DAY}T01:00:00.000Z", "0312", _sale(
        "sales:goods", 120, 0, named=True))])  # fmt: skip
    data = report_csv(
        day, [("1", "t", "k", text, "c", text, "1.20") for text in texts], names, "zh_CN"
    )
    assert data.startswith(MARK)
    rows = _read_as_a_table_program(data)
    assert [row[3] for row in rows[-len(texts) :]] == [safe_cell(text) for text in texts]
    for row in rows:
        for cell in row:
            seen = cell.lstrip().lstrip("\u200b\ufeff\u00ad")
            runs = seen[:1] in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
            assert not runs or cell.replace(".", "", 1).lstrip("-").isdecimal(), cell


def _read_as_a_table_program(data: bytes) -> list[list[str]]:
    """By the mark it knows UTF-8; rows end with CR LF."""
    text = data.decode("utf-8-sig")
    assert not text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _content(day: Day) -> ReportContent:
    return ReportContent(day.report, day.names, "支局", "2026-11-30 18:00:00", "0312", False, "#9")


def _lines(document: Any) -> list[tuple[str, str]]:
    return [
        (block.cells[0].text, block.cells[-1].text)
        for block in document.blocks
        if isinstance(block, Columns)
    ]
