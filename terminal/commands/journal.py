"""``postal-terminal journal``: verify, export, prove.

Reads beside a counter at work, changes nothing.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from terminal.commands.options import public_key, whole
from terminal.commands.output import explain, explain_code, show, while_read, worded
from terminal.domain.errors import EnvironmentFault
from terminal.domain.money import Money

if TYPE_CHECKING:
    from terminal.domain.journal import Entry
    from terminal.domain.proof import Proof


_CLAIMS: Final = ("hash", "terminal", "number", "entry", "paper")
"""What a slip says of itself: that this terminal sealed an entry with this hash, which terminal it
was, under which number, what the entry says, and what is printed. The last no program can see."""

_VERDICTS: Final = {True: 0, False: 1, None: 5}
"""Exit codes. A script must not take a signed hash for a genuine slip."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check chain, signatures, balances and read models")
    export = actions.add_parser("export", help="one entry a line: header, body, hash, signature")
    export.add_argument(
        "--jsonl",
        action="store_true",
        help="one JSON object a line: all header fields, body, hash, signature (the only form)",
    )
    export.add_argument(
        "--from-seq", type=whole(1, 2**53 - 1), default=1, help="number of the first entry"
    )
    export.add_argument("--out", type=Path, help="file; standard output when missing")
    proof = actions.add_parser("verify-receipt", help="check the QR text of a slip offline")
    proof.add_argument("text", help="what the scanner read, starts with PT1*")
    proof.add_argument(
        "--key",
        type=public_key,
        help="the terminal's public key in hex, and no books; this terminal's own by default",
    )
    proof.add_argument(
        "--language", choices=["en", "zh_CN"], default="en", help="language of the meaning"
    )
    head = actions.add_parser(
        "head", help="number and hash of the last entry, and what is confirmed"
    )
    for action in (verify, export, proof, head):
        action.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, help="terminal's folder"
        )
    for action in (verify, proof, head):
        action.add_argument("--json", action="store_true", help="print JSON")


def execute(options: argparse.Namespace) -> int:
    """Run the action."""
    actions = {
        "verify": _verify,
        "export": _export,
        "verify-receipt": _verify_receipt,
        "head": _head,
    }
    return actions[options.action](options)


@contextmanager
def open_journal(home: Path) -> Iterator[Any]:
    """A read-only connection to journal.db.

    Raises:
        EnvironmentFault: ``books.missing`` or ``books.all_missing`` when there is none any more,
            ``books.not_begun`` when there is none yet; ``keystore.*``, ``database.*``.
    """
    from terminal.bootstrap import open_keys
    from terminal.store.books import FILE
    from terminal.store.database import open_database
    from terminal.store.lost_books import lost_books

    key = open_keys(home).db_key
    fault = lost_books(home, key)
    if fault is not None and fault.code != "books.behind":
        raise fault
    file = home / FILE
    if not file.exists() or not file.stat().st_size:
        raise EnvironmentFault("books.not_begun")
    connection = open_database(file, key, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def lacking(home: Path) -> str:
    """What the books lack of what the platform confirmed, in a sentence; "" when nothing."""
    from terminal.bootstrap import open_keys
    from terminal.store.lost_books import lost_books

    fault = lost_books(home, open_keys(home).db_key)
    return explain(fault) if fault else ""


def _verify(options: argparse.Namespace) -> int:
    from terminal.domain.journal import verify_chain
    from terminal.store import projections
    from terminal.store.books import FILE
    from terminal.store.journal_table import all_entries
    from terminal.store.whole_file import require_whole

    with open_journal(options.home) as connection:
        # One view of the file for all checks, whatever a counter writes meanwhile.
        connection.execute("BEGIN")
        require_whole(connection, FILE)
        key = _public_key(options.home)
        report = verify_chain(all_entries(connection), key)
        differing = projections.differences(connection, all_entries(connection))
        aside, lost = _check_set_aside(connection, key)
    behind = lacking(options.home)
    sound = report.sound and not differing and not lost and not behind
    show(
        {
            "sound": sound,
            "behind": behind,
            "entries": report.count,
            "epoch": report.head.epoch,
            "head_seq": report.head.seq,
            "head_hash": report.head.hash,
            "set_aside": aside,
            "set_aside_bad": lost,
            "bad_seq": report.bad_seq,
            "reason": report.reason,
            "read_models_differ": differing,
        },
        as_json=options.json,
    )
    return 0 if sound else 1


def _check_set_aside(connection: Any, key: bytes) -> tuple[int, list[int]]:
    """What recoveries moved out of the journal: how much, and which of it counts nowhere now.

    Each must be sealed by this terminal, and its fact must be in the journal: sealed again, or as
    the entry that was there before it.
    """
    from terminal.domain.errors import OutletError
    from terminal.domain.journal import verify_entry
    from terminal.store.reading import SqlReading
    from terminal.store.recovery_steps import set_aside

    books, count, bad = SqlReading(connection), 0, list[int]()
    for entry in set_aside(connection):
        count += 1
        try:
            verify_entry(entry, key)
        except OutletError:
            bad.append(entry.seq)
            continue
        if books.entry_for_intent(entry.intent_id) is None and not _was_refused(connection, entry):
            bad.append(entry.seq)
    return count, bad


def _was_refused(connection: Any, entry: Any) -> bool:
    from terminal.domain.epoch import DOUBLE_REFUSED
    from terminal.store.journal_table import select

    refusals = select(connection, "WHERE kind = ?", (DOUBLE_REFUSED,))
    return any(one.body["double_hash"] == entry.hash for one in refusals)


def _export(options: argparse.Namespace) -> int:
    from terminal.store.journal_table import select

    with while_read(), open_journal(options.home) as connection, _sink(options.out) as sink:
        for entry in select(connection, "WHERE seq >= ? ORDER BY seq", (options.from_seq,)):
            line = json.dumps(entry.to_wire(), ensure_ascii=False, sort_keys=True)
            print(line, file=sink)
    return 0


@contextmanager
def _sink(out: Path | None) -> Iterator[TextIO]:
    """Where lines go: a file is there when all of them are in it, and not before."""
    from terminal.store.atomic_file import written_atomically

    if out is None:
        yield sys.stdout
        return
    if out.exists() and not out.is_file():
        # A pipe or device has no draft beside it.
        with out.open("w", encoding="utf-8") as sink:
            yield sink
        return
    with written_atomically(out.resolve()) as file:
        sink = io.TextIOWrapper(file, encoding="utf-8")
        yield sink
        sink.detach()


def _verify_receipt(options: argparse.Namespace) -> int:
    from terminal.domain.errors import OutletError
    from terminal.domain.proof import carried_entry, verify_proof

    key = options.key or _public_key(options.home)
    try:
        proof, carried = verify_proof(options.text, key), carried_entry(options.text, key)
    except OutletError as error:
        facts = _not_genuine(error.code)
    else:
        if not options.key:
            facts = _in_the_books(proof, key, options.home)
        else:
            facts = _carried(carried) if carried else _signed_alone(proof)
    facts["not_proven"] = [claim for claim in _CLAIMS if claim not in facts["proven"]]
    facts["meaning"] = _meaning(facts, options.language)
    show(facts, as_json=options.json)
    return _VERDICTS[facts["genuine"]]


def _meaning(facts: Mapping[str, Any], language: str) -> str:
    if facts["genuine"] is False:
        return explain_code(facts["reason"], language)
    if facts["genuine"] is None:
        return worded("verify_receipt.signature_alone", {"hash": facts["hash"]}, language)
    told = {**facts, "total": Money(facts["total_fen"]).text}
    how = "in_the_books" if facts["compared_with_books"] else "carried"
    return worded(f"verify_receipt.{how}", told, language)


def _not_genuine(reason: str) -> dict[str, Any]:
    return {"genuine": False, "reason": reason, "compared_with_books": False, "proven": []}


def _carried(entry: Entry) -> dict[str, Any]:
    """The code holds the sale itself, and it is what was signed."""
    if entry.kind != "sale.completed":
        return _not_genuine("proof.no_sale") | {"seq": entry.seq}
    return _sale(entry) | {"terminal_id": entry.terminal_id, "compared_with_books": False}


def _sale(entry: Entry) -> dict[str, Any]:
    """What a proven entry of a sale says."""
    return {
        "genuine": True,
        "seq": entry.seq,
        "hash": entry.hash,
        "order_no": entry.body["order_no"],
        "total_fen": entry.body["total_fen"],
        "proven": ["hash", "terminal", "number", "entry"],
    }


def _signed_alone(proof: Proof) -> dict[str, Any]:
    """The code names its entry only: whether the slip is genuine, only the books know."""
    return {
        "genuine": None,
        "hash": proof.hash,
        "compared_with_books": False,
        "proven": ["hash"],
    }


def _in_the_books(proof: Proof, key: bytes, home: Path) -> dict[str, Any]:
    """A genuine signature beside what this terminal booked under the slip's number."""
    from terminal.domain.journal import verify_entry
    from terminal.store.identity import read_identity
    from terminal.store.journal_table import all_entries
    from terminal.store.reading import SqlReading

    if proof.terminal_id != read_identity(home).terminal_id:
        return _not_genuine("proof.other_terminal")
    with open_journal(home) as connection:
        entry = SqlReading(connection).entry(proof.seq)
        if entry is None or entry.hash != proof.hash:
            entry = _sealed_again(proof, all_entries(connection))
    if entry is None:
        return _not_genuine("proof.other_entry") | {"seq": proof.seq, "compared_with_books": True}
    # What is told of the entry must be what was sealed, not what its row says now.
    verify_entry(entry, key)
    if entry.kind != "sale.completed":
        return _not_genuine("proof.no_sale") | {"seq": entry.seq, "compared_with_books": True}
    told = {"terminal_id": proof.terminal_id, "hash": proof.hash, "compared_with_books": True}
    return _sale(entry) | told


def _sealed_again(proof: Proof, entries: Iterator[Entry]) -> Entry | None:
    """The entry a recovery made of the one a slip was printed from."""
    for entry in entries:
        first = entry.body.get("resent_of")
        if isinstance(first, dict) and (first["seq"], first["hash"]) == (proof.seq, proof.hash):
            return entry
    return None


def _head(options: argparse.Namespace) -> int:
    from terminal.bootstrap import open_keys
    from terminal.store.reading import SqlReading
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader

    with open_journal(options.home) as connection:
        seq, digest = SqlReading(connection).head()
    with closing(SyncReader(options.home / SYNC_FILE, open_keys(options.home).db_key)) as reader:
        confirmed = reader.confirmed_head()
        ack = reader.receipt_for(confirmed.epoch, confirmed.seq) if confirmed.seq else None
    show(
        {
            "head_seq": seq,
            "head_hash": digest,
            "confirmed_seq": confirmed.seq,
            "public_key": _public_key(options.home).hex(),
            "ack": ack,
        },
        as_json=options.json,
    )
    return 0


def _public_key(home: Path) -> bytes:
    """The terminal's public key, from its certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from terminal.store.identity import read_identity

    certificate = x509.load_pem_x509_certificate(read_identity(home).certificate.encode())
    return certificate.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
