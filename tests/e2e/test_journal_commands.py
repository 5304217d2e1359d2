"""``postal-terminal journal``: what tampering leaves, what is exported, which slip is genuine.

What ``journal export`` writes is checked here by a second implementation of the rules, made of
nothing but ``hashlib``, ``json`` and ``cryptography``.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.wire.signing import parse_ack
from terminal.bootstrap import open_keys
from terminal.commands.line import main
from terminal.domain.journal import Entry
from terminal.domain.proof import proof_text, sale_proof_text
from terminal.store.database import open_database
from terminal.store.identity import read_identity
from terminal.store.journal_table import select
from tests.helpers.commands import (
    DONE,
    ENVIRONMENT,
    NOT_TOLD,
    REFUSED,
    json_command,
    run_command,
)
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.sold_fixtures"]

PROVEN_BY_BOOKS = ["hash", "terminal", "number", "entry"]
HEADER_FIELDS = (
    "terminal_id",
    "epoch",
    "seq",
    "kind",
    "version",
    "intent_id",
    "business_date",
    "recorded_at",
    "clerk_id",
    "prev_hash",
)


def test_verify_says_sound_and_where_the_journal_ends(sold: Path) -> None:
    report = json_command("journal", "verify", home=sold)
    assert report["sound"] is True
    assert report["entries"] == report["head_seq"] == 6
    head = json_command("journal", "head", home=sold)
    identity = read_identity(sold)
    platform_key = bytes.fromhex(identity.platform_key)
    receipt = parse_ack(head.pop("ack"), platform_key)
    assert (receipt.terminal_id, receipt.seq) == (identity.terminal_id, 1)
    assert re.fullmatch("[0-9a-f]{64}", head.pop("public_key"))
    assert head == {
        "head_seq": 6,
        "head_hash": report["head_hash"],
        "confirmed_seq": 1,
    }
    assert "sound: true" in run_command("journal", "verify", home=sold).stdout


def _tamper(home: Path, *statements: str) -> None:
    """Somebody with the key of the database drops the guards and changes history."""
    with closing(open_database(home / "journal.db", open_keys(home).db_key)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason", "bad_seq"),
    [
        ("UPDATE journal SET body = replace(body, '120', '119') WHERE seq = 4", "bad_hash", 4),
        ("UPDATE journal SET clerk_id = '0315' WHERE seq = 4", "bad_hash", 4),
        (
            "UPDATE journal SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE seq = 5",
            "bad_hash",
            5,
        ),
        (
            "UPDATE journal SET signature = (SELECT signature FROM journal WHERE seq = 3) "
            "WHERE seq = 4",
            "bad_signature",
            4,
        ),
        ("DELETE FROM journal WHERE seq = 4", "gap", 5),
        ("UPDATE journal SET prev_hash = printf('%064d', 0) WHERE seq = 5", "broken_link", 5),
    ],
)
def test_verify_finds_changed_history(
    copied: Path, statement: str, reason: str, bad_seq: int
) -> None:
    _tamper(copied, statement)
    report = json_command("journal", "verify", home=copied, code=REFUSED)
    assert (report["sound"], report["reason"], report["bad_seq"]) == (False, reason, bad_seq)


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE balances SET fen = fen - 100 WHERE account = 'cash:T02'", "balances"),
        ("DELETE FROM orders WHERE order_no LIKE '%2'", "orders"),
        ("UPDATE order_tenders SET fen = 1", "order_tenders"),
        ("UPDATE day SET clerk_id = '0315'", "day"),
    ],
)
def test_verify_finds_totals_that_are_not_what_the_journal_says(
    copied: Path, statement: str, table: str
) -> None:
    _tamper(copied, statement)
    report = json_command("journal", "verify", home=copied, code=REFUSED)
    assert (report["sound"], report["reason"]) == (False, None)
    assert report["read_models_differ"] == [table]


@pytest.mark.parametrize("sound_share", [0.02, 0.5])
def test_verify_of_a_damaged_file_is_the_environments_fault(
    copied: Path, sound_share: float
) -> None:
    path = copied / "journal.db"
    content = bytearray(path.read_bytes())
    sound = int(len(content) * sound_share) // 4096 * 4096
    content[sound:] = b"\0" * (len(content) - sound)
    path.write_bytes(content)
    done = run_command("journal", "verify", home=copied)
    assert done.returncode == ENVIRONMENT
    assert "Traceback" not in done.stderr


def test_the_export_is_verified_by_somebody_elses_program(sold: Path, tmp_path: Path) -> None:
    out = tmp_path / "journal.jsonl"
    assert run_command("journal", "export", "--jsonl", "--out", out, home=sold).returncode == DONE
    plain = run_command("journal", "export", home=sold).stdout
    assert out.read_text() == plain == run_command("journal", "export", "--jsonl", home=sold).stdout
    fields = {"body", "hash", "signature", *HEADER_FIELDS}
    assert all(set(json.loads(text)) == fields for text in plain.splitlines())
    key = _public_key(sold)
    assert _second_opinion(out.read_text(encoding="utf-8").splitlines(), key) == 6


def test_the_export_has_one_form_and_its_help_one_name_for_it() -> None:
    text = run_command("journal", "export", "--help").stdout
    assert "--jsonl" in text
    assert not re.search(r"--json\b", text)
    for action in ("verify", "head", "verify-receipt"):
        assert re.search(r"--json\b", run_command("journal", action, "--help").stdout)


def test_the_second_opinion_refuses_a_changed_line(sold: Path) -> None:
    lines = run_command("journal", "export", home=sold).stdout.splitlines()
    key = _public_key(sold)
    for changed in (
        [line.replace('"0312"', '"0315"') for line in lines],
        [*lines[:3], *lines[4:]],
        [*lines, lines[-1]],
    ):
        with pytest.raises((AssertionError, InvalidSignature)):
            _second_opinion(changed, key)


def test_an_export_may_begin_later(sold: Path) -> None:
    lines = run_command("journal", "export", "--from-seq", "5", home=sold).stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [5, 6]


def _public_key(home: Path) -> Ed25519PublicKey:
    identity = json.loads((home / "identity.json").read_text())
    key = x509.load_pem_x509_certificate(identity["certificate"].encode()).public_key()
    assert isinstance(key, Ed25519PublicKey)
    return key


def _second_opinion(lines: list[str], key: Ed25519PublicKey) -> int:
    """Check an exported journal without a line of the product; how many entries there are.

    For ASCII keys RFC 8785 is what ``json.dumps`` writes sorted and without blanks.
    """
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        claimed, signature = entry.pop("hash"), entry.pop("signature")
        canonical = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode("utf-8")).digest()
        assert digest.hex() == claimed
        assert (entry["seq"], entry["prev_hash"]) == (number, previous)
        assert sum(posting["fen"] for posting in entry["body"].get("postings", ())) == 0
        key.verify(bytes.fromhex(signature), digest)
        previous = claimed
    return len(lines)


def test_a_genuine_receipt_is_told_from_a_forged_one(
    sold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet = Outlet(sold)
    order = outlet.books.last_order()
    assert order is not None
    entry = outlet.books.entry(order.seq)
    outlet.close()
    assert entry is not None
    proof = proof_text(entry)
    genuine = json_command("journal", "verify-receipt", proof, home=sold)
    assert (genuine["genuine"], genuine["seq"], genuine["hash"]) == (True, entry.seq, entry.hash)
    assert (genuine["order_no"], genuine["total_fen"]) == (order.order_no, order.total_fen)
    swapped = "B" if proof[-20] != "B" else "C"
    forged = proof[:-20] + swapped + proof[-19:]
    for text in (forged, "PT1*NONSENSE", "https://example.invalid"):
        answer = json_command("journal", "verify-receipt", text, home=sold, code=REFUSED)
        assert answer["genuine"] is False
        assert str(answer["reason"]).startswith("proof.")
    parts = proof.split("*")
    for place, lie in ((1, "99999999-01-AAAAAAAA"), (2, str(entry.seq + 1)), (2, "999999")):
        text = "*".join([*parts[:place], lie, *parts[place + 1 :]])
        answer = json_command("journal", "verify-receipt", text, home=sold, code=REFUSED)
        assert answer["reason"] in ("proof.other_terminal", "proof.other_entry")
    key = json_command("journal", "head", home=sold)["public_key"]
    assert (genuine["proven"], genuine["not_proven"]) == (PROVEN_BY_BOOKS, ["paper"])
    assert order.order_no in str(genuine["meaning"])
    assert "Not proven: what is printed" in str(genuine["meaning"])
    for text in (proof, "*".join([*parts[:2], "999", *parts[3:]])):
        alone = json_command(
            "journal", "verify-receipt", text, "--key", str(key), home=sold, code=NOT_TOLD
        )
    assert (alone["compared_with_books"], "seq" in alone) == (False, False)
    assert alone["genuine"] is None, "a real code on another slip looks just the same"
    assert (alone["proven"], alone["not_proven"]) == (["hash"], [*PROVEN_BY_BOOKS[1:], "paper"])
    assert entry.hash in str(alone["meaning"])
    other_key = "11" * 32
    stranger = json_command(
        "journal", "verify-receipt", proof, "--key", other_key, home=sold, code=REFUSED
    )
    assert (stranger["genuine"], stranger["proven"]) == (False, [])
    assert "未证实" in _meaning_in_chinese(capsys, sold, proof, "--key", str(key))
    practice = "*".join(["PT1", "TRAINING", *parts[2:]])
    assert "练习模式" in _meaning_in_chinese(capsys, sold, practice)
    assert "原样保存" in _meaning_in_chinese(capsys, sold, proof)
    sign_on = proof_text(_entry(sold, 2))
    assert "[proof.no_sale]" in _meaning_in_chinese(capsys, sold, sign_on)
    assert "拼凑" in _meaning_in_chinese(capsys, sold, "*".join([*parts[:2], "999999", *parts[3:]]))


def test_a_slip_that_carries_its_sale_is_proven_by_the_key_alone(
    sold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = _entry(sold, 4)
    key = _public_key(sold).public_bytes_raw().hex()
    nobody = tmp_path / "nobody"
    command = ("journal", "verify-receipt")
    told = json_command(*command, sale_proof_text(entry), "--key", key, home=nobody)
    assert (told["genuine"], told["compared_with_books"]) == (True, False)
    assert (told["terminal_id"], told["seq"]) == (entry.terminal_id, entry.seq)
    assert (told["order_no"], told["total_fen"]) == (
        entry.body["order_no"],
        entry.body["total_fen"],
    )
    assert (told["proven"], told["not_proven"]) == (PROVEN_BY_BOOKS, ["paper"])
    assert "copied onto another slip" in str(told["meaning"])
    assert "对照" in _meaning_in_chinese(capsys, nobody, sale_proof_text(entry), "--key", key)
    parts = sale_proof_text(entry).split("*")
    other_sale = sale_proof_text(_entry(sold, 5)).split("*")[-1]
    lies = ((1, "99999999-01-AAAAAAAA"), (2, "5"), (2, "999999"), (5, other_sale), (5, "ABCDEFGH"))
    for place, lie in lies:
        text = "*".join([*parts[:place], lie, *parts[place + 1 :]])
        refused = json_command(*command, text, "--key", key, home=nobody, code=REFUSED)
        assert (refused["genuine"], refused["reason"]) == (False, "proof.other_entry")
        assert json_command(*command, text, home=sold, code=REFUSED)["genuine"] is False
    sign_on = sale_proof_text(_entry(sold, 2))
    refused = json_command(*command, sign_on, "--key", key, home=nobody, code=REFUSED)
    assert refused["reason"] == "proof.no_sale"


def _entry(home: Path, seq: int) -> Entry:
    with closing(open_database(home / "journal.db", open_keys(home).db_key)) as books:
        (entry,) = select(books, "WHERE seq = ?", (seq,))
    return entry


def _meaning_in_chinese(
    capsys: pytest.CaptureFixture[str], home: Path, text: str, *words: str
) -> str:
    command = ["journal", "verify-receipt", text, *words, "--language", "zh_CN"]
    capsys.readouterr()
    main([*command, "--home", str(home)])
    return capsys.readouterr().out


def test_an_entry_changed_on_the_disk_does_not_vouch_for_a_slip(sold: Path) -> None:
    outlet = Outlet(sold)
    order = outlet.books.last_order()
    assert order is not None
    entry = outlet.books.entry(order.seq)
    outlet.close()
    assert entry is not None
    with closing(open_database(sold / "journal.db", open_keys(sold).db_key)) as books:
        for (name,) in books.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'"
        ).fetchall():
            books.execute(f"DROP TRIGGER {name}")
        changed = json.dumps(entry.body | {"total_fen": 1})
        books.execute("UPDATE journal SET body = ? WHERE seq = ?", (changed, entry.seq))
    answer = json_command(
        "journal", "verify-receipt", proof_text(entry), home=sold, code=ENVIRONMENT
    )
    assert "genuine" not in answer
    assert answer["error"]["code"] == "journal.bad_hash"
