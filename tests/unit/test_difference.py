"""Each planted mistake is found by the rule made for it, with the entries behind it."""

from __future__ import annotations

import pytest

from terminal.domain.cash_count import counted
from terminal.domain.difference import Cause, Facts, Trace
from terminal.domain.difference_causes import CODES, explain

HOUR = 36_000


def sale(seq: int, second: int, fen: int, received: int, **more: str) -> Trace:
    """A cash sale."""
    return Trace("cash_sale", seq, HOUR + second, fen, received, received - fen, **more)  # type: ignore[arg-type]


QUIET = (sale(5, 0, 1_250, 2_000), sale(6, 400, 870, 1_000), sale(7, 900, 3_110, 3_110))


def best(difference_fen: int, *traces: Trace, **more: object) -> Cause:
    """The first cause of a shift with some quiet sales."""
    together = tuple(sorted((*QUIET, *traces), key=lambda trace: trace.seq))
    return explain(Facts(difference_fen, together, **more)).causes[0]  # type: ignore[arg-type]


def test_change_given_twice_is_found_with_the_sale_beside_it() -> None:
    cause = best(
        -5_000, sale(31, 2_000, 5_000, 10_000, reference="10-0031"), sale(32, 2_009, 700, 700)
    )
    assert (cause.code, cause.seqs, cause.fit) == ("wrong_change", (31, 32), "close")
    assert dict(cause.words) == {"order": "10-0031", "gap": "9"}
    assert dict(cause.amounts) == {"change": 5_000, "received": 10_000}


def test_a_fifty_taken_for_a_hundred_is_found() -> None:
    cause = best(-5_000, sale(31, 2_000, 1_240, 10_000))
    assert (cause.code, cause.seqs) == ("swapped_note", (31,))
    assert dict(cause.amounts) == {"more": 10_000, "less": 5_000}


def test_a_sale_booked_as_cash_after_a_code_failed_is_found() -> None:
    code = Trace("failed_code", 27, HOUR + 2_000, 2_870, basket="b1")
    cause = best(-2_870, code, sale(28, 2_050, 2_870, 2_870, basket="b1"))
    assert (cause.code, cause.seqs) == ("wrong_tender", (27, 28))


def test_a_sale_booked_by_code_and_paid_in_cash_leaves_the_till_over() -> None:
    cause = best(2_870, Trace("code_sale", 28, HOUR, 2_870))
    assert (cause.code, cause.seqs) == ("wrong_tender", (28,))


@pytest.mark.parametrize(
    ("difference", "trace", "code"),
    [
        (-2_000, Trace("open_code", 30, HOUR, 2_000), "unknown_payment"),
        (-30_000, Trace("pouch_in", 30, HOUR, 30_000, open=True), "pouch"),
        (30_000, Trace("pouch_out", 30, HOUR, 30_000, open=True), "pouch"),
        (-4_580, Trace("refund", 30, HOUR, 2_290), "twice_amount"),
        (-4_580, Trace("refund", 30, HOUR, 4_580), "refund"),
        (-760, Trace("void", 30, HOUR, 760), "void"),
        (-1_260, Trace("reprint", 30, HOUR, 1_260), "reprint"),
        (-1_237, Trace("no_sale", 30, HOUR + 5_000, reason="换零"), "no_sale"),
        (-20_000, Trace("float", 30, HOUR, 20_000), "float"),
    ],
)
def test_an_entry_of_the_same_amount_is_found(difference: int, trace: Trace, code: str) -> None:
    cause = best(difference, trace)
    assert cause.code == code
    assert 30 in cause.seqs


def test_the_same_sale_twice_in_a_minute_is_found() -> None:
    cause = best(-640, sale(40, 3_000, 640, 640), sale(41, 3_012, 640, 640))
    assert (cause.code, cause.seqs) == ("double_booking", (40, 41))
    late = best(-640, sale(40, 3_000, 640, 640), sale(41, 3_061, 640, 640))
    assert late.code != "double_booking"


@pytest.mark.parametrize(
    ("difference", "pieces", "words"),
    [
        (-100_000, {1_000: 8}, {"pieces": "100"}),
        (-1_000, {1_000: 8}, {"pieces": "1"}),
        (-21_00, {100: 0, 500: 3}, {"pieces": "21"}),
        (8_000, {1_000: 8}, {"pieces": "8"}),
    ],
)
def test_a_bundle_a_note_or_a_compartment_not_counted_is_found(
    difference: int, pieces: dict[int, int], words: dict[str, str]
) -> None:
    found = explain(Facts(difference, QUIET, counted(pieces))).causes
    assert words in [dict(cause.words) for cause in found if cause.code == "missed_bundle"]


def test_digits_the_wrong_way_round_are_found_in_the_count_and_in_an_amount() -> None:
    cause = best(-7_200, count=counted({100: 19}))
    assert (cause.code, dict(cause.words)) == ("digits", {"typed": "19", "meant": "91"})
    typed = explain(Facts(-2_700, (*QUIET, sale(30, 5_000, 4_100, 5_200)))).causes
    assert [cause.seqs for cause in typed if cause.code == "digits"] == [(30,)]


def test_ten_times_too_much_is_found() -> None:
    cause = best(-45_000, sale(30, 5_000, 50_000, 50_000))
    assert (cause.code, cause.seqs) == ("decimal_point", (30,))


def test_a_platform_that_differs_comes_first_and_one_that_agrees_is_excluded() -> None:
    assert best(-7, platform="differs").code == "platform"
    agreed = explain(Facts(-7, QUIET, platform="match"))
    assert "platform" in [item.code for item in agreed.excluded]


def test_entries_not_uploaded_are_told_last() -> None:
    told = explain(Facts(-1_234_567, QUIET, unsynced=4)).causes
    assert told[-1].code == "unsynced"
    assert dict(told[-1].words) == {"count": "4"}


def test_what_was_looked_at_and_does_not_fit_is_said() -> None:
    told = explain(Facts(-1, (*QUIET, Trace("reprint", 9, HOUR, 870), Trace("void", 10, HOUR, 5))))
    looked = {item.code: item.looked_at for item in told.excluded}
    assert (looked["reprint"], looked["void"], looked["no_sale"]) == (1, 1, 0)
    assert {cause.code for cause in told.causes} | set(looked) == set(CODES)


def test_no_difference_has_no_cause() -> None:
    told = explain(Facts(0, (*QUIET, Trace("no_sale", 9, HOUR))))
    assert (told.causes, told.excluded) == ((), ())
