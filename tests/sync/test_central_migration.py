"""What an earlier platform stored is there after the migration, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from sync.central.database import Database
from sync.central.migrate import HEAD, revision
from tests.sync.test_central_schema import MIGRATIONS

ENTRIES = [("T-A", 1), ("T-A", 2), ("T-B", 1)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'platform.db'}"
    return str(request.getfixturevalue("postgres_url"))


def test_journals_of_before_the_partitions_are_carried_over(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        _fill(connection)
    engine.dispose()
    database = Database(url)
    try:
        assert database.look(revision) == HEAD
        held = database.look(_held)
        assert held["entries"] == [
            (t, s, f"hash{t}{s}", f"intent{s}", b"\x00wire") for t, s in ENTRIES
        ]
        assert held["postings"] == [
            (terminal, seq, line, f"account{line}", line * 10)
            for terminal, seq in ENTRIES
            for line in (1, 2)
        ]
        assert held["audited"] == [("T-A", 2), ("T-B", 1)]
        again = text("INSERT INTO entries SELECT * FROM entries WHERE true ON CONFLICT DO NOTHING")
        assert database.transaction(lambda connection: connection.execute(again).rowcount) == 0
        if not url.startswith("sqlite"):
            parts = text("SELECT count(DISTINCT tableoid) FROM entries")
            assert database.look(lambda connection: connection.scalar(parts)) == 2
    finally:
        database.close()


def _fill(connection: Connection) -> None:
    for terminal, seq in (("T-A", 2), ("T-B", 1)):
        connection.execute(
            text(
                "INSERT INTO terminals (terminal_id, public_key, outlet, terminal_no, hostname,"
                " epoch, seq, hash, skew_ms) VALUES (:t, 'k', 'o', 1, 'h', 1, :s, 'x', 0)"
            ),
            {"t": terminal, "s": seq},
        )
    for terminal, seq in ENTRIES:
        row = {"t": terminal, "s": seq, "h": f"hash{terminal}{seq}", "i": f"intent{seq}"}
        connection.execute(
            text(
                "INSERT INTO entries (terminal_id, seq, hash, intent_id, wire)"
                " VALUES (:t, :s, :h, :i, :w)"
            ),
            {**row, "w": b"\x00wire"},
        )
        for line in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO postings (terminal_id, seq, account, fen) VALUES (:t, :s, :a, :f)"
                ),
                {"t": terminal, "s": seq, "a": f"account{line}", "f": line * 10},
            )


def _held(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    entries = connection.execute(text("SELECT * FROM entries ORDER BY terminal_id, seq"))
    postings = connection.execute(text("SELECT * FROM postings ORDER BY terminal_id, seq, line"))
    audited = connection.execute(
        text("SELECT terminal_id, audited_seq FROM terminals ORDER BY terminal_id")
    )
    return {
        "entries": [(*row[:4], bytes(row[4])) for row in entries],
        "postings": [tuple(row) for row in postings],
        "audited": [tuple(row) for row in audited],
    }
