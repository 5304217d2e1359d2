"""What travels of a deposit is read strictly, and a receipt is the platform's or none."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.wire.deposits import DepositReceipt, packed, parse_receipt, sign_receipt, unpacked
from sync.wire.refusal import Refusal
from terminal.domain.canonical import Json

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()


def _receipt() -> DepositReceipt:
    unsigned = DepositReceipt(
        "T-1", "vault", "R-1", "a" * 64, 7, "2026-03-02T08:00:00.000Z", "life", "0" * 128
    )
    return sign_receipt(unsigned, KEY.sign)


@given(st.binary(max_size=200))
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    assert unpacked(packed(content), "data") == content


@pytest.mark.parametrize("text", ["AAA", "A===", "*AAA", "AA A"])
def test_other_text_is_named_as_malformed(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        unpacked(text, "data")
    assert (refused.value.code, refused.value.params) == ("wire.malformed", {"field": "data"})


def test_signed_receipt_is_believed_and_a_changed_one_is_not() -> None:
    receipt = _receipt()
    assert parse_receipt(receipt.format(), PUBLIC) == receipt
    changes: dict[str, Json] = {"item": "R-2", "size": 8, "server_epoch": "next"}
    for name, value in changes.items():
        with pytest.raises(Refusal, match=r"deposit\.bad_signature"):
            parse_receipt({**receipt.format(), name: value}, PUBLIC)
