"""A terminal reduced to its key and its chain, that speaks to the platform request by request."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sync.wire.signing import Ack, parse_ack, sign_request
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, Entry, EntryDraft, seal
from tests.helpers.central import Central

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


def token() -> str:
    """A fresh session token."""
    return uuid.uuid4().hex * 2


def renew(
    terminal: Terminal, current: str, next_: str, machine: str = "a" * 64
) -> requests.Response:
    """A machine asks to go on speaking for the terminal."""
    body = {"current": current, "next": next_, "machine": machine}
    return terminal.post(f"/v1/terminals/{terminal.id}/session", body)


def tasks(terminal: Terminal) -> list[tuple[int, str]]:
    """What waits for a person about this terminal."""
    rows = terminal.central.admin("GET", "/v1/admin/tasks")["tasks"]
    return [(row["seq"], row["code"]) for row in rows if row["terminal_id"] == terminal.id]


def error(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def gateway(central: Central) -> dict[str, int]:
    """What the gateway counted in this test."""
    return central.books()["gateway"]


def fresh() -> str:
    """A payment number of this test's own."""
    return f"P{uuid.uuid4().hex[:20]}"
