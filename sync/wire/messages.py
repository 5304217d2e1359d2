"""The messages both sides exchange, as values with one reader and one writer each."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Final, Literal, cast, get_args

from sync.wire import fields
from sync.wire.refusal import Refusal
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.money import MAX_FEN

Scheme = Literal["wechat", "alipay", "unionpay"]
PaymentState = Literal["paid", "failed", "waiting", "unknown", "reversed"]
Feed = Literal["items", "prices", "clerks", "divisions", "settings"]

MAX_ENTRIES: Final = 500
"""Entries of one journal upload or download at most."""

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""Size of one body at most, as it travels and after unpacking."""

_AUTH_CODE: Final = re.compile(r"[0-9]{16,24}")
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]+-----\n[0-9A-Za-z+/=\n]+-----END [A-Z ]+-----\n?")


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """A machine asks to become a terminal: one-time code, raw public key in hex, CSR in PEM."""

    code: str
    public_key: str
    csr: str
    hostname: str
    version: str

    @staticmethod
    def parse(value: Json) -> EnrolmentRequest:
        """Read the body of ``POST /v1/enrolments``.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        device = fields.as_object(data.get("device", {}), "device")
        return EnrolmentRequest(
            fields.text(data, "code"),
            fields.text(data, "public_key", fields.HASH),
            fields.text(data, "csr", _PEM),
            fields.text({"hostname": "", **device}, "hostname"),
            fields.text({"version": "", **device}, "version"),
        )

    def format(self) -> JsonObject:
        """The body."""
        return {
            "code": self.code,
            "public_key": self.public_key,
            "csr": self.csr,
            "device": {"hostname": self.hostname, "version": self.version},
        }


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """Take money by payment code. ``amount_fen`` is at least 1; the code is kept in memory only."""

    out_trade_no: str
    amount_fen: int
    auth_code: str
    scheme: Scheme
    basket_hash: str

    @staticmethod
    def parse(value: Json) -> ChargeRequest:
        """Read the body of ``POST /v1/payments``.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        scheme = fields.text(data, "scheme")
        if scheme not in get_args(Scheme):
            raise fields.malformed("scheme")
        return ChargeRequest(
            fields.text(data, "out_trade_no", fields.LABEL),
            fields.whole(data, "amount_fen", lo=1, hi=MAX_FEN),
            fields.text(data, "auth_code", _AUTH_CODE),
            cast(Scheme, scheme),
            fields.text(data, "basket_hash"),
        )

    def format(self) -> JsonObject:
        """The body."""
        return cast(JsonObject, asdict(self))


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What the platform knows about one payment number. ``code`` says why a charge failed."""

    state: PaymentState
    out_trade_no: str
    amount_fen: int
    channel_no: str
    code: str
    at: str

    @staticmethod
    def parse(value: Json) -> PaymentAnswer:
        """Read an answer about a payment.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        state = fields.text(data, "state")
        if state not in get_args(PaymentState):
            raise fields.malformed("state")
        return PaymentAnswer(
            cast(PaymentState, state),
            fields.text(data, "out_trade_no", fields.LABEL),
            fields.whole(data, "amount_fen", hi=MAX_FEN),
            fields.text(data, "channel_no"),
            fields.text(data, "code"),
            fields.text(data, "at"),
        )

    def format(self) -> JsonObject:
        """The body."""
        return cast(JsonObject, asdict(self))


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers ``lo`` to ``hi`` that only one terminal may use."""

    kind: str
    lo: int
    hi: int

    @staticmethod
    def parse(value: Json) -> NumberRange:
        """Read one range of an answer.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "range")
        lo = fields.whole(data, "lo", lo=1)
        kind = fields.text(data, "kind", fields.LABEL)
        return NumberRange(kind, lo, fields.whole(data, "hi", lo=lo))

    def format(self) -> JsonObject:
        """The range as a JSON object."""
        return {"kind": self.kind, "lo": self.lo, "hi": self.hi}


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """Ask for more numbers of a kind; ``used_to`` is the highest used so far, 0 for none."""

    kind: str
    used_to: int

    @staticmethod
    def parse(value: Json) -> RangeRequest:
        """Read the body of ``POST /v1/ranges``.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        return RangeRequest(fields.text(data, "kind", fields.LABEL), fields.whole(data, "used_to"))

    def format(self) -> JsonObject:
        """The body."""
        return {"kind": self.kind, "used_to": self.used_to}


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the download stream; ``data`` is None for a tombstone.

    The key of a price is the list ``[sku, level, effective_from]``, all others are text.
    """

    feed: Feed
    key: str | list[str]
    data: JsonObject | None

    @staticmethod
    def parse(value: Json) -> Change:
        """Read one change.

        Raises:
            Refusal: ``wire.malformed``.
        """
        item = fields.as_object(value, "change")
        feed, op = fields.text(item, "feed"), fields.text(item, "op")
        if feed not in get_args(Feed):
            raise fields.malformed("feed")
        if op not in ("upsert", "delete"):
            raise fields.malformed("op")
        key = item.get("key")
        parts = key if isinstance(key, list) else [key]
        if not parts or not all(isinstance(part, str) for part in parts):
            raise fields.malformed("key")
        data = fields.as_object(item.get("data"), "data") if op == "upsert" else None
        return Change(cast(Feed, feed), cast("str | list[str]", key), data)

    def format(self) -> JsonObject:
        """The change as a JSON object."""
        key = cast(Json, self.key)
        if self.data is None:
            return {"feed": self.feed, "op": "delete", "key": key}
        return {"feed": self.feed, "op": "upsert", "key": key, "data": self.data}


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changes in order, the opaque cursor after them, and whether more are waiting."""

    changes: tuple[Change, ...]
    cursor: str
    more: bool

    @staticmethod
    def parse(value: Json) -> FeedPage:
        """Read the answer of ``GET /v1/feeds``.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        changes = fields.rows(data, "changes", limit=10_000)
        more = data.get("more")
        if not isinstance(more, bool):
            raise fields.malformed("more")
        cursor = fields.text(data, "cursor")
        return FeedPage(tuple(Change.parse(change) for change in changes), cursor, more)

    def format(self) -> JsonObject:
        """The body."""
        changes: list[Json] = [change.format() for change in self.changes]
        return {"changes": changes, "cursor": self.cursor, "more": self.more}


@dataclass(frozen=True, slots=True)
class Faults:
    """The fault dial. Shares are probabilities 0 to 1; the default is a sound platform.

    Args:
        lose_request: cut the connection before anything happens.
        lose_answer: do everything, then cut the connection.
        delay_ms: lowest and highest delay before the request is handled.
        status_5xx: answer 503 without doing anything.
        duplicate: handle the request twice.
        reorder: hold the request until another one has overtaken it (300 ms at most).
        offline: cut every connection.
        revoked: terminals that are told so.
        skew_ms: what the platform's clock is wrong by.
        seed: of the dice.
        paths: prefixes the dial works on; empty for all of ``/v1``.
    """

    lose_request: float = 0.0
    lose_answer: float = 0.0
    delay_ms: tuple[int, int] = (0, 0)
    status_5xx: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    offline: bool = False
    revoked: tuple[str, ...] = ()
    skew_ms: int = 0
    seed: int = 0
    paths: tuple[str, ...] = ()

    @staticmethod
    def parse(value: Json) -> Faults:
        """Read the body of ``PUT /v1/faults``; what is not named is off.

        Raises:
            Refusal: ``wire.malformed``.
        """
        data = fields.as_object(value, "body")
        defaults: JsonObject = {"skew_ms": 0, "seed": 0, "revoked": [], "paths": []}
        data = {**defaults, "delay_ms": [0, 0], "offline": False, **data}
        if not isinstance(data["offline"], bool):
            raise fields.malformed("offline")
        return Faults(
            lose_request=fields.share(data, "lose_request"),
            lose_answer=fields.share(data, "lose_answer"),
            delay_ms=_delay(data),
            status_5xx=fields.share(data, "status_5xx"),
            duplicate=fields.share(data, "duplicate"),
            reorder=fields.share(data, "reorder"),
            offline=data["offline"],
            revoked=_texts(data, "revoked"),
            skew_ms=fields.whole(data, "skew_ms", lo=-(10**12), hi=10**12),
            seed=fields.whole(data, "seed"),
            paths=_texts(data, "paths"),
        )

    def format(self) -> dict[str, object]:
        """The body; not journal material, shares are floats."""
        return asdict(self)


def _delay(data: JsonObject) -> tuple[int, int]:
    pair = fields.rows(data, "delay_ms", limit=2)
    try:
        lo, hi = pair
    except ValueError as problem:
        raise fields.malformed("delay_ms") from problem
    bounds: JsonObject = {"lo": lo, "hi": hi}
    try:
        lowest = fields.whole(bounds, "lo", hi=60_000)
        return lowest, fields.whole(bounds, "hi", lo=lowest, hi=60_000)
    except Refusal as problem:
        raise fields.malformed("delay_ms") from problem


def _texts(data: JsonObject, field: str) -> tuple[str, ...]:
    values = fields.rows(data, field, limit=1000)
    if not all(isinstance(value, str) for value in values):
        raise fields.malformed(field)
    return tuple(cast("list[str]", values))


def parse_entries(value: Json) -> list[JsonObject]:
    """Read the body of a journal upload: 1 to ``MAX_ENTRIES`` objects, not yet checked as entries.

    Raises:
        Refusal: ``wire.malformed``, ``wire.too_many``.
    """
    entries = fields.rows(fields.as_object(value, "body"), "entries", limit=MAX_ENTRIES)
    if not entries:
        raise fields.malformed("entries")
    return [fields.as_object(entry, "entries") for entry in entries]
