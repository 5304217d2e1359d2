"""The messages both sides exchange. Their declarations are the contract, see ``fields``."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from sync.wire.fields import (
    AnyObject,
    Hash,
    Label,
    Listed,
    Message,
    RecordKey,
    Text,
    Whole,
    malformed,
)
from sync.wire.signing import Ack
from sync.wire.vault_key import VaultKey
from terminal.domain.canonical import JsonObject
from terminal.domain.journal import Entry
from terminal.domain.money import MAX_FEN

HeldScheme = Literal["prepaid_card", "virtual_account", "points", "voucher"]
"""What the platform keeps for a customer, by a number."""

Scheme = Literal["wechat", "alipay", "unionpay", "merchant_code", HeldScheme]
PaymentState = Literal["paid", "failed", "waiting", "unknown", "reversed"]
Feed = Literal["items", "prices", "clerks", "divisions", "settings"]

MAX_ENTRIES: Final = 500
"""Entries of one journal upload or download at most."""

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""Size of one body at most, as it travels and after unpacking."""

_BASE64: Final = Text("[0-9A-Za-z+/]*={0,2}", MAX_BODY_BYTES)
_UTC: Final = r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)?"
_MOST_NUMBER: Final = 10**12
_PEM: Final = r"-----BEGIN [A-Z ]+-----\n[0-9A-Za-z+/=\n]+-----END [A-Z ]+-----\n?"

AuthCode = Annotated[str, Text("[0-9A-Za-z-]{0,32}")]
Fen = Annotated[int, Whole(0, MAX_FEN)]


@dataclass(frozen=True, slots=True)
class Device(Message):
    """The machine that asks, as it names itself."""

    hostname: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentRequest(Message):
    """A machine asks to become a terminal: one-time code, raw public key in hex, CSR in PEM."""

    code: str
    public_key: Hash
    csr: Annotated[str, Text(_PEM)]
    device: Device = Device()


@dataclass(frozen=True, slots=True)
class NumberRange(Message):
    """Numbers ``lo`` to ``hi`` that only one terminal may use, before ``expires_at``; "" for ever.

    The same numbers again with a later end are the same lease, renewed.
    """

    kind: Label
    lo: Annotated[int, Whole(1)]
    hi: Annotated[int, Whole(1)]
    expires_at: Annotated[str, Text(_UTC)] = ""

    def __post_init__(self) -> None:
        if self.hi < self.lo:
            raise malformed("hi")


@dataclass(frozen=True, slots=True)
class Replaced(Message):
    """The machine whose place a new one takes, and what of it the platform may not have.

    ``epoch``, ``seq`` and ``hash`` name its last entry here; every later one may be missing.
    ``order_no`` is the last order here, and the numbers ``numbers_lo`` to ``numbers_hi`` may stand
    on slips that nobody here knows; both 0 when there are none.
    """

    terminal_id: Label
    epoch: Annotated[int, Whole(1)]
    seq: Annotated[int, Whole(0)]
    hash: Hash
    recorded_at: str
    order_no: str
    numbers_lo: Annotated[int, Whole(0)]
    numbers_hi: Annotated[int, Whole(0)]


@dataclass(frozen=True, slots=True)
class EnrolmentAnswer(Message):
    """What makes a machine a terminal: name, certificate, whom to trust, profile, first numbers.

    ``replaces`` names the machine that stood in the same place, if there was one; ``vault_key``
    is the platform's own for what only it may read.
    """

    terminal_id: Label
    certificate: Annotated[str, Text(_PEM)]
    platform_key: Hash
    server_epoch: str
    profile: JsonObject
    ranges: tuple[NumberRange, ...]
    replaces: Replaced | None = None
    vault_key: VaultKey | None = None


@dataclass(frozen=True, slots=True)
class SessionRequest(Message):
    """A machine goes on speaking for its terminal.

    Args:
        current: the token it was last granted, "" before the first.
        next: the token it wants to go on with; it is on its disk already.
        machine: a digest of what the machine's hardware calls itself.
    """

    next: Hash
    current: Annotated[str, Text("([0-9a-f]{64})?")] = ""
    machine: Annotated[str, Text("([0-9a-f]{64})?")] = ""


@dataclass(frozen=True, slots=True)
class SessionAnswer(Message):
    """The platform's head of one journal, and its vault key as it is now.

    ``upload_forms`` names in which forms beside JSON the platform reads entries, see
    ``sync.wire.packed_journal``.
    """

    ack: Ack
    vault_key: VaultKey | None = None
    upload_forms: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargeRequest(Message):
    """Take money by payer code, by our own code, or from what the platform keeps.

    ``amount_fen`` is at least 1. ``auth_code`` is the payer's code, kept in memory only, or the
    number of a card, account or voucher; "" for our own code.
    """

    out_trade_no: Label
    amount_fen: Annotated[int, Whole(1, MAX_FEN)]
    auth_code: AuthCode
    scheme: Scheme
    basket_hash: str


@dataclass(frozen=True, slots=True)
class ReversalRequest(Message):
    """Give a charge back; ``amount_fen`` is what the terminal believes it was."""

    amount_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest(Message):
    """Give a part of a payment back; the same number again is the same refund."""

    refund_no: Label
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class RefundAnswer(Message):
    """What became of a refund: ``processing`` is no verdict yet."""

    state: Literal["processing", "refunded"]
    refund_no: Label
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class PaymentAnswer(Message):
    """What the platform knows about one payment number. ``code`` says why a charge failed.

    Without ``amount_fen`` the platform does not know the amount, which is not the same as nothing.
    ``shown_code`` is what the customer scans when the code is ours.
    """

    state: PaymentState
    out_trade_no: Label
    channel_no: str
    code: str
    at: str
    amount_fen: Fen | None = None
    shown_code: str = ""


@dataclass(frozen=True, slots=True)
class BalanceRequest(Message):
    """What is a card, an account, points or a voucher worth? Nothing is charged."""

    scheme: HeldScheme
    number: Annotated[str, Text("[0-9A-Za-z-]{1,32}")]


@dataclass(frozen=True, slots=True)
class BalanceAnswer(Message):
    """What it is worth in fen, of points after conversion; nothing unless it is ``usable``."""

    scheme: HeldScheme
    state: Literal["usable", "unknown", "spent", "blocked"]
    available_fen: Fen


@dataclass(frozen=True, slots=True)
class RangeRequest(Message):
    """Ask for more numbers of a kind, or for more time with those of a lease.

    Args:
        kind: ``order``, ``waybill``, ``voucher``.
        used_to: the highest number used so far, 0 for none.
        held_to: the highest number of any lease that the terminal knows, 0 for none.
        renews: first number of the lease that shall last longer; 0 for new numbers.
        request_id: the same one again after a lost answer gets the same lease again; "" for none.
    """

    kind: Label
    used_to: Annotated[int, Whole(0, _MOST_NUMBER)]
    held_to: Annotated[int, Whole(0, _MOST_NUMBER)] = 0
    renews: Annotated[int, Whole(0, _MOST_NUMBER)] = 0
    request_id: Annotated[str, Text("[0-9A-Za-z-]{0,64}")] = ""


@dataclass(frozen=True, slots=True)
class RangeAnswer(Message):
    """Numbers leased ahead."""

    ranges: tuple[NumberRange, ...]


@dataclass(frozen=True, slots=True)
class Change(Message):
    """One step of the download stream; ``data`` is None for a tombstone and only there.

    The key of a price is the list ``[sku, level, effective_from]``, all others are text.
    """

    feed: Feed
    op: Literal["upsert", "delete"]
    key: Annotated[str | list[str], RecordKey()]
    data: JsonObject | None = None

    def __post_init__(self) -> None:
        if (self.op == "upsert") != (self.data is not None):
            raise malformed("data")


@dataclass(frozen=True, slots=True)
class FeedPage(Message):
    """Changes in order, the opaque cursor after them, and whether more are waiting.

    The changes are read one by one, so that one of a feed we do not know yet stops no other.
    """

    changes: tuple[JsonObject, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class JournalUpload(Message):
    """1 to ``MAX_ENTRIES`` entries in order; each is checked as an entry on its own."""

    entries: Annotated[tuple[JsonObject, ...], Listed(AnyObject(), 1, MAX_ENTRIES)]


@dataclass(frozen=True, slots=True)
class JournalPage(Message):
    """Entries as they were uploaded, and the platform's signed head."""

    entries: tuple[Entry, ...]
    head: Ack


@dataclass(frozen=True, slots=True)
class CourierDelivery(Message):
    """A bundle brought by hand, see ``sync.wire.courier``: the file in base64."""

    bundle: Annotated[str, _BASE64]

    @property
    def data(self) -> bytes:
        """The file.

        Raises:
            Refusal: ``wire.malformed``.
        """
        return _unbase64(self.bundle, "bundle")


@dataclass(frozen=True, slots=True)
class CourierReceipt(Message):
    """The answer to carry back: the file in base64."""

    answer: Annotated[str, _BASE64]

    @property
    def data(self) -> bytes:
        """The file.

        Raises:
            Refusal: ``wire.malformed``.
        """
        return _unbase64(self.answer, "answer")


def _unbase64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as problem:
        raise malformed(field) from problem


@dataclass(frozen=True, slots=True)
class Health(Message):
    """Whether the platform works, its life and its time."""

    status: Literal["ok"]
    server_epoch: str
    time_ms: int


@dataclass(frozen=True, slots=True)
class ErrorBody(Message):
    """Why not; ``retry`` says whether the same request may succeed later."""

    code: Label
    params: JsonObject
    retry: bool


@dataclass(frozen=True, slots=True)
class ErrorAnswer(Message):
    """The one shape of every answer that is not a success, see ``sync.wire.refusal``."""

    error: ErrorBody
