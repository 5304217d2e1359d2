"""Who may speak to the platform: enrolment, signatures, revocation, other terminals."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.wire.signing import record_is_signed
from tests.helpers.bare_terminal import Terminal, error, fresh
from tests.helpers.central import Central, running_central


def test_enrolment_codes_work_once_for_one_key(central: Central, terminal: Terminal) -> None:
    code = central.code(terminal_no=3)
    other = Terminal(central, code)
    assert other.enrol(code).json() == other.enrolment
    assert error(terminal.enrol(code)) == (409, "enrolment.code_used")
    assert error(terminal.enrol("NEVER-MADE")) == (404, "enrolment.code_unknown")
    assert error(terminal.enrol(central.expired_code())) == (410, "enrolment.code_expired")
    foreign = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    refused = terminal.enrol(central.code(), public_key=foreign)
    assert error(refused) == (422, "enrolment.bad_csr")
    certificate = x509.load_pem_x509_certificate(other.enrolment["certificate"].encode())
    assert certificate.public_key() == other.key.public_key()
    assert other.enrolment["profile"]["till_id"] == "T03"
    other.session.close()


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
