"""What a monitoring system reads at ``/metrics``: counts and times of this worker, states of all.

The text format is written here: it is a dozen lines, and the one library for it would be one more
locked dependency of the platform that brings a server, a registry and multiprocess files along.
Nothing here names a terminal, a person or a sum of money.

Source: Prometheus exposition formats, text format version 0.0.4.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, select

from sync.central import schema
from sync.wire.messages import MAX_ENTRIES

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES: Final = (1, 2, 5, 10, 25, 50, 100, 250, MAX_ENTRIES)

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]
"""Name's ending, labels, value."""


class Histogram:
    """How often a value stayed within each bound.

    Args:
        bounds: rising.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def samples(self, labels: Labels = ()) -> list[Sample]:
        """Buckets that each hold those before them, sum and count."""
        total, found = 0, []
        for bound, count in zip((*self._bounds, "+Inf"), self._counts, strict=True):
            total += count
            found.append(("_bucket", (*labels, ("le", f"{bound}")), float(total)))
        return [*found, ("_sum", labels, self._sum), ("_count", labels, float(total))]


class Metrics:
    """The counts of one worker. Thread rule: any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[str, Histogram] = {}
        self._stored = 0
        self._batches = Histogram(_SIZES)

    def answered(self, route: str, outcome: str, seconds: float) -> None:
        """Count a request.

        Args:
            route: method and path as the contract has it, never as it was asked for.
            outcome: ``ok`` or the code of the refusal.
            seconds: from its last byte in to its answer.
        """
        with self._lock:
            self._requests[route, outcome] += 1
            self._seconds.setdefault(route, Histogram(_SECONDS)).add(seconds)

    def took_in(self, entries: int) -> None:
        """Count an upload by the entries that were new, from 0."""
        with self._lock:
            self._stored += entries
            self._batches.add(entries)

    def text(self, connection: Connection, revoked: Iterable[str], heard_ms: int) -> str:
        """Everything in the text format.

        Args:
            connection: for what all workers share.
            revoked: terminals that may not speak.
            heard_ms: who spoke after this moment speaks still; Unix milliseconds.
        """
        with self._lock:
            requests = [
                ("", (("route", route), ("outcome", outcome)), float(count))
                for (route, outcome), count in sorted(self._requests.items())
            ]
            seconds = [
                sample
                for route, histogram in sorted(self._seconds.items())
                for sample in histogram.samples((("route", route),))
            ]
            batches = self._batches.samples()
            stored = float(self._stored)
        return "".join(
            (
                _family("requests_total", "counter", "Requests to this worker", requests),
                _family("request_seconds", "histogram", "Time to an answer", seconds),
                _family(
                    "intake_entries_total",
                    "counter",
                    "Journal entries this worker stored",
                    [("", (), stored)],
                ),
                _family("intake_batch_entries", "histogram", "New entries of an upload", batches),
                *_shared(connection, frozenset(revoked), heard_ms),
            )
        )


def _shared(connection: Connection, revoked: frozenset[str], heard_ms: int) -> list[str]:
    states: Mapping[Any, int] = _counts(connection, _state(revoked, heard_ms))
    tasks: Mapping[Any, int] = _counts(connection, schema.tasks.c.code)
    terminals = schema.terminals.c
    held = select(
        func.coalesce(func.sum(terminals.seq), 0),
        func.coalesce(func.sum(terminals.seq - terminals.audited_seq), 0),
    )
    entries, unaudited = connection.execute(held).one()
    return [
        _family("terminals", "gauge", "Terminals by state", _labelled("state", states)),
        _family("tasks_waiting", "gauge", "What waits for a person", _labelled("code", tasks)),
        _family("journal_entries", "gauge", "Entries held", [("", (), float(entries))]),
        _family(
            "journal_unaudited_entries",
            "gauge",
            "Entries whose own signature is still to be looked at",
            [("", (), float(unaudited))],
        ),
    ]


def _state(revoked: frozenset[str], heard_ms: int) -> ColumnElement[str]:
    """In which state a terminal counts: the first that holds."""
    columns = schema.terminals.c
    return case(
        (columns.terminal_id.in_(revoked), "revoked"),
        (columns.replaced_by != "", "replaced"),
        (columns.spoke_ms == 0, "never_spoke"),
        (columns.spoke_ms > heard_ms, "speaking"),
        else_="silent",
    )


def _counts(connection: Connection, by: ColumnElement[str]) -> dict[str, int]:
    kind = by.label("kind")
    # Grouped outside: PostgreSQL takes a case with parameters for two different ones.
    listed = select(kind).subquery()
    rows = connection.execute(select(listed.c.kind, func.count()).group_by(listed.c.kind))
    return {str(row[0]): int(row[1]) for row in rows}


def _labelled(name: str, counts: Mapping[Any, int]) -> list[Sample]:
    return [("", ((name, key),), float(count)) for key, count in sorted(counts.items())]


def _family(name: str, kind: str, told: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP postal_{name} {told}\n# TYPE postal_{name} {kind}\n"]
    for ending, labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        braces = f"{{{shown}}}" if shown else ""
        lines.append(f"postal_{name}{ending}{braces} {_number(value)}\n")
    return "".join(lines)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
