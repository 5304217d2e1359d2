#!/usr/bin/env python3
"""Checks the exported journal of a postal terminal. One file, nothing of the terminal's own code.

Needs Python 3.11 or newer and the package ``cryptography``. The format is told in docs/journal.md.

    python verify_journal.py books.jsonl --key HEX
    python verify_journal.py books.jsonl --certificate terminal.pem --receipt "PT1*…"
    python verify_journal.py books.jsonl --identity identity.json --ack ack.json
    python verify_journal.py evidence.zip

Exit code: 0 everything is sound, 1 something is not, 2 the check could not be made.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SOUND, NOT_SOUND, NOT_CHECKED = range(3)
GENESIS, LARGEST, SHOWN = "0" * 64, 2**53 - 1, 25

_TEXTS = {
    "terminal_id": r"[0-9A-Z][0-9A-Z.-]{0,39}",
    "kind": r"[a-z][a-z_]{0,31}\.[a-z][a-z_]{0,31}",
    "intent_id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "business_date": r"\d{4}-\d{2}-\d{2}",
    "recorded_at": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z",
    "clerk_id": r"[0-9A-Za-z.-]{0,32}",
    "prev_hash": r"[0-9a-f]{64}",
    "hash": r"[0-9a-f]{64}",
    "signature": r"[0-9a-f]{128}",
}
_NUMBERS = ("epoch", "seq", "version")
_FIELDS = {*_TEXTS, *_NUMBERS, "body"}
_ACK_FIELDS = {"terminal_id", "epoch", "seq", "hash", "count", "at", "signature"}
_NAME = r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}"
_PLACE = rf"sold|spoiled|(?:till|transit|source|suspense|over_short):{_NAME}"
_ASIDE = ("suspense:", "over_short:")
_STOCK_FIELDS = {"place", "item", "pieces"}
_TRAINING = "TRAINING"
_RECEIPT = (
    r"PT1\*([0-9A-Z][0-9A-Z.-]{0,39})\*([1-9]\d{0,15})\*([A-Z2-7]{52})\*([A-Z2-7]{103})"
    # A sale may follow, packed: it is for other counters, and the export has it anyway.
    r"(?:\*[A-Z2-7]+)?"
)


class Unreadable(Exception):
    """What was given cannot be checked at all: a missing file, no key."""


class Faulty(Exception):
    """One thing is wrong: a stable code and a sentence for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass
class Finding:
    """Something that is not as it must be; ``line`` and ``seq`` are 0 where there is none."""

    code: str
    text: str
    line: int = 0
    seq: int = 0


@dataclass
class Report:
    """What is checked and found: hashes by number, accounts in fen, debit positive."""

    key: Ed25519PublicKey
    partial: bool = False
    entries: int = 0
    first_seq: int = 0
    head: dict[str, Any] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)
    first_seals: set[str] = field(default_factory=set)
    intents: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    apart: bool = False
    numbers: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, text: str, line: int = 0, seq: int = 0) -> None:
        """Note a fault."""
        self.findings.append(Finding(code, text, line, seq))


def read_json(text: str) -> Any:
    """Parse JSON of one exact form: no fractions, no key twice, nothing beyond 2**53.

    `ValueError` for anything else.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("a key stands twice")
        return value

    def whole(digits: str) -> int:
        number = int(digits)
        if abs(number) > LARGEST or digits == "-0":
            raise ValueError(f"{digits} is not exact in every JSON reader")
        return number

    def refuse(number: str) -> NoReturn:
        raise ValueError(f"{number} is not a whole number")

    try:
        return json.loads(
            text, object_pairs_hook=once, parse_int=whole, parse_float=refuse, parse_constant=refuse
        )
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of what `read_json` returned; `ValueError` when half a character is in it."""

    def ordered(item: Any) -> Any:
        if isinstance(item, dict):
            # RFC 8785 sorts keys by UTF-16 units.
            keys = sorted(item, key=lambda key: key.encode("utf-16-be"))
            return {key: ordered(item[key]) for key in keys}
        return [ordered(one) for one in item] if isinstance(item, list) else item

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def digest_of(record: dict[str, Any], *without: str) -> bytes:
    """SHA-256 of the canonical form of a record without some fields."""
    covered = {name: value for name, value in record.items() if name not in without}
    return hashlib.sha256(canonical(covered)).digest()


def signed(key: Ed25519PublicKey, signature: str, digest: bytes) -> bool:
    """Whether a signature in hex is the key's over the digest."""
    try:
        key.verify(bytes.fromhex(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_shape(entry: Any) -> None:
    """Raise `Faulty` unless the thirteen fields are there, no others, each of its own form."""
    if not isinstance(entry, dict):
        raise Faulty("malformed", "the line is no JSON object")
    for name in sorted(_FIELDS.symmetric_difference(entry)):
        raise Faulty("malformed", f"{'no' if name in _FIELDS else 'unknown'} field {name!r}")
    for name, shape in _TEXTS.items():
        if not isinstance(entry[name], str) or not re.fullmatch(shape, entry[name], re.ASCII):
            raise Faulty("malformed", f"field {name!r} has the wrong form")
    for name in _NUMBERS:
        if type(entry[name]) is not int or entry[name] < 1:
            raise Faulty("malformed", f"field {name!r} is no number from 1")
    if not isinstance(entry["body"], dict):
        raise Faulty("malformed", "field 'body' is no JSON object")
    try:
        datetime.strptime(entry["business_date"] + "+0000", "%Y-%m-%d%z")
        datetime.strptime(entry["recorded_at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        raise Faulty("malformed", "there is no such date or time") from None


def check_seal(entry: dict[str, Any], report: Report) -> None:
    """Raise `Faulty` unless hash and signature are those of the content."""
    try:
        digest = digest_of(entry, "hash", "signature")
    except ValueError:
        raise Faulty("not_canonical", "the content has no exact form") from None
    if digest.hex() != entry["hash"]:
        raise Faulty("bad_hash", "the content was changed after it was sealed")
    if not signed(report.key, entry["signature"], digest):
        raise Faulty("bad_signature", "not signed by this terminal's key")


def check_place(entry: dict[str, Any], report: Report) -> None:
    """Raise `Faulty` unless the entry joins the one before."""
    before = report.head
    if not before:
        if not report.partial and entry["seq"] != 1:
            raise Faulty("gap", f"the first entry is {entry['seq']}, not 1")
        if entry["seq"] == 1 and entry["prev_hash"] != GENESIS:
            raise Faulty("broken_link", "the first entry names one before it")
        return
    if entry["terminal_id"] != before["terminal_id"]:
        raise Faulty("foreign_terminal", f"an entry of {entry['terminal_id']}")
    if entry["seq"] != before["seq"] + 1:
        raise Faulty("gap", f"entry {before['seq'] + 1} should stand here")
    if entry["prev_hash"] != before["hash"] or entry["epoch"] < before["epoch"]:
        raise Faulty("broken_link", f"does not join entry {before['seq']}")
    ended = {f"old_{name}": before[name] for name in ("epoch", "seq", "hash")}
    body = entry["body"] if entry["kind"] == "terminal.recovered" else {}
    says = all(body.get(name) == value for name, value in ended.items())
    if entry["epoch"] != before["epoch"] and not says:
        raise Faulty("bad_epoch", "a new epoch does not say where the old one ended")


def check_content(entry: dict[str, Any], report: Report) -> None:
    """Raise `Faulty` unless the intent is new and the postings balance; add them to the sums."""
    postings = _postings(entry)
    if postings is None:
        raise Faulty("bad_postings", "postings are pairs of account and whole fen")
    for row in postings:
        report.accounts[row["account"]] = report.accounts.get(row["account"], 0) + row["fen"]
    total = sum(row["fen"] for row in postings)
    if total:
        raise Faulty("unbalanced", f"the postings sum to {total} fen, not 0")
    used = report.intents.setdefault(entry["intent_id"], report.entries)
    if used != report.entries:
        raise Faulty("duplicate_intent", "the fact was booked before, by another entry")


def _postings(entry: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The postings of an entry; None when they have another shape."""
    rows = entry["body"].get("postings", [])
    good = isinstance(rows, list) and all(
        isinstance(row, dict)
        and {name: type(value) for name, value in row.items()} == {"account": str, "fen": int}
        for row in rows
    )
    return rows if good else None


def check_income(entry: dict[str, Any], report: Report) -> None:
    """Raise `Faulty` unless a sale's income is where its lines belong, each in one account.

    Tax-free lines belong to `postage:`, others to `sales:`. Earlier versions had all of them in
    `sales:`; no journal goes back to that.
    """
    lines = entry["body"].get("lines") if entry["kind"] == "sale.completed" else None
    if not lines:
        return
    apart: dict[str, int] = {}
    before: dict[str, int] = {}
    for line in lines if isinstance(lines, list) else [None]:
        told = line if isinstance(line, dict) else {}
        fen, family = told.get("amount_fen"), "postage" if told.get("tax") == "exempt" else "sales"
        if type(fen) is not int:
            raise Faulty("income_differs", "a line of the sale does not say what it cost")
        for sums, kind in ((apart, family), (before, "sales")):
            account = f"{kind}:{told.get('business_code')}"
            sums[account] = sums.get(account, 0) - fen
    posted: dict[str, int] = {}
    for row in _postings(entry) or []:
        if row["account"].partition(":")[0] in ("postage", "sales"):
            posted[row["account"]] = posted.get(row["account"], 0) + row["fen"]
    now, then = ({name: fen for name, fen in one.items() if fen} for one in (apart, before))
    resent = "resent_of" in entry["body"]
    if posted != now and (posted != then or (report.apart and not resent)):
        raise Faulty("income_differs", "the income is not booked where the lines belong")
    report.apart = report.apart or posted != then


def check_stock(entry: dict[str, Any], report: Report) -> None:
    """Raise `Faulty` unless every piece and every number that leaves one place reaches another."""
    told = entry["body"].get("stock", [])
    rows = [_stock(row) for row in told] if isinstance(told, list) else [None]
    ends: dict[tuple[str, int], int] = {}
    for item, _, pieces, lo, hi in filter(None, rows):
        step = 1 if pieces > 0 else -1
        # Where the ends of ranges cancel out, so does every number between them.
        for end, count in ((lo, step), (hi + 1, -step)) if lo else ((0, pieces),):
            ends[item, end] = ends.get((item, end), 0) + count
    if None in rows:
        raise Faulty("bad_stock", "stock is rows of place, item, pieces and, with numbers, lo, hi")
    wrong = sorted(item for (item, _), count in ends.items() if count)
    if wrong:
        raise Faulty("stock_unbalanced", f"pieces or numbers of {wrong[0]} come from or go nowhere")
    # What an older disk sold anew beside a later life is told twice, and says so.
    if "resent_of" not in entry["body"]:
        moved = list(filter(None, rows))
        # A count says what is there, whatever was thought before; its rows stand in their order.
        counts = any(row[1].startswith(_ASIDE) for row in moved)
        for item, place, pieces, lo, hi in sorted(moved, key=lambda row: not counts and row[2] > 0):
            if lo and counts and pieces > 0:
                _found((item, place), lo, hi, report)
            elif lo:
                _follow((item, place), lo, hi, pieces < 0, report)


def _stock(row: Any) -> tuple[str, str, int, int, int] | None:
    """Item, place, pieces, both ends of the numbers or 0 for none; None for what is no such row."""
    if not isinstance(row, dict) or set(row) not in (_STOCK_FIELDS, _STOCK_FIELDS | {"lo", "hi"}):
        return None
    item, place, pieces = row["item"], row["place"], row["pieces"]
    lo, hi = row.get("lo", 0), row.get("hi", 0)
    named = isinstance(item, str) and re.fullmatch(_NAME, item, re.ASCII)
    placed = isinstance(place, str) and re.fullmatch(_PLACE, place, re.ASCII)
    if not (named and placed and pieces and all(type(one) is int for one in (pieces, lo, hi))):
        return None
    fits = 0 < lo <= hi == lo + abs(pieces) - 1 if "lo" in row else True
    return (item, place, pieces, lo, hi) if fits else None


def _found(at: tuple[str, str], lo: int, hi: int, report: Report) -> None:
    """Numbers are where they were counted, and nowhere else."""
    if at[1].startswith(_ASIDE):
        return
    for where in [one for one in report.numbers if one[0] == at[0] and one[1] != "issued"]:
        report.numbers[where] = _cut(report.numbers[where], lo, hi)
    report.numbers[at] = _joined(report.numbers.get(at, []), lo, hi)


def _follow(at: tuple[str, str], lo: int, hi: int, leaves: bool, report: Report) -> None:
    """Raise `Faulty` when a number is issued twice, in two places, or not where it leaves."""
    (item, place), numbers = at, report.numbers
    told = f"a number of {item} from {lo} to {hi}"
    if place.startswith(("transit:", *_ASIDE)):
        return  # Other terminals send and receive pouches too; what is aside lies nowhere.
    if place.startswith("source:"):
        issued = numbers.get((item, "issued"), [])
        numbers[item, "issued"] = [*issued, (lo, hi)] if leaves else _cut(issued, lo, hi)
        if leaves and _meets(issued, lo, hi):
            raise Faulty("number_twice", f"{told} is issued a second time")
        return
    here = numbers.setdefault(at, [])
    if leaves:
        numbers[at] = _cut(here, lo, hi)
        if not report.partial and _count(here) - _count(numbers[at]) != hi - lo + 1:
            raise Faulty("number_not_there", f"{told} leaves {place} and was not there")
        return
    places = (where for where in numbers if where[0] == item and where[1] != "issued")
    held = [part for where in places for part in numbers[where]]
    numbers[at] = _joined(here, lo, hi)
    if _meets(held, lo, hi):
        raise Faulty("number_twice", f"{told} reaches {place} and is in another place as well")


def _meets(held: list[tuple[int, int]], lo: int, hi: int) -> bool:
    return any(low <= hi and lo <= high for low, high in held)


def _cut(held: list[tuple[int, int]], lo: int, hi: int) -> list[tuple[int, int]]:
    """What is left of ranges without ``lo`` to ``hi``."""
    parts = [
        part for low, high in held for part in ((low, min(high, lo - 1)), (max(low, hi + 1), high))
    ]
    return [part for part in parts if part[0] <= part[1]]


def _joined(held: list[tuple[int, int]], lo: int, hi: int) -> list[tuple[int, int]]:
    """Ranges with ``lo`` to ``hi`` as well, as few as possible."""
    near = [part for part in held if part[0] <= hi + 1 and lo - 1 <= part[1]]
    ends = [number for part in (*near, (lo, hi)) for number in part]
    return [*(part for part in held if part not in near), (min(ends), max(ends))]


def _count(held: list[tuple[int, int]]) -> int:
    return sum(high - low + 1 for low, high in held)


def verify(lines: Iterable[str], report: Report) -> None:
    """Check an export line by line; every fault goes into the report, not only the first."""
    for number, line in enumerate(lines, 1):
        try:
            entry = read_json(line)
            check_shape(entry)
        except Faulty as fault:
            report.wrong(fault.code, str(fault), number)
            continue
        except ValueError as problem:
            report.wrong("not_canonical", f"the line has no exact form: {problem}", number)
            continue
        for check in (check_place, check_seal, check_content, check_income, check_stock):
            try:
                check(entry, report)
            except Faulty as fault:
                report.wrong(fault.code, str(fault), number, entry["seq"])
        report.entries += 1
        report.first_seq = report.first_seq or entry["seq"]
        report.hashes.setdefault(entry["seq"], entry["hash"])
        if isinstance(first := entry["body"].get("resent_of"), dict):
            report.first_seals.add(str(first.get("hash")))
        report.head = entry
    if not report.entries:
        report.wrong("empty", "the export holds no entry")


def check_receipt(text: str, report: Report) -> None:
    """Compare the QR text of a slip with the export; faults are noted in the report."""
    found = re.fullmatch(_RECEIPT, text.strip().upper(), re.ASCII)
    digest, signature = (_unbase32(found[3]), _unbase32(found[4])) if found else (b"", b"")
    if not found or not digest or not signature:
        report.wrong("receipt_malformed", "the receipt's text is not complete")
        return
    terminal, seq = found[1], int(found[2])
    if terminal == _TRAINING:
        report.wrong("receipt_of_training", "a slip of training: it is not a receipt", seq=seq)
    elif not signed(report.key, signature.hex(), digest):
        report.wrong("receipt_bad_signature", "the receipt was not made by this terminal", seq=seq)
    elif report.head and terminal != report.head["terminal_id"]:
        report.wrong("receipt_other_terminal", f"the receipt names {terminal}", seq=seq)
    elif digest.hex() in report.first_seals:
        return
    elif seq not in report.hashes:
        report.wrong("receipt_not_in_export", f"the export has no entry {seq}", seq=seq)
    elif report.hashes[seq] != digest.hex():
        report.wrong("receipt_other_entry", "the export has another entry in its place", seq=seq)


def _unbase32(text: str) -> bytes:
    raw = base64.b32decode(text + "=" * (-len(text) % 8))
    return raw if base64.b32encode(raw).decode().rstrip("=") == text else b""


def check_ack(ack: Any, key: Ed25519PublicKey, report: Report) -> None:
    """Compare the platform's signed acknowledgement with the export."""
    ack = ack.get("ack", ack) if isinstance(ack, dict) else None
    if not isinstance(ack, dict) or set(ack) != _ACK_FIELDS or type(ack["seq"]) is not int:
        report.wrong("ack_malformed", "the acknowledgement does not have its seven fields")
        return
    seq = ack["seq"]
    if not signed(key, str(ack["signature"]), digest_of(ack, "signature")):
        report.wrong("ack_bad_signature", "not signed by this platform", seq=seq)
    elif report.head and ack["terminal_id"] != report.head["terminal_id"]:
        report.wrong("ack_other_terminal", f"it is about {ack['terminal_id']}", seq=seq)
    elif seq > report.head.get("seq", 0):
        text = f"the platform holds {seq} entries, the export ends at {report.head.get('seq', 0)}"
        report.wrong("ack_beyond_end", text, seq=seq)
    elif report.hashes.get(seq, ack["hash"]) != ack["hash"]:
        report.wrong("ack_other_history", "the platform holds another entry here", seq=seq)


def public_key(text: str) -> Ed25519PublicKey:
    """An Ed25519 key from 64 hex digits or a PEM certificate; `Unreadable` when it is neither."""
    try:
        if "BEGIN CERTIFICATE" not in text:
            return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
        key = x509.load_pem_x509_certificate(text.encode()).public_key()
    except ValueError as problem:
        raise Unreadable(f"this is no key: {problem}") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable("the certificate's key is not Ed25519")
    return key


def _keys(options: argparse.Namespace) -> tuple[Ed25519PublicKey, Ed25519PublicKey | None]:
    """The terminal's key and, where it is known, the platform's."""
    identity = read_json(options.identity.read_text("utf-8")) if options.identity else {}
    own = options.certificate.read_text("ascii") if options.certificate else options.key
    own = own or identity.get("certificate", "")
    if not own:
        raise Unreadable("say whose journal it is: --key, --certificate or --identity")
    platform = options.platform_key or identity.get("platform_key", "")
    if options.ack and not platform:
        raise Unreadable("to check --ack say --platform-key or --identity")
    return public_key(own), public_key(platform) if platform else None


def _unpack(options: argparse.Namespace) -> None:
    """Evidence of a dispute is one file: a part of the journal, both keys, an acknowledgement."""
    folder = Path(tempfile.mkdtemp(prefix="evidence-"))
    shutil.unpack_archive(options.export, folder, "zip")
    options.export, options.partial = folder / "journal.jsonl", True
    options.identity = options.identity or folder / "identity.json"
    options.ack = options.ack or next(folder.glob("ack.json"), None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Checks the exported journal of a terminal.")
    parser.add_argument("export", type=Path, help="one entry a line, as the terminal exports it")
    parser.add_argument("--key", help="the terminal's public key, 64 hex digits")
    parser.add_argument("--certificate", type=Path, help="the terminal's certificate, PEM")
    parser.add_argument("--identity", type=Path, help="identity.json of the terminal: both keys")
    parser.add_argument("--receipt", action="append", default=[], help="QR text of a slip, PT1*…")
    parser.add_argument("--ack", type=Path, help="acknowledgement signed by the platform, JSON")
    parser.add_argument("--platform-key", help="the platform's public key, 64 hex digits")
    parser.add_argument("--partial", action="store_true", help="may begin after entry 1")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _as_json(report: Report) -> str:
    told = {
        "sound": not report.findings,
        "terminal_id": report.head.get("terminal_id", ""),
        "entries": report.entries,
        "first_seq": report.first_seq,
        "last_seq": report.head.get("seq", 0),
        "head_hash": report.head.get("hash", ""),
        "accounts_fen": dict(sorted(report.accounts.items())),
        "findings": [vars(finding) for finding in report.findings],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _as_words(report: Report) -> str:
    lines = []
    for one in report.findings[:SHOWN]:
        place = f"line {one.line}, " if one.line else ""
        entry = f"entry {one.seq}" if one.seq else "no entry"
        lines.append(f"WRONG  {place}{entry}: {one.text} ({one.code})")
    lines += [f"… and {len(report.findings) - SHOWN} more"] if report.findings[SHOWN:] else []
    for name, fen in sorted(report.accounts.items()):
        sign = "-" if fen < 0 else " "
        lines.append(f"{name:<24} {sign}{abs(fen) // 100}.{abs(fen) % 100:02}")
    verdict = "NOT SOUND" if report.findings else "SOUND"
    head = f"up to {report.head['seq']}, hash {report.head['hash']}" if report.head else "none"
    lines.append(f"{verdict}: {report.entries} entries from {report.first_seq} {head}")
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Run the check and print what it found."""
    options = _parser().parse_args(words)
    try:
        if options.export.suffix == ".zip":
            _unpack(options)
        own, platform = _keys(options)
        report = Report(own, options.partial)
        # A byte that is no UTF-8 spoils its line, not the check.
        with options.export.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            verify(lines, report)
        for text in options.receipt:
            check_receipt(text, report)
        if options.ack and platform:
            check_ack(read_json(options.ack.read_text("utf-8")), platform, report)
    except (OSError, ValueError, Unreadable) as problem:
        print(f"could not be checked: {problem}", file=sys.stderr)
        return NOT_CHECKED
    print(_as_json(report) if options.json else _as_words(report))
    return NOT_SOUND if report.findings else SOUND


if __name__ == "__main__":
    sys.exit(main())
