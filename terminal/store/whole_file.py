"""Whether a database file is still what was written, page by page, also where nobody reads."""

from __future__ import annotations

from terminal.domain.errors import EnvironmentFault
from terminal.store.database import Connection

_LOOKS = 3
"""A page that a counter at work is just writing looks damaged once, never three times."""


def require_whole(connection: Connection, file_name: str) -> None:
    """Refuse a file with damage anywhere: every page's own seal, then how they hang together.

    Args:
        connection: of an encrypted file, best inside a transaction, so that both look at one state.
        file_name: base name of the file, for the message.

    Raises:
        EnvironmentFault: ``database.corrupt``, its hint says where.
    """
    damage = _damaged_pages(connection) or _loose_ends(connection)
    if damage:
        more = f" and {len(damage) - 1} more" if damage[1:] else ""
        hint = f"({damage[0]}{more})"
        raise EnvironmentFault("database.corrupt", {"file": file_name}, retry=False, hint=hint)


def _damaged_pages(connection: Connection) -> list[str]:
    """What SQLCipher says of pages that are not as they were sealed, free ones among them."""
    lasting = _sealed_wrongly(connection)
    for _again in range(1, _LOOKS):
        if lasting:
            seen = frozenset(_sealed_wrongly(connection))
            lasting = [page for page in lasting if page in seen]
    return lasting


def _sealed_wrongly(connection: Connection) -> list[str]:
    return [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")]


def _loose_ends(connection: Connection) -> list[str]:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return [] if verdict == "ok" else str(verdict).splitlines()[-1:]
