"""What the wire refuses, named field by field."""

from __future__ import annotations

from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.wire import fields, messages, operation, signing
from sync.wire.refusal import Refusal, parse_refusal
from sync.wire.vault_key import VaultKey
from terminal.domain.canonical import JsonObject
from terminal.domain.money import MAX_FEN

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
PEM = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
ENROLMENT = {"code": "C", "public_key": "0" * 64, "csr": PEM}
CHARGE = {
    "out_trade_no": "P1",
    "amount_fen": 1,
    "auth_code": "1" * 18,
    "scheme": "wechat",
    "basket_hash": "",
}
PAYMENT: JsonObject = {
    "state": "paid",
    "out_trade_no": "P1",
    "amount_fen": 1,
    "channel_no": "",
    "code": "",
    "at": "",
}
CHANGE = {"feed": "items", "op": "upsert", "key": "A", "data": {}}


@pytest.mark.parametrize(
    ("kind", "sound", "field", "value"),
    [
        (messages.EnrolmentRequest, ENROLMENT, "code", None),
        (messages.EnrolmentRequest, ENROLMENT, "code", "x" * 20_000),
        (messages.EnrolmentRequest, ENROLMENT, "public_key", "00"),
        (messages.EnrolmentRequest, ENROLMENT, "device", []),
        (messages.ChargeRequest, CHARGE, "amount_fen", 0),
        (messages.ChargeRequest, CHARGE, "amount_fen", True),
        (messages.ChargeRequest, CHARGE, "amount_fen", 1.0),
        (messages.ChargeRequest, CHARGE, "scheme", "cash"),
        (messages.ChargeRequest, CHARGE, "auth_code", "1 2"),
        (messages.PaymentAnswer, PAYMENT, "state", "perhaps"),
        (messages.NumberRange, {"kind": "order", "lo": 2, "hi": 9}, "hi", 1),
        (messages.Change, CHANGE, "feed", "moon"),
        (messages.Change, CHANGE, "op", "rename"),
        (messages.Change, CHANGE, "key", []),
        (messages.Change, CHANGE, "key", 5),
        (messages.Change, CHANGE, "data", None),
        (messages.Change, {**CHANGE, "op": "delete", "data": None}, "data", {}),
        (messages.RangeAnswer, {"ranges": []}, "ranges", 3),
        (messages.FeedPage, {"changes": [], "cursor": "", "more": True}, "more", 1),
        (messages.FeedPage, {"changes": [], "cursor": "", "more": True}, "changes", {}),
        (operation.Faults, {}, "offline", 1),
        (operation.Faults, {}, "lose_answer", 2),
        (operation.Faults, {}, "lose_answer", True),
        (operation.Faults, {}, "delay_ms", [1]),
        (operation.Faults, {}, "delay_ms", [2, 1]),
        (operation.Faults, {}, "revoked", [1]),
    ],
)
def test_wrong_field_is_named(kind: Any, sound: dict[str, Any], field: str, value: Any) -> None:
    kind.parse(sound)
    with pytest.raises(Refusal) as refused:
        kind.parse({**sound, field: value})
    assert refused.value.code == "wire.malformed"
    assert refused.value.params == {"field": field}


def test_enrolment_request_round_trips_and_unknown_fields_are_fine() -> None:
    request = messages.EnrolmentRequest.parse({**ENROLMENT, "colour": "green"})
    assert messages.EnrolmentRequest.parse(dict(request.format())) == request
    assert operation.Faults.parse({}) == operation.Faults()


def test_tombstone_needs_no_data() -> None:
    gone = messages.Change.parse({"feed": "items", "op": "delete", "key": "A"})
    assert gone.data is None


def test_journal_upload_has_one_to_five_hundred_objects() -> None:
    assert messages.JournalUpload.parse({"entries": [{"seq": 1}]}).entries == ({"seq": 1},)
    bodies: list[Any] = [{}, {"entries": []}, {"entries": [1]}]
    for body in bodies:
        with pytest.raises(Refusal) as malformed:
            messages.JournalUpload.parse(body)
        assert malformed.value.params == {"field": "entries"}
    with pytest.raises(Refusal) as many:
        messages.JournalUpload.parse({"entries": [{}] * 501})
    assert many.value.status == 413


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Time", "soon"),
        ("X-Time", "²"),
        ("X-Time", "1" * 16),
        ("X-Terminal", ""),
        ("X-Nonce", "a b"),
        ("X-Signature", "00"),
    ],
)
def test_misshapen_signature_headers_are_unsigned(header: str, value: str) -> None:
    headers = signing.sign_request(
        "GET", "/", b"", terminal_id="T", time_ms=1, nonce="n", signer=KEY.sign
    )
    with pytest.raises(Refusal) as refused:
        signing.read_signed(headers | {header: value})
    assert (refused.value.status, refused.value.code) == (401, "request.unsigned")
    with pytest.raises(Refusal):
        signing.read_signed({})


def test_key_that_is_none_proves_nothing() -> None:
    signed = signing.Signed("T", 1, "n", "0" * 128)
    with pytest.raises(Refusal):
        signing.verify_request(signed, "GET", "/", b"", b"short")


def test_record_signature_covers_every_other_field() -> None:
    record = signing.sign_record({"clerk_id": "0312", "level": 1}, KEY.sign)
    assert signing.record_is_signed(record, PUBLIC)
    assert not signing.record_is_signed({**record, "level": 2}, PUBLIC)
    assert not signing.record_is_signed({"clerk_id": "0312"}, PUBLIC)
    inexact: dict[str, Any] = {**record, "level": 0.5}
    assert not signing.record_is_signed(inexact, PUBLIC)


@pytest.mark.parametrize("body", [None, [], {"error": 1}, {"error": {"code": 1}}])
def test_strangers_error_is_a_failing_platform_or_no_answer_of_it(body: Any) -> None:
    failing, strange = parse_refusal(502, body), parse_refusal(404, body)
    assert (failing.code, failing.retry) == ("platform.failing", True)
    assert (strange.code, strange.retry) == ("platform.bad_answer", False)


def test_absent_amount_is_unknown_and_stays_absent() -> None:
    unknown = messages.PaymentAnswer.parse({**PAYMENT, "amount_fen": None})
    assert unknown.amount_fen is None
    assert "amount_fen" not in unknown.format()
    assert messages.PaymentAnswer.parse({**PAYMENT, "amount_fen": 0}).amount_fen == 0
    assert messages.ReversalRequest.parse({}).amount_fen is None


def test_schema_says_what_the_parser_does() -> None:
    described = fields.schema(messages.ChargeRequest)
    assert described["required"] == list(CHARGE)
    assert described["properties"] == {
        "out_trade_no": {"type": "string", "pattern": f"^(?:{fields.LABEL.pattern})$"},
        "amount_fen": {"type": "integer", "minimum": 1, "maximum": MAX_FEN},
        "auth_code": {"type": "string", "pattern": "^(?:[0-9A-Za-z-]{0,32})$"},
        "scheme": {
            "type": "string",
            "enum": [
                "wechat",
                "alipay",
                "unionpay",
                "merchant_code",
                "prepaid_card",
                "virtual_account",
                "points",
                "voucher",
            ],
        },
        "basket_hash": {"type": "string", "maxLength": 16_384},
    }
    answer = fields.schema(messages.PaymentAnswer)
    assert "amount_fen" not in cast("list[str]", answer["required"])
    assert "amount_fen" in cast("dict[str, object]", answer["properties"])
    assert fields.schema(operation.RecordChanges)["required"] == []
    assert fields.schema(operation.Faults)["required"] == []
    nested = cast("dict[str, object]", fields.schema(signing.AckAnswer)["properties"])
    assert nested == {"ack": {"$ref": "#/components/schemas/Ack"}}
    inner = [messages.NumberRange, messages.Replaced, VaultKey]
    assert fields.inside(messages.EnrolmentAnswer) == inner
    assert fields.inside(messages.EnrolmentRequest) == [messages.Device]


def test_odd_params_of_an_error_are_left_out() -> None:
    read = parse_refusal(409, {"error": {"code": "a.b", "params": {"seq": 1, "x": [1]}}})
    assert read.params == {"seq": 1}
    assert parse_refusal(409, {"error": {"code": "a.b", "params": 5}}).params == {}


def test_ack_signed_by_somebody_else_is_refused() -> None:
    ack = signing.sign_ack("T", at="2026-11-21T00:00:00.000Z", signer=KEY.sign, seq=7, count=7)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(Refusal) as refused:
        signing.parse_ack(ack.format(), other)
    assert refused.value.code == "ack.bad_signature"
