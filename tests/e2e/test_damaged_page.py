"""One damaged page of ``journal.db``, whatever it holds: every command says so and does no harm.

The journal has pages of every kind: entries, indexes, read models and pages that nothing uses.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from terminal.bootstrap import open_keys
from terminal.commands.line import main
from terminal.domain.errors import EnvironmentFault
from terminal.store.database import open_database
from terminal.store.whole_file import require_whole
from tests.helpers.outlet import Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PAGE = 4096
KINDS = ("entries", "index", "read_model", "free")
ENVIRONMENT = 3


@pytest.fixture(scope="module")
def whole(outlet_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home whose journal is large enough for pages in the middle."""
    home = outlet_template.copy_home(tmp_path_factory.mktemp("whole") / "home")
    outlet = Outlet(home)
    outlet.open_day()
    for _ in range(12):
        outlet.sell()
    outlet.close()
    with closing(_opened(home)) as connection:
        connection.execute("CREATE TABLE gone AS SELECT * FROM journal")
        connection.execute("DROP TABLE gone")
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Template(whole, whole).copy_home(tmp_path / "home")


def _opened(home: Path) -> Any:
    return open_database(home / "journal.db", open_keys(home).db_key)


def _page_of(home: Path, kind: str) -> int:
    """Number of a page of this kind, from 1."""
    if kind == "entries":
        return _page_between_entries(home)
    roots = {"index": "tbl_name = 'journal' AND type = 'index'", "read_model": "name = 'orders'"}
    with closing(_opened(home)) as connection:
        if kind == "free":
            assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 2
            pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
            return pages
        row = connection.execute(f"SELECT rootpage FROM sqlite_schema WHERE {roots[kind]}")
        return int(row.fetchone()[0])


def _page_between_entries(home: Path) -> int:
    """A page of entries that are neither the first nor the last, so that reading begins well."""
    key, file, trial = open_keys(home).db_key, home / "journal.db", home / "trial.db"
    content = file.read_bytes()
    for page in range(2, len(content) // PAGE):
        trial.write_bytes(_flipped(content, page, PAGE // 2))
        read, failed = _read(trial, key)
        trial.unlink()
        if read and failed:
            return page
    raise AssertionError("the journal is too small")


def _read(file: Path, key: bytes) -> tuple[int, bool]:
    """How many entries can be read before it fails, and whether it does."""
    read = 0
    try:
        with closing(open_database(file, key, read_only=True)) as connection:
            connection.execute("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            for _row in connection.execute("SELECT body FROM journal ORDER BY seq"):
                read += 1
    except Exception:  # noqa: BLE001 - however it fails: the page is one that is needed
        return read, True
    return read, False


def _flipped(content: bytes, page: int, offset: int) -> bytes:
    spoilt = bytearray(content)
    spoilt[(page - 1) * PAGE + offset] ^= 1
    return bytes(spoilt)


def _damage(home: Path, page: int, offset: int = PAGE // 2) -> None:
    """Turn one bit of a page."""
    file = home / "journal.db"
    file.write_bytes(_flipped(file.read_bytes(), page, offset))


@pytest.fixture(params=KINDS)
def damaged(request: pytest.FixtureRequest, home: Path) -> Path:
    """A home with one damaged page of each kind."""
    _damage(home, _page_of(home, request.param))
    return home


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def test_verify_refuses_a_journal_with_a_damaged_page(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "verify", "--json", "--home", str(damaged)]) == ENVIRONMENT
    error = _told(capsys)["error"]
    assert error["code"] == "database.corrupt"
    assert "journal.db" in error["message"]
    assert "delete nothing" in error["message"]


def test_doctor_finds_a_damaged_page_and_everything_else(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--json", "--home", str(damaged)]) == 1
    found = {finding["name"]: finding for finding in _told(capsys)["findings"]}
    assert len(found) == 11
    assert found["journal"]["level"] == "bad"
    assert "[database.corrupt]" in found["journal"]["text"]
    assert found["enrolment"]["level"] == "ok"
    assert "safe" not in found["platform"]["text"], "nobody knows what is safe on a damaged page"


def test_what_waits_on_a_damaged_journal_is_not_called_safe(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retire", "--check", "--json", "--home", str(damaged)]) == ENVIRONMENT
    assert _told(capsys)["error"]["code"] == "database.corrupt"


def test_an_export_is_whole_or_not_there(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "books.jsonl"
    export = ["journal", "export", "--jsonl", "--home", str(home), "--out", str(out)]
    assert main(export) == 0
    whole = out.read_text(encoding="utf-8")
    assert len(whole.splitlines()) > 12
    _damage(home, _page_of(home, "entries"))
    assert main(export) == ENVIRONMENT
    assert out.read_text(encoding="utf-8") == whole, "what stood there before stays"
    out.unlink()
    assert main(export) == ENVIRONMENT
    assert [file.name for file in tmp_path.iterdir()] == ["home"]


def test_a_whole_journal_is_found_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "verify", "--json", "--home", str(home)]) == 0
    assert _told(capsys)["sound"] is True
    assert main(["doctor", "--json", "--home", str(home)]) == 0
    found = {finding["name"]: finding for finding in _told(capsys)["findings"]}
    assert found["journal"]["text"] == "whole"


def test_a_counter_that_meets_a_damaged_page_says_what_is_damaged(home: Path) -> None:
    _damage(home, _page_of(home, "entries"))
    outlet = Outlet(home)
    try:
        with pytest.raises(EnvironmentFault) as caught:
            outlet.books.entries(limit=1000)
        assert (caught.value.code, caught.value.params) == (
            "database.corrupt",
            {"file": "journal.db"},
        )
    finally:
        outlet.close()


def test_a_flipped_byte_is_seen_in_any_page_at_any_place(home: Path) -> None:
    key, file, chance = open_keys(home).db_key, home / "journal.db", Random(7)
    content = file.read_bytes()
    unseen = []
    for page in range(1, len(content) // PAGE + 1):
        # The last 80 bytes of a page are its seal.
        for offset in (0, chance.randrange(PAGE), PAGE - 1 - chance.randrange(80)):
            file.write_bytes(_flipped(content, page, offset))
            if _is_whole(file, key):
                unseen.append((page, offset))
    assert not unseen
    for shorter in (PAGE, 100):
        file.write_bytes(content[:-shorter])
        assert not _is_whole(file, key)
    file.write_bytes(content)
    assert _is_whole(file, key)


def test_reading_alone_misses_a_damaged_page_that_nobody_reads(home: Path) -> None:
    """The control: without the pages' own seals this file is as good as a whole one."""
    key, file = open_keys(home).db_key, home / "journal.db"
    _damage(home, _page_of(home, "free"))
    assert _read(file, key) == (15, False)
    with closing(open_database(file, key, read_only=True)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert not _is_whole(file, key)


def _is_whole(file: Path, key: bytes) -> bool:
    try:
        with closing(open_database(file, key, read_only=True)) as connection:
            require_whole(connection, file.name)
    except EnvironmentFault:
        return False
    return True
