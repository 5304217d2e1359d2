"""The QR text at the foot of a slip: what a customer holds against the books.

A slip of a sale carries the sale as well, packed: its hash and signature make it as good as the
journal's own line, so another counter can give back what it says without a network.

Source: architecture.md §2, docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass
from typing import Final

from terminal.domain.canonical import canonical_bytes
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry, verify_entry
from terminal.domain.signature import public_key_of, signed_by
from terminal.domain.training import is_practice

MOST_CHARACTERS: Final = 990
"""Of one code: what a common scanner still reads from 58 mm of paper. A greater sale is named
only, not carried."""

_PROOF: Final = re.compile(
    r"PT1\*(?P<terminal>[0-9A-Z][0-9A-Z.-]{0,39})\*(?P<seq>[1-9][0-9]{0,15})\*(?P<hash>[A-Z2-7]{52})"
    r"\*(?P<signature>[A-Z2-7]{103})(?:\*(?P<sale>[A-Z2-7]+))?"
)
_LARGEST: Final = 64 * 1024
"""Bytes of an unpacked sale at most: a few characters must not fill the memory."""
_WORDS: Final = (
    b'"change_fen":0,"gtin":"29000000","level":"gold","list_fen":"name_en":""qr","scheme":"wechat"'
    b',"received_fen":,"reference":"weighed":true,"business_code":"goods","produce","philately"'
    b'"alipay","out_trade_no":"payments_held","rounding","kind":"code","weight_g"'
    b'{"body":{"basket_id":"01a22c3c-ac5f-7b29-bf77-","channel":"counter","lines":[{"amount_fen":'
    b'50,"business_code":"postal_supplies","fixed_fen":null,"gtin":"690","level":"","line_id":"01'
    b'a22c3c-ac94-7","list_fen":50,"name_en":"","name_zh":"","price_since":"2026-12-01T02:00:00.00'
    b'","quantity":1,"raw":"","refundable":true,"sku":"P00","source":"key","tax":"taxable","unit_'
    b'fen":50,"unit_zh":"\xe4\xb8\xaa","weighed":false}],"member_level":"","opened_at":"2026-12-01T'
    b'02:00:00.00Z","order_no":"61020303-02-0000","postings":[{"account":"cash:T02","fen":},{"acco'
    b'unt":"sales:postal_supplies","fen":-50}],"rounding_fen":0,"subtotal_fen":,"tenders":[{"chan'
    b'ge_fen":0,"fen":,"kind":"cash","received_fen":}],"till_id":"T02","total_fen":,"voided":[]},"'
    b'business_date":"2026-12-01","clerk_id":"03","epoch":1,"intent_id":"01a22c3c-ac5f-7","kind":"'
    b'sale.completed","prev_hash":"","recorded_at":"2026-12-01T02:00:00.00Z","seq":,"terminal_id":'
    b'"61020303-02-","version":1}'
)
"""What every sale says, so that a code need not say it. Slips live for years: it never changes."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt's QR code claims about one entry; ``sale``: the packed entry, "" for none."""

    terminal_id: str
    seq: int
    hash: str
    signature: str
    sale: str = ""


def proof_text(entry: Entry) -> str:
    """The QR text of a receipt: at most 217 characters of the QR alphanumeric set (5.5 bits each).

    The signature covers the hash. The number helps a person to find the entry; that both belong
    together shows when the entry itself is at hand.

    Returns:
        ``PT1*terminal*seq*base32(hash)*base32(signature)``, without base32 padding.
    """
    fields = (entry.terminal_id, str(entry.seq), _base32(entry.hash), _base32(entry.signature))
    return "*".join(("PT1", *fields))


def sale_proof_text(entry: Entry) -> str:
    """The QR text of a sale's slip: the proof, and the sale itself where one code can hold it.

    Returns:
        ``proof_text`` and ``*base32(packed entry)``; the proof alone for a sale with many lines.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=_WORDS)
    packed = packer.compress(canonical_bytes(entry.header())) + packer.flush()
    text = f"{proof_text(entry)}*{_base32(packed.hex())}"
    return text if len(text) <= MOST_CHARACTERS else proof_text(entry)


def carried_entry(text: str, public_key: bytes) -> Entry | None:
    """The entry that a slip carries, proven line by line to be the one that was signed.

    Args:
        text: as for ``verify_proof``.
        public_key: the terminal's raw Ed25519 public key, 32 bytes.

    Returns:
        None when the slip only names its entry.

    Raises:
        EnvironmentFault: as ``verify_proof``; ``proof.other_entry`` when what is carried is not
            what was signed.
    """
    proof = verify_proof(text, public_key)
    if not proof.sale:
        return None
    try:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_WORDS)
        header = unpacker.decompress(_raw_base32(proof.sale), _LARGEST)
        wire = json.loads(header) | {"hash": proof.hash, "signature": proof.signature}
        entry = Entry.from_wire(wire)
        verify_entry(entry, public_key)
    except (zlib.error, ValueError, TypeError, RecursionError, EnvironmentFault) as problem:
        raise EnvironmentFault("proof.other_entry", {"seq": proof.seq}, retry=False) from problem
    if (entry.terminal_id, entry.seq) != (proof.terminal_id, proof.seq):
        raise EnvironmentFault("proof.other_entry", {"seq": proof.seq}, retry=False)
    return entry


def read_proof(text: str) -> Proof | None:
    """What a slip's code claims; nothing of it is proven. None for another text.

    Args:
        text: what a scanner read; lower case and surrounding blanks are forgiven.
    """
    match = _PROOF.fullmatch(text.strip().upper())
    digest = match and _unbase32(match["hash"], 32)
    signature = match and _unbase32(match["signature"], 64)
    if match is None or not digest or not signature:
        return None
    sale = match["sale"] or ""
    return Proof(match["terminal"], int(match["seq"]), digest.hex(), signature.hex(), sale)


def verify_proof(text: str, public_key: bytes) -> Proof:
    """Check a receipt's QR text offline: the terminal with this key did sign this entry.

    Args:
        text: what a scanner read; lower case and surrounding blanks are forgiven.
        public_key: the terminal's raw Ed25519 public key, 32 bytes.

    Raises:
        EnvironmentFault: ``proof.malformed``, ``proof.training`` for a slip of practice,
            ``proof.bad_signature``, ``journal.bad_public_key``.
    """
    proof = read_proof(text)
    if proof is None:
        raise EnvironmentFault("proof.malformed", retry=False)
    if is_practice(proof.terminal_id):
        raise EnvironmentFault("proof.training", {"seq": proof.seq}, retry=False)
    digest, signature = bytes.fromhex(proof.hash), bytes.fromhex(proof.signature)
    if not signed_by(public_key_of(public_key), signature, digest):
        raise EnvironmentFault("proof.bad_signature", {"seq": proof.seq}, retry=False)
    return proof


def _base32(hex_text: str) -> str:
    return base64.b32encode(bytes.fromhex(hex_text)).decode("ascii").rstrip("=")


def _unbase32(text: str, size: int) -> bytes | None:
    """The bytes, or None when the text is not the one spelling ``_base32`` gives them."""
    raw = _raw_base32(text)[:size]
    return raw if _base32(raw.hex()) == text else None


def _raw_base32(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))
