"""Opening the terminal's database files: how each fault shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.domain.errors import BugError, EnvironmentFault
from terminal.store.database import engine_for, open_database, write_transaction

KEY = bytes(range(32))


def _file_with_table(path: Path, key: bytes | None = KEY) -> None:
    connection = open_database(path, key)
    connection.execute("CREATE TABLE entry(seq INTEGER PRIMARY KEY, body TEXT)")
    connection.close()


def test_encrypted_file_holds_no_readable_text(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    assert b"SQLite format" not in path.read_bytes()
    assert b"CREATE TABLE" not in path.read_bytes()


def test_writer_is_wal_full_and_reader_sees_its_commit(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    writer = open_database(path, KEY)
    reader = open_database(path, KEY, read_only=True)
    with write_transaction(writer, path.name):
        writer.execute("INSERT INTO entry VALUES (1, 'a')")
    assert reader.execute("SELECT body FROM entry").fetchall() == [("a",)]
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA foreign_keys").fetchone() == (1,)
    writer.close()
    reader.close()


def test_autocheckpoint_zero_leaves_the_checkpoint_to_the_owner(tmp_path: Path) -> None:
    writer = open_database(tmp_path / "journal.db", KEY, autocheckpoint_pages=0)
    assert writer.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    writer.close()


def test_wrong_key_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    with pytest.raises(EnvironmentFault) as caught:
        open_database(path, bytes(32))
    assert caught.value.code == "database.wrong_key"
    assert capfd.readouterr().err == ""


def test_plain_file_opens_without_key(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    _file_with_table(path, None)
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_lock_of_another_writer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    first = open_database(path, KEY)
    second = open_database(path, KEY, busy_timeout_ms=20)
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault) as caught, write_transaction(second, path.name):
        second.execute("INSERT INTO entry VALUES (1, 'a')")
    assert caught.value.code == "database.locked"
    assert caught.value.retry
    first.execute("ROLLBACK")
    first.close()
    second.close()


def test_reader_refuses_to_write(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    reader = open_database(path, KEY, read_only=True)
    with pytest.raises(EnvironmentFault) as caught, write_transaction(reader, path.name):
        reader.execute("INSERT INTO entry VALUES (1, 'a')")
    assert caught.value.code == "database.read_only"
    reader.close()


def test_reader_does_not_create_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        open_database(tmp_path / "missing.db", KEY, read_only=True)
    assert caught.value.code == "database.cannot_open"
    assert not (tmp_path / "missing.db").exists()


def test_full_disk_is_named_and_nothing_of_the_transaction_stays(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    writer = open_database(path, KEY)
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(EnvironmentFault) as caught, write_transaction(writer, path.name):
        for seq in range(1, 1_000):
            writer.execute("INSERT INTO entry VALUES (?, ?)", (seq, "x" * 500))
    assert caught.value.code == "database.full"
    assert writer.execute("SELECT count(*) FROM entry").fetchone() == (0,)
    writer.close()


def test_damaged_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    connection = open_database(path, None)
    connection.execute("CREATE TABLE entry(seq INTEGER PRIMARY KEY, body TEXT)")
    connection.execute("INSERT INTO entry VALUES (1, 'a')")
    connection.close()
    data = bytearray(path.read_bytes())
    data[4096:4196] = b"\xff" * 100
    path.write_bytes(bytes(data))
    with pytest.raises(EnvironmentFault) as caught:
        connection = open_database(path, None)
        with write_transaction(connection, path.name):
            connection.execute("SELECT * FROM entry").fetchall()
    assert caught.value.code == "database.corrupt"
    connection.close()


def test_own_mistakes_are_not_blamed_on_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    _file_with_table(path)
    writer = open_database(path, KEY)
    with (
        pytest.raises(Exception, match="UNIQUE constraint") as caught,
        write_transaction(writer, path.name),
    ):
        writer.execute("INSERT INTO entry VALUES (1, 'a')")
        writer.execute("INSERT INTO entry VALUES (1, 'b')")
    assert not isinstance(caught.value, EnvironmentFault)
    assert writer.execute("SELECT count(*) FROM entry").fetchone() == (0,)
    writer.close()


def test_short_key_and_unknown_synchronous_are_our_own_bugs(tmp_path: Path) -> None:
    with pytest.raises(BugError):
        open_database(tmp_path / "sync.db", b"short")
    with pytest.raises(BugError):
        open_database(tmp_path / "sync.db", KEY, synchronous="SOMETIMES")


def test_migration_engine_rolls_ddl_back(tmp_path: Path) -> None:
    path = tmp_path / "sync.db"
    engine = engine_for(path, KEY)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept(x)")

    class Stop(Exception):
        pass

    with pytest.raises(Stop), engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE dropped(x)")
        raise Stop
    reader = open_database(path, KEY, read_only=True)
    assert reader.execute("SELECT name FROM sqlite_schema").fetchall() == [("kept",)]
    reader.close()
    engine.dispose()
