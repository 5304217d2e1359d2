"""What a measurement is and how it is shown: a figure beside the bare thing, with its bar."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure beside the bare thing measured in the same run.

    Args:
        name: what was measured.
        ours: our typical figure (median), in ``unit``; None when skipped.
        ours_p99: our 99th percentile, None where only one figure exists.
        unit: ``ms``, ``MiB`` or ``/s``.
        bare: what stands beside it, in words.
        bare_p50: its median.
        bare_p99: its 99th percentile.
        ratio: ours by bare, of the statistic that the bar is about.
        bar: the bar in words, "" for a figure without one.
        passed: whether the bar is met; None without a bar or when skipped.
        skipped: why it could not be measured, "" when it was.
        note: how many repetitions, what was left out.
    """

    name: str
    ours: float | None = None
    ours_p99: float | None = None
    unit: str = "ms"
    bare: str = ""
    bare_p50: float | None = None
    bare_p99: float | None = None
    ratio: float | None = None
    bar: str = ""
    passed: bool | None = None
    skipped: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """One word."""
        if self.skipped:
            return "skipped"
        return "–" if self.passed is None else "pass" if self.passed else "FAIL"


def skip(name: str, why: str) -> Row:
    """A row that could not be measured here; never counted as passed."""
    return Row(name, skipped=why)


def p50(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """The smallest value that 99 % do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 99 // 100) - 1)]


def of_search(row: dict[str, Any]) -> Row:
    """A row as ``tests.bench.search`` makes it."""
    bar = row["bar"]
    whole = "ours_p50_ms" not in row
    return Row(
        row["name"],
        ours=None if whole else row["ours_p50_ms"],
        ours_p99=None if whole else row["ours_p99_ms"],
        bare="bare tables" if whole else "one row by its number",
        bare_p50=row.get("bare_p50_ms"),
        bare_p99=row.get("bare_p99_ms"),
        ratio=row["ratio"],
        bar=f"≤ {bar:g} × bare" if whole else f"p99 ≤ {bar:g} ms",
        passed=row["passed"],
    )


def table(rows: Sequence[Row]) -> str:
    """The rows for a terminal, one line each with its note beneath when it has one."""
    head = ("figure", "p50", "p99", "bare p50", "bare p99", "ratio", "bar", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(head))]
    shown = ["  ".join(_pad(c, w) for c, w in zip(line, widths, strict=True)) for line in lines]
    text = [shown[0], "─" * sum(widths, 2 * len(widths))]
    for row, line in zip(rows, shown[1:], strict=True):
        text.append(line.rstrip())
        beside = f"beside: {row.bare}" if row.bare else ""
        remark = " · ".join(part for part in (beside, row.note, row.skipped) if part)
        if remark:
            text.append(f"    {remark}")
    return "\n".join(text)


def as_json(row: Row) -> dict[str, Any]:
    """The row with its verdict."""
    return asdict(row) | {"verdict": row.verdict}


def _cells(row: Row) -> tuple[str, ...]:
    unit = row.unit
    return (
        row.name,
        _number(row.ours, unit),
        _number(row.ours_p99, unit),
        _number(row.bare_p50, unit),
        _number(row.bare_p99, unit),
        f"{row.ratio:.2f}×" if row.ratio is not None else "",
        row.bar,
        row.verdict,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:.{digits}f} {unit}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
