"""Personal data and attachments at the counter: named, sealed, and gone only when that is safe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlcipher3 import dbapi2

from sync.client.agent import run_once
from sync.wire.signing import sign_record
from terminal.app.vault import Keeping
from terminal.bootstrap import open_keys
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault, OutletError, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.vault import (
    ATTACHED,
    MAX_ATTACHMENT_BYTES,
    MAX_RECORD_BYTES,
    RECORD_KEPT,
    digest_of,
)
from terminal.store.deposit_receipts import DepositReceipts
from terminal.store.recovery_plan import RecoveryPlan
from terminal.store.sync_file import SYNC_FILE, SyncFile
from terminal.store.sync_store import SyncStore
from tests.helpers.central import Central
from tests.helpers.deposits import ID_NUMBER, NAME, PERSON, files_with, keeping
from tests.helpers.outlet import MANAGER, MANAGER_PIN, Outlet, Template, connect

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def safe(counter: Outlet) -> Iterator[Keeping]:
    with keeping(counter) as opened:
        yield opened


def _sign_off(outlet: Outlet) -> None:
    outlet.cases.session.sign_off()
    outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)


def _upload(outlet: Outlet, platform: Central) -> None:
    connect(outlet.home, platform)
    report = run_once(outlet.home)
    assert (report.code, report.pending, report.deposits_left) == ("", 0, 0)


def _last(outlet: Outlet, kind: str) -> dict[str, object]:
    entry = outlet.books.entries(limit=1)[0]
    assert entry.kind == kind
    return dict(entry.body)


def test_journal_names_a_record_and_holds_nothing_of_it(counter: Outlet, safe: Keeping) -> None:
    kept = safe.keep(PERSON)
    again = safe.keep(PERSON)
    body = _last(counter, RECORD_KEPT)
    assert body == {"record_id": again.record_id, "digest": again.digest}
    assert kept.digest != again.digest, "the same person must not be recognised"
    assert safe.read(kept.record_id) == PERSON
    assert files_with(counter.home, NAME, ID_NUMBER) == []


def test_record_outlives_the_process_and_is_closed_for_good(counter: Outlet) -> None:
    with keeping(counter) as safe:
        kept = safe.keep(PERSON)
    counter.crash()
    with keeping(counter) as safe:
        assert safe.read(kept.record_id) == PERSON
        safe.end_need(kept.record_id)
        with pytest.raises(UserError, match=r"vault\.closed"):
            safe.read(kept.record_id)
        with pytest.raises(UserError, match=r"vault\.closed"):
            safe.read("never kept")
    record = counter.books.vault.record(kept.record_id)
    assert record is not None
    assert record.readable is None
    assert counter.books._connection.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_nobody_changes_a_record_or_opens_it_again(counter: Outlet, safe: Keeping) -> None:
    safe.end_need(safe.keep(PERSON).record_id)
    for change in ("sealed = x'00'", "digest = ''", "readable = x'00'"):
        with pytest.raises(dbapi2.IntegrityError, match="closed and erased"):
            counter.books._connection.execute(f"UPDATE vault SET {change}")


def test_record_and_its_entry_are_both_there_or_neither(counter: Outlet, safe: Keeping) -> None:
    intent = new_uuid7()
    safe.keep(PERSON, intent)
    with pytest.raises(UserError, match=r"journal\.intent_used"):
        safe.keep(PERSON, intent)
    held = counter.books._connection.execute("SELECT count(*) FROM vault").fetchone()[0]
    assert held == 1


def test_what_is_too_large_is_said_and_not_kept(counter: Outlet, safe: Keeping) -> None:
    head = counter.books.head()
    with pytest.raises(UserError) as refused:
        safe.keep({"name": "x" * MAX_RECORD_BYTES})
    assert (refused.value.code, refused.value.params) == ("vault.too_large", {"limit_kb": 16})
    with pytest.raises(UserError) as refused:
        safe.attach(bytes(MAX_ATTACHMENT_BYTES + 1), kind="support", name="x")
    assert refused.value.code == "attachment.too_large"
    assert refused.value.params == {"size_mb": 21, "limit_mb": 20}
    assert counter.books.head() == head


def test_without_the_platforms_key_nothing_is_kept(counter: Outlet, safe: Keeping) -> None:
    (counter.home / "vault_key.json").unlink()
    head = counter.books.head()
    for keep in (
        lambda: safe.keep(PERSON),
        lambda: safe.attach(b"x", kind="support", name="x"),
    ):
        with pytest.raises(EnvironmentFault, match=r"vault\.no_key"):
            keep()
    assert counter.books.head() == head


def test_end_of_the_day_ends_every_need(counter: Outlet, safe: Keeping) -> None:
    kept = safe.keep(PERSON)
    assert safe.tidy() == 0
    assert safe.read(kept.record_id) == PERSON
    _sign_off(counter)
    assert safe.tidy() == 0
    with pytest.raises(UserError, match=r"vault\.closed"):
        safe.read(kept.record_id)
    assert counter.books.vault.record(kept.record_id) is not None


def test_attachment_is_named_once_whoever_made_it(counter: Outlet, safe: Keeping) -> None:
    kept = safe.attach(b"bundle", kind="support", name="b.zip")
    body = _last(counter, ATTACHED)
    assert body == {
        "address": kept.address,
        "bytes": kept.size,
        "kind": "support",
        "name": "b.zip",
    }
    head = counter.books.head()
    assert safe.attach(b"bundle", kind="support", name="again") == kept
    assert counter.books.head() == head
    other = safe._safe.attachments.put(
        b"by another program", kind="support", name="o", intent_id=new_uuid7(), kept_at=""
    )
    safe.tidy()
    assert _last(counter, ATTACHED)["address"] == other.address
    head = counter.books.head()
    safe.tidy()
    assert counter.books.head() == head


def _is_here(outlet: Outlet, record_id: str, address: str) -> tuple[bool, bool]:
    record = outlet.books.vault.record(record_id)
    return record is not None, (outlet.home / "attachments" / f"{address}.sealed").exists()


def _day_by_day(outlet: Outlet, platform: Central, safe: Keeping) -> None:
    """Everything stays until receipt and tie-out are both there; then both are gone."""
    connect(outlet.home, platform)
    record_id = safe.keep(PERSON).record_id
    address = safe.attach(b"bundle", kind="support", name="b").address

    def here() -> tuple[bool, bool]:
        safe.tidy()
        return _is_here(outlet, record_id, address)

    assert here() == (True, True), "before any receipt"
    _upload(outlet, platform)
    assert here() == (True, True), "received, the day is open"
    _sign_off(outlet)
    assert here() == (True, True), "signed off, not confirmed"
    _upload(outlet, platform)
    assert here() == (False, False), "received and tied out"
    assert safe.tidy() == 0


def test_nothing_is_erased_before_receipt_and_tie_out(
    counter: Outlet, platform: Central, safe: Keeping
) -> None:
    _day_by_day(counter, platform, safe)
    assert platform.admin("GET", "/v1/admin/tasks")["tasks"] == []
    assert files_with(counter.home, NAME, ID_NUMBER) == []
    assert files_with(platform.home, NAME, ID_NUMBER) == []


def _confirm(outlet: Outlet, **changes: str) -> None:
    """The platform has confirmed every entry, as far as the agent's file says."""
    seq, digest = outlet.books.head()
    state = {"confirmed_seq": str(seq), "confirmed_hash": digest, "server_epoch": "life"}
    with closing(SyncStore(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)) as store:
        store.put_state(state | changes)


def _day_without_receipts(outlet: Outlet, safe: Keeping) -> None:
    """The day is signed off and confirmed, but the lanes beside the journal did not get through."""
    record_id = safe.keep(PERSON).record_id
    address = safe.attach(b"bundle", kind="support", name="b").address
    _sign_off(outlet)
    _confirm(outlet)
    assert safe.tidy() == 0, "erased without a receipt"
    assert _is_here(outlet, record_id, address) == (True, True)


def test_day_tied_out_without_a_receipt_keeps_everything(counter: Outlet, safe: Keeping) -> None:
    _day_without_receipts(counter, safe)


def test_erasing_without_a_receipt_is_caught(
    counter: Outlet, safe: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(Keeping, "_is_received", lambda self, *item: True)
    with pytest.raises(AssertionError, match="without a receipt"):
        _day_without_receipts(counter, safe)


def test_erasing_before_the_tie_out_is_caught(
    counter: Outlet, platform: Central, safe: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(Keeping, "_tied_out", lambda self: self._context.books.head()[0] + 1)
    with pytest.raises(AssertionError, match="the day is open"):
        _day_by_day(counter, platform, safe)


def _receive(outlet: Outlet, template: Template, record_id: str, **changes: str) -> None:
    """A receipt of the platform in the agent's file, for these bytes unless said otherwise."""
    record = outlet.books.vault.record(record_id)
    assert record is not None
    said: JsonObject = {
        "lane": "vault",
        "item": record_id,
        "sha256": digest_of(record.sealed),
        "server_epoch": "life",
    }
    forged = {name: text for name, text in changes.items() if name == "signature"}
    seed = (template.platform / "platform.key").read_bytes()
    signer = Ed25519PrivateKey.from_private_bytes(seed).sign
    receipt = sign_record({**said, **changes}, signer) | forged
    key = open_keys(outlet.home).db_key
    with closing(SyncFile(outlet.home / SYNC_FILE, key)) as file:
        DepositReceipts(file).keep(receipt)


@pytest.mark.parametrize(
    "changes",
    [{"signature": "0" * 128}, {"sha256": "f" * 64}, {"server_epoch": "another"}, {}],
    ids=["unsigned", "other bytes", "another life", "genuine"],
)
def test_only_the_platforms_word_on_these_bytes_erases(
    counter: Outlet, outlet_template: Template, safe: Keeping, changes: dict[str, str]
) -> None:
    record_id = safe.keep(PERSON).record_id
    _sign_off(counter)
    _confirm(counter)
    _receive(counter, outlet_template, record_id, **changes)
    assert safe.tidy() == int(not changes)
    assert (counter.books.vault.record(record_id) is None) == (not changes)


def test_old_disk_erases_nothing_before_it_is_up_to_date(
    counter: Outlet, outlet_template: Template, safe: Keeping
) -> None:
    record_id = safe.keep(PERSON).record_id
    _sign_off(counter)
    _confirm(counter)
    _receive(counter, outlet_template, record_id)
    with closing(SyncStore(counter.home / SYNC_FILE, open_keys(counter.home).db_key)) as store:
        store.plan_recovery(RecoveryPlan(1, "0" * 64, 1, 99, "f" * 64))
        assert safe.tidy() == 0
        store.plan_recovery(None)
    for head in ({"confirmed_seq": "9999"}, {"confirmed_hash": "f" * 64}):
        _confirm(counter, **head)
        safe._looked_at = (-1, -1, -1)
        assert safe.tidy() == 0
    _confirm(counter)
    safe._looked_at = (-1, -1, -1)
    assert safe.tidy() == 1


def test_disk_that_refuses_is_said(counter: Outlet, safe: Keeping) -> None:
    (counter.home / "attachments").write_text("a file where the folder should be")
    with pytest.raises(OutletError, match=r"file\.not_written"):
        safe.attach(b"x", kind="support", name="x")
    (counter.home / "attachments").unlink()
    kept = safe.attach(b"x", kind="support", name="x")
    file = counter.home / "attachments" / f"{kept.address}.sealed"
    file.unlink()
    file.mkdir()
    with pytest.raises(EnvironmentFault, match=r"file\.not_written"):
        safe._safe.attachments.erase(kept.address)


def test_new_books_begin_with_no_attachment(counter: Outlet) -> None:
    """Their first entry is the enrolment."""
    with keeping(counter) as safe:
        safe._safe.attachments.put(b"x", kind="k", name="n", intent_id=new_uuid7(), kept_at="")
    counter.close()
    for file in counter.home.glob("journal.db*"):
        file.unlink()
    with keeping(counter) as safe:
        assert safe.tidy() == 0
        assert counter.books.head()[0] == 0
