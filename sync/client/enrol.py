"""Enrolment: a one-time code becomes a terminal with a key of its own.

The key is made here and never leaves. Before the code is sent the key is safe on disk, so a lost
answer, a crash or a power cut at any step is answered by entering the same code again: the platform
gives the same answer to the same key.

Source: architecture.md §7; reliability reference §5 "Enrolment".
"""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sync.client.http import PlatformLine, Reply
from sync.client.ranges import keep
from sync.client.signing import public_hex
from sync.client.timestamps import utc_now
from sync.client.vault_key import HeldVaultKey
from sync.wire.messages import Device, EnrolmentAnswer, EnrolmentRequest
from sync.wire.refusal import Refusal
from terminal.domain.enrolment import plain_address, plain_code
from terminal.domain.errors import EnvironmentFault, PlatformRejection, UserError
from terminal.store.atomic_file import write_atomically
from terminal.store.home_folder import refuse_platforms_folder
from terminal.store.identity import IDENTITY_FILE, Identity, write_identity
from terminal.store.keystore import Keys, KeyStore, key_store
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore

PENDING_FILE = "enrolment.pending"
JOURNAL_FILE = "journal.db"
_TYPED_WRONG = frozenset(
    {"enrolment.code_unknown", "enrolment.code_used", "enrolment.code_expired"}
)
_NO_PLACE = frozenset({"platform.no_such_path", "platform.no_such_method"})
_KNOWN = frozenset({"enrolment.bad_csr", "enrolment.outlet_full"})


def enrol(home: Path, platform_url: str, code: str, *, keys_in: str = "file") -> Identity:
    """Enrol this machine as a terminal.

    Args:
        home: the terminal's folder; made when missing.
        platform_url: where the platform answers, ``http(s)://…``.
        code: the one-time code as typed; capitals, blanks and hyphens do not matter.
        keys_in: ``file`` or ``os``, see `terminal.store.keystore.key_store`.

    Returns:
        The identity, already on disk with the keys and the first number ranges.

    Raises:
        UserError: ``enrolment.code_unknown``, ``enrolment.code_used``, ``enrolment.code_expired``,
            ``enrolment.already_enrolled``, ``enrolment.books_present``,
            ``enrolment.platforms_folder``, ``enrolment.wrong_address``.
        EnvironmentFault: ``enrolment.unreachable``, ``enrolment.bad_answer`` (the answer is not for
            our key or not signed by the platform), ``keystore.*``, ``database.*``,
            ``file.not_written``.
        PlatformRejection: ``enrolment.bad_csr``, ``enrolment.outlet_full``, and
            ``enrolment.refused`` with the ``code`` of any other refusal.
    """
    refuse_platforms_folder(home)
    if (home / IDENTITY_FILE).exists():
        raise UserError("enrolment.already_enrolled")
    keystore = key_store(home, kind=keys_in)
    keys = _keys_for(home, keystore, platform_url, code.strip())
    answer = _ask(platform_url, code.strip(), keys.seed)
    identity = _identity(platform_url, answer, keys.seed)
    _keep_ranges(home, keys, answer, identity)
    if answer.vault_key:
        HeldVaultKey(home, bytes.fromhex(answer.platform_key)).hear(answer.vault_key.format())
    # The identity comes last: a folder that has one is enrolled completely.
    write_identity(home, identity)
    (home / PENDING_FILE).unlink(missing_ok=True)
    return identity


def _keys_for(home: Path, keystore: KeyStore, platform_url: str, code: str) -> Keys:
    """The key of an earlier try with this code, else a new one, on disk before it is used."""
    typed = f"{plain_address(platform_url)}\n{plain_code(code)}"
    attempt = hashlib.sha256(typed.encode()).hexdigest()
    pending = home / PENDING_FILE
    if _pending_attempt(pending) == attempt and keystore.exists():
        return keystore.load()
    if (home / JOURNAL_FILE).exists():
        # Entries sealed with the old key must not become unreadable under a new one.
        raise UserError("enrolment.books_present")
    keys = Keys.generate()
    pending.unlink(missing_ok=True)
    # A sync.db of an earlier try is encrypted with a key that is gone.
    for stale in home.glob(f"{SYNC_FILE}*"):
        stale.unlink()
    keystore.save(keys)
    write_atomically(pending, attempt.encode(), mode=0o600)
    return keys


def _pending_attempt(pending: Path) -> str:
    try:
        return pending.read_text(encoding="ascii")
    except (FileNotFoundError, ValueError):
        # Half a file cannot be there; a strange one is only an attempt we do not know.
        return ""


def _ask(platform_url: str, code: str, seed: bytes) -> EnrolmentAnswer:
    line = PlatformLine(platform_url)
    try:
        reply = line.post(
            "/v1/enrolments",
            EnrolmentRequest(
                code,
                public_hex(seed),
                _request_for_certificate(seed),
                Device(platform.node(), _version()),
            ).format(),
        )
    finally:
        line.close()
    if reply.outcome != "ok":
        raise _refusal(reply)
    try:
        return EnrolmentAnswer.parse(reply.body)
    except Refusal as refusal:
        raise _bad_answer(str(refusal)) from refusal


def _refusal(reply: Reply) -> UserError | EnvironmentFault | PlatformRejection:
    if reply.outcome != "refused" or not reply.sent:
        return EnvironmentFault("enrolment.unreachable", {"reason": reply.code})
    if reply.code in _NO_PLACE:
        # A platform answers, only not here: something stands behind its address.
        return UserError("enrolment.wrong_address")
    if reply.code in _KNOWN | _TYPED_WRONG:
        branch = UserError if reply.code in _TYPED_WRONG else PlatformRejection
        return branch(reply.code, reply.params)
    return PlatformRejection("enrolment.refused", {"code": reply.code})


def _request_for_certificate(seed: bytes) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postal-terminal")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = request.sign(Ed25519PrivateKey.from_private_bytes(seed), None)
    return signed.public_bytes(Encoding.PEM).decode("ascii")


def _identity(platform_url: str, answer: EnrolmentAnswer, seed: bytes) -> Identity:
    """Believe the answer only when its certificate is for our key and signed by the platform's."""
    try:
        profile = dict[str, Any](answer.profile)
        identity = Identity(
            terminal_id=answer.terminal_id,
            outlet=str(profile["outlet"]["code"]),
            terminal_no=int(profile["terminal_no"]),
            platform_url=platform_url.rstrip("/"),
            platform_key=answer.platform_key,
            certificate=answer.certificate,
            server_epoch=answer.server_epoch,
            profile=profile,
            replaces=answer.replaces.format() if answer.replaces else {},
        )
        certificate = x509.load_pem_x509_certificate(identity.certificate.encode())
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(identity.platform_key))
        signer.verify(certificate.signature, certificate.tbs_certificate_bytes)
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise _bad_answer(type(error).__name__) from error
    key = certificate.public_key()
    if not isinstance(key, Ed25519PublicKey) or key.public_bytes_raw().hex() != public_hex(seed):
        raise _bad_answer("certificate is for another key")
    return identity


def _keep_ranges(home: Path, keys: Keys, answer: EnrolmentAnswer, identity: Identity) -> None:
    store = SyncStore(home / SYNC_FILE, keys.db_key)
    try:
        keep(store, answer.ranges, utc_now())
        store.put_state({"server_epoch": identity.server_epoch})
    finally:
        store.close()


def _bad_answer(hint: str) -> EnvironmentFault:
    return EnvironmentFault("enrolment.bad_answer", retry=False, hint=hint)


def _version() -> str:
    try:
        return version("postal-terminal")
    except PackageNotFoundError:
        return "0"
