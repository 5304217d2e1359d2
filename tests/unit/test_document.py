"""Documents and their persistent form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.document import (
    Align,
    Barcode,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Gap,
    KickDrawer,
    Qr,
    Rule,
    RuleKind,
    Style,
    Text,
)
from terminal.domain.errors import BugError

STYLES = st.builds(
    Style,
    align=st.sampled_from(Align),
    bold=st.booleans(),
    underline=st.booleans(),
    inverse=st.booleans(),
    width=st.integers(1, 2),
    height=st.integers(1, 2),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CELLS = st.builds(Cell, TEXTS, st.sampled_from(Align), st.integers(0, 5))
BLOCKS = st.one_of(
    st.builds(Text, TEXTS, STYLES),
    st.builds(Columns, st.lists(CELLS, min_size=1, max_size=4).map(tuple), STYLES),
    st.builds(Rule, st.sampled_from(RuleKind)),
    st.builds(Qr, st.text("AZ09中:", min_size=1, max_size=50), st.integers(2, 12)),
    st.builds(Barcode, st.text("AZaz09-", min_size=1, max_size=20)),
    st.builds(Feed, st.integers(1, 20)),
    st.builds(Gap, st.integers(1, 255)),
    st.just(Cut()),
    st.builds(KickDrawer, st.sampled_from([0, 2, 5])),
)
DOCUMENTS = st.builds(Document, TEXTS, st.lists(BLOCKS, max_size=12).map(tuple))


@given(DOCUMENTS)
def test_document_survives_json(document: Document) -> None:
    text = json.dumps(document.to_json(), ensure_ascii=False)
    assert Document.from_json(json.loads(text)) == document


WHOLE: dict[str, Any] = {"version": 1, "title": "t", "blocks": [{"type": "text", "text": "x"}]}


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {**WHOLE, "version": 2},
        {**WHOLE, "extra": 1},
        {**WHOLE, "title": 1},
        {**WHOLE, "blocks": {}},
        {**WHOLE, "blocks": ["text"]},
        {**WHOLE, "blocks": [{"type": "picture"}]},
        {**WHOLE, "blocks": [{"type": "text"}]},
        {**WHOLE, "blocks": [{"type": "text", "text": 1}]},
        {**WHOLE, "blocks": [{"type": "text", "text": "x", "colour": "red"}]},
        {**WHOLE, "blocks": [{"type": "text", "text": "x", "style": {"width": 3}}]},
        {**WHOLE, "blocks": [{"type": "text", "text": "x", "style": {"bold": 1}}]},
        {**WHOLE, "blocks": [{"type": "text", "text": "x", "style": {"align": "middle"}}]},
        {**WHOLE, "blocks": [{"type": "columns", "cells": []}]},
        {**WHOLE, "blocks": [{"type": "columns", "cells": "x"}]},
        {**WHOLE, "blocks": [{"type": "feed", "lines": True}]},
        {**WHOLE, "blocks": [{"type": "feed", "lines": 0}]},
        {**WHOLE, "blocks": [{"type": "qr", "data": ""}]},
        {**WHOLE, "blocks": [{"type": "barcode", "data": "中"}]},
        {**WHOLE, "blocks": [{"type": "kick_drawer", "pin": 3}]},
    ],
)
def test_anything_else_than_the_written_form_is_refused(broken: object) -> None:
    with pytest.raises(BugError):
        Document.from_json(broken)


def test_whole_form_is_accepted() -> None:
    assert Document.from_json(WHOLE) == Document("t", (Text("x"),))
