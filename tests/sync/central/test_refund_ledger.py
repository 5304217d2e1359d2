"""The platform's ledger of refunds on SQLite and PostgreSQL: granted once, always added up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine, insert, select, text

from sync.central import intake, refund_ledger, schema
from sync.central.checking import sealed_bytes
from sync.central.database import Database
from sync.central.platform import Platform, Settings, now_ms
from sync.central.refund_ledger import SaleName
from sync.wire.refunds import ClaimAnswer, ClaimRequest, LegBack, LineBack
from sync.wire.refusal import Refusal
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, Entry, EntryDraft, seal
from tests.sync.test_central_schema import MIGRATIONS

PIECES, FEN = 3, 150
SELLER, OTHER, THIRD, ABROAD = "61020303-02-AA", "61020303-03-BB", "61020303-04-CC", "99-02-DD"


class Journal:
    """One terminal's chain."""

    def __init__(self, terminal_id: str) -> None:
        self.terminal_id = terminal_id
        self.key = Ed25519PrivateKey.generate()
        self.entries: list[Entry] = []

    def append(self, kind: str, body: dict[str, Any]) -> Entry:
        """One more entry."""
        before = self.entries[-1].hash if self.entries else GENESIS_HASH
        entry = seal(
            EntryDraft(kind, new_uuid7(), "2026-12-01", "0312", body),
            terminal_id=self.terminal_id,
            epoch=1,
            seq=len(self.entries) + 1,
            recorded_at="2026-12-01T02:00:00.000Z",
            prev_hash=before,
            signer=self.key.sign,
        )
        self.entries.append(entry)
        return entry

    def sell(self, number: int) -> Entry:
        """Three pens for cash."""
        line = {
            "line_id": f"line-{number}",
            "sku": "P0011",
            "name_zh": "信封",
            "name_en": "Envelope",
            "business_code": "postal_supplies",
            "tax": "taxable",
            "refundable": True,
            "weighed": False,
            "quantity": PIECES,
            "unit_fen": FEN // PIECES,
            "amount_fen": FEN,
        }
        postings = [
            {"account": "cash:T02", "fen": FEN},
            {"account": "sales:postal_supplies", "fen": -FEN},
        ]
        body = {
            "order_no": f"61020303-02-{number:06d}",
            "till_id": "T02",
            "lines": [line],
            "tenders": [{"kind": "cash", "fen": FEN}],
            "rounding_fen": 0,
            "postings": postings,
        }
        return self.append("sale.completed", body)

    def refund(self, sale: Entry, pieces: int, claim_id: str = "") -> Entry:
        """Some of them back."""
        fen = pieces * FEN // PIECES
        number = sale.seq
        body: dict[str, Any] = {
            "refund_no": f"{self.terminal_id}-{number}",
            "order_no": sale.body["order_no"],
            "original": {"terminal_id": sale.terminal_id, "seq": sale.seq, "hash": sale.hash},
            "lines": [
                {
                    "line_id": sale.body["lines"][0]["line_id"],  # type: ignore[index,call-overload]
                    "quantity": -pieces,
                    "amount_fen": -fen,
                }
            ],
            "tenders": [{"leg": "cash", "kind": "cash", "fen": -fen}],
            "postings": [
                {"account": "cash:T03", "fen": -fen},
                {"account": "sales:postal_supplies", "fen": fen},
            ],
        }
        return self.append("refund.completed", body | ({"claim_id": claim_id} if claim_id else {}))


class Outlet:
    """Three terminals of one outlet and one of another, at one platform."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.journals = {name: Journal(name) for name in (SELLER, OTHER, THIRD, ABROAD)}
        self.platform.database.transaction(self._enrol)

    def _enrol(self, connection: Connection) -> None:
        for number, journal in enumerate(self.journals.values(), 2):
            connection.execute(
                insert(schema.terminals).values(
                    terminal_id=journal.terminal_id,
                    public_key=journal.key.public_key().public_bytes_raw().hex(),
                    outlet=journal.terminal_id.partition("-")[0],
                    terminal_no=number,
                    hostname="",
                    epoch=1,
                    seq=0,
                    hash=GENESIS_HASH,
                    skew_ms=0,
                )
            )

    def upload(self, name: str) -> None:
        """All of a terminal's journal."""
        rows = [entry.to_wire() for entry in self.journals[name].entries]
        intake.store(self.platform, name, rows)

    def sold(self, number: int) -> Entry:
        """A sale that has arrived."""
        entry = self.journals[SELLER].sell(number)
        self.upload(SELLER)
        return entry

    def claim(self, name: str, sale: Entry, pieces: int, claim_id: str = "") -> ClaimAnswer:
        """A terminal is about to give pieces back."""
        fen = pieces * FEN // PIECES
        sold: Any = sale.body["lines"]
        line = LineBack(sold[0]["line_id"], pieces, fen)
        request = ClaimRequest(
            claim_id or new_uuid7(),
            sale.terminal_id,
            sale.seq,
            sale.hash,
            (line,),
            (LegBack("cash", fen),),
        )
        key = SaleName(sale.terminal_id, sale.seq).key
        return self.platform.database.ordered(
            key, lambda connection: refund_ledger.claim(connection, name, request)
        )

    def tasks(self) -> list[Any]:
        """What a person has to look at: code and evidence."""
        wanted = select(schema.tasks.c.code, schema.tasks.c.evidence)
        return self.platform.database.look(lambda c: [tuple(row) for row in c.execute(wanted)])


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'platform.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def outlet(url: str, tmp_path: Path) -> Iterator[Outlet]:
    platform = Platform(Settings(tmp_path / "home", url))
    yield Outlet(platform)
    platform.database.close()


def code(deed: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value.code


def test_claims_that_come_at_once_are_granted_up_to_what_was_sold(outlet: Outlet) -> None:
    sale = outlet.sold(1)

    def one(name: str) -> bool:
        try:
            outlet.claim(name, sale, 1)
        except Refusal as refusal:
            return refusal.code != "refund.more_than_sold"
        return True

    with ThreadPoolExecutor(6) as pool:
        granted = list(pool.map(one, [SELLER, OTHER, THIRD] * 2))
    assert sum(granted) == PIECES


def test_refunds_that_arrive_at_once_are_added_up_whoever_is_faster(outlet: Outlet) -> None:
    sales = [outlet.sold(number) for number in range(1, 4)]
    for sale in sales:
        for name in (OTHER, THIRD):
            outlet.journals[name].refund(sale, 2)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(outlet.upload, [OTHER, THIRD]))
    named = {}
    for told, evidence in outlet.tasks():
        assert told == "refund.more_than_sold"
        seen = json.loads(evidence)
        named[seen["order_no"]] = seen["entries"]
    assert named == {
        str(sale.body["order_no"]): sorted([[OTHER, place], [THIRD, place]])
        for place, sale in enumerate(sales, 1)
    }


def test_a_claim_is_the_same_claim_however_often_it_is_asked(outlet: Outlet) -> None:
    sale, claim_id = outlet.sold(1), new_uuid7()
    for _ in range(3):
        assert outlet.claim(OTHER, sale, 2, claim_id).state == "reserved"
    assert code(lambda: outlet.claim(OTHER, sale, 1, claim_id)) == "refund.claim_used"
    assert code(lambda: outlet.claim(THIRD, sale, 2, claim_id)) == "refund.claim_used"
    assert code(lambda: outlet.claim(THIRD, sale, 2)) == "refund.more_than_sold"
    outlet.journals[OTHER].refund(sale, 2, claim_id)
    outlet.upload(OTHER)
    assert outlet.claim(OTHER, sale, 2, claim_id).state == "booked"
    outlet.upload(OTHER)
    outlet.claim(THIRD, sale, 1)
    assert outlet.tasks() == []


def test_what_is_withdrawn_is_free_again_also_before_it_is_asked_for(outlet: Outlet) -> None:
    sale, early, late = outlet.sold(1), new_uuid7(), new_uuid7()
    outlet.claim(OTHER, sale, 3, early)
    for claim_id in (early, late):
        outlet.journals[OTHER].append("refund.withdrawn", {"claim_id": claim_id})
    outlet.upload(OTHER)
    assert code(lambda: outlet.claim(OTHER, sale, 3, late)) == "refund.withdrawn"
    assert code(lambda: outlet.claim(OTHER, sale, 3, early)) == "refund.withdrawn"
    outlet.claim(THIRD, sale, 3)
    # Nobody withdraws what another terminal claimed.
    held = outlet.sold(2)
    mine = new_uuid7()
    outlet.claim(THIRD, held, 3, mine)
    outlet.journals[OTHER].append("refund.withdrawn", {"claim_id": mine})
    outlet.upload(OTHER)
    assert code(lambda: outlet.claim(OTHER, held, 1)) == "refund.more_than_sold"


def test_a_claim_without_its_entry_ends_after_a_day(
    outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = outlet.sold(1)
    outlet.claim(OTHER, sale, 3)
    assert code(lambda: outlet.claim(THIRD, sale, 1)) == "refund.more_than_sold"
    now = now_ms()
    monkeypatch.setattr(refund_ledger, "now_ms", lambda: now + refund_ledger.HELD_MS + 1)
    outlet.claim(THIRD, sale, 1)


def test_other_outlets_and_other_entries_are_no_sale_of_ours(outlet: Outlet) -> None:
    sale = outlet.sold(1)
    look = outlet.platform.database.look
    name = SaleName(SELLER, sale.seq)
    number = str(sale.body["order_no"])
    assert code(lambda: outlet.claim(ABROAD, sale, 1)) == "refund.unknown_sale"
    assert code(lambda: look(lambda c: refund_ledger.look(c, ABROAD, name))) == (
        "refund.unknown_sale"
    )
    assert code(lambda: look(lambda c: refund_ledger.numbered(c, ABROAD, number))) == (
        "refund.unknown_sale"
    )
    assert look(lambda c: refund_ledger.numbered(c, OTHER, number)) == name
    outlet.claim(OTHER, sale, 1)
    assert look(lambda c: refund_ledger.look(c, OTHER, name)).lines == ()
    told = look(lambda c: refund_ledger.look(c, THIRD, name))
    assert [(line.quantity, line.fen) for line in told.lines] == [(1, 50)]


def test_a_refund_nobody_can_read_is_kept_and_shown(outlet: Outlet) -> None:
    sale = outlet.sold(1)
    refund = outlet.journals[OTHER].refund(sale, 1)
    for broken in ({}, {"original": 7}, {**refund.body, "lines": [{"line_id": 1}]}):
        outlet.journals[OTHER].append("refund.completed", broken)
    twice = {**refund.body, "original": {**refund.body["original"], "hash": "0" * 64}}  # type: ignore[dict-item]
    outlet.journals[OTHER].append("refund.completed", twice)
    outlet.upload(OTHER)
    codes = [told for told, _ in outlet.tasks()]
    assert codes.count("refund.unreadable") == 3
    # A refund of an entry that this sale is not: more than nothing was given back.
    assert codes.count("refund.more_than_sold") == 1


def test_what_was_sold_and_given_back_before_the_ledger_is_in_it(url: str) -> None:
    journal = Journal(SELLER)
    sale = journal.sell(1)
    journal.refund(sale, 2)
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        _put(connection, journal)
    engine.dispose()
    database = Database(url)
    try:
        name = database.look(lambda c: refund_ledger.numbered(c, OTHER, str(sale.body["order_no"])))
        assert name == SaleName(SELLER, 1)
        told = database.look(lambda c: refund_ledger.look(c, OTHER, name))
        assert [(line.quantity, line.fen) for line in told.lines] == [(2, 100)]
        assert [(leg.leg, leg.fen) for leg in told.legs] == [("cash", 100)]
    finally:
        database.close()


def _put(connection: Connection, journal: Journal) -> None:
    for number, terminal in enumerate((SELLER, OTHER), 2):
        connection.execute(
            text(
                "INSERT INTO terminals (terminal_id, public_key, outlet, terminal_no, hostname,"
                " epoch, seq, hash, skew_ms) VALUES (:t, 'k', '61020303', :n, 'h', 1, 2, 'x', 0)"
            ),
            {"t": terminal, "n": number},
        )
    for entry in journal.entries:
        connection.execute(
            text(
                "INSERT INTO entries (terminal_id, seq, hash, intent_id, wire)"
                " VALUES (:t, :s, :h, :i, :w)"
            ),
            {
                "t": entry.terminal_id,
                "s": entry.seq,
                "h": entry.hash,
                "i": entry.intent_id,
                "w": sealed_bytes(entry)[1],
            },
        )
