"""The journal on disk: nothing but the next link of the chain gets in, nothing gets out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from terminal.domain.errors import BugError, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, EntryDraft, verify_chain
from terminal.store import journal_table
from terminal.store.database import write_transaction
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _newest(outlet: Outlet) -> Entry:
    (entry,) = outlet.books.entries(limit=1)
    return entry


def _following(entry: Entry, **over: Any) -> Entry:
    """What would be the next link, with something changed; signatures are not the file's affair."""
    links: dict[str, Any] = {
        "seq": entry.seq + 1,
        "prev_hash": entry.hash,
        "intent_id": new_uuid7(),
    }
    return replace(entry, hash="f" * 64, **(links | over))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = '{}' WHERE seq = 1",
        "UPDATE journal SET seq = seq + 100",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "REPLACE INTO journal SELECT * FROM journal ORDER BY seq DESC LIMIT 1",
        "INSERT OR IGNORE INTO journal SELECT * FROM journal WHERE seq = 1",
    ],
)
def test_nothing_written_is_ever_changed(counter: Outlet, statement: str) -> None:
    before = [entry.to_wire() for entry in counter.books.all_entries()]
    connection = counter.books._connection
    with (
        pytest.raises(dbapi2.IntegrityError, match=r"append-only|chain"),
        write_transaction(connection, "journal.db"),
    ):
        connection.execute(statement)
    assert [entry.to_wire() for entry in counter.books.all_entries()] == before


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: {"seq": entry.seq},
        lambda entry: {"seq": entry.seq + 2},
        lambda entry: {"seq": 0},
        lambda entry: {"seq": -5},
        lambda entry: {"prev_hash": "0" * 64},
        lambda entry: {"prev_hash": entry.prev_hash},
    ],
    ids=["same seq", "gap", "zero", "negative", "genesis again", "fork"],
)
def test_only_the_next_link_joins_the_chain(
    counter: Outlet, change: Callable[[Entry], dict[str, Any]]
) -> None:
    newest = _newest(counter)
    wrong = _following(newest, **change(newest))
    connection = counter.books._connection
    with (
        pytest.raises(dbapi2.IntegrityError, match="chain"),
        write_transaction(connection, "journal.db"),
    ):
        journal_table.insert(connection, wrong)
    assert _newest(counter) == newest


def test_an_intent_becomes_one_entry_whatever_path_it_takes(counter: Outlet) -> None:
    newest = _newest(counter)
    draft = EntryDraft("slip.reprinted", newest.intent_id, "2026-03-02", "", {"order_no": "x"})
    with pytest.raises(UserError) as refused, counter.books.transaction() as tx:
        tx.append(draft)
    assert (refused.value.code, refused.value.params) == (
        "journal.intent_used",
        {"seq": newest.seq},
    )
    connection = counter.books._connection
    doubled = _following(newest, intent_id=newest.intent_id)
    with (
        pytest.raises(dbapi2.IntegrityError, match="UNIQUE"),
        write_transaction(connection, "journal.db"),
    ):
        journal_table.insert(connection, doubled)


def test_an_unbalanced_entry_is_refused_and_takes_its_transaction_along(counter: Outlet) -> None:
    before = counter.books.head()
    postings: Any = [{"account": "cash:T02", "fen": 500}, {"account": "sales:P01", "fen": -499}]
    draft = EntryDraft("sale.completed", new_uuid7(), "2026-03-02", "0312", {"postings": postings})
    with pytest.raises(BugError) as refused, counter.books.transaction() as tx:
        tx.set_preference("theme", "dark")
        tx.next_order_number()
        tx.append(draft)
    assert refused.value.code == "ledger.unbalanced"
    assert counter.books.head() == before
    assert counter.books.preference("theme") is None
    assert counter.sell().endswith("-000001")


def test_an_error_anywhere_in_the_block_undoes_all_of_it(counter: Outlet) -> None:
    before = counter.books.head()
    with pytest.raises(KeyboardInterrupt), counter.books.transaction() as tx:
        tx.append(EntryDraft("slip.reprinted", new_uuid7(), "2026-03-02", "", {"order_no": "x"}))
        raise KeyboardInterrupt
    assert counter.books.head() == before
    assert counter.books.copies_of("x") == 0
    assert counter.books.read_model_differences() == []


def test_a_body_of_every_json_kind_comes_back_as_it_was_hashed(counter: Outlet) -> None:
    body: Any = {
        "文": '䶮𠮷\n"',
        "n": None,
        "t": True,
        "big": 2**53 - 1,
        "deep": [[{"a": []}]],
        "é": 1,
    }
    with counter.books.transaction() as tx:
        sealed = tx.append(EntryDraft("demo.noted", new_uuid7(), "2026-03-02", "", body))
    assert counter.books.entry(sealed.seq) == sealed
    assert sealed.body == body
    key = _public_key(counter)
    assert verify_chain(counter.books.all_entries(), key).sound


def _public_key(outlet: Outlet) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from terminal.bootstrap import open_keys

    seed = open_keys(outlet.home).seed
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
