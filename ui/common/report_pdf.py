"""The report as a PDF for whoever wants it on A4: real text in our own fonts, by Qt alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from terminal.documents.report_tables import Section

_DOTS_PER_INCH = 300
_MARGIN_MM = 15
_A4 = QSizeF(210, 297)
"""Millimetres."""
_INK, _QUIET, _LINE = QColor("#14211B"), QColor("#55665D"), QColor("#C9D4CE")
_BAR, _DANGER = QColor("#0A7A45"), QColor("#B3261E")
_LINE_PT, _BODY_PT, _TITLE_PT, _HEAD_PT = 15.0, 9.5, 18.0, 11.5


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """Everything that stands on the pages, ready as texts.

    Args:
        title: what it is.
        facts: label and value above the tables.
        warnings: what is wrong, in red; none when all is well.
        sections: the tables.
        journal_title: heading of the list of entries.
        journal: number, time, kind, clerk, order number and amount of each entry.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    sections: Sequence[Section]
    journal_title: str
    journal: Sequence[Sequence[str]]


def report_pdf(report: PrintedReport) -> bytes:
    """Draw it. Any thread.

    Returns:
        The bytes of a PDF file.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    # Named by us: a size is no size to Qt while our translator has no word for it.
    writer.setPageSize(QPageSize(_A4, QPageSize.Unit.Millimeter, "A4"))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    writer.setTitle(report.title)
    pages = _Pages(writer)
    pages.head(report)
    for section in report.sections:
        pages.section(section)
    pages.journal(report.journal_title, report.journal)
    pages.end()
    data: QByteArray = buffer.data()
    return bytes(data.data())


class _Pages:
    """A pen that goes down the pages and starts a new one when there is no room."""

    def __init__(self, writer: QPdfWriter) -> None:
        self._writer = writer
        self._painter = QPainter(writer)
        self._width = float(writer.width())
        self._height = float(writer.height())
        self._y = 0.0
        self._number = 1

    def head(self, report: PrintedReport) -> None:
        self._text(report.title, _TITLE_PT, bold=True)
        for label, value in report.facts:
            self._row([(label, 0.3, _QUIET, False), (value, 0.7, _INK, False)])
        for warning in report.warnings:
            self._text(warning, _HEAD_PT, bold=True, ink=_DANGER)

    def section(self, section: Section) -> None:
        self._need(_LINE_PT * 4)
        self._gap(_LINE_PT / 2)
        self._text(section.title, _HEAD_PT, bold=True)
        self._rule()
        most = max((abs(row.fen) for row in section.rows), default=0)
        for row in section.rows:
            if section.name == "hour":
                self._bar(row.fen / most if most else 0.0)
            self._row(
                [
                    (row.label, 0.5, _INK, False),
                    (row.count, 0.15, _QUIET, True),
                    (row.amount_text, 0.35, _INK, True),
                ]
            )
        self._rule()
        self._row([("", 0.5, _INK, False), (section.total_text, 0.5, _INK, True)])

    def journal(self, title: str, lines: Sequence[Sequence[str]]) -> None:
        self._gap(_LINE_PT)
        self._text(title, _HEAD_PT, bold=True)
        self._rule()
        shares = (0.09, 0.23, 0.24, 0.08, 0.22, 0.14)
        for line in lines:
            cells = zip(line, shares, (False, False, False, False, False, True), strict=True)
            self._row([(text, share, _INK, right) for text, share, right in cells])

    def end(self) -> None:
        self._foot()
        self._painter.end()

    def _points(self, points: float) -> float:
        return points * _DOTS_PER_INCH / 72

    def _need(self, points: float) -> None:
        if self._y + self._points(points) > self._height - self._points(_LINE_PT * 2):
            self._foot()
            self._writer.newPage()
            self._number += 1
            self._y = 0.0

    def _foot(self) -> None:
        self._font(_BODY_PT, bold=False)
        self._painter.setPen(_QUIET)
        box = QRectF(0, self._height - self._points(_LINE_PT), self._width, self._points(_LINE_PT))
        self._painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, str(self._number))

    def _gap(self, points: float) -> None:
        self._y += self._points(points)

    def _font(self, points: float, *, bold: bool) -> None:
        font = QFont(QGuiApplication.font())
        font.setPointSizeF(points)
        font.setBold(bold)
        self._painter.setFont(font)

    def _text(self, text: str, points: float, *, bold: bool, ink: QColor = _INK) -> None:
        self._font(points, bold=bold)
        wraps = Qt.TextFlag.TextWordWrap.value
        room = QRectF(0, 0, self._width, self._height)
        high = self._painter.boundingRect(room, wraps, text).height()
        self._need(high * 72 / _DOTS_PER_INCH)
        self._painter.setPen(ink)
        self._painter.drawText(QRectF(0, self._y, self._width, high), wraps, text)
        self._y += high + self._points(3)

    def _row(self, cells: Sequence[tuple[str, float, QColor, bool]]) -> None:
        self._need(_LINE_PT)
        self._font(_BODY_PT, bold=False)
        left, high = 0.0, self._points(_LINE_PT)
        for text, share, ink, right in cells:
            box = QRectF(left, self._y, self._width * share - self._points(4), high)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            self._painter.setPen(ink)
            metrics = self._painter.fontMetrics()
            fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            self._painter.drawText(box, (side | Qt.AlignmentFlag.AlignVCenter).value, fitted)
            left += self._width * share
        self._y += high

    def _bar(self, share: float) -> None:
        """Takings of an hour as a bar behind its row, so that the figure stays readable."""
        self._need(_LINE_PT)
        high = self._points(_LINE_PT)
        tint = QColor(_BAR if share >= 0 else _DANGER)
        tint.setAlphaF(0.18)
        wide = self._width * 0.5 * abs(share)
        self._painter.fillRect(QRectF(0, self._y + high * 0.12, wide, high * 0.76), tint)

    def _rule(self) -> None:
        self._painter.setPen(_LINE)
        self._painter.drawLine(0, int(self._y), int(self._width), int(self._y))
        self._gap(2)
