"""The tables of the reference platform. Amounts are whole fen, times UTC text."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

_DIVIDED: Final[Any] = {"postgresql_partition_by": "HASH (terminal_id)"}
"""PostgreSQL keeps the journals in parts, in the schema ``journal_parts``."""

platform = Table(
    "platform",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Single values: ``server_epoch``, ``change_no``, ``faults``."""

terminals = Table(
    "terminals",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("public_key", String(64), nullable=False),
    Column("outlet", String(32), nullable=False),
    Column("terminal_no", Integer, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("skew_ms", BigInteger, nullable=False),
    Column("session", String(64), nullable=False, server_default=""),
    Column("session_before", String(64), nullable=False, server_default=""),
    Column("machine", String(64), nullable=False, server_default=""),
    Column("replaced_by", String(64), nullable=False, server_default=""),
    Column("spoke_ms", BigInteger, nullable=False, server_default="0"),
    Column("audited_seq", BigInteger, nullable=False, server_default="0"),
)
"""Up to ``audited_seq`` every single signature was checked, see ``sync.central.audit``;
``session``, ``session_before``, ``machine``, ``spoke_ms``: see ``sync.central.sessions``."""

NO_SESSION = {"session": "", "session_before": "", "machine": "", "spoke_ms": 0}
"""Nobody speaks for the terminal yet: the first machine to do so may."""

enrolment_codes = Table(
    "enrolment_codes",
    METADATA,
    Column("code", String(64), primary_key=True),
    Column("outlet", String(32), nullable=False),
    Column("terminal_no", Integer, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("reusable", Boolean, nullable=False),
)

enrolments = Table(
    "enrolments",
    METADATA,
    Column("code", String(64), primary_key=True),
    Column("public_key", String(64), primary_key=True),
    Column("answer", Text, nullable=False),
)

entries = Table(
    "entries",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("intent_id", String(36), nullable=False),
    Column("wire", LargeBinary, nullable=False),
    Index("entries_intent", "terminal_id", "intent_id"),
    **_DIVIDED,
)
"""The exact canonical bytes of every entry; nothing updates or deletes here."""

postings = Table(
    "postings",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("fen", BigInteger, nullable=False),
    **_DIVIDED,
)

tasks = Table(
    "tasks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("terminal_id", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("code", String(64), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("at", String(24), nullable=False),
    UniqueConstraint("terminal_id", "seq", "code", "evidence"),
)
"""What a person has to look at: contents the platform cannot apply, forks."""

pouches = Table(
    "pouches",
    METADATA,
    Column("number", String(32), primary_key=True),
    Column("to_till", String(32), nullable=False, server_default=""),
    Column("sent_terminal", String(64), nullable=False, server_default=""),
    Column("sent_seq", BigInteger, nullable=False, server_default="0"),
    Column("sent_code", Text, nullable=False, server_default=""),
    Column("sent_at", String(24), nullable=False, server_default=""),
    Column("received_terminal", String(64), nullable=False, server_default=""),
    Column("received_seq", BigInteger, nullable=False, server_default="0"),
    Column("received_code", Text, nullable=False, server_default=""),
    Column("wrong", Text, nullable=False, server_default=""),
    Index("pouches_open", "received_terminal", "to_till"),
)
"""Both sides of every pouch, as the first entry of each says; "" and 0 for a side not heard of;
``wrong`` is what the taker counted when that was not what the slip says."""

outlet_days = Table(
    "outlet_days",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("business_date", String(10), nullable=False),
    Index("outlet_days_date", "terminal_id", "business_date"),
)
"""Which entries tell of an outlet's business day, see ``sync.central.outlet_days``."""

inbox = Table(
    "inbox",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("terminal_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("item_id", String(64), nullable=False, unique=True),
    Column("record", Text, nullable=False),
    Index("inbox_terminal", "terminal_id", "number"),
)
"""What the centre tells counters, as it was signed; ``terminal_id`` "" tells all of them."""

records = Table(
    "records",
    METADATA,
    Column("feed", String(16), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Index("records_owner", "feed", "owner"),
)
"""Reference data as it travels; ``owner`` is the item of a price."""

changes = Table(
    "changes",
    METADATA,
    Column("change_no", BigInteger, primary_key=True, autoincrement=False),
    Column("change", Text, nullable=False),
)

range_heads = Table(
    "range_heads",
    METADATA,
    Column("outlet", String(32), primary_key=True),
    Column("terminal_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(64), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("lo", BigInteger, primary_key=True, autoincrement=False),
    Column("hi", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("looked_ms", BigInteger, nullable=False),
    Index("leases_free", "kind", "state", "looked_ms"),
)
"""Numbers a terminal holds (``held``), or of which nobody gets anything any more (``gone``);
``looked_ms`` is the end of the lease, later the last time its return was looked for in vain."""

nonces = Table(
    "nonces",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("nonce", String(64), primary_key=True),
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
)

payments = Table(
    "payments",
    METADATA,
    Column("out_trade_no", String(64), primary_key=True),
    Column("terminal_id", String(64), nullable=False),
    Column("amount_fen", BigInteger),
    Column("state", String(16), nullable=False),
    Column("behaviour", String(16), nullable=False),
    Column("queries", Integer, nullable=False),
    Column("channel_no", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("at", String(24), nullable=False),
    Column("scheme", String(32), nullable=False, server_default=""),
    Column("instrument", String(32), nullable=False, server_default=""),
)

"""``amount_fen`` is unknown for a number that was reversed before any charge came."""

refunds = Table(
    "refunds",
    METADATA,
    Column("refund_no", String(64), primary_key=True),
    Column("out_trade_no", String(64), nullable=False),
    Column("terminal_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", String(24), nullable=False),
    Index("refunds_payment", "out_trade_no"),
)
"""Parts of a payment given back: ``processing`` or ``refunded``."""

sales = Table(
    "sales",
    METADATA,
    Column("order_no", String(64), primary_key=True),
    Column("terminal_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)
"""Where the sale with a number stands."""

refund_claims = Table(
    "refund_claims",
    METADATA,
    Column("claim_id", String(64), primary_key=True),
    Column("terminal_id", String(64), nullable=False),
    Column("sale_terminal_id", String(64), nullable=False),
    Column("sale_seq", BigInteger, nullable=False),
    Column("sale_hash", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("entry_seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("refund_claims_sale", "sale_terminal_id", "sale_seq"),
)
"""Who gives back something of which sale: ``reserved``, ``booked`` by the entry ``entry_seq``, or
``withdrawn`` for good."""

refund_claim_lines = Table(
    "refund_claim_lines",
    METADATA,
    Column("claim_id", String(64), primary_key=True),
    Column("line_id", String(64), primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
)

refund_claim_legs = Table(
    "refund_claim_legs",
    METADATA,
    Column("claim_id", String(64), primary_key=True),
    Column("leg", String(80), primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("request_id", String(64), primary_key=True),
    Column("terminal_id", String(64), nullable=False),
    Column("outlet", String(32), nullable=False),
    Column("request", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Index("approvals_outlet", "outlet", "state", "expires_ms"),
)
"""What a counter asks the others of its outlet: ``waiting``, ``answered`` or ``cancelled``."""

gateway_ledger = Table(
    "gateway_ledger",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("out_trade_no", String(64), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("at", String(24), nullable=False),
)
"""The sandbox gateway's own book: charges positive, reversals negative. The independent oracle."""

instruments = Table(
    "instruments",
    METADATA,
    Column("scheme", String(32), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("value_fen", BigInteger, nullable=False),
    Column("available_fen", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
)
"""What the sandbox keeps for customers: prepaid cards, virtual accounts, points, vouchers."""

vault_records = Table(
    "vault_records",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", String(24), nullable=False),
)
"""Personal data as it came: sealed, and opened only to see that it can be."""

attachments = Table(
    "attachments",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", String(24), nullable=False),
)
"""``at`` is "" while pieces are missing."""

attachment_chunks = Table(
    "attachment_chunks",
    METADATA,
    Column("terminal_id", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
