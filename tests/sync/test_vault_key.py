"""A vault key counts only when the platform vouches for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.agent import run_once
from sync.client.vault_key import VAULT_KEY_FILE, HeldVaultKey
from sync.wire.refusal import Refusal
from sync.wire.sealed_box import public_of
from sync.wire.signing import sign_record
from sync.wire.vault_key import parse_vault_key, sign_vault_key
from terminal.store.identity import read_identity
from tests.helpers.enrolled_terminal import EnrolledTerminal, RestorablePlatform

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
VAULT = bytes(range(32, 64))


def test_a_vouched_for_key_comes_through() -> None:
    kept = sign_vault_key(VAULT, KEY.sign).format()
    assert parse_vault_key(kept, PUBLIC).raw == VAULT


def test_a_key_nobody_vouches_for_is_refused() -> None:
    kept = sign_vault_key(VAULT, KEY.sign).format()
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for value, key in ((kept | {"key": "0" * 64}, PUBLIC), (kept, stranger)):
        with pytest.raises(Refusal, match=r"vault_key\.bad_signature"):
            parse_vault_key(value, key)


def test_another_record_of_the_platform_is_no_vault_key() -> None:
    other = sign_record({"form": "else", "key": VAULT.hex()}, KEY.sign)
    with pytest.raises(Refusal, match=r"wire\.malformed"):
        parse_vault_key(other, PUBLIC)


def test_a_terminal_keeps_what_it_heard_and_believes_nobody_else(tmp_path: Path) -> None:
    held = HeldVaultKey(tmp_path, PUBLIC)
    held.hear(None)
    assert held.read() is None
    vouched = sign_vault_key(VAULT, KEY.sign)
    held.hear(vouched.format())
    assert HeldVaultKey(tmp_path, PUBLIC).read() == vouched
    held.hear(vouched.format() | {"key": "0" * 64})
    assert held.read() == vouched
    other = sign_vault_key(bytes(32), KEY.sign)
    held.hear(other.format())
    assert held.read() == other
    (tmp_path / VAULT_KEY_FILE).write_text("{")
    assert held.read() is None


def test_enrolment_and_every_renewal_bring_the_key(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    platform_key = bytes.fromhex(read_identity(terminal.home).platform_key)
    held = HeldVaultKey(terminal.home, platform_key)
    named = held.read()
    assert named is not None
    secret = (platform.home / "vault.key").read_bytes()
    assert named.raw == public_of(secret)
    (terminal.home / VAULT_KEY_FILE).unlink()
    run_once(terminal.home)
    assert held.read() == named
