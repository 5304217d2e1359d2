"""Only the reader opens a box, and only unchanged and for its purpose."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from sync.wire.refusal import Refusal
from sync.wire.sealed_box import OVERHEAD, open_sealed, public_of, seal

READER = bytes(range(32))
OTHER = bytes(range(1, 33))
PURPOSE = b"vault"

_KEM = b"KEM" + (0x20).to_bytes(2, "big")
_HPKE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x20, 1, 3))


def _extract(suite: bytes, label: bytes, secret: bytes, salt: bytes = b"") -> bytes:
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()


def _expand(suite: bytes, key: bytes, label: bytes, about: bytes, size: int) -> bytes:
    info = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + about
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()[:size]


def _by_the_book(sealed: bytes, private: bytes, info: bytes, aad: bytes = b"") -> bytes:
    """RFC 9180 written down step by step, without the library's own."""
    one_time = sealed[:32]
    key = X25519PrivateKey.from_private_bytes(private)
    shared = key.exchange(X25519PublicKey.from_public_bytes(one_time))
    about = one_time + key.public_key().public_bytes_raw()
    shared = _expand(_KEM, _extract(_KEM, b"eae_prk", shared), b"shared_secret", about, 32)
    context = b"\x00" + _extract(_HPKE, b"psk_id_hash", b"") + _extract(_HPKE, b"info_hash", info)
    secret = _extract(_HPKE, b"secret", b"", shared)
    cipher = ChaCha20Poly1305(_expand(_HPKE, secret, b"key", context, 32))
    return cipher.decrypt(_expand(_HPKE, secret, b"base_nonce", context, 12), sealed[32:], aad)


def test_the_book_agrees_with_the_published_example() -> None:
    """RFC 9180 A.2.1.1, sequence number 0."""
    sealed = (
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
    )
    private = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"
    plain = _by_the_book(
        bytes.fromhex(sealed),
        bytes.fromhex(private),
        b"Ode on a Grecian Urn",
        b"Count-0",
    )
    assert plain == b"Beauty is truth, truth beauty"


def test_any_program_by_the_standard_opens_our_box() -> None:
    box = seal(b"sealed here", public_of(READER), purpose=PURPOSE)
    assert _by_the_book(box[1:], READER, PURPOSE) == b"sealed here"


@given(st.binary(max_size=2_000), st.binary(max_size=80))
def test_what_goes_in_comes_out(content: bytes, purpose: bytes) -> None:
    box = seal(content, public_of(READER), purpose=purpose)
    assert len(box) == len(content) + OVERHEAD
    assert open_sealed(box, READER, purpose=purpose) == content


@given(st.binary(max_size=64), st.data())
def test_any_changed_byte_is_refused(content: bytes, data: st.DataObject) -> None:
    box = bytearray(seal(content, public_of(READER), purpose=PURPOSE))
    box[data.draw(st.integers(0, len(box) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refusal, match=r"sealed_box\.not_opened"):
        open_sealed(bytes(box), READER, purpose=PURPOSE)


@given(st.integers(0, OVERHEAD + 2))
def test_a_box_cut_off_anywhere_is_refused(size: int) -> None:
    box = seal(b"abc", public_of(READER), purpose=PURPOSE)
    with pytest.raises(Refusal, match=r"sealed_box\.not_opened"):
        open_sealed(box[:size], READER, purpose=PURPOSE)


def test_another_reader_or_purpose_opens_nothing() -> None:
    box = seal(b"abc", public_of(READER), purpose=PURPOSE)
    for private, purpose in ((OTHER, PURPOSE), (READER, b"courier")):
        with pytest.raises(Refusal, match=r"sealed_box\.not_opened"):
            open_sealed(box, private, purpose=purpose)


def test_the_same_content_is_never_sealed_alike() -> None:
    assert len({seal(b"abc", public_of(READER), purpose=PURPOSE) for _ in range(20)}) == 20


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytes(32)])
def test_what_is_no_key_seals_nothing(key: bytes) -> None:
    with pytest.raises(Refusal, match=r"sealed_box\.bad_key"):
        seal(b"abc", key, purpose=PURPOSE)
