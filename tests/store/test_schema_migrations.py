"""journal.db through the versions: from nothing, from every release, and never backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from terminal.domain.errors import EnvironmentFault
from terminal.store import projections, schema
from terminal.store.database import Connection, open_database
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

KEY = b"k" * 32
# One line for each released schema: what it is called.
RELEASED = ["0001", "0002", "0003", "0004"]


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _migrate_to(path: Path, revision: str) -> None:
    """Make the file as the release with that schema made it."""
    from alembic import command

    from terminal.store.database import engine_for

    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    with engine_for(path, KEY).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _structure(path: Path) -> set[tuple[str, str, str]]:
    with closing(open_database(path, KEY)) as connection:
        rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")
        return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def test_the_programs_head_is_the_scripts_head() -> None:
    assert _scripts().get_heads() == [schema.HEAD]


def test_every_script_is_a_released_schema() -> None:
    assert [script.revision for script in _scripts().walk_revisions()][::-1] == RELEASED


@pytest.mark.parametrize("revision", RELEASED)
def test_a_file_of_every_release_comes_to_the_same_structure(tmp_path: Path, revision: str) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    _migrate_to(old, revision)
    schema.migrate(old, KEY)
    schema.migrate(new, KEY)
    assert _structure(old) == _structure(new)
    with closing(open_database(new, KEY)) as connection:
        assert schema.revision(connection) == schema.HEAD


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    schema.migrate(path, KEY)
    before = _structure(path)
    schema.migrate(path, KEY)
    assert _structure(path) == before


def test_a_new_file_and_one_without_a_row_stand_nowhere(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "journal.db", KEY)) as connection:
        assert schema.revision(connection) == ""
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        assert schema.revision(connection) == ""


def test_a_file_of_a_later_program_is_left_alone(counter: Outlet) -> None:
    counter.books._connection.execute("UPDATE alembic_version SET version_num = '9999'")
    head = counter.books.head()
    with pytest.raises(EnvironmentFault) as refused:
        counter.crash()
    assert (refused.value.code, refused.value.retry) == ("database.newer_than_program", False)
    with _raw(counter) as connection:
        assert connection.execute("SELECT max(seq) FROM journal").fetchone()[0] == head[0]
        assert schema.revision(connection) == "9999"


def test_a_wrong_key_opens_nothing_and_spoils_nothing(counter: Outlet) -> None:
    counter.close()
    path = counter.home / "journal.db"
    content = path.read_bytes()
    with pytest.raises(EnvironmentFault) as refused:
        schema.migrate(path, KEY)
    assert refused.value.code == "database.wrong_key"
    assert path.read_bytes() == content
    counter.open()


def test_new_rules_rebuild_the_read_models_from_the_journal(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.sell()
    counter.cases.slips.reprint()
    expected = _read_models(counter.books._connection)
    counter.books._connection.execute("DELETE FROM orders")
    counter.books._connection.execute("UPDATE balances SET fen = fen + 1")
    counter.crash()
    assert set(counter.books.read_model_differences()) == {"orders", "balances"}
    monkeypatch.setattr(projections, "VERSION", projections.VERSION + 1)
    counter.crash()
    assert counter.books.read_model_differences() == []
    assert _read_models(counter.books._connection) == expected


def test_a_rebuild_that_is_interrupted_leaves_the_old_read_models(
    counter: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.sell()
    before = _read_models(counter.books._connection)
    monkeypatch.setattr(projections, "VERSION", projections.VERSION + 1)
    entries = counter.books.all_entries()

    def interrupted() -> Iterator[object]:
        yield next(entries)
        raise KeyboardInterrupt

    rebuild: Callable[..., bool] = schema.prepare_read_models
    with pytest.raises(KeyboardInterrupt):
        rebuild(counter.books._connection, interrupted(), "journal.db")
    entries.close()  # type: ignore[attr-defined]
    assert _read_models(counter.books._connection) == before


def _read_models(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall())
        for table in projections.TABLES
    }


def _raw(outlet: Outlet) -> closing[Connection]:
    from terminal.bootstrap import open_keys

    return closing(open_database(outlet.home / "journal.db", open_keys(outlet.home).db_key))
