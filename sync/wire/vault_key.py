"""The platform's public X25519 key, vouched for with its signing key.

A terminal seals to it what only the platform may read: courier bundles, personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sync.wire.fields import Hash, Message, Signature
from sync.wire.refusal import Refusal
from sync.wire.signing import Signer, record_digest, record_is_signed
from terminal.domain.canonical import Json

_FORM: Final = "vault_key"


@dataclass(frozen=True, slots=True)
class VaultKey(Message):
    """Whom to seal for.

    Args:
        form: says that the signature stands under a key and nothing else.
        key: public X25519 key, hex.
        signature: the platform's, over the other fields.
    """

    form: Literal["vault_key"]
    key: Hash
    signature: Signature

    @property
    def raw(self) -> bytes:
        """The key as bytes."""
        return bytes.fromhex(self.key)


def sign_vault_key(key: bytes, signer: Signer) -> VaultKey:
    """The platform vouches for a public X25519 key of 32 bytes."""
    unsigned = VaultKey(_FORM, key.hex(), "")
    return VaultKey(_FORM, key.hex(), signer(record_digest(unsigned.format())).hex())


def parse_vault_key(value: Json, platform_key: bytes) -> VaultKey:
    """Read a vault key and check who vouches for it.

    Args:
        value: as it travelled or was kept.
        platform_key: the platform's Ed25519 key, 32 bytes.

    Raises:
        Refusal: ``wire.malformed``; ``vault_key.bad_signature`` (502).
    """
    vault_key = VaultKey.parse(value)
    if not record_is_signed(vault_key.format(), platform_key):
        raise Refusal(502, "vault_key.bad_signature")
    return vault_key
