"""The soak over books that write less carefully: what the power-cut harness has to catch.

Run as ``python -m tests.powercut.weak_soak PRAGMA …``; the words after it go to the soak. A
negative control of the tests only: nothing in the product can be switched to behave like this.
"""

from __future__ import annotations

import sys
from typing import Any

from terminal.commands.line import main
from terminal.store import books, database

_careful = database.open_database


def _careless(*words: Any, **options: Any) -> Any:
    connection = _careful(*words, **options)
    connection.execute(f"PRAGMA {_PRAGMA}").fetchall()
    return connection


if __name__ == "__main__":
    _PRAGMA = sys.argv[1]
    books.open_database = _careless  # type: ignore[attr-defined]
    raise SystemExit(main(["soak", *sys.argv[2:]]))
