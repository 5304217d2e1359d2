"""What makes practice practice: its slips, its channel, what it answers instead of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from terminal.app.practice import NOT_HERE, PracticeChannel, PracticeExports
from terminal.documents.receipt import build_receipt
from terminal.documents.training import EVERY, MARK, WORTHLESS, practice_slip
from terminal.domain.document import Barcode, Cut, Document, KickDrawer, Qr, Text
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.pouch import Pouch
from terminal.domain.proof import verify_proof
from tests.helpers.printers import receipt_content

PROOF = f"PT1*TRAINING*7*{'A' * 52}*{'A' * 103}"
REAL = f"PT1*61020303-02*7*{'A' * 52}*{'A' * 103}"


def test_a_slip_of_practice_is_marked_at_both_ends_and_across() -> None:
    long = build_receipt(receipt_content(kick_drawer=True))
    blocks = practice_slip(long).blocks
    assert not any(isinstance(block, KickDrawer) for block in blocks)
    assert blocks[0] == Text(MARK, blocks[0].style)  # type: ignore[union-attr]
    assert isinstance(blocks[-1], Cut)
    since = 0
    for block in blocks:
        since = 0 if isinstance(block, Text) and block.text in {MARK, WORTHLESS} else since + 1
        assert since <= EVERY + 2
    marks = [block for block in blocks if isinstance(block, Text) and block.text == MARK]
    assert len(marks) == 2


@pytest.mark.parametrize("cut", [(), (Cut(),)])
def test_no_code_on_it_passes_for_a_real_one(cut: tuple[Cut, ...]) -> None:
    pouch = Pouch("P03-260801-7K3QF9", "T03", "T02", 12_345)
    marked = Qr(replace(pouch, practice=True).code())
    codes = (
        Qr(PROOF),
        marked,
        Qr(pouch.code()),
        Qr(REAL),
        Qr("PO1*P02-261121-ABCDEF"),
        Barcode("6921168509256"),
    )
    blocks = practice_slip(Document("slip", (*codes, *cut))).blocks
    left = [block for block in blocks if isinstance(block, Qr | Barcode)]
    assert left == [Qr(PROOF), marked]
    assert sum(isinstance(block, Text) and block.text == MARK for block in blocks) == 2


def test_whoever_is_asked_says_that_it_is_no_receipt() -> None:
    with pytest.raises(EnvironmentFault, match=r"proof\.training"):
        verify_proof(PROOF, bytes(32))
    with pytest.raises(EnvironmentFault, match=r"proof\.bad_signature"):
        verify_proof(REAL, bytes(range(32)))


def ask(channel: PracticeChannel, name: str, fen: int, **more: str) -> Mapping[str, Any]:
    params = {"out_trade_no": "a1", "amount_fen": fen, "scheme": "wechat", **more}
    return channel.call(name, params)


def states(fen: int, *names: str, **more: str) -> list[tuple[str, str]]:
    """Outcome and state of one call after the other."""
    channel = PracticeChannel()
    told = [ask(channel, name, fen, **more) for name in names]
    return [(one["outcome"], one["result"].get("state", "")) for one in told]


def test_the_practice_channel_pays_refuses_and_leaves_open() -> None:
    charge, query, reverse = "payment.charge", "payment.query", "payment.reverse"
    assert states(500, charge, query) == [("ok", "paid"), ("ok", "paid")]
    assert states(598, charge, query) == [("ok", "failed"), ("ok", "failed")]
    assert states(597, charge, query) == [("unknown", "waiting"), ("ok", "paid")]
    assert states(500, charge, reverse, query)[1:] == [("ok", "reversed"), ("ok", "reversed")]
    own = states(500, charge, query, scheme="merchant_code")
    assert own == [("unknown", "waiting"), ("ok", "paid")]


def test_practice_sends_nothing_and_writes_nothing() -> None:
    channel = PracticeChannel()
    for name in ("refund.sale", "refund.claim", "approval.ask", "journal.totals", "ranges.lease"):
        assert channel.call(name, {}) == {"outcome": "refused", "code": NOT_HERE, "result": {}}
    back = ask(channel, "payment.refund", 500, refund_no="b2")
    assert back["result"] == {"state": "refunded", "refund_no": "b2", "amount_fen": 500}
    with pytest.raises(UserError, match=r"training\.no_files"):
        PracticeExports().write("report.csv", b"")
