"""The index says which items have the terms, however many items that are."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.domain.errors import BugError
from terminal.domain.search_postings import BLOCK_SIZE, MAX_BLOCKS, TABLES, pack
from terminal.store.database import open_database
from terminal.store.reference_postings import PostingsReader, either, offsets_in

DENSE = 600
"""More than a set is written out for: such a term is stored as a bitmap."""


@st.composite
def offsets(draw: st.DrawFn) -> frozenset[int]:
    """Few offsets, or so many that they are stored as a bitmap; close, so that they meet."""
    few = draw(st.frozensets(st.integers(0, 40) | st.integers(0, BLOCK_SIZE - 1), max_size=20))
    start = draw(st.none() | st.sampled_from([0, 7, BLOCK_SIZE - 2 * DENSE]))
    return few if start is None else few | set(range(start, start + 2 * DENSE, 2))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Any]:
    connection = open_database(tmp_path / "index.db", None, synchronous="OFF")
    connection.executescript(TABLES)
    yield connection
    connection.close()


@given(
    terms=st.lists(offsets(), min_size=1, max_size=4),
    within=st.none() | offsets(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_all_terms_of_a_block_are_met_and_either_reading_counts(
    index: Any, terms: list[frozenset[int]], within: frozenset[int] | None
) -> None:
    index.execute("DELETE FROM postings")
    index.executemany(
        "INSERT INTO postings VALUES (?, ?)",
        [(n * MAX_BLOCKS + 3, pack(sorted(held))) for n, held in enumerate(terms, 1)],
    )
    postings = PostingsReader(index)
    held = None
    if within is not None:
        index.execute("INSERT INTO postings VALUES (?, ?)", (3, pack(sorted(within))))
        held = postings.all_of([0], 3, None)
    numbers = list(range(1, len(terms) + 1))
    space = frozenset(range(BLOCK_SIZE)) if within is None else within
    want = functools.reduce(frozenset.intersection, terms, space)
    assert list(offsets_in(postings.all_of(numbers, 3, held))) == sorted(want)
    one, other = (postings.all_of([n], 3, held) for n in (numbers[0], numbers[-1]))
    union = (terms[0] | terms[-1]) & space
    assert list(offsets_in(either(one, other))) == sorted(union)
    assert list(offsets_in(either(other, one))) == sorted(union)


def test_a_term_without_items_in_a_block_meets_nothing(index: Any) -> None:
    assert PostingsReader(index).all_of([9], 0, None) == 0


def test_a_form_nobody_knows_is_a_fault_and_no_answer(index: Any) -> None:
    index.execute("INSERT INTO postings VALUES (?, ?)", (MAX_BLOCKS, b"\x07abc"))
    with pytest.raises(BugError, match=r"catalogue\.bad_posting"):
        PostingsReader(index).all_of([1], 0, None)
