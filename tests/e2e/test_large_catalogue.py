"""A large catalogue from the generator to a sale: the file, the platform, the terminal."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from installer.catalogue_generator import main as generate
from terminal.commands.line import main as command_line
from terminal.store.reference import ReferenceReader
from tests.helpers.commands import ROOT
from tests.helpers.outlet import Outlet

ITEMS = 300


@contextmanager
def _platform(home: Path, *words: str) -> Iterator[str]:
    """The platform as its operator starts it; its address."""
    command = [sys.executable, "-m", "terminal", "platform", "--home", str(home), "--port", "0"]
    with subprocess.Popen(
        [*command, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.kill()


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    """A file as the documents say it is made."""
    file = tmp_path / "goods.sqlite"
    assert generate(["--items", str(ITEMS), "--out", str(file)]) == 0
    return file


def test_goods_of_the_generator_are_found_and_sold_at_a_terminal(
    goods: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    with _platform(tmp_path / "platform", "--goods", str(goods)) as url:
        words = ["--platform", url, "--code", "DEMO-2026", "--home", str(home)]
        assert command_line(["enrol", *words]) == 0, capsys.readouterr().err
    with _platform(tmp_path / "platform", "--goods", str(goods)) as again:
        assert again, "the same words start it again"
    with closing(sqlite3.connect(goods)) as made:
        sku, gtin, name = made.execute("SELECT sku, gtin, name_zh FROM items LIMIT 1").fetchone()
    with closing(ReferenceReader(home)) as catalogue:
        assert catalogue.state().items > ITEMS, "the demonstration's own goods are there too"
        assert sku in [item.sku for item in catalogue.search(name)]
        found = catalogue.by_gtin(gtin)
        assert found is not None
        assert found.sku == sku
    outlet = Outlet(home)
    outlet.open_day()
    order_no = outlet.sell(sku)
    outlet.close()
    assert order_no


def test_a_platform_takes_goods_at_its_first_start_and_from_a_catalogue_alone(
    goods: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "platform"
    for damage in _DAMAGES:
        spoilt = tmp_path / "spoilt.sqlite"
        spoilt.write_bytes(goods.read_bytes())
        damage(spoilt)
        assert "[platform.bad_goods]" in _refused(home, spoilt, capsys)
    # Nothing of them was kept: the demonstration begins without.
    with _platform(home, "--demo") as url:
        assert url
    assert "[platform.seeded_without_goods]" in _refused(home, goods, capsys)
    spoilt.write_bytes(b"goods " * 2000)
    assert "[platform.bad_goods]" in _refused(home, spoilt, capsys)


def _refused(home: Path, goods: Path, capsys: pytest.CaptureFixture[str]) -> str:
    words = ["platform", "--port", "0", "--home", str(home), "--goods", str(goods)]
    assert command_line(words) == 3
    said = capsys.readouterr()
    assert "listening" not in said.out
    return said.err


def _changed(statement: str) -> Callable[[Path], object]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as made:
            made.execute(statement)
            made.commit()

    return change


_DAMAGES: tuple[Callable[[Path], object], ...] = (
    lambda file: file.write_bytes(b"goods " * 2000),
    _changed("DROP TABLE prices"),
    _changed("UPDATE items SET sku = 'P0001' WHERE rank = 1"),
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--items", "0"], "not between 1 and 5000000"),
        (["--items", "5000001"], "not between 1 and 5000000"),
        (["--items", "many"], "not a whole number"),
        (["--out", "{there}"], "is there already"),
        (["--out", "{folder}"], "is there already"),
        (["--out", "{folder}/none/goods.sqlite"], "make it first"),
    ],
)
def test_what_the_generator_cannot_do_is_wrong_usage_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    there = tmp_path / "there"
    there.write_text("kept", encoding="ascii")
    new = [] if "--out" in words else ["--out", str(tmp_path / "new")]
    chosen = [word.format(there=there, folder=tmp_path) for word in words]
    with pytest.raises(SystemExit) as caught:
        generate([*chosen, *new])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
    assert there.read_text(encoding="ascii") == "kept"
    assert not (tmp_path / "new").exists()


def test_a_file_of_goods_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["platform", "--home", str(tmp_path), "--goods", str(tmp_path / "none")]
    assert command_line(words) == 2
    assert "is no file" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
