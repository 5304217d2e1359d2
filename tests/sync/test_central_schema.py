"""The platform's database is made by its migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, MetaData, Table, text

from sync.central.database import Database
from sync.central.intake import _KNOWN_INTENT
from sync.central.migrate import HEAD, revision
from sync.central.schema import METADATA
from terminal.domain.errors import EnvironmentFault

MIGRATIONS = Path(__file__).resolve().parents[2] / "sync" / "central" / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'platform.db'}"
    return str(request.getfixturevalue("postgres_url"))


def _differences(connection: Connection, wanted: MetaData) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, wanted))


def test_head_known_without_alembic_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrated_database_is_what_the_program_declares(url: str) -> None:
    database = Database(url)
    assert database.transaction(lambda connection: _differences(connection, METADATA)) == []
    assert database.transaction(revision) == HEAD
    database.close()
    again = Database(url)
    assert again.transaction(revision) == HEAD
    again.close()


def test_a_known_intent_is_found_by_its_index_however_long_the_journal_is(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'platform.db'}")
    explained = text(f"EXPLAIN QUERY PLAN {_KNOWN_INTENT}")
    asked = {"terminal": "T", "intent": "i"}
    plan = database.look(
        lambda connection: [row.detail for row in connection.execute(explained, asked)]
    )
    database.close()
    assert len(plan) == 1
    assert "entries_intent" in plan[0], plan


def test_missing_table_is_noticed(url: str) -> None:
    """Negative control of the comparison."""
    wanted = MetaData()
    for table in METADATA.tables.values():
        table.to_metadata(wanted)
    Table("forgotten", wanted, Column("id", Integer, primary_key=True))
    database = Database(url)
    assert database.transaction(lambda connection: _differences(connection, wanted)) != []
    database.close()


def test_workers_that_start_together_take_turns(url: str) -> None:
    made: list[Database] = []
    workers = [threading.Thread(target=lambda: made.append(Database(url))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [database.transaction(revision) for database in made] == [HEAD] * 3
    for database in made:
        database.close()


def test_database_of_a_later_program_is_left_alone(url: str) -> None:
    database = Database(url)
    later = text("UPDATE alembic_version SET version_num = '9999'")
    database.transaction(lambda connection: connection.execute(later))
    database.close()
    with pytest.raises(EnvironmentFault) as caught:
        Database(url)
    assert caught.value.code == "database.newer_than_program"
