"""The ranking of causes over any shift at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.cash_count import DENOMINATIONS_FEN, counted
from terminal.domain.difference import Facts, Trace, TraceKind
from terminal.domain.difference_causes import CODES, MOST_OF_A_KIND, explain

KINDS: tuple[TraceKind, ...] = (
    "cash_sale", "code_sale", "refund", "void", "reprint", "no_sale",
    "pouch_out", "pouch_in", "float", "failed_code", "open_code",
)  # fmt: skip
amounts = st.integers(min_value=1, max_value=50_000)


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Trace, ...]:
    """The traces of a shift, in the order of their entries."""
    traces, second = [], 0
    for seq in range(1, draw(st.integers(0, 12)) + 1):
        second += draw(st.integers(0, 90))
        kind, fen = draw(st.sampled_from(KINDS)), draw(amounts)
        change = draw(st.integers(0, 10_000)) if kind == "cash_sale" else 0
        received = fen + change if kind == "cash_sale" else 0
        basket = draw(st.sampled_from(["", "b1"]))
        pouch = draw(st.booleans())
        traces.append(Trace(kind, seq, second, fen, received, change, "", "", basket, pouch))
    return tuple(traces)


counts = st.dictionaries(st.sampled_from(DENOMINATIONS_FEN), st.integers(0, 300)).map(counted)
facts = st.builds(
    Facts,
    st.integers(min_value=-60_000, max_value=60_000),
    shifts(),
    counts,
    amounts,
    st.integers(0, 5),
    st.sampled_from(["match", "differs", "unasked"]),
)


@given(facts)
def test_causes_fall_in_score_name_only_entries_of_the_shift_and_leave_no_rule_unsaid(
    shift: Facts,
) -> None:
    told = explain(shift)
    scores = [cause.score for cause in told.causes]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1000 for score in scores)
    known = {trace.seq for trace in shift.traces}
    assert all(set(cause.seqs) <= known for cause in told.causes)
    assert all(list(cause.seqs) == sorted(set(cause.seqs)) for cause in told.causes)
    found = [cause.code for cause in told.causes]
    left = [item.code for item in told.excluded]
    assert all(found.count(code) <= MOST_OF_A_KIND for code in found)
    assert not set(found) & set(left)
    assert set(found) | set(left) == (set(CODES) if shift.difference_fen else set())


@given(facts)
def test_the_same_shift_is_always_explained_the_same_way(shift: Facts) -> None:
    assert explain(shift) == explain(shift)


@given(shifts(), st.integers(100, 9_999), st.integers(0, 20_000))
def test_change_that_was_given_twice_is_always_among_the_causes(
    shift: tuple[Trace, ...], fen: int, change: int
) -> None:
    """Whatever else happened: only equal evidence may push it out."""
    planted = Trace("cash_sale", 99, 10_000, fen, fen + change + 1, change + 1)
    told = explain(Facts(-(change + 1), (*shift, planted)))
    same = [cause for cause in told.causes if cause.code == "wrong_change"]
    assert any(99 in cause.seqs for cause in same) or len(same) == MOST_OF_A_KIND
    assert all(dict(cause.amounts)["change"] == change + 1 for cause in same)


@given(
    shifts(),
    st.integers(10, 999).filter(lambda pieces: str(pieces)[1] != "0"),
    st.sampled_from(DENOMINATIONS_FEN[:8]),
)
def test_a_count_with_two_digits_turned_round_is_always_noticed(
    shift: tuple[Trace, ...], pieces: int, note: int
) -> None:
    turned = int(str(pieces)[1] + str(pieces)[0] + str(pieces)[2:])
    difference = (turned - pieces) * note
    told = explain(Facts(difference, shift, counted({note: turned})))
    meant = [dict(cause.words).get("meant") for cause in told.causes if cause.code == "digits"]
    assert (str(pieces) in meant) or not difference or len(meant) == MOST_OF_A_KIND
