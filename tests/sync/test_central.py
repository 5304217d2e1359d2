"""The reference platform over a real socket, on SQLite and on PostgreSQL."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sync.wire.messages import MAX_ENTRIES, Change, FeedPage, PaymentAnswer
from sync.wire.signing import Ack, parse_ack, record_is_signed, sign_request
from terminal.domain.canonical import canonical_bytes
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, Entry, EntryDraft, seal
from tests.helpers.central import Central, running_central

PAGE_S = 2.0
"""A page takes as long at the end of a journal as at its start."""

CUT = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


class Terminal:
    """A terminal reduced to its key and its chain."""

    def __init__(self, central: Central, code: str) -> None:
        self.central = central
        self.key = Ed25519PrivateKey.generate()
        self.session = requests.Session()
        self.session.trust_env = False
        answer = self.enrol(code)
        assert answer.status_code == 200, answer.text
        self.enrolment: dict[str, Any] = answer.json()
        self.id: str = self.enrolment["terminal_id"]
        self.platform_key = bytes.fromhex(self.enrolment["platform_key"])
        self.entries: list[Entry] = []

    def enrol(self, code: str, **changes: Any) -> requests.Response:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "terminal")])
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self.key, None)
        body = {
            "code": code,
            "public_key": self.key.public_key().public_bytes_raw().hex(),
            "csr": csr.public_bytes(Encoding.PEM).decode(),
            "device": {"hostname": "counter-2", "version": "0.1"},
        }
        return self.session.post(
            self.central.url + "/v1/enrolments", json=body | changes, timeout=10
        )

    def call(
        self, method: str, target: str, body: bytes = b"", **headers: str
    ) -> requests.Response:
        signed = sign_request(
            method,
            target,
            body,
            terminal_id=self.id,
            time_ms=time.time_ns() // 1_000_000,
            nonce=headers.pop("nonce", "") or str(uuid.uuid4()),
            signer=self.key.sign,
        )
        more = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.session.request(
            method, self.central.url + target, data=body, headers=signed | more, timeout=10
        )

    def post(self, target: str, body: object, **headers: str) -> requests.Response:
        return self.call("POST", target, json.dumps(body).encode(), **headers)

    def add(self, body: dict[str, Any] | None = None, **changes: Any) -> Entry:
        last = self.entries[-1] if self.entries else None
        draft = EntryDraft(
            changes.pop("kind", "sale.completed"), new_uuid7(), "2026-11-21", "0312", body or {}
        )
        place: dict[str, Any] = {
            "terminal_id": self.id,
            "epoch": 1,
            "seq": last.seq + 1 if last else 1,
            "recorded_at": "2026-11-21T08:30:00.123Z",
            "prev_hash": last.hash if last else GENESIS_HASH,
            "signer": self.key.sign,
        }
        entry = seal(draft, **(place | changes))
        self.entries.append(entry)
        return entry

    def upload(self, entries: list[Entry]) -> requests.Response:
        wire = [entry.to_wire() for entry in entries]
        return self.post(f"/v1/terminals/{self.id}/journal", {"entries": wire})

    def ack(self, answer: requests.Response) -> Ack:
        assert answer.status_code == 200, answer.text
        return parse_ack(answer.json()["ack"], self.platform_key)

    def charge(
        self, digits: str, *, number: str = "", key: str = "", fen: int = 500
    ) -> requests.Response:
        number = number or fresh()
        body = {
            "out_trade_no": number,
            "amount_fen": fen,
            "auth_code": "1312345678901234" + digits,
            "scheme": "wechat",
            "basket_hash": "0" * 64,
        }
        return self.post("/v1/payments", body, Idempotency_Key=key or new_uuid7())

    def reverse(self, number: str) -> requests.Response:
        target = f"/v1/payments/{number}/reverse"
        return self.post(target, {"amount_fen": 500}, Idempotency_Key=new_uuid7())


def tasks(terminal: Terminal) -> list[tuple[int, str]]:
    """What waits for a person about this terminal."""
    rows = terminal.central.admin("GET", "/v1/admin/tasks")["tasks"]
    return [(row["seq"], row["code"]) for row in rows if row["terminal_id"] == terminal.id]


def error(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Central]:
    """The platform on a database of each kind; tests tell themselves apart by their numbers."""
    url = ""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_server"))
    with running_central(tmp_path_factory.mktemp("platform"), db_url=url) as started:
        yield started


@pytest.fixture
def central(running: Central) -> Central:
    """The same, sound and with its books compared to now."""
    running.faults()
    running.begin_books()
    return running


@pytest.fixture
def terminal(central: Central) -> Iterator[Terminal]:
    """An enrolled terminal."""
    made = Terminal(central, central.code())
    yield made
    made.session.close()


def gateway(central: Central) -> dict[str, int]:
    """What the gateway counted in this test."""
    return central.books()["gateway"]


def fresh() -> str:
    """A payment number of this test's own."""
    return f"P{uuid.uuid4().hex[:20]}"


def test_enrolment_codes_work_once_for_one_key(central: Central, terminal: Terminal) -> None:
    code = central.code(terminal_no=3)
    other = Terminal(central, code)
    assert other.enrol(code).json() == other.enrolment
    assert error(terminal.enrol(code)) == (409, "enrolment.code_used")
    assert error(terminal.enrol("NEVER-MADE")) == (404, "enrolment.code_unknown")
    assert error(terminal.enrol(central.code(ttl_s=-1))) == (410, "enrolment.code_expired")
    foreign = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    refused = terminal.enrol(central.code(), public_key=foreign)
    assert error(refused) == (422, "enrolment.bad_csr")
    certificate = x509.load_pem_x509_certificate(other.enrolment["certificate"].encode())
    assert certificate.public_key() == other.key.public_key()
    assert other.enrolment["profile"]["till_id"] == "T03"
    other.session.close()


def test_journal_is_stored_once_and_given_back_byte_for_byte(terminal: Terminal) -> None:
    entries = [terminal.add({"order": number, "name": "邮票"}) for number in range(5)]
    assert terminal.ack(terminal.upload(entries[:3])).seq == 3
    ack = terminal.ack(terminal.upload(entries))
    assert (ack.seq, ack.hash, ack.count) == (5, entries[-1].hash, 5)
    held = terminal.call("GET", f"/v1/terminals/{terminal.id}/journal?from_seq=2&limit=2").json()
    assert [Entry.from_wire(entry) for entry in held["entries"]] == entries[1:3]
    assert parse_ack(held["head"], terminal.platform_key).seq == 5


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
def test_journal_of_ten_thousand_entries_is_given_back_page_by_page(terminal: Terminal) -> None:
    terminal.ack(terminal.upload([terminal.add()]))
    # Ten thousand uploads would test the upload once more: the rest is copied from the first.
    terminal.central.execute(
        "INSERT INTO entries SELECT terminal_id, n, hash, intent_id,"
        " CAST(replace(CAST(wire AS TEXT), '\"seq\":1,', '\"seq\":' || n || ',') AS BLOB)"
        " FROM entries, (WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c"
        f" WHERE n < 10000) SELECT n FROM c) WHERE terminal_id = '{terminal.id}'"
    )
    held: list[int] = []
    slowest_s = 0.0
    while True:
        begun = time.monotonic()
        target = f"/v1/terminals/{terminal.id}/journal?from_seq={len(held) + 1}&limit=9999"
        page = terminal.call("GET", target).json()
        slowest_s = max(slowest_s, time.monotonic() - begun)
        if not page["entries"]:
            break
        assert len(page["entries"]) == MAX_ENTRIES
        held += [entry["seq"] for entry in page["entries"]]
    assert held == list(range(1, 10_001))
    assert parse_ack(page["head"], terminal.platform_key).seq == 1
    assert slowest_s < PAGE_S


def test_head_of_an_empty_journal_is_signed(terminal: Terminal) -> None:
    ack = terminal.ack(terminal.call("GET", f"/v1/terminals/{terminal.id}/head"))
    assert (ack.seq, ack.hash) == (0, GENESIS_HASH)


def test_gap_fork_and_forgery_are_refused_and_the_sound_prefix_stays(terminal: Terminal) -> None:
    first, second, third = terminal.add(), terminal.add(), terminal.add()
    gap = terminal.upload([second])
    assert error(gap) == (409, "journal.gap")
    assert gap.json()["error"]["params"] == {"expected_seq": 1}
    terminal.ack(terminal.upload([first]))
    terminal.entries = [first]
    other = terminal.add({"other": True})
    terminal.ack(terminal.upload([second]))
    assert error(terminal.upload([other])) == (409, "journal.fork")
    broken = third.to_wire() | {"body": {"changed": True}}
    target = f"/v1/terminals/{terminal.id}/journal"
    assert error(terminal.post(target, {"entries": [broken]})) == (422, "journal.bad_hash")
    unsigned = third.to_wire() | {"signature": "0" * 128}
    answer = terminal.post(target, {"entries": [unsigned]})
    assert error(answer) == (422, "journal.bad_signature")
    assert answer.json()["error"]["params"]["seq"] == 3
    assert terminal.ack(terminal.upload([third])).seq == 3
    assert {code for _, code in tasks(terminal)} == {"journal.fork"}


def test_unreadable_facts_become_tasks_and_balanced_ones_sums(terminal: Terminal) -> None:
    def postings(*fen: int) -> dict[str, Any]:
        return {"postings": [{"account": "cash:T02", "fen": amount} for amount in fen]}

    terminal.add({"postings": [*postings(7)["postings"], {"account": "sales:G01", "fen": -7}]})
    strange = terminal.add(kind="moon.landed")
    unbalanced = strange.header() | {
        "seq": 3,
        "intent_id": new_uuid7(),
        "prev_hash": strange.hash,
        "kind": "sale.completed",
        "body": postings(1),
    }
    digest = hashlib.sha256(canonical_bytes(unbalanced)).digest()
    signed = Entry.from_wire(
        unbalanced | {"hash": digest.hex(), "signature": terminal.key.sign(digest).hex()}
    )
    assert terminal.ack(terminal.upload([*terminal.entries, signed])).seq == 3
    assert tasks(terminal) == [(2, "journal.unknown_kind"), (3, "journal.unbalanced")]
    assert terminal.central.books()["accounts"] == {"cash:T02": 7, "sales:G01": -7}


def test_journal_survives_kill_and_lost_answers(terminal: Terminal) -> None:
    central = terminal.central
    entries = [terminal.add() for _ in range(3)]
    central.faults(lose_answer=1)
    with pytest.raises(CUT):
        terminal.upload(entries)
    central.faults()
    central.restart()
    ack = terminal.ack(terminal.upload(entries))
    assert (ack.seq, ack.count) == (3, 3)


@pytest.mark.parametrize("fault", ["lose_answer", "duplicate"])
def test_payment_is_taken_once_whatever_happens_to_its_answer(
    terminal: Terminal, fault: str
) -> None:
    central, key, number = terminal.central, new_uuid7(), fresh()
    central.faults(**{fault: 1})
    if fault == "lose_answer":
        with pytest.raises(CUT):
            terminal.charge("00", number=number, key=key)
    else:
        terminal.charge("00", number=number, key=key)
    central.faults()
    assert terminal.charge("00", number=number, key=key).json()["state"] == "paid"
    assert gateway(central)["charges"] == 1
    other = terminal.charge("00", number=number, key=key, fen=501)
    assert error(other) == (422, "idempotency.mismatch")
    assert error(terminal.charge("00", number=number)) == (409, "payment.number_used")
    assert gateway(central)["net_fen"] == 500


def test_lost_request_charges_nothing(terminal: Terminal) -> None:
    terminal.central.faults(lose_request=1, paths=["/v1/payments"])
    with pytest.raises(CUT):
        terminal.charge("00", number=(number := fresh()))
    terminal.central.faults()
    assert error(terminal.call("GET", f"/v1/payments/{number}")) == (404, "payment.not_found")
    assert gateway(terminal.central)["charges"] == 0


BEHAVIOURS: list[tuple[str, list[str], int]] = [
    ("00", ["paid", "paid", "paid"], 500),
    ("79", ["paid", "paid", "paid"], 500),
    ("80", ["failed", "failed", "failed"], 0),
    ("85", ["waiting", "waiting", "paid"], 500),
    ("94", ["waiting", "waiting", "failed"], 0),
    ("95", ["unknown", "paid", "paid"], 500),
]


def test_payment_codes_choose_the_gateways_behaviour(terminal: Terminal) -> None:
    central, charged = terminal.central, 0
    for digits, states, net_fen in BEHAVIOURS:
        number = fresh()
        answers = [terminal.charge(digits, number=number)]
        answers += [terminal.call("GET", f"/v1/payments/{number}") for _ in range(2)]
        assert [PaymentAnswer.parse(answer.json()).state for answer in answers] == states
        assert gateway(central)["net_fen"] == net_fen
        reversal = PaymentAnswer.parse(terminal.reverse(number).json())
        assert reversal.state == ("failed" if states[-1] == "failed" else "reversed")
        terminal.reverse(number)
        charged += net_fen
        assert gateway(central)["reversed_fen"] == charged
        assert gateway(central)["net_fen"] == 0


def test_gateway_failure_charges_nothing(terminal: Terminal) -> None:
    number = fresh()
    assert error(terminal.charge("99", number=number)) == (502, "gateway.failing")
    assert error(terminal.call("GET", f"/v1/payments/{number}")) == (404, "payment.not_found")


def test_reversal_before_the_charge_forbids_it(terminal: Terminal) -> None:
    number, silent = fresh(), fresh()
    answer = PaymentAnswer.parse(terminal.reverse(number).json())
    assert (answer.state, answer.code) == ("reversed", "payment.never_charged")
    assert answer.amount_fen == 500
    assert error(terminal.charge("00", number=number)) == (409, "payment.reversed")
    unsaid = terminal.post(f"/v1/payments/{silent}/reverse", {}, Idempotency_Key=new_uuid7())
    assert "amount_fen" not in unsaid.json()
    assert error(terminal.charge("00", number=silent)) == (409, "payment.reversed")
    assert gateway(terminal.central)["charges"] == 0


def test_payments_of_another_terminal_are_not_found(terminal: Terminal) -> None:
    other = Terminal(terminal.central, terminal.central.code(terminal_no=4))
    terminal.charge("00", number=(number := fresh()))
    assert error(other.call("GET", f"/v1/payments/{number}")) == (404, "payment.not_found")
    assert error(other.reverse(number)) == (404, "payment.not_found")
    assert error(other.call("GET", f"/v1/terminals/{terminal.id}/head"))[1] == "terminal.other"
    other.session.close()


def test_unsigned_foreign_revoked_and_replayed_requests_are_refused(terminal: Terminal) -> None:
    central, head = terminal.central, f"/v1/terminals/{terminal.id}/head"
    unsigned = terminal.session.get(central.url + head, timeout=10)
    assert error(unsigned) == (401, "request.unsigned")
    key, terminal.key = terminal.key, Ed25519PrivateKey.generate()
    assert error(terminal.call("GET", head)) == (401, "request.bad_signature")
    terminal.key = key
    central.faults(revoked=[terminal.id])
    assert error(terminal.call("GET", head)) == (403, "terminal.revoked")
    central.faults()
    body = {"kind": "order", "used_to": 0}
    first = terminal.post("/v1/ranges", body, nonce="n-1")
    (leased,) = first.json()["ranges"]
    assert leased["lo"] == terminal.enrolment["ranges"][0]["hi"] + 1
    assert leased["hi"] == leased["lo"] + 99_999
    assert error(terminal.post("/v1/ranges", body, nonce="n-1")) == (409, "request.replayed")
    used_to = leased["hi"] + 5000
    later = terminal.post("/v1/ranges", {"kind": "order", "used_to": used_to}).json()
    assert later["ranges"][0]["lo"] == used_to + 1


def test_snapshot_then_changes_and_tombstones_in_one_stream(terminal: Terminal) -> None:
    central = terminal.central
    price = {"sku": "A", "level": "", "effective_from": "2026-01-01T00:00:00Z", "fen": 200}
    central.admin("PUT", "/v1/admin/items", {"upsert": [{"sku": "A"}, {"sku": "B"}]})
    central.admin("PUT", "/v1/admin/prices", {"upsert": [price]})
    clerk = {"clerk_id": "0999", "name": "演示", "roles": "[]", "verifier": "x", "level": 1}
    clerk["expires_at"] = "2027-01-01T00:00:00.000Z"
    central.admin("PUT", "/v1/admin/clerks", {"upsert": [clerk]})
    answer = terminal.call("GET", "/v1/snapshot")
    assert hashlib.sha256(answer.content).hexdigest() == answer.headers["X-Snapshot-Sha256"]
    assert terminal.call("GET", "/v1/snapshot").content == answer.content
    book = sqlite3.connect(":memory:")
    book.deserialize(gzip.decompress(answer.content))
    assert book.execute("SELECT sku FROM items ORDER BY sku").fetchall() == [("A",), ("B",)]
    assert book.execute("SELECT fen FROM prices").fetchall() == [(200,)]
    book.close()
    central.admin("PUT", "/v1/admin/items", {"delete": ["A"], "upsert": [{"sku": "C"}]})
    central.admin("PUT", "/v1/admin/clerks", {"upsert": [clerk]})
    cursor, seen, more = answer.headers["X-Snapshot-Cursor"], [], True
    while more:
        page = FeedPage.parse(terminal.call("GET", f"/v1/feeds?cursor={cursor}&limit=1").json())
        seen += [Change.parse(change) for change in page.changes]
        cursor, more = page.cursor, page.more
    assert [(change.feed, change.key) for change in seen] == [
        ("items", "C"),
        ("items", "A"),
        ("clerks", "0999"),
    ]
    assert seen[1].data is None
    assert record_is_signed(seen[2].data or {}, terminal.platform_key)


def test_cursor_of_another_epoch_or_made_up_is_expired(terminal: Terminal) -> None:
    cursor = terminal.call("GET", "/v1/snapshot").headers["X-Snapshot-Cursor"]
    assert terminal.call("GET", f"/v1/feeds?cursor={cursor}").status_code == 200
    for other in ("", "AAAA", cursor[:-3] + "AAA", "é"):
        target = requests.Request("GET", "http://h/v1/feeds", params={"cursor": other}).prepare()
        answer = terminal.call("GET", str(target.path_url))
        assert error(answer) == (410, "feed.cursor_expired")
    terminal.central.admin("POST", "/v1/admin/new-epoch")
    answer = terminal.call("GET", f"/v1/feeds?cursor={cursor}")
    assert error(answer) == (410, "feed.cursor_expired")
    assert answer.headers["X-Server-Epoch"] != terminal.enrolment["server_epoch"]


BAD_BODIES: list[tuple[bytes, str, tuple[int, str]]] = [
    (b"{", "", (400, "wire.not_json")),
    (b"[" * 100_000, "", (400, "wire.not_json")),
    (b"\xff", "", (400, "wire.not_json")),
    (b"[]", "", (422, "wire.malformed")),
    (b'{"entries": []}', "", (422, "wire.malformed")),
    (b'{"entries": [1]}', "", (422, "wire.malformed")),
    (b'{"entries": [{}]}', "", (422, "journal.malformed")),
    (json.dumps({"entries": [{}] * 501}).encode(), "", (413, "wire.too_many")),
    (b"plain", "gzip", (400, "wire.bad_packing")),
    (gzip.compress(b"{}")[:-9], "gzip", (400, "wire.bad_packing")),
    (gzip.compress(b"0" * 9_000_000), "gzip", (413, "wire.too_large")),
    (b"0" * 9_000_000, "", (413, "wire.too_large")),
    (b"{}", "br", (415, "wire.bad_packing")),
]


def test_bad_bodies_get_clean_errors(terminal: Terminal) -> None:
    for body, packing, expected in BAD_BODIES:
        headers = {"Content_Encoding": packing} if packing else {}
        answer = terminal.call("POST", f"/v1/terminals/{terminal.id}/journal", body, **headers)
        assert error(answer) == expected, body[:20]


def test_negative_control_forgetful_platform_charges_twice(tmp_path: Path) -> None:
    with running_central(tmp_path / "platform", forgets=True) as central:
        terminal = Terminal(central, central.code())
        key = new_uuid7()
        central.faults(lose_answer=1)
        with pytest.raises(CUT):
            terminal.charge("00", number="P1", key=key)
        central.faults()
        terminal.charge("00", number="P1", key=key)
        assert central.books()["gateway"]["charges"] == 2
        terminal.session.close()


def test_demo_outlet_is_seeded_and_its_code_enrols_many(tmp_path: Path) -> None:
    with running_central(tmp_path / "platform", demo=True) as central:
        first, second = Terminal(central, "DEMO-2026"), Terminal(central, "DEMO-2026")
        assert first.enrolment["profile"]["till_id"] == "T02"
        assert second.enrolment["profile"]["till_id"] == "T03"
        central.execute("UPDATE enrolment_codes SET terminal_no = 99")
        known, second.key = second.key, Ed25519PrivateKey.generate()
        full = second.enrol("DEMO-2026")
        assert error(full) == (409, "enrolment.outlet_full")
        assert full.json()["error"]["params"] == {"most": 99}
        second.key = known
        book = sqlite3.connect(":memory:")
        book.deserialize(gzip.decompress(first.call("GET", "/v1/snapshot").content))
        book.row_factory = sqlite3.Row
        clerks = [dict(row) for row in book.execute("SELECT * FROM clerks")]
        book.close()
        assert {row["clerk_id"] for row in clerks} == {"0312", "0315", "0301"}
        assert all(record_is_signed(row, first.platform_key) for row in clerks)
        first.session.close()
        second.session.close()
