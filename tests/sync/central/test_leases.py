"""What the platform leases: the same request again, more time, ends, and after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.bare_terminal import Terminal, error
from tests.helpers.central import Central, running_central

DAY_MS = 86_400_000


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Central]:
    with running_central(tmp_path / "platform") as central:
        yield central


def _lease(terminal: Terminal, kind: str = "order", **more: Any) -> dict[str, Any]:
    answer = terminal.post("/v1/ranges", {"kind": kind, "used_to": 0, **more})
    assert answer.status_code == 200, answer.text
    (leased,) = answer.json()["ranges"]
    assert isinstance(leased, dict)
    return leased


def test_every_kind_is_leased_at_enrolment_with_an_end(terminal: Terminal) -> None:
    ranges = terminal.enrolment["ranges"]
    assert [leased["kind"] for leased in ranges] == ["order", "waybill", "voucher"]
    assert all(leased["expires_at"] > "2026" for leased in ranges)
    refused = terminal.post("/v1/ranges", {"kind": "parcel", "used_to": 0})
    assert error(refused) == (404, "range.unknown_kind")
    refused = terminal.post("/v1/ranges", {"kind": "order", "used_to": 10**12 + 1})
    assert error(refused) == (422, "wire.malformed")


def test_the_same_request_again_is_the_same_lease(terminal: Terminal) -> None:
    first = _lease(terminal, request_id="a")
    assert _lease(terminal, request_id="a") == first
    other = _lease(terminal, request_id="b")
    assert other["lo"] == first["hi"] + 1
    assert _lease(terminal)["lo"] == other["hi"] + 1
    assert _lease(terminal, "waybill", request_id="a")["kind"] == "waybill"


def test_two_terminals_draw_from_one_pool(terminal: Terminal) -> None:
    other = Terminal(terminal.central, terminal.central.code(terminal_no=9))
    leased = [_lease(one, "voucher") for one in (terminal, other, terminal)]
    assert leased[1]["lo"] == leased[0]["hi"] + 1
    assert leased[2]["lo"] == leased[1]["hi"] + 1
    other.session.close()


def test_a_lease_is_renewed_for_who_holds_it_until_it_ends(own: Central) -> None:
    terminal, other = Terminal(own, own.code()), Terminal(own, own.code(terminal_no=3))
    held = terminal.enrolment["ranges"][1]
    own.execute(f"UPDATE leases SET expires_ms = expires_ms - {120 * DAY_MS}")
    longer = _lease(terminal, "waybill", renews=held["lo"])
    assert (longer["lo"], longer["hi"]) == (held["lo"], held["hi"])
    assert longer["expires_at"] >= held["expires_at"]
    assert _lease(other, "waybill", renews=held["lo"])["lo"] > held["hi"]
    own.execute("UPDATE leases SET expires_ms = 1")
    assert _lease(terminal, "waybill", renews=held["lo"])["lo"] != held["lo"]
    terminal.session.close()
    other.session.close()


def test_a_restored_platform_leases_nothing_twice(own: Central) -> None:
    """What it leased after the backup, to whom it does not know any more, it skips."""
    terminal, other = Terminal(own, own.code()), Terminal(own, own.code(terminal_no=3))
    highest = max(_lease(terminal, "waybill")["hi"] for _ in range(3))
    orders = _lease(terminal)["hi"]
    own.execute("DELETE FROM leases WHERE lo > 100000")
    own.execute("UPDATE range_heads SET next = 20001 WHERE kind = 'waybill'")
    own.execute("UPDATE range_heads SET next = 100001 WHERE kind = 'order'")
    own.admin("POST", "/v1/admin/new-epoch")
    assert _lease(other, "waybill")["lo"] > highest
    assert _lease(terminal)["lo"] > orders
    terminal.session.close()
    other.session.close()


def test_what_the_terminal_holds_is_skipped_though_the_platform_forgot_it(own: Central) -> None:
    terminal = Terminal(own, own.code())
    held = _lease(terminal)["hi"]
    own.execute("DELETE FROM leases")
    own.execute("UPDATE range_heads SET next = 1")
    leased = _lease(terminal, used_to=7, held_to=held)
    assert leased["lo"] == held + 1
    terminal.session.close()
