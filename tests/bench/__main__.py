"""``python -m tests.bench``: every figure beside the bare thing measured in the same run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

from tests.bench import (
    again,
    calm,
    cash_up,
    commits,
    drain,
    durable,
    fleet,
    keystrokes,
    pictures,
    sales,
    scans,
    search,
    slip,
    startup,
)
from tests.bench.figures import Row, as_json, of_search, table

ITEMS, FEW_ITEMS = 1_000_000, 50_000


def main(words: list[str] | None = None) -> int:
    """Measure what was asked for.

    Returns:
        0 when no bar was missed (skipped rows are shown, and miss none), 1 otherwise.
    """
    chosen = _parser().parse_args(words)
    items = chosen.items or (FEW_ITEMS if chosen.quick else ITEMS)
    groups = _groups(quick=chosen.quick, items=items)
    unknown = set(chosen.only) - set(groups)
    if unknown:
        _parser().error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(groups)}")
    rows: list[Row] = []
    for name, measure in groups.items():
        if chosen.only and name not in chosen.only:
            continue
        print(f"measuring {name} …", end=" ", file=sys.stderr, flush=True)
        started = time.monotonic()
        rows += measure()
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    if chosen.json:
        print(json.dumps([as_json(row) for row in rows], ensure_ascii=False, indent=1))
    else:
        print(table(rows))
    return 1 if any(row.passed is False for row in rows) else 0


def _groups(*, quick: bool, items: int) -> Mapping[str, Callable[[], list[Row]]]:
    return {
        "slip": partial(slip.run, quick=quick),
        "commits": partial(commits.run, quick=quick),
        "durable": partial(durable.run, quick=quick),
        "calm": partial(calm.run, quick=quick),
        "again": partial(again.run, quick=quick),
        "cash_up": partial(cash_up.run, quick=quick),
        "drain": partial(drain.run, quick=quick),
        "fleet": partial(fleet.run, quick=quick),
        "search": lambda: [of_search(row) for row in search.run(items)],
        "startup": partial(startup.run, quick=quick, items=items),
        "keystroke": partial(keystrokes.run, quick=quick),
        "sale": partial(sales.run, quick=quick),
        "pictures": partial(pictures.run, quick=quick),
        "scan": partial(scans.run, quick=quick, items=items),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="one group")
    parser.add_argument("--quick", action="store_true", help="few repetitions, 50,000 items")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    parser.add_argument("--items", type=int, default=0, help="size of the big catalogue")
    return parser


if __name__ == "__main__":
    sys.exit(main())
