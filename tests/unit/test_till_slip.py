"""Slips of moving cash and stock: they say what the entry says, and carry the pouch's code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from terminal.app.pouches import WrongForm
from terminal.app.till_checks import CheckForm
from terminal.domain.document import Document, KickDrawer, Qr
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle, read_code
from tests.helpers.documents import words_of
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet
from tests.unit.test_tills import POSTCARD, fund, hand_in, issue

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _newest(counter: Outlet) -> Document:
    (job,) = counter.books.print_jobs(limit=1)
    assert job.kind == "till"
    return Document.from_json(job.document)


def _pouch_slip(counter: Outlet) -> Document:
    fund(counter, 0, Bundle(STAMP, 100), Bundle(POSTCARD, 50, 1001))
    issue(counter, {}, Bundle(STAMP, 40), Bundle(POSTCARD, 20, 1011))
    counter.sell(quantity=500)
    form = hand_in(counter, {10_000: 5, 5_000: 1, 10: 3})
    counter.cases.tills.send(
        type(form)(form.intent_id, "T02", "V01", form.pieces, (Bundle(POSTCARD, 5, 1011),))
    )
    return _newest(counter)


def test_pouch_slip_has_number_denominations_words_and_numbers(counter: Outlet) -> None:
    slip = _pouch_slip(counter)
    words = words_of(slip)
    for said in ("款袋交接单", "100元|× 5|500.00", "50元|× 1|50.00", "1角|× 3|0.30", "1011-1015"):
        assert said in words
    assert "伍佰伍拾元叁角整" in words
    (code,) = [block.data for block in slip.blocks if isinstance(block, Qr)]
    pouch = read_code(code)
    assert (pouch.cash_fen, pouch.bundles) == (55_030, (Bundle(POSTCARD, 5, 1011),))
    assert pouch.number in words
    assert any(isinstance(block, KickDrawer) for block in slip.blocks)


def test_a_printed_pouch_slip_can_be_scanned(counter: Outlet) -> None:
    import zxingcpp

    slip = _pouch_slip(counter)
    profile = load_profile("escpos-80")
    with VirtualPrinter(profile) as machine:
        machine.interpreter.feed(EscposEncoder().encode(slip, profile) + b"\x1dr\x01")
        paper = machine.wait_for_slips(1)[0].picture
    if "POSTAL_SCREENS" in os.environ:
        paper.save(Path(os.environ["POSTAL_SCREENS"]) / "pouch-slip.png")
    read = {code.text for code in zxingcpp.read_barcodes(paper)}
    (code,) = [block.data for block in slip.blocks if isinstance(block, Qr)]
    assert {code, read_code(code).number} <= read


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_kind_of_slip_is_worded_in_both_languages(counter: Outlet, language: str) -> None:
    with counter.books.transaction() as tx:
        tx.set_preference("language", language)
    checks = counter.cases.till_checks
    titles = []
    fund(counter, 100_000)
    titles.append(words_of(_newest(counter)).splitlines()[1])
    issue(counter, {10_000: 2})
    titles.append(words_of(_newest(counter)).splitlines()[1])
    checks.open_drawer(new_uuid7(), "change", SENIOR, SENIOR_PIN)
    titles.append(words_of(_newest(counter)).splitlines()[1])
    checks.check(CheckForm(new_uuid7(), "T02", {10_000: 1}), SENIOR, SENIOR_PIN)
    slip = words_of(_newest(counter))
    titles.append(slip.splitlines()[1])
    assert "-100.00" in slip
    chinese = ["金库领缴款单", "款袋接收单", "空开钱箱记录", "查库记录"]
    english = ["Vault funding", "Pouch received", "Drawer opened", "Till check"]
    assert titles == (chinese if language == "zh_CN" else english)


def test_a_pouch_slip_is_printed_again_marked_journaled_and_without_opening_the_drawer(
    counter: Outlet,
) -> None:
    counter.sell(quantity=500)
    sent = counter.cases.tills.send(hand_in(counter, {10_000: 5}))
    first = _newest(counter)
    assert any(isinstance(block, KickDrawer) for block in first.blocks)
    for copy in (1, 2):
        done = counter.cases.pouches.reprint(sent.pouch)
        (entry,) = counter.books.entries(limit=1)
        assert (done.seq, done.kind) == (entry.seq, "slip.reprinted")
        assert (entry.body["slip"], entry.body["reference"], entry.body["copy"]) == (
            "pouch",
            sent.pouch,
            copy,
        )
        slip = _newest(counter)
        assert f"第{copy}次补打" in words_of(slip)
        assert not any(isinstance(block, KickDrawer) for block in slip.blocks)
        codes = [block.data for block in slip.blocks if isinstance(block, Qr)]
        assert codes == [block.data for block in first.blocks if isinstance(block, Qr)]
    with pytest.raises(UserError, match=r"pouch\.unknown"):
        counter.cases.pouches.reprint("P02-260801-7K3QF9")


def test_a_pouch_with_the_wrong_content_has_a_slip_of_its_own(counter: Outlet) -> None:
    counter.sell(quantity=500)
    sent = counter.cases.tills.send(hand_in(counter, {10_000: 5}))
    form = WrongForm(new_uuid7(), sent.pouch, {10_000: 4, 5_000: 1})
    counter.cases.pouches.receive_wrong(form, SENIOR, SENIOR_PIN)
    said = words_of(_newest(counter))
    for part in ("款袋差错单", "账面应有|500.00", "差额|-50.00", "100元|× 4|400.00", SENIOR):
        assert part in said
