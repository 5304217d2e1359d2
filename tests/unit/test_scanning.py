"""The scan field: one text in, the right thing done or a clear word why not."""

from __future__ import annotations

import pytest

from terminal.domain.errors import UserError
from terminal.domain.proof import sale_proof_text
from tests.helpers.outlet import RICE, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

STAMP_GTIN = "2900000000018"


def test_a_barcode_lands_in_the_basket_with_what_was_read(counter: Outlet) -> None:
    view = counter.cases.scanning.scan(STAMP_GTIN, "wedge")
    assert (view.kind, view.changes) == ("added", frozenset({"basket"}))
    counter.cases.scanning.scan(f"3*{STAMP_GTIN}", "serial")
    (line,) = counter.cases.ordering.view().lines
    assert (line.sku, line.quantity) == (STAMP, 4)
    kept = counter.cases.ordering.basket.lines[0]
    assert (kept.source, kept.raw) == ("wedge", STAMP_GTIN)


def test_an_article_number_typed_is_added_too(counter: Outlet) -> None:
    assert counter.cases.scanning.scan(STAMP, "key").kind == "added"


def test_loose_goods_are_weighed_first_and_a_label_brings_its_price(counter: Outlet) -> None:
    from terminal.domain.checks import gtin_check_digit

    asked = counter.cases.scanning.scan(RICE, "key")
    assert (asked.kind, asked.message_code, asked.results[0].sku) == (
        "results",
        "scan.weigh_first",
        RICE,
    )
    digits = "210010100777"
    priced = counter.cases.scanning.scan(digits + str(gtin_check_digit(digits)), "wedge")
    assert priced.kind == "added"
    (line,) = counter.cases.ordering.view().lines
    assert (line.sku, line.weighed, line.amount_text) == (RICE, True, "7.77")
    digits = "220010100500"
    counter.cases.scanning.scan(digits + str(gtin_check_digit(digits)), "wedge")
    assert counter.cases.ordering.view().lines[1].quantity_text == "0.500 kg"


def test_a_label_of_goods_that_are_not_loose_is_refused(counter: Outlet) -> None:
    from terminal.domain.checks import gtin_check_digit

    digits = "219999900777"
    with pytest.raises(UserError) as refused:
        counter.cases.scanning.scan(digits + str(gtin_check_digit(digits)), "wedge")
    assert refused.value.code == "item.unknown"


@pytest.mark.parametrize(
    ("text", "context", "kind", "message"),
    [
        ("134512345678901200", "payment", "payer_code", ""),
        ("134512345678901200", "selling", "refused", "scan.payer_code_early"),
        ("https://example.invalid/x", "selling", "refused", "scan.url_not_opened"),
        ("zzzzqqqq", "selling", "unknown", "scan.not_found"),
    ],
)
def test_everything_else_gets_its_word(
    counter: Outlet, text: str, context: str, kind: str, message: str
) -> None:
    view = counter.cases.scanning.scan(text, "wedge", context)
    assert (view.kind, view.message_code) == (kind, message)
    assert counter.cases.ordering.view().count == 0


def test_initials_find_goods_from_the_first_letter(counter: Outlet) -> None:
    view = counter.cases.scanning.scan("yp", "key")
    assert view.kind == "results"
    assert STAMP in {row.sku for row in view.results}
    assert all(row.price_text for row in counter.cases.search.find("yp").rows)


def test_favourites_are_what_the_platform_set_with_todays_prices(counter: Outlet) -> None:
    favourites = counter.cases.search.favourites()
    assert len(favourites) == 8
    assert favourites[0].sku == STAMP
    assert all(row.price_text for row in favourites)


def test_a_receipts_proof_opens_a_refund_but_not_while_somebody_pays(counter: Outlet) -> None:
    counter.sell()
    (entry,) = counter.books.entries(limit=1)
    scan = counter.cases.scanning.scan
    view = scan(sale_proof_text(entry), "wedge")
    assert (view.kind, view.params) == ("receipt", {"proof": sale_proof_text(entry)})
    view = scan(sale_proof_text(entry), "wedge", "payment")
    assert (view.kind, view.message_code) == ("refused", "scan.receipt_not_now")
