"""A one-time code becomes a terminal with a certificate, a profile and its first numbers."""

from __future__ import annotations

import datetime
import json
import secrets
from hmac import compare_digest
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import Connection, insert, select

from sync.central import peers, replacement, schema
from sync.central.platform import Platform, compact, now_ms, value
from sync.central.profile import profile_for
from sync.central.ranges import first_ranges
from sync.wire.messages import EnrolmentAnswer, EnrolmentRequest
from sync.wire.operation import CodeRequest
from sync.wire.refusal import Refusal
from terminal.domain.enrolment import plain_code
from terminal.domain.journal import GENESIS_HASH

_CERTIFICATE_DAYS: Final = 90
_MOST_TERMINALS: Final = 99
_CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_code(platform: Platform, request: CodeRequest) -> str:
    """Issue a one-time code of ten characters without look-alikes.

    Raises:
        Refusal: ``terminal.number_out_of_range`` (422): terminals and tills have two digits.
    """
    if not 1 <= request.terminal_no <= _MOST_TERMINALS:
        raise Refusal(422, "terminal.number_out_of_range", {"lo": 1, "hi": _MOST_TERMINALS})
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(10))
    row = {
        "code": code,
        "outlet": request.outlet,
        "terminal_no": request.terminal_no,
        "expires_ms": now_ms() + request.ttl_s * 1000,
        "reusable": False,
    }
    platform.database.transaction(
        lambda connection: connection.execute(insert(schema.enrolment_codes).values(**row))
    )
    return code


def enrol(platform: Platform, request: EnrolmentRequest) -> EnrolmentAnswer:
    """Make the terminal, or give the same answer again to the same key.

    Raises:
        Refusal: ``enrolment.code_unknown`` (404), ``enrolment.code_used``,
            ``enrolment.outlet_full`` (409), ``enrolment.code_expired`` (410),
            ``enrolment.bad_csr`` (422).
    """
    _check_csr(request)
    return platform.database.transaction(lambda connection: _enrol(platform, connection, request))


def _enrol(
    platform: Platform, connection: Connection, request: EnrolmentRequest
) -> EnrolmentAnswer:
    codes, given = schema.enrolment_codes.c, schema.enrolments.c
    issued = _issued(connection, request.code)
    code = connection.execute(
        select(schema.enrolment_codes).where(codes.code == issued).with_for_update()
    ).one()
    answers = {
        row.public_key: row.answer
        for row in connection.execute(select(schema.enrolments).where(given.code == issued))
    }
    if code.expires_ms < now_ms():
        raise Refusal(410, "enrolment.code_expired")
    if request.public_key in answers:
        return EnrolmentAnswer.parse(json.loads(answers[request.public_key]))
    if answers and not code.reusable:
        raise Refusal(409, "enrolment.code_used")
    number = code.terminal_no + (_enrolled(connection, code.outlet) if code.reusable else 0)
    if number > _MOST_TERMINALS:
        raise Refusal(409, "enrolment.outlet_full", {"most": _MOST_TERMINALS})
    answer = _new_terminal(platform, connection, request, (code.outlet, number))
    connection.execute(
        insert(schema.enrolments).values(
            code=issued, public_key=request.public_key, answer=compact(answer.format())
        )
    )
    return answer


def _issued(connection: Connection, typed: str) -> str:
    """The code as it was issued, however a person typed it: small letters, blanks, any hyphen.

    Every code is compared, each in constant time: how long the answer takes tells nothing of them.

    Raises:
        Refusal: ``enrolment.code_unknown`` (404).
    """
    wanted = plain_code(typed).encode()
    codes = map(str, connection.scalars(select(schema.enrolment_codes.c.code)))
    matching = [code for code in codes if compare_digest(plain_code(code).encode(), wanted)]
    if not (matching and wanted):
        raise Refusal(404, "enrolment.code_unknown")
    return matching[0]


def _enrolled(connection: Connection, outlet: str) -> int:
    """The demonstration's code makes one terminal after another."""
    terminals = schema.terminals.c
    wanted = select(terminals.terminal_id).where(terminals.outlet == outlet)
    return len(connection.scalars(wanted).all())


def _new_terminal(
    platform: Platform, connection: Connection, request: EnrolmentRequest, place: tuple[str, int]
) -> EnrolmentAnswer:
    outlet, terminal_no = place
    # The key's first digits keep two lives of one place apart.
    terminal_id = f"{outlet}-{terminal_no:02d}-{request.public_key[:8].upper()}"
    replaces = replacement.replace(connection, place, terminal_id)
    connection.execute(
        insert(schema.terminals).values(
            terminal_id=terminal_id,
            public_key=request.public_key,
            outlet=outlet,
            terminal_no=terminal_no,
            hostname=request.device.hostname,
            epoch=1,
            seq=0,
            hash=GENESIS_HASH,
            skew_ms=0,
        )
    )
    peers.introduce(platform, connection, outlet)
    return EnrolmentAnswer(
        terminal_id,
        _certificate(platform, terminal_id, request.public_key),
        platform.public_key.hex(),
        value(connection, "server_epoch"),
        profile_for(outlet, terminal_no),
        first_ranges(connection, terminal_id, now_ms()),
        replaces,
        platform.vault_key,
    )


def _check_csr(request: EnrolmentRequest) -> None:
    try:
        csr = x509.load_pem_x509_csr(request.csr.encode())
        key = csr.public_key()
        holds = csr.is_signature_valid
    except (ValueError, InvalidSignature) as problem:
        raise Refusal(422, "enrolment.bad_csr") from problem
    same = isinstance(key, Ed25519PublicKey) and key.public_bytes_raw().hex() == request.public_key
    if not (holds and same):
        raise Refusal(422, "enrolment.bad_csr")


def _certificate(platform: Platform, terminal_id: str, public_key: str) -> str:
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, terminal_id)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postal-platform")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_CERTIFICATE_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(platform.key, None)
    )
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def refuse_replay(connection: Connection, terminal_id: str, nonce: str) -> None:
    """Remember a nonce of a call that must not be repeated by a listener.

    Raises:
        Refusal: ``request.replayed`` (409).
    """
    columns = schema.nonces.c
    seen = select(columns.nonce).where(columns.terminal_id == terminal_id, columns.nonce == nonce)
    if connection.scalar(seen) is not None:
        raise Refusal(409, "request.replayed")
    connection.execute(insert(schema.nonces).values(terminal_id=terminal_id, nonce=nonce))
