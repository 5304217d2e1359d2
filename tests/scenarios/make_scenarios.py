"""Makes the journals in this folder, sound and tampered with, and what a verifier must say of each.

``python -m tests.scenarios.make_scenarios`` writes them anew, always the same bytes: keys, times
and intents are fixed. Nothing of the product is used, so that its mistakes cannot be copied here;
the canonical bytes come from the ``rfc8785`` package.
"""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.scenarios.day_script import Day

Entry = dict[str, Any]
Finding = tuple[str, int]

FOLDER = Path(__file__).parent
TERMINAL, OTHER_TERMINAL = "61020303-02", "61020303-09"
OWN = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
PLATFORM = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
GENESIS = "0" * 64
SALES_FEN = (1200, 120, 4550, 80, 99900, 360)


def _digest(record: Entry) -> bytes:
    return hashlib.sha256(rfc8785.dumps(record)).digest()


def _seal(entry: Entry, key: Ed25519PrivateKey = OWN) -> Entry:
    """The entry with hash and signature of its present content."""
    content = {name: value for name, value in entry.items() if name not in ("hash", "signature")}
    digest = _digest(content)
    return {**content, "hash": digest.hex(), "signature": key.sign(digest).hex()}


def _entry(seq: int, kind: str, body: Entry, prev_hash: str, terminal: str = TERMINAL) -> Entry:
    return {
        "terminal_id": terminal,
        "epoch": 1,
        "seq": seq,
        "kind": kind,
        "version": 1,
        "intent_id": f"01a1f3c0-0000-7000-8000-{seq:012x}",
        "business_date": "2026-11-21",
        "recorded_at": f"2026-11-21T01:{seq:02}:00.000Z",
        "clerk_id": "" if seq == 1 else "0312",
        "body": body,
        "prev_hash": prev_hash,
    }


def _sale(number: int, fen: int) -> Entry:
    return {
        "order_no": f"61020303-02-{number:06}",
        "note": 'Größe „7“ \\ / "邮票" \U0001f4ee\n',
        "排序": {"\ufb33": 1, "\U0001f600": 2, "z": None},
        "total_fen": fen,
        "postings": [
            {"account": "cash:T02", "fen": fen},
            {"account": "sales:postage", "fen": -fen},
        ],
    }


def _chain(
    bodies: list[tuple[str, Entry]], key: Ed25519PrivateKey = OWN, **names: str
) -> list[Entry]:
    entries: list[Entry] = []
    for seq, (kind, body) in enumerate(bodies, 1):
        before = entries[-1]["hash"] if entries else GENESIS
        entries.append(_seal(_entry(seq, kind, body, before, **names), key))
    return entries


def _day() -> list[tuple[str, Entry]]:
    day: list[tuple[str, Entry]] = [
        ("terminal.enrolled", {"outlet": "61020303", "terminal_no": 2}),
        ("clerk.signed_on", {"till_id": "T02", "roles": []}),
    ]
    return day + [("sale.completed", _sale(n, fen)) for n, fen in enumerate(SALES_FEN, 1)]


def _rehashed(entries: list[Entry], start: int) -> None:
    """What a forger without the key can do: make hashes and links fit again, not signatures."""
    for index in range(start, len(entries)):
        entry = {**entries[index], "prev_hash": entries[index - 1]["hash"]}
        entries[index] = {**_seal(entry), "signature": entries[index]["signature"]}


def _resealed(entries: list[Entry], start: int) -> None:
    """What the holder of the key can do."""
    for index in range(start, len(entries)):
        entries[index] = _seal({**entries[index], "prev_hash": entries[index - 1]["hash"]})


def _edited_body(entries: list[Entry]) -> list[Finding]:
    entries[3]["body"]["order_no"] = "61020303-02-000099"
    return [("bad_hash", 4)]


def _edited_amount(entries: list[Entry]) -> list[Finding]:
    body = entries[4]["body"]
    body["total_fen"] = body["postings"][0]["fen"] = 4450
    body["postings"][1]["fen"] = -4450
    _rehashed(entries, 4)
    return [("bad_signature", seq) for seq in range(5, 9)]


def _dropped(entries: list[Entry]) -> list[Finding]:
    del entries[4]
    return [("gap", 6)]


def _dropped_and_renumbered(entries: list[Entry]) -> list[Finding]:
    del entries[4]
    for seq, entry in enumerate(entries, 1):
        entry["seq"] = seq
    _rehashed(entries, 4)
    return [("bad_signature", seq) for seq in range(5, 8)]


def _reordered(entries: list[Entry]) -> list[Finding]:
    entries[3], entries[4] = entries[4], entries[3]
    return [("gap", 5), ("gap", 4), ("gap", 6)]


def _forged(entries: list[Entry]) -> list[Finding]:
    entries[5] = _seal(entries[5], STRANGER)
    return [("bad_signature", 6)]


def _duplicated_intent(entries: list[Entry]) -> list[Finding]:
    entries[6]["intent_id"] = entries[2]["intent_id"]
    _resealed(entries, 6)
    return [("duplicate_intent", 7)]


def _repeated_line(entries: list[Entry]) -> list[Finding]:
    entries.insert(4, entries[3])
    return [("gap", 4), ("duplicate_intent", 4)]


def _unbalanced(entries: list[Entry]) -> list[Finding]:
    entries[5]["body"]["postings"][0]["fen"] += 1
    _resealed(entries, 5)
    return [("unbalanced", 6)]


def _foreign_entry(entries: list[Entry]) -> list[Finding]:
    entries[7] = _seal({**entries[7], "terminal_id": OTHER_TERMINAL}, STRANGER)
    return [("foreign_terminal", 8), ("bad_signature", 8)]


def _foreign_journal(entries: list[Entry]) -> list[Finding]:
    entries[:] = _chain(_day(), STRANGER, terminal=OTHER_TERMINAL)
    return [("bad_signature", seq) for seq in range(1, 9)]


def _other_chain(entries: list[Entry]) -> list[Finding]:
    entries[3] = _seal({**entries[3], "prev_hash": "ab" * 32})
    return [("broken_link", 4), ("broken_link", 5)]


def _fraction(entries: list[Entry]) -> list[Finding]:
    entries[7]["body"]["total_fen"] = 360.5
    return [("not_canonical", 0)]


def _extra_field(entries: list[Entry]) -> list[Finding]:
    entries[7]["note"] = "beside the hash"
    return [("malformed", 0)]


def _first_ones_missing(entries: list[Entry]) -> list[Finding]:
    del entries[:2]
    return [("gap", 3)]


def _next_epoch(entries: list[Entry], **told: Any) -> Entry:
    """The first entry of another life of the disk, saying where the old one ended."""
    last = entries[-1]
    body = {f"old_{name}": last[name] for name in ("epoch", "seq", "hash")} | told
    entry = _entry(last["seq"] + 1, "terminal.recovered", body, last["hash"])
    return _seal({**entry, "epoch": last["epoch"] + 1, "clerk_id": ""})


def _recovered(entries: list[Entry]) -> list[Finding]:
    """An old disk sold on, was brought up to date, and sealed what it had sold once more."""
    fork = _seal(_entry(9, "sale.completed", _sale(7, 500), entries[-1]["hash"]))
    entries.append(_next_epoch(entries))
    first = {name: fork[name] for name in ("epoch", "seq", "hash")}
    again = _entry(10, fork["kind"], {**fork["body"], "resent_of": first}, entries[-1]["hash"])
    entries.append(_seal({**again, "epoch": 2, "intent_id": fork["intent_id"][:-1] + "f"}))
    return []


def _epoch_unexplained(entries: list[Entry]) -> list[Finding]:
    entries.append(_next_epoch(entries, old_hash="ab" * 32))
    return [("bad_epoch", 9)]


def _epoch_unannounced(entries: list[Entry]) -> list[Finding]:
    entries[7] = _seal({**entries[7], "epoch": 2})
    return [("bad_epoch", 8)]


TAMPERED: dict[str, Callable[[list[Entry]], list[Finding]]] = {
    "edited_body": _edited_body,
    "edited_amount": _edited_amount,
    "dropped_entry": _dropped,
    "dropped_and_renumbered": _dropped_and_renumbered,
    "reordered": _reordered,
    "forged_signature": _forged,
    "duplicated_intent": _duplicated_intent,
    "repeated_line": _repeated_line,
    "unbalanced": _unbalanced,
    "foreign_entry": _foreign_entry,
    "foreign_journal": _foreign_journal,
    "broken_link": _other_chain,
    "fraction": _fraction,
    "extra_field": _extra_field,
    "first_entries_missing": _first_ones_missing,
    "recovered": _recovered,
    "epoch_unexplained": _epoch_unexplained,
    "epoch_unannounced": _epoch_unannounced,
}


def _receipt(entry: Entry, **changes: str) -> str:
    def base32(text: str) -> str:
        return base64.b32encode(bytes.fromhex(text)).decode().rstrip("=")

    told = {**entry, **changes}
    parts = (told["terminal_id"], str(told["seq"]), base32(told["hash"]), base32(told["signature"]))
    return "*".join(("PT1", *parts))


def _ack(entry: Entry, key: Ed25519PrivateKey = PLATFORM, **changes: Any) -> Entry:
    seq = entry["seq"]
    told = {"terminal_id": TERMINAL, "epoch": 1, "seq": seq, "hash": entry["hash"], "count": seq}
    told |= {"at": "2026-11-21T02:00:00.000Z", **changes}
    return {**told, "signature": key.sign(_digest(told)).hex()}


def _proofs(sound: list[Entry]) -> list[Entry]:
    """Receipts and acknowledgements beside an export."""
    sale, head = sound[3], sound[-1]
    shorter = _seal({**sale, "business_date": "2026-11-22"})
    receipts: list[tuple[str, str]] = [
        ("", _receipt(sale)),
        ("", _receipt(sale).lower()),
        ("receipt_malformed", _receipt(sale)[:-1]),
        ("receipt_bad_signature", _receipt(sale, signature=head["signature"])),
        ("receipt_other_terminal", _receipt(sale, terminal_id=OTHER_TERMINAL)),
        ("receipt_not_in_export", _receipt({**sale, "seq": 77})),
        ("receipt_other_entry", _receipt(shorter)),
    ]
    acks: list[tuple[str, str, Any]] = [
        ("", "sound", _ack(head)),
        ("", "sound", {"ack": _ack(sale)}),
        ("ack_malformed", "sound", {"seq": 8}),
        ("ack_bad_signature", "sound", _ack(head, OWN)),
        ("ack_other_terminal", "sound", _ack(head, terminal_id=OTHER_TERMINAL)),
        ("ack_other_history", "sound", _ack(head, hash="ab" * 32)),
        ("ack_beyond_end", "last_entry_missing", _ack(head)),
    ]
    fork = _seal(_entry(9, "sale.completed", _sale(7, 500), head["hash"]))
    return (
        [{"export": "sound", "receipt": text, "findings": _codes(code)} for code, text in receipts]
        + [
            # A slip from before the recovery: another entry names its seal now.
            {"export": "recovered", "receipt": _receipt(fork), "findings": []},
            {"export": "sound", "receipt": _receipt(fork), "findings": ["receipt_not_in_export"]},
        ]
        + [{"export": name, "ack": ack, "findings": _codes(code)} for code, name, ack in acks]
    )


def _codes(code: str) -> list[str]:
    return [code] if code else []


def _write(folder: Path, name: str, entries: list[Entry]) -> None:
    lines = (json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in entries)
    (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def sealed_anew(entries: list[dict[str, Any]], at: int) -> list[dict[str, Any]]:
    """The same journal, linked and signed with the terminal's own key from one place on.

    Args:
        entries: changed in place.
        at: index of the first entry that was edited.
    """
    for place in range(at, len(entries)):
        before = entries[place - 1]["hash"] if place else entries[0]["prev_hash"]
        entries[place] = _seal({**entries[place], "prev_hash": before})
    return entries


def make(folder: Path) -> None:
    """Write every scenario and ``expected.json``.

    Args:
        folder: an existing folder.
    """
    sound = _chain(_day())
    _write(folder, "sound", sound)
    # Nothing in a chain shows that its end is missing; only an acknowledgement does.
    _write(folder, "last_entry_missing", sound[:-1])
    verdicts: dict[str, list[Finding]] = {"sound": [], "last_entry_missing": []}
    for name, tamper in TAMPERED.items():
        entries = copy.deepcopy(sound)
        verdicts[name] = tamper(entries)
        _write(folder, name, entries)
    expected = {
        "terminal_key": OWN.public_key().public_bytes_raw().hex(),
        "platform_key": PLATFORM.public_key().public_bytes_raw().hex(),
        "head_hash": sound[-1]["hash"],
        "accounts_fen": {"cash:T02": sum(SALES_FEN), "sales:postage": -sum(SALES_FEN)},
        "exports": verdicts,
        "proofs": _proofs(sound),
    }
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", "utf-8")


def make_days(scripts: Path, folder: Path) -> None:
    """Write the journal of every script, packed, and ``expected.json`` beside them.

    Args:
        scripts: folder of the ``*.txt``, see ``tests.scenarios.day_script``.
        folder: an existing folder.
    """
    expected: Entry = {}
    for script in sorted(scripts.glob("*.txt")):
        day = Day(_seal)
        day.play(script)
        lines = (json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in day.entries)
        text = "".join(f"{line}\n" for line in lines).encode("utf-8")
        (folder / f"{script.stem}.jsonl.gz").write_bytes(gzip.compress(text, 9, mtime=0))
        head = day.entries[-1]
        expected[script.stem] = {
            "steps": day.steps,
            "entries": len(day.entries),
            "refused": day.refused,
            "sha256": hashlib.sha256(text).hexdigest(),
            "head_hash": head["hash"],
            "accounts_fen": {name: fen for name, fen in sorted(day.accounts.items()) if fen},
            "by_tax_fen": {name: fen for name, fen in sorted(day.by_tax.items()) if fen},
            "ack": _ack(head, epoch=head["epoch"]),
        }
    told = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(told + "\n", "utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    make(target)
    (target / "days").mkdir(exist_ok=True)
    make_days(FOLDER / "days", target / "days")
