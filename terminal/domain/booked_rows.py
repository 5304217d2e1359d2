"""What accounts of money and places of stock have in common: their names, and rows in a body.

A name is a kind, for some kinds followed by a colon and what it belongs to: ``cash:T02``,
``rounding``, ``till:T02``, ``sold``. Rows stand in an entry's body under a name of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from terminal.domain.canonical import Json
from terminal.domain.errors import BugError

OWNER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may be booked to.

    Args:
        what: what they name, ``account`` or ``place``: of the refusal.
        code: dotted code of the refusal.
        plain: kinds there is one of.
        owned: kinds that belong to something.
    """

    what: str
    code: str
    plain: frozenset[str]
    owned: frozenset[str]

    def known(self, name: str) -> str:
        """The name itself, when it is one of these.

        Raises:
            BugError: ``code``.
        """
        kind, colon, owner = name.partition(":")
        if name in self.plain or (kind in self.owned and colon and OWNER.fullmatch(owner)):
            return name
        raise BugError(self.code, {self.what: name})


def rows_in(
    body: Mapping[str, Json], field: str, code: str, fits: Callable[[Json], bool]
) -> list[Any]:
    """The rows of a body; none when it has no such field.

    Args:
        body: of an entry.
        field: under which they stand.
        code: dotted code of the refusal.
        fits: whether a row has its shape.

    Raises:
        BugError: ``code`` when it is no list of such rows.
    """
    rows = body.get(field, [])
    if type(rows) is not list or not all(fits(row) for row in rows):
        raise BugError(code)
    return rows
