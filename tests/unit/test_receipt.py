"""What stands on slips."""

from __future__ import annotations

import pytest

from terminal.documents.receipt import build_receipt
from terminal.documents.session_slip import (
    SessionContent,
    SessionTotals,
    build_session_slip,
    build_test_page,
)
from terminal.documents.words import slip_words
from terminal.domain.document import Cut, Document, KickDrawer, Qr
from tests.helpers.documents import words_of
from tests.helpers.printers import PROOF, receipt_content


def test_receipt_states_sums_tenders_change_and_amount_in_words() -> None:
    text = words_of(build_receipt(receipt_content()))
    for expected in (
        "小计|57.13",
        "优惠|-2.00",
        "抹零|-0.03",
        "合计|￥55.10",
        "大写|伍拾伍元壹角整",
        "微信支付|20.00",
        "现金|35.10",
        "实收现金|50.00",
        "找零|14.90",
        "赔偿规定",
        "账目号 T02-1-000123",
        "9F3A-C21B-77D0",
        "台席/柜员|T02/0312",
    ):
        assert expected in text


def test_receipt_ends_with_the_proof_code_and_a_cut_and_begins_with_the_drawer() -> None:
    blocks = build_receipt(receipt_content()).blocks
    assert blocks[0] == KickDrawer()
    assert Qr(PROOF) in blocks
    assert blocks[-1] == Cut()


def test_original_bears_no_mark_and_reprint_bears_it_at_both_ends() -> None:
    assert "补打" not in words_of(build_receipt(receipt_content()))
    assert words_of(build_receipt(receipt_content(copy_number=3))).count("第3次补打") == 2
    assert "REPRINT No. 3" in words_of(build_receipt(receipt_content(copy_number=3), "en"))


def test_reprint_says_when_it_was_made_and_for_whom() -> None:
    copy = receipt_content(copy_number=1, reprinted_at="2026-11-21 15:30:00", reprinted_by="0315")
    text = words_of(build_receipt(copy))
    assert "补打时间|2026-11-21 15:30:00" in text
    assert "补打柜员|0315" in text
    assert "日期|2026-11-21 14:02:11" in text


def test_sum_rows_that_say_nothing_are_left_out() -> None:
    plain = receipt_content(
        subtotal_fen=5510, discount_fen=0, rounding_fen=0, received_fen=0, proof=""
    )
    text = words_of(build_receipt(plain))
    assert not [word for word in ("小计", "优惠", "抹零", "找零", "扫码") if word in text]


def test_english_slip_has_no_chinese_words_of_its_own() -> None:
    english = receipt_content(
        outlet_name="Tianfu", outlet_address="", compensation="", notices=(), lines=()
    )
    assert words_of(build_receipt(english, "en")).isascii() is False  # the yen sign of the total
    assert words_of(build_receipt(english, "en")).replace("￥", "").isascii()


def test_every_word_exists_in_both_languages() -> None:
    chinese, english = slip_words("zh_CN"), slip_words("en")
    assert chinese.keys() == english.keys()
    assert all(chinese.values())
    assert all(word.isascii() for word in english.values())


@pytest.mark.parametrize(
    "event", ["outlet_signed_on", "outlet_signed_off", "clerk_signed_on", "clerk_signed_off"]
)
def test_session_slip_names_the_event_and_what_still_waits(event: str) -> None:
    totals = SessionTotals(0, 0, 0, (), "", "", confirmed=3, waiting=12)
    content = SessionContent(
        event, "示例支局", "2026-11-21", "18:00:03", "0301", "T02-1-200", "9F3A", totals=totals
    )
    text = words_of(build_session_slip(content))
    assert slip_words("zh_CN")[event] in text
    assert "已确认账目|3" in text
    assert "待上传账目（含本笔）|12" in text


def test_session_slip_without_totals_says_nothing_of_sales() -> None:
    content = SessionContent(
        "clerk_signed_on", "示例支局", "2026-11-21", "08:00:03", "0312", "T02-1-200", "9F3A"
    )
    text = words_of(build_session_slip(content))
    assert "订单数" not in text
    assert "校验码|9F3A" in text


def test_documents_survive_the_print_queue() -> None:
    for document in (build_receipt(receipt_content()), build_test_page("x", "now")):
        assert Document.from_json(document.to_json()) == document
