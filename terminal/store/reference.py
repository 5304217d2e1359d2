"""Reading the catalogue: ``reference.db`` behind the port ``Catalogue``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from terminal.domain.catalogue import CatalogueItem, ItemKind, PriceRow, price_at
from terminal.domain.errors import BugError, EnvironmentFault, UserError
from terminal.domain.money import Money
from terminal.domain.search_postings import BLOCK_BITS
from terminal.domain.search_terms import Part, Searchable, fold, parts_of
from terminal.ports.catalogue import Division, ReferenceState
from terminal.store.database import Connection, database_faults, open_database
from terminal.store.reference_postings import Hits, PostingsReader, either, offsets_in
from terminal.store.reference_schema import COLUMNS, ITEM_COLUMNS, LINK_NAME

MAX_LIMIT: Final = 200
_MAX_LOOKED_AT: Final = 300
"""Rows one search reads at most; what shares terms with the question but does not fit it is
rare."""

_AT_ONCE: Final = 20
"""Rows read in one go: what a search shows."""

_RANGE: Final = 400
_POPULAR: Final = 1_000
_LAST: Final = "\U0010ffff"
_CODE: Final = re.compile(r"[0-9a-z][0-9a-z._/-]{0,31}")
_PRICE: Final = "SELECT sku, level, effective_from, fen FROM prices"
_ITEM: Final = f"SELECT {', '.join(ITEM_COLUMNS)} FROM items"  # noqa: S608 - own names
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_PLU_LENGTHS: Final = (4, 5, 6)


class ReferenceReader:
    """The terminal's reference data for reading.

    Keeps one connection and notices by itself when a new snapshot took the file's place. Belongs to
    one thread.

    Args:
        home: folder of the terminal; it may be empty until the first snapshot arrives.
    """

    def __init__(self, home: Path) -> None:
        self._link = home / LINK_NAME
        self._target = ""
        self._connection: Connection = None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._target = None, ""

    def by_gtin(self, gtin: str) -> CatalogueItem | None:
        """See `Catalogue.by_gtin`."""
        number = gtin.lstrip("0")
        forms = [number.zfill(length) for length in _GTIN_LENGTHS]
        return self._first(
            f"{_ITEM} WHERE gtin IN (?, ?, ?, ?) AND gtin <> '' ORDER BY state, id LIMIT 1", forms
        )

    def by_code(self, code: str) -> CatalogueItem | None:
        """See `Catalogue.by_code`."""
        by_sku = f"{_ITEM} WHERE sku = ? COLLATE NOCASE ORDER BY state, id LIMIT 1"
        by_plu = f"{_ITEM} WHERE plu IN (?, ?, ?, ?) AND plu <> '' ORDER BY state, id LIMIT 1"
        number = code.lstrip("0")
        forms = [number.zfill(length) for length in _PLU_LENGTHS]
        return self._first(by_sku, [code]) or self._first(by_plu, [number, *forms])

    def search(self, text: str, limit: int = 20) -> tuple[CatalogueItem, ...]:
        """See `Catalogue.search`: the exact code, then names, then codes that begin so."""
        if not 1 <= limit <= MAX_LIMIT:
            raise BugError("catalogue.bad_limit", {"limit": limit})
        connection = self._current()
        if connection is None:
            return ()
        code = fold(text).strip()
        if not _CODE.fullmatch(code):
            code = ""
        found: dict[str, CatalogueItem] = {}
        with database_faults(LINK_NAME):
            for item in self._in_order(connection, code, text):
                if item.sellable:
                    found.setdefault(item.sku, item)
                if len(found) == limit:
                    break
        return tuple(found.values())

    def prices(self, sku: str) -> tuple[PriceRow, ...]:
        """See `Catalogue.prices`."""
        return tuple(_price(row) for row in self._all(f"{_PRICE} WHERE sku = ?", [sku]))

    def price_at(self, sku: str, level: str, at_utc: str) -> Money:
        """See `Catalogue.price_at`."""
        return price_at(self.prices(sku), level, at_utc)

    def prices_at(self, skus: Sequence[str], level: str, at_utc: str) -> dict[str, Money]:
        """See `Catalogue.prices_at`."""
        places = ", ".join("?" * len(skus))
        statement = f"{_PRICE} WHERE sku IN ({places})"
        of: dict[str, list[PriceRow]] = {}
        for row in self._all(statement, list(skus)):
            of.setdefault(row[0], []).append(_price(row))
        found: dict[str, Money] = {}
        for sku, rows in of.items():
            with suppress(UserError):
                found[sku] = price_at(rows, level, at_utc)
        return found

    def clerk(self, clerk_id: str) -> dict[str, Any] | None:
        """See `Catalogue.clerk`; ``roles`` stays the JSON text that was signed."""
        names = COLUMNS["clerks"]
        statement = f"SELECT {', '.join(names)} FROM clerks WHERE clerk_id = ?"  # noqa: S608
        rows = self._all(statement, [clerk_id])
        return dict(zip(names, rows[0], strict=True)) if rows else None

    def clerk_ids(self) -> tuple[str, ...]:
        """See `Catalogue.clerk_ids`."""
        return tuple(str(row[0]) for row in self._all("SELECT clerk_id FROM clerks ORDER BY 1", []))

    def division(self, code: str) -> Division | None:
        """See `Catalogue.division`."""
        rows = self._all("SELECT code, name, parent FROM divisions WHERE code = ?", [code])
        return Division(*rows[0]) if rows else None

    def divisions_under(self, parent: str) -> tuple[Division, ...]:
        """See `Catalogue.divisions_under`."""
        rows = self._all(
            "SELECT code, name, parent FROM divisions WHERE parent = ? ORDER BY code", [parent]
        )
        return tuple(Division(*row) for row in rows)

    def state(self) -> ReferenceState:
        """See `Catalogue.state`."""
        rows = self._all(
            "SELECT cursor, server_epoch, generation, changed_at, items FROM reference_state", []
        )
        return ReferenceState(True, *rows[0]) if rows else ReferenceState()

    def _current(self) -> Connection:
        """The connection to the current generation, None before the first snapshot."""
        try:
            target = os.readlink(self._link)  # noqa: PTH115 - in every call; a Path costs more
        except FileNotFoundError:
            self.close()
            return None
        if target != self._target:
            self.close()
            self._connection = self._open()
            self._target = target
        return self._connection

    def _open(self) -> Connection:
        try:
            connection = open_database(self._link, None, read_only=True)
        except EnvironmentFault as fault:
            # The generation was replaced and removed between reading the link and opening it.
            if fault.code != "database.cannot_open":
                raise
            connection = open_database(self._link, None, read_only=True)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def _all(self, statement: str, values: list[str]) -> list[tuple[Any, ...]]:
        connection = self._current()
        if connection is None:
            return []
        with database_faults(LINK_NAME):
            return list(connection.execute(statement, values).fetchall())

    def _first(self, statement: str, values: list[str]) -> CatalogueItem | None:
        rows = self._all(statement, values)
        return _item(rows[0]) if rows else None

    def _in_order(self, connection: Connection, code: str, text: str) -> Iterator[CatalogueItem]:
        if code:
            exact = self.by_code(code) or (self.by_gtin(code) if code.isdigit() else None)
            if exact is not None:
                yield exact
        yield from _by_name(connection, parts_of(text))
        if code:
            yield from _by_code_prefix(connection, code)


def _by_name(connection: Connection, parts: list[Part]) -> Iterator[CatalogueItem]:
    """Items that fit all parts, in order of id; at most ``_MAX_LOOKED_AT`` rows are read."""
    doubtful = [part for part in parts if not part.certain]
    for item in _by_ids(connection, islice(_candidates(connection, parts), _MAX_LOOKED_AT)):
        if _fits(item, doubtful):
            yield item


def _fits(item: CatalogueItem, doubtful: list[Part]) -> bool:
    if not doubtful:
        return True
    searched = Searchable.of(item.name_zh, item.pinyin, item.initials)
    return all(part.fits(searched) for part in doubtful)


def _candidates(connection: Connection, parts: list[Part]) -> Iterator[int]:
    postings = PostingsReader(connection)
    plan: list[list[list[int]]] = []
    for part in parts:
        resolved = (postings.resolve(reading) for reading in part.readings)
        readings = [numbers for numbers in resolved if numbers is not None]
        if not readings:
            return
        plan.append(readings)
    if not plan:
        return
    # Parts with one reading narrow the block down before those with several are tried.
    plan.sort(key=len)
    last = connection.execute("SELECT coalesce(max(id), -1) FROM items").fetchone()[0]
    for block in range((last >> BLOCK_BITS) + 1):
        within: Hits | None = None
        for readings in plan:
            fits: Hits = set()
            for numbers in readings:
                fits = either(fits, postings.all_of(numbers, block, within))
            within = fits
            if not within:
                break
        for offset in offsets_in(within or 0):
            yield block << BLOCK_BITS | offset


def _by_code_prefix(connection: Connection, code: str) -> Iterator[CatalogueItem]:
    """Items whose GTIN, PLU or SKU begins with the code.

    Up to ``_RANGE`` of them come in order of popularity. Of more, the popular ones come first and
    the rest by code: sorting half a million barcodes for the first digit typed would take longer
    than typing the second.
    """
    bounds = (code, code + _LAST)
    ids: set[int] = set()
    for where in (
        "gtin >= ? AND gtin < ? AND gtin <> ''",
        "plu >= ? AND plu < ? AND plu <> ''",
        "sku >= ? COLLATE NOCASE AND sku < ? COLLATE NOCASE",
    ):
        statement = f"SELECT id FROM items WHERE {where} LIMIT {_RANGE}"  # noqa: S608 - own text
        ids.update(row[0] for row in connection.execute(statement, bounds))
    if len(ids) >= _RANGE:
        wanted = "(gtin LIKE ?1 OR plu LIKE ?1 OR sku LIKE ?1)"
        popular = f"id IN (SELECT id FROM items ORDER BY id LIMIT {_POPULAR})"  # noqa: S608
        statement = f"{_ITEM} WHERE {popular} AND {wanted} ORDER BY id"
        yield from map(_item, connection.execute(statement, (code + "%",)))
    yield from _by_ids(connection, iter(sorted(ids)))


def _by_ids(connection: Connection, ids: Iterator[int]) -> Iterator[CatalogueItem]:
    """The items of rising ids; a screenful is read at once, the next when somebody wants it."""
    while some := list(islice(ids, _AT_ONCE)):
        places = ", ".join("?" * len(some))
        statement = f"{_ITEM} WHERE id IN ({places}) ORDER BY id"
        yield from map(_item, connection.execute(statement, some).fetchall())


def _price(row: tuple[Any, ...]) -> PriceRow:
    return PriceRow(row[0], row[1], row[2], Money(row[3]))


def _item(row: tuple[Any, ...]) -> CatalogueItem:
    return CatalogueItem(
        sku=row[0],
        gtin=row[1],
        plu=row[2],
        name_zh=row[3],
        name_en=row[4],
        pinyin=row[5],
        initials=row[6],
        unit_zh=row[7],
        business_code=row[8],
        kind=ItemKind(row[9]),
        tax=row[10],
        refundable=bool(row[11]),
        rank=row[12],
        state=row[13],
        version=row[14],
    )
