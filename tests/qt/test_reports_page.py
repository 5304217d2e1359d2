"""The page 报表 by keys alone: tables, days, the entries behind a sum, slip and files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem, QQuickWindow

from terminal.app.usecases import UseCases
from terminal.domain.document import Document
from terminal.domain.report import DIMENSIONS
from tests.helpers.cash_ups import show_tills
from tests.helpers.documents import words_of
from tests.helpers.outlet import SENIOR, SENIOR_PIN
from tests.helpers.pdf_text import pdf_texts
from tests.qt.conftest import Screen
from tests.qt.test_screens import shown

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def counter_screen(counter_screen: Screen) -> Screen:
    """A counter whose till is not counted blind: everything is told at any time."""
    _ask(counter_screen, show_tills)
    return counter_screen


def _ask(screen: Screen, work: Callable[[UseCases], Any]) -> Any:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(work)


def _sell(screen: Screen, *goods: str) -> None:
    for text in goods:
        screen.add(text)
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.payment.due != "", "the form")
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("F1")


def _open(screen: Screen) -> None:
    screen.hands.press("Ctrl+E")
    page = screen.counter.reports
    screen.until(lambda: screen.counter.page == "reports" and page.totalText != "", "the page")


def _take_away(screen: Screen) -> None:
    """Write the files, which a second person allows."""
    hands, page = screen.hands, screen.counter.reports
    hands.press("F12")
    screen.until(lambda: page.second.open, "the second person's form")
    hands.press("F12")
    assert not (screen.home / "exports").exists()
    hands.write(SENIOR)
    hands.press("Return")
    hands.write(SENIOR_PIN)
    hands.press("Return")
    screen.until(lambda: "CSV" in screen.app.face.notices.text, "the files")


def _to_tab(screen: Screen, tab: str) -> None:
    while screen.counter.reports.tab != tab:
        screen.hands.press("Right")


def test_a_sum_opens_its_entries_and_esc_goes_back(counter_screen: Screen) -> None:
    _sell(counter_screen, "yp")
    _sell(counter_screen, "nf", "yp")
    page, hands = counter_screen.counter.reports, counter_screen.hands
    _open(counter_screen)
    labels = [row.label for row in page.rows.rows]
    assert "邮资票品" in labels
    for _ in range(labels.index("邮资票品")):
        hands.press("Down")
    hands.press("Return")
    counter_screen.until(lambda: page.entries.count == 2, "its entries")
    assert page.openTotal == next(r.amount for r in page.rows.rows if r.label == "邮资票品")
    assert [row.amount for row in page.entries.rows] == ["¥\u202f1.20", "¥\u202f1.20"]
    hands.press("Esc")
    counter_screen.until(lambda: page.selected < 0, "the table")
    assert counter_screen.counter.page == "reports"
    hands.press("Esc")
    counter_screen.until(lambda: counter_screen.counter.page == "selling", "selling")


def test_every_table_has_the_same_total(counter_screen: Screen) -> None:
    _sell(counter_screen, "yp", "nf")
    page = counter_screen.counter.reports
    _open(counter_screen)
    for tab in ("tender", "clerk", "hour", "channel", "tax"):
        _to_tab(counter_screen, tab)
        assert page.tableTotalText == page.totalText
        assert page.rows.count > 0
        assert not any("." in row.label and "reports" in row.label for row in page.rows.rows)
    assert page.mismatchText == ""


def test_takings_by_hour_are_a_chart_that_is_read_as_a_list_with_values(
    counter_screen: Screen,
) -> None:
    _sell(counter_screen, "yp")
    page = counter_screen.counter.reports
    _open(counter_screen)
    _to_tab(counter_screen, "hour")
    (row,) = page.rows.rows
    assert (row.share, row.amount) == (1000, "¥\u202f1.20")
    window = counter_screen.app.window
    assert isinstance(window, QQuickWindow)
    counter_screen.hands.pause(100)
    spoken = [_spoken(item) for item in shown(window.contentItem())]
    assert f"{row.label}, {row.amount}, 1 笔" in spoken


def _spoken(item: QQuickItem) -> str:
    seen = QAccessible.queryAccessibleInterface(item)
    return seen.text(QAccessible.Text.Name) if seen is not None else ""


def test_the_days_before_can_be_shown_and_the_journal_lists_all(counter_screen: Screen) -> None:
    page, hands = counter_screen.counter.reports, counter_screen.hands
    _open(counter_screen)
    _to_tab(counter_screen, "journal")
    day = _ask(counter_screen, lambda use: use.reports.days()[0])
    counter_screen.until(lambda: page.rows.count == day.entries, "the day's journal")
    assert page.hasBefore == (len(_ask(counter_screen, lambda use: use.reports.days())) > 1)
    shown_day = page.dayText
    hands.press("F8")
    assert page.dayText == shown_day


def test_a_difference_is_shown_in_red_with_both_figures(counter_screen: Screen) -> None:
    _sell(counter_screen, "yp")
    _ask(
        counter_screen,
        lambda use: use.context.books._connection.execute(  # type: ignore[attr-defined]
            "UPDATE balances SET fen = fen + 1 WHERE account = 'cash:T02'"
        ),
    )
    page = counter_screen.counter.reports
    _open(counter_screen)
    assert "cash:T02 1.20 ≠ 1.21" in page.mismatchText
    assert page.totalText == "¥\u202f1.20"


def test_slip_and_files_are_one_key_each(counter_screen: Screen) -> None:
    _sell(counter_screen, "yp", "nf")
    page, hands, notices = (
        counter_screen.counter.reports,
        counter_screen.hands,
        counter_screen.app.face.notices,
    )
    _open(counter_screen)
    day = page._shown_day()
    hands.press("F2")
    counter_screen.until(lambda: "正在打印" in notices.text, "the slip")
    assert _ask(counter_screen, lambda use: use.context.books.print_jobs(limit=1))[0].kind == (
        "report"
    )
    _take_away(counter_screen)
    assert not page.second.open
    (granted,) = _ask(counter_screen, lambda use: use.context.books.entries(limit=1))
    told = {name: granted.body[name] for name in ("action", "subject", "authoriser")}
    assert told == {"action": "data_export", "subject": day, "authoriser": SENIOR}
    folder = counter_screen.home / "exports"
    assert {file.name for file in folder.iterdir()} == {f"report-{day}.csv", f"report-{day}.pdf"}
    pdf = (folder / f"report-{day}.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    # Our own fonts lie in it: the file looks the same everywhere.
    assert b"FontFile" in pdf


def test_screen_slip_csv_and_pdf_say_the_same_of_every_row(counter_screen: Screen) -> None:
    _sell(counter_screen, "yp", "nf", "dm")
    _sell(counter_screen, "dm")
    page = counter_screen.counter.reports
    _open(counter_screen)
    day = page._shown_day()
    seen: list[tuple[str, str]] = []
    for tab in (*DIMENSIONS, "commission"):
        _to_tab(counter_screen, tab)
        seen += [(row.label, row.amount.removeprefix("¥\u202f")) for row in page.rows.rows]
        seen.append(("合计", page.tableTotalText.removeprefix("¥\u202f")))
    assert len(seen) > 12
    _take_away(counter_screen)
    folder = counter_screen.home / "exports"
    with (folder / f"report-{day}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 2]
    kinds = {row[2]: row[3] for row in rows if row[0].isdecimal()}
    assert kinds["sale.completed"] == counter_screen.counter.words.text("entry.sale.completed")
    assert all(word and word != code for code, word in kinds.items())
    titles = {words[0] for words in rows} - {"表", "账目号", "合计"}
    by_clerk = _clerk_first(seen)
    cells = [(row[1], row[2]) for row in rows if row[0] in titles and not row[0].isdecimal()]
    assert cells == by_clerk
    texts = pdf_texts((folder / f"report-{day}.pdf").read_bytes())
    at = 0
    for label, amount in by_clerk:
        wanted = {amount} if label == "合计" else {label, amount}
        while wanted:
            wanted -= {texts[at]}
            at += 1
    job = _ask(counter_screen, lambda use: use.reports.slip(day))
    said = words_of(Document.from_json(job.document)).splitlines()
    at = 0
    for label, amount in by_clerk:
        while not (said[at].startswith(f"  {label}") and said[at].endswith(f"|{amount}")):
            at += 1


def _clerk_first(seen: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The screen names the clerk before the number, files after it."""
    return [(" ".join(reversed(label.split(" "))) if "0312" in label else label, amount)
            for label, amount in seen]  # fmt: skip
