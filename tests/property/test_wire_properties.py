"""Every message of the wire survives the way, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import messages, operation, signing
from sync.wire.refusal import Refusal, format_refusal, parse_refusal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()

labels = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,20}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
whole = st.integers(min_value=1, max_value=10**9)
any_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)

charges = st.builds(
    messages.ChargeRequest,
    out_trade_no=labels,
    amount_fen=whole,
    auth_code=st.from_regex(r"[0-9A-Za-z-]{0,32}", fullmatch=True),
    scheme=st.sampled_from(get_args(messages.Scheme)),
    basket_hash=words,
)
answers = st.builds(
    messages.PaymentAnswer,
    state=st.sampled_from(["paid", "failed", "waiting", "unknown", "reversed"]),
    out_trade_no=labels,
    amount_fen=st.none() | whole,
    channel_no=words,
    code=words,
    at=words,
)
range_requests = st.builds(messages.RangeRequest, kind=labels, used_to=whole)
ranges = whole.flatmap(
    lambda lo: st.builds(
        messages.NumberRange, kind=labels, lo=st.just(lo), hi=st.integers(lo, lo + 999)
    )
)
records = st.dictionaries(words, words, max_size=3)
keys = words | st.lists(words, min_size=1, max_size=3)
feeds = st.sampled_from(["items", "prices", "clerks", "divisions", "settings"])
changes = st.builds(
    messages.Change, feed=feeds, op=st.just("upsert"), key=keys, data=records
) | st.builds(messages.Change, feed=feeds, op=st.just("delete"), key=keys)
reversals = st.builds(messages.ReversalRequest, amount_fen=st.none() | whole)
pages = st.builds(
    messages.FeedPage,
    changes=st.lists(records, max_size=4).map(tuple),
    cursor=words,
    more=st.booleans(),
)
shares = st.floats(min_value=0, max_value=1)
dials = st.builds(
    operation.Faults,
    lose_request=shares,
    lose_answer=shares,
    delay_ms=st.tuples(st.integers(0, 50), st.integers(50, 60_000)),
    status_5xx=shares,
    duplicate=shares,
    reorder=shares,
    offline=st.booleans(),
    revoked=st.lists(words, max_size=3).map(tuple),
    skew_ms=st.integers(-(10**12), 10**12),
    seed=whole,
    paths=st.lists(st.from_regex("/v1(/[!-~]*)?", fullmatch=True), max_size=3).map(tuple),
)
KINDS = (
    messages.ChargeRequest,
    messages.PaymentAnswer,
    messages.RangeRequest,
    messages.NumberRange,
    messages.Change,
    messages.FeedPage,
    messages.EnrolmentRequest,
    messages.EnrolmentAnswer,
    messages.ReversalRequest,
    messages.JournalUpload,
    operation.Faults,
    operation.RecordChanges,
    signing.Ack,
)


@given(charges | answers | reversals | range_requests | ranges | changes | pages | dials)
def test_message_survives_the_wire(message: Any) -> None:
    assert type(message).parse(json.loads(json.dumps(message.format()))) == message


@given(st.sampled_from(KINDS), any_json)
def test_anything_else_is_refused_cleanly_or_read_completely(kind: Any, value: Any) -> None:
    status = 200
    try:
        message = kind.parse(value)
    except Refusal as refusal:
        status = refusal.status
    assert status in (413, 422) or isinstance(message, kind)


@given(st.integers(400, 599), labels, st.dictionaries(labels, words | whole), st.booleans())
def test_refusal_survives_the_wire(
    status: int, code: str, params: dict[str, Any], retry: bool
) -> None:
    sent = Refusal(status, code, params, retry=retry)
    read = parse_refusal(status, json.loads(json.dumps(format_refusal(sent))))
    assert (read.code, read.params, read.retry) == (code, params, retry)


@given(any_json)
def test_any_error_body_becomes_a_refusal(value: Any) -> None:
    assert parse_refusal(502, value).status == 502


requests_made = st.tuples(
    st.sampled_from(["GET", "POST"]), words, st.binary(max_size=40), whole, labels
)


@given(requests_made, requests_made)
def test_signature_fits_only_the_request_it_was_made_for(made: Any, other: Any) -> None:
    def sent(request: Any) -> Any:
        method, target, body, time_ms, nonce = request
        return signing.sign_request(
            method,
            target,
            body,
            terminal_id="T",
            time_ms=time_ms,
            nonce=nonce,
            signer=KEY.sign,
        )

    signed = signing.read_signed(sent(made))
    signing.verify_request(signed, made[0], made[1], made[2], PUBLIC)
    claims = signing.Signed("T", other[3], other[4], signed.signature)
    if made != other:
        with pytest.raises(Refusal) as refused:
            signing.verify_request(claims, other[0], other[1], other[2], PUBLIC)
        assert refused.value.status == 401


@given(st.sampled_from(["terminal_id", "epoch", "seq", "hash", "count", "at"]), any_json)
def test_changed_ack_is_refused(field: str, value: Any) -> None:
    ack = signing.sign_ack("T", at="2026-11-21T00:00:00.000Z", signer=KEY.sign, seq=7, count=7)
    wire = ack.format()
    assert signing.parse_ack(wire, PUBLIC) == ack
    if value != wire[field] or type(value) is not type(wire[field]):
        with pytest.raises(Refusal):
            signing.parse_ack(wire | {field: value}, PUBLIC)
