"""Epochs, sessions and replaced machines at the platform, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from sync.wire.messages import Replaced
from tests.helpers.bare_terminal import Terminal, error, renew, tasks, token
from tests.helpers.central import Central


def _told(terminal: Terminal, **changes: Any) -> dict[str, Any]:
    last = terminal.entries[-1]
    return {"old_epoch": last.epoch, "old_seq": last.seq, "old_hash": last.hash, **changes}


def test_new_epoch_is_taken_when_it_says_where_the_old_one_ended(terminal: Terminal) -> None:
    terminal.add()
    terminal.add(_told(terminal), kind="terminal.recovered", epoch=2)
    terminal.add(epoch=2)
    ack = terminal.ack(terminal.upload(terminal.entries))
    assert (ack.epoch, ack.seq, ack.hash) == (2, 3, terminal.entries[-1].hash)
    assert tasks(terminal) == [(2, "terminal.recovered")]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("sale.completed", {}), ("terminal.recovered", {"old_hash": "0" * 64})],
)
def test_new_epoch_without_its_past_is_refused(
    terminal: Terminal, kind: str, changes: dict[str, Any]
) -> None:
    terminal.add()
    terminal.add(_told(terminal, **changes), kind=kind, epoch=2)
    answer = terminal.upload(terminal.entries)
    assert error(answer) == (422, "journal.bad_epoch")
    assert answer.json()["error"]["params"] == {"seq": 2}


def test_a_fact_told_twice_is_kept_and_booked_once(terminal: Terminal, central: Central) -> None:
    fen = [{"account": "cash:T02", "fen": 500}, {"account": "sales:stamps", "fen": -500}]
    first = terminal.add({"postings": fen})
    again = terminal.add({"postings": fen})
    twice = terminal.entries[:1]
    terminal.entries = twice
    from terminal.domain.journal import EntryDraft, seal

    draft = EntryDraft(first.kind, first.intent_id, first.business_date, first.clerk_id, again.body)
    twice.append(
        seal(
            draft,
            terminal_id=terminal.id,
            epoch=1,
            seq=2,
            recorded_at=again.recorded_at,
            prev_hash=first.hash,
            signer=terminal.key.sign,
        )
    )
    assert terminal.ack(terminal.upload(twice)).seq == 2
    assert tasks(terminal) == [(2, "journal.duplicate_intent")]
    assert central.books()["accounts"] == {"cash:T02": 500, "sales:stamps": -500}


def test_only_the_machine_that_goes_on_may_change_anything(terminal: Terminal) -> None:
    first, second = token(), token()
    assert renew(terminal, "", first).status_code == 200
    assert renew(terminal, first, second).status_code == 200
    assert renew(terminal, first, second).status_code == 200, "a lost answer is no copy"
    refused = renew(terminal, first, token())
    assert error(refused) == (409, "terminal.cloned")
    assert 0 < refused.json()["error"]["params"]["seconds"] <= 91
    assert renew(terminal, second, token(), "b" * 64).status_code == 409, "a copy beside it"
    wire = {"entries": [terminal.add().to_wire()]}
    path = f"/v1/terminals/{terminal.id}/journal"
    assert error(terminal.post(path, wire)) == (409, "terminal.cloned")
    assert error(terminal.post(path, wire, X_Session=first)) == (409, "terminal.cloned")
    assert terminal.post(path, wire, X_Session=second).status_code == 200
    lease = {"kind": "order", "used_to": 0}
    assert terminal.post("/v1/ranges", lease, X_Session=first).status_code == 200, "was under way"
    assert error(terminal.post("/v1/ranges", lease)) == (409, "terminal.cloned")


def test_releasing_a_terminal_nobody_enrolled_is_refused(central: Central) -> None:
    with pytest.raises(AssertionError, match=r"terminal\.unknown"):
        central.admin("POST", "/v1/admin/terminals/nobody/release")


def test_replaced_terminal_names_the_exact_gap(central: Central) -> None:
    number = 61
    old = Terminal(central, central.code(terminal_no=number))
    assert old.enrolment.get("replaces") is None
    lo, hi = (old.enrolment["ranges"][0][end] for end in ("lo", "hi"))
    for serial in (lo, lo + 1):
        old.add({"order_no": f"61020303-{number}-{serial:06d}"})
    old.add(kind="clerk.signed_off")
    assert old.ack(old.upload(old.entries)).seq == 3
    new = Terminal(central, central.code(terminal_no=number))
    gap = Replaced.parse(new.enrolment["replaces"])
    assert (gap.terminal_id, gap.epoch, gap.seq) == (old.id, 1, 3)
    assert (gap.hash, gap.recorded_at) == (old.entries[-1].hash, old.entries[-1].recorded_at)
    assert gap.order_no == f"61020303-{number}-{lo + 1:06d}"
    assert (gap.numbers_lo, gap.numbers_hi) == (lo + 2, hi)
    assert new.enrolment["ranges"][0]["lo"] == hi + 1
    late = old.add({"order_no": "late"})
    assert old.ack(old.upload([late])).seq == 4, "what its disk still has is welcome"
    third = Terminal(central, central.code(terminal_no=number))
    replaced = third.enrolment["replaces"]
    assert (replaced["terminal_id"], replaced["seq"], replaced["order_no"]) == (new.id, 0, "")
    for terminal in (old, new, third):
        terminal.session.close()
