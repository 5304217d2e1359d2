"""Reports (报表): what a day came to, by several keys, each sum over entries that can be opened.

Every entry that sold something, or took a sale back, is read into one ``Taking``: what it brought
by business, and by what it was paid. All tables of a report are made from the same takings, so each
of them has the same total. That total is compared with sums the books keep beside (postings of the
day, entries of the day): where they differ the report says both figures and never only the smaller.

Source: reliability.md §3, the row "Data tree"; postal-domain.md §2.15 (tax-free postage).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from terminal.domain import ledger
from terminal.domain.china_time import local_time
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.tender import TENDERS, scheme_words, tender_words

Dimension = Literal["business", "tender", "clerk", "hour", "channel", "tax"]
DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "business",
    "tender",
    "clerk",
    "hour",
    "channel",
    "tax",
)
UNSORTED: Final = "unsorted"
"""Key of what neither an account nor a line says whether it is taxed."""
REROUTED: Final = "refund.rerouted"
"""Kind of the entry that sends refused money back another way."""
ROUNDING: Final = "rounding"
"""Key of what rounding took off: part of the goods' price that nobody paid."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What one entry sold, or took back; amounts in fen, negative when taken back.

    Money that went back another way than the refund said sells nothing, and is moved between two
    tenders.

    Args:
        seq: the entry.
        kind: of the entry.
        order_no: "" when it has none.
        hour: local hour of the day it was recorded in, 0 to 23.
        clerk_id: who answers for it.
        channel: where it was sold, for example ``counter``.
        business: price of the goods by business code.
        tax: the same by ``taxable`` and ``exempt``.
        tender: by what it was paid; with ``rounding`` it adds up to the price.
    """

    seq: int
    kind: str
    order_no: str
    hour: int
    clerk_id: str
    channel: str
    business: Mapping[str, int]
    tax: Mapping[str, int]
    tender: Mapping[str, int]

    @property
    def fen(self) -> int:
        """Price of the goods."""
        return sum(self.business.values())

    def parts(self, dimension: Dimension) -> Mapping[str, int]:
        """What it adds to each row of one table."""
        if dimension == "business":
            return self.business
        if dimension == "tender":
            return self.tender
        if dimension == "tax":
            return self.tax
        if not self.business:
            return {}
        key = {"clerk": self.clerk_id, "hour": f"{self.hour:02}", "channel": self.channel}
        return {key[dimension]: self.fen}


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry adds to a total."""

    seq: int
    fen: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: a sum, and the entries it is the sum of."""

    key: str
    parts: tuple[Part, ...]

    @property
    def fen(self) -> int:
        """The sum."""
        return sum(part.fen for part in self.parts)


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """What the outlet earns from one business.

    Args:
        business: business code.
        permille: rate, thousandths.
        base_fen: what was sold of it.
        parts: the commission of each entry; each is rounded to the fen, half up, so that the sum
            is the sum of what is listed.
    """

    business: str
    permille: int
    base_fen: int
    parts: tuple[Part, ...]

    @property
    def fen(self) -> int:
        """The commission."""
        return sum(part.fen for part in self.parts)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two sums that must be the same and are not; ``what`` names the pair."""

    what: str
    shown: int
    kept: int


@dataclass(frozen=True, slots=True)
class Control:
    """What the books keep beside the entries, asked for by other ways.

    Args:
        entries: how many entries the day has.
        postings: every posting of the day.
        all_postings: sum of all postings of all days by account.
        balances: what every account holds.
    """

    entries: int
    postings: Sequence[Posting]
    all_postings: Mapping[str, int]
    balances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """One day.

    Args:
        business_date: ``YYYY-MM-DD``.
        takings: what it is made of, in the order of the journal.
        tables: a table for each dimension, rows by key.
        commission: what the outlet earns.
        mismatches: sums that differ; none when all is well.
        blind: whether the till has yet to be counted: then there is nothing here that cash could
            be told from, only what other tenders took.
    """

    business_date: str
    takings: tuple[Taking, ...]
    tables: Mapping[Dimension, tuple[Row, ...]]
    commission: tuple[CommissionRow, ...]
    mismatches: tuple[Mismatch, ...]
    blind: bool = False

    @property
    def total_fen(self) -> int:
        """Price of everything sold, less what was taken back; while blind, what is shown of it."""
        if self.blind:
            return sum(row.fen for row in self.tables["tender"])
        return sum(taking.fen for taking in self.takings)

    @property
    def count(self) -> int:
        """How many entries the total is the sum of."""
        if self.blind:
            return len({part.seq for row in self.tables["tender"] for part in row.parts})
        return len(self.takings)

    @property
    def commission_fen(self) -> int:
        """Commission of all businesses."""
        return sum(row.fen for row in self.commission)


TaxOf = Callable[[str], str]
"""Tells ``taxable``, ``exempt`` or ``unsorted`` of an article number."""


def _nobody_knows(_sku: str) -> str:
    return UNSORTED


def taking_of(entry: Entry, tax_of: TaxOf = _nobody_knows) -> Taking | None:
    """What an entry sold, took back, or moved between tenders; None when it did nothing of it.

    Args:
        entry: any entry.
        tax_of: asked for lines that do not say themselves whether they are taxed.
    """
    postings = ledger.from_body(entry.body)
    income = [(posting.account, -posting.fen) for posting in postings if _sells(posting)]
    body: dict[str, Any] = entry.body
    price = sum(fen for _, fen in income)
    moved = rerouted(body) if entry.kind == REROUTED else {}
    if not income and not moved:
        return None
    return Taking(
        seq=entry.seq,
        kind=entry.kind,
        order_no=str(body.get("order_no", "")),
        hour=local_time(entry.recorded_at).hour,
        clerk_id=entry.clerk_id,
        channel=str(body.get("channel", "")),
        business=_added((account.partition(":")[2], fen) for account, fen in income),
        tax=_tax(body, income, price, tax_of),
        tender=moved or _tender(body, postings, price),
    )


def rerouted(body: Mapping[str, Any]) -> dict[str, int]:
    """What a refund that a channel refused moves between tenders; nothing when it asks again."""
    fen = body["amount_fen"]
    return _added([(_named(body["instead_of_scheme"]), fen), (_named(body["scheme"]), -fen)])


def _sells(posting: Posting) -> bool:
    return bool(ledger.income_tax(posting.account))


def _tax(
    body: Mapping[str, Any], income: Sequence[tuple[str, int]], price: int, tax_of: TaxOf
) -> dict[str, int]:
    """By the accounts; where there is no tax-free one, by the lines: so it was before."""
    treated = [(ledger.income_tax(account), fen) for account, fen in income]
    if any(tax == ledger.EXEMPT for tax, _ in treated):
        return _added(treated)
    lines = _added(
        (line.get("tax") or tax_of(str(line.get("sku", ""))), line["amount_fen"])
        for line in body.get("lines", ())
    )
    return lines if lines and sum(lines.values()) == price else _added([(UNSORTED, price)])


def _tender(body: Mapping[str, Any], postings: Sequence[Posting], price: int) -> dict[str, int]:
    """By the tenders the entry names; where those do not add up, by the accounts it posts to."""
    named = _added(
        (
            tender_words(tender["kind"], tender.get("scheme", "")).removeprefix("tender."),
            tender["fen"],
        )
        for tender in body.get("tenders", ())
    )
    rounding = sum(posting.fen for posting in postings if posting.account == ledger.ROUNDING)
    if named and sum(named.values()) + rounding == price:
        return _added([*named.items(), (ROUNDING, rounding)])
    others = (posting for posting in postings if not _sells(posting))
    return _added((_paid_by(posting.account), posting.fen) for posting in others)


_BY_ACCOUNT: Final = {one.account: one.kind for one in TENDERS if one.account != "channel"}


def _paid_by(account: str) -> str:
    """Cash is cash whichever till it lies in; a channel is what its scheme is called."""
    kind, _, owner = account.partition(":")
    return _named(owner) if kind == "channel" else _BY_ACCOUNT.get(kind, kind)


def _named(scheme: str) -> str:
    """The same name for a tender, whichever entry speaks of it."""
    return scheme_words(scheme).removeprefix("tender.")


def _added(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for key, fen in rows:
        sums[key] = sums.get(key, 0) + fen
    return {key: fen for key, fen in sums.items() if fen}


def make_report(
    business_date: str,
    entries: Iterable[Entry],
    control: Control,
    rates: Mapping[str, int],
    tax_of: TaxOf = _nobody_knows,
) -> Report:
    """Make every table of a day and compare their sums with what the books keep beside.

    Args:
        business_date: the day.
        entries: all entries of that day, in order; read once.
        control: see there.
        rates: commission in thousandths by business code; businesses without one earn none.
        tax_of: see ``taking_of``.
    """
    counted = 0
    takings: list[Taking] = []
    for entry in entries:
        counted += 1
        taking = taking_of(entry, tax_of)
        if taking is not None:
            takings.append(taking)
    tables = {dimension: _table(takings, dimension) for dimension in DIMENSIONS}
    commission = tuple(_commissions(tables["business"], rates))
    found = tuple(_mismatches(counted, takings, tables, control))
    return Report(business_date, tuple(takings), tables, commission, found)


def without_cash(report: Report) -> Report:
    """What may be told of a day before its till is counted: nothing that the cash follows from."""
    tables: dict[Dimension, tuple[Row, ...]] = dict.fromkeys(DIMENSIONS, ())
    hidden = ("cash", ROUNDING)
    tables["tender"] = tuple(row for row in report.tables["tender"] if row.key not in hidden)
    found = tuple(Mismatch(one.what, 0, 0) for one in report.mismatches)
    return Report(report.business_date, (), tables, (), found, blind=True)


def _table(takings: Iterable[Taking], dimension: Dimension) -> tuple[Row, ...]:
    rows: dict[str, list[Part]] = {}
    for taking in takings:
        for key, fen in taking.parts(dimension).items():
            rows.setdefault(key, []).append(Part(taking.seq, fen))
    return tuple(Row(key, tuple(parts)) for key, parts in sorted(rows.items(), key=_in_order))


def _in_order(row: tuple[str, object]) -> tuple[bool, bool, str]:
    """By key; cash leads the tenders, rounding ends them."""
    return row[0] == ROUNDING, row[0] != "cash", row[0]


def _commissions(rows: Iterable[Row], rates: Mapping[str, int]) -> Iterator[CommissionRow]:
    for row in rows:
        permille = rates.get(row.key, 0)
        if permille:
            parts = tuple(Part(part.seq, _share(part.fen, permille)) for part in row.parts)
            yield CommissionRow(row.key, permille, row.fen, parts)


def _share(fen: int, permille: int) -> int:
    """Half up by amount, so that what is taken back earns exactly what it had earned."""
    share = (abs(fen) * permille + 500) // 1000
    return share if abs(fen) == fen else -share


def _mismatches(
    counted: int,
    takings: Sequence[Taking],
    tables: Mapping[Dimension, Sequence[Row]],
    control: Control,
) -> Iterator[Mismatch]:
    total = sum(taking.fen for taking in takings)
    posted = -sum(posting.fen for posting in control.postings if _sells(posting))
    yield from _differ("entries", counted, control.entries)
    yield from _differ("total", total, posted)
    for dimension in DIMENSIONS:
        yield from _differ(dimension, sum(row.fen for row in tables[dimension]), posted)
    yield from _differ("balanced", sum(posting.fen for posting in control.postings), 0)
    for account in sorted({*control.all_postings, *control.balances}):
        kept = control.balances.get(account, 0)
        yield from _differ(account, control.all_postings.get(account, 0), kept)


def _differ(what: str, shown: int, kept: int) -> Iterator[Mismatch]:
    if shown != kept:
        yield Mismatch(what, shown, kept)
