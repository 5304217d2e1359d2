"""Makes a large plausible catalogue as a platform snapshot.

``python -m installer.catalogue_generator --items 1000000 --out FILE``, for tests, benchmarks and
acceptance. All is invented from a seed: brands, barcodes (right check digit, 690–699), prices; the
same seed makes the same rows. It stands in ``installer``, the engineers' folder, because it writes
what a platform would send and needs pypinyin, and the terminal has no use for either.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pypinyin import lazy_pinyin
from sqlcipher3 import dbapi2  # type: ignore[import-untyped,unused-ignore]

from terminal.commands.options import SEED, new_file, whole
from terminal.commands.output import explain
from terminal.domain.checks import gtin_check_digit
from terminal.domain.errors import EnvironmentFault
from terminal.store.database import database_faults

TABLES: Final = """
CREATE TABLE items(sku TEXT PRIMARY KEY, gtin TEXT, plu TEXT, name_zh TEXT, name_en TEXT, pinyin
TEXT,
    initials TEXT, unit_zh TEXT, business_code TEXT, kind TEXT, tax TEXT, refundable INTEGER, rank
    INTEGER, state TEXT, version INTEGER) WITHOUT ROWID;
CREATE TABLE prices(sku TEXT, level TEXT, effective_from TEXT, fen INTEGER,
    PRIMARY KEY(sku, level, effective_from)) WITHOUT ROWID;
CREATE TABLE clerks(clerk_id TEXT PRIMARY KEY, name TEXT, roles TEXT, verifier TEXT, level INTEGER,
    expires_at TEXT, signature TEXT);
CREATE TABLE divisions(code TEXT PRIMARY KEY, name TEXT, parent TEXT);
CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT);
"""

_WORDS: Final = Path(__file__).parent.parent / "assets" / "demo" / "catalogue_words.json"
_RUN: Final = re.compile(r"[0-9]+|[A-Za-z]+|[^\W_0-9A-Za-z]+")
_SINCE: Final = "2026-01-01T00:00:00Z"
_CHANGE: Final = "2026-12-31T16:00:00Z"
_BATCH: Final = 20_000
_BRANDS: Final = 9_000
MOST_ITEMS: Final = 5_000_000

ItemRow = tuple[str, str, str, str, str, str, str, str, str, str, str, int, int, str, int]
PriceLine = tuple[str, str, str, int]


def spell(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name as the platform computes them.

    Args:
        name: Chinese with Latin words and numbers in between.

    Returns:
        ``("nong fu shan quan 550 ml", "nfsq550ml")``: syllables and words in lower case, apart by
        blanks; first letters of the syllables with Latin words and numbers kept whole.
    """
    pairs = [_spell_run(run) for run in _RUN.findall(name)]
    return " ".join(words for words, _ in pairs), "".join(letters for _, letters in pairs)


@cache
def _spell_run(run: str) -> tuple[str, str]:
    if run.isascii():
        return run.lower(), run.lower()
    syllables = [s.replace("ü", "v") for s in lazy_pinyin(run)]
    return " ".join(syllables), "".join(s[0] for s in syllables)


class WordLists:
    """The words the names are made of, with the invented brands of one seed."""

    def __init__(self, draw: random.Random) -> None:
        words = json.loads(_WORDS.read_text(encoding="utf-8"))
        self.shelves: list[dict[str, Any]] = words["shelves"]
        self._packs: list[str] = words["packs"]
        signs: str = words["brand_signs"]
        made = {"".join(draw.choices(signs, k=draw.choice((2, 2, 3)))) for _ in range(_BRANDS)}
        self._brands = sorted(made)
        draw.shuffle(self._brands)
        self._names: set[str] = set()

    def new_name(self, draw: random.Random) -> tuple[tuple[str, ...], dict[str, Any]]:
        """A name not given before, as words, and its shelf; big brands are drawn more often."""
        while True:
            brand = int(len(self._brands) * draw.random() ** 3)
            # A brand sells on two neighbouring shelves, as makers do.
            shelf = self.shelves[(brand + draw.randrange(2)) % len(self.shelves)]
            words = (
                self._brands[brand],
                draw.choice(shelf["flavours"]).removeprefix("原味"),
                draw.choice(shelf["products"]),
                draw.choice(self._packs),
                draw.choice(shelf["sizes"]),
            )
            name = "".join(words)
            if name not in self._names:
                self._names.add(name)
                return words, shelf


def items(count: int, seed: int) -> Iterator[tuple[ItemRow, list[PriceLine]]]:
    """Invent items in order of popularity, each with its prices.

    Args:
        count: 1 to 5 000 000.
        seed: any whole number.
    """
    draw = random.Random(seed)  # noqa: S311 - invented goods, no secrets
    words = WordLists(draw)
    for number in range(1, count + 1):
        name, shelf = words.new_name(draw)
        spelled = [_spell_run(run) for word in name for run in _RUN.findall(word)]
        sku = f"G{number:07d}"
        row: ItemRow = (
            sku,
            _gtin(number),
            "",
            "".join(name[:-1]) + " " + name[-1],
            "",
            " ".join(pinyin for pinyin, _ in spelled),
            "".join(initials for _, initials in spelled),
            shelf["unit_zh"],
            "goods",
            "packaged",
            "taxable",
            1,
            number,
            "active",
            1,
        )
        yield row, _prices(draw, sku, shelf["fen"])


def _gtin(number: int) -> str:
    """A valid EAN-13 from 690 to 699, unique per number; neighbours in rank share no prefix."""
    body = f"69{number * 3_141_592_653 % 10_000_000_000:010d}"
    return body + gtin_check_digit(body)


def _prices(draw: random.Random, sku: str, fen: list[int]) -> list[PriceLine]:
    ordinary = draw.randrange(fen[0], fen[1], 10)
    prices = [(sku, "", _SINCE, ordinary)]
    if draw.random() < 0.1:
        prices.append((sku, "", _CHANGE, ordinary + 10 * draw.randint(-3, 5)))
    if draw.random() < 0.2:
        prices.append((sku, "gold", _SINCE, ordinary * 95 // 100))
    return prices


def write_snapshot(path: Path, count: int, seed: int = 1) -> None:
    """Write a snapshot with this many items and nothing else.

    Args:
        path: a file that does not exist yet; what could not be finished is taken away.
        count: 1 to 5 000 000.
        seed: the same seed makes the same rows.

    Raises:
        FileExistsError: the file is there already.
        EnvironmentFault: ``database.full`` and the like.
    """
    path.touch(exist_ok=False)
    try:
        with database_faults(path.name):
            _write(path, count, seed)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, count: int, seed: int) -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        # A file that is worthless until it is finished needs no journal.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(TABLES)
        connection.execute("BEGIN")
        made = items(count, seed)
        while batch := list(islice(made, _BATCH)):
            marks = ",".join("?" * len(batch[0][0]))
            connection.executemany(
                f"INSERT INTO items VALUES({marks})",
                [row for row, _ in batch],
            )
            connection.executemany(
                "INSERT INTO prices VALUES(?, ?, ?, ?)",
                [price for _, prices in batch for price in prices],
            )
        connection.execute("COMMIT")
    finally:
        connection.close()


def main(arguments: list[str] | None = None) -> int:
    """The command: ``--items N --out FILE [--seed S]``.

    Returns:
        0, or 3 when the disk refuses.
    """
    parser = argparse.ArgumentParser(
        prog="python -m installer.catalogue_generator",
        description="Make a large invented catalogue for `postal-terminal platform --goods FILE`.",
    )
    parser.add_argument(
        "--items", type=whole(1, MOST_ITEMS), default=100_000, help=f"how many, 1 to {MOST_ITEMS}"
    )
    parser.add_argument("--out", type=new_file, required=True, help="SQLite file to make")
    parser.add_argument("--seed", type=SEED, default=1, help="the same seed makes the same goods")
    chosen = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        write_snapshot(chosen.out, chosen.items, chosen.seed)
    except (OSError, EnvironmentFault) as error:
        print(
            f"nothing was made: {explain(error) if isinstance(error, EnvironmentFault) else error}",
            file=sys.stderr,
        )
        return 3
    print(f"{chosen.items} items in {time.perf_counter() - started:.1f} s: {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
