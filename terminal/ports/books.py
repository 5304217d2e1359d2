"""The books: the journal, its read models and the working state, as the use cases see them.

All methods belong to the store thread. Whatever changes runs inside ``transaction()``: either
everything in the block
is durable on disk when the block ends, or nothing of it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from terminal.domain.attempt import Attempt
from terminal.domain.basket import Basket
from terminal.domain.canonical import JsonObject
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.leases import Lease
from terminal.domain.lockout import Lockout
from terminal.ports.cash_ups import CashUpReading
from terminal.ports.ledger import LedgerReading
from terminal.ports.refunds import RefundReading
from terminal.ports.reports import ReportReading
from terminal.ports.stock import StockReading
from terminal.ports.sync_state import Range
from terminal.ports.tills import TillReading
from terminal.ports.vault import Vault, VaultReading


@dataclass(frozen=True, slots=True)
class DayState:
    """The outlet's business day and who is on duty here.

    Args:
        business_date: last opened day, "" before the first.
        outlet_open: whether it is open now.
        clerk_id: who is signed on, "" for nobody.
    """

    business_date: str = ""
    outlet_open: bool = False
    clerk_id: str = ""


@dataclass(frozen=True, slots=True)
class ParkedBasket:
    """A suspended basket and when and by whom it was parked."""

    basket: Basket
    parked_at: str
    clerk_id: str


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A slip that has to reach paper.

    Args:
        document: the device-independent document as JSON; of a sale's first slip only the
            ``language`` it will be laid out in.
        state: ``queued``, ``printing``, ``printed``, ``unconfirmed`` (may be on paper) or
            ``waiting`` (surely is not).
        reason: dotted code of what holds it up, "" when nothing does.
        copy: 0 for the original, n for the n-th reprint.
    """

    job_id: str
    order_no: str
    kind: str
    document: Mapping[str, Any]
    state: str
    reason: str
    created_at: str
    copy: int = 0


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A completed sale as the read model shows it; amounts in fen."""

    order_no: str
    seq: int
    intent_id: str
    business_date: str
    recorded_at: str
    clerk_id: str
    total_fen: int
    rounding_fen: int
    received_fen: int
    change_fen: int


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One tender of a completed sale; ``fen`` is what was kept."""

    kind: str
    scheme: str
    fen: int
    out_trade_no: str


class Reading(Protocol):
    """What can be looked up."""

    @property
    def vault(self) -> VaultReading:
        """Personal data that the journal names."""
        ...

    @property
    def refunds(self) -> RefundReading:
        """What was given back."""
        ...

    @property
    def ledger(self) -> LedgerReading:
        """Accounts and the postings they are the sums of."""
        ...

    @property
    def reports(self) -> ReportReading:
        """The days there are, for reports."""
        ...

    @property
    def stock(self) -> StockReading:
        """Stamps and numbered vouchers by place."""
        ...

    @property
    def cash_ups(self) -> CashUpReading:
        """Periods of tills and what moved in them."""
        ...

    @property
    def tills(self) -> TillReading:
        """What moved in tills, and pouches on their way."""
        ...

    def head(self) -> tuple[int, str]:
        """Sequence number and hash of the last entry; ``(0, GENESIS_HASH)`` when empty."""
        ...

    def entry(self, seq: int) -> Entry | None:
        """The entry with that number."""
        ...

    def entry_for_intent(self, intent_id: str) -> Entry | None:
        """The entry an intent became, if it did."""
        ...

    def entries(self, *, limit: int, before_seq: int | None = None) -> Sequence[Entry]:
        """Newest first."""
        ...

    def recorded_since(self, seq: int) -> tuple[int, str]:
        """What time the clock reached in the entries after one.

        Returns:
            The number of the newest entry and the latest time stamp among those after ``seq``;
            ``(seq, "")`` when there is none.
        """
        ...

    def day(self) -> DayState:
        """The business day as it stands."""
        ...

    def order(self, order_no: str) -> OrderRow | None:
        """A completed sale."""
        ...

    def last_order(self) -> OrderRow | None:
        """The newest completed sale."""
        ...

    def tenders(self, order_no: str) -> Sequence[TenderRow]:
        """How a sale was paid."""
        ...

    def balances(self) -> Mapping[str, int]:
        """Fen by account, debit positive."""
        ...

    def attempt(self, out_trade_no: str) -> Attempt | None:
        """One payer-code attempt."""
        ...

    def attempts_of(self, basket_id: str) -> Sequence[Attempt]:
        """All attempts made for a basket, oldest first."""
        ...

    def open_attempts(self) -> Sequence[Attempt]:
        """Attempts whose outcome is still not certain."""
        ...

    def current_basket(self) -> Basket | None:
        """The basket on the counter."""
        ...

    def parked(self) -> Sequence[ParkedBasket]:
        """Suspended baskets, oldest first."""
        ...

    def parked_count(self) -> int:
        """How many baskets are suspended."""
        ...

    def lockout(self, clerk_id: str) -> Lockout:
        """Failed tries of a clerk."""
        ...

    def print_jobs(self, *, limit: int) -> Sequence[PrintJob]:
        """Newest first."""
        ...

    def print_job(self, job_id: str) -> PrintJob | None:
        """One print job."""
        ...

    def next_print_job(self) -> PrintJob | None:
        """The oldest job that still has to be sent."""
        ...

    def copies_of(self, order_no: str) -> int:
        """How often a sale was reprinted."""
        ...

    def preference(self, key: str) -> str | None:
        """A preference of this terminal."""
        ...

    def numbers_left(self, kind: str, now: str = "") -> int:
        """How many leased numbers may still be used at a time (UTC text; "" asks for no end)."""
        ...

    def leases(self, kind: str) -> Sequence[Lease]:
        """Every lease of a kind that was taken over, lowest first."""
        ...


class Transaction(Reading, Protocol):
    """What can be changed, all or nothing."""

    @property
    def vault(self) -> Vault:
        """Personal data that the journal names."""
        ...

    def append(self, draft: EntryDraft) -> Entry:
        """Seal and store a fact and update the read models.

        Raises:
            UserError: ``journal.intent_used`` with ``seq`` when this intent already became an
                entry.
            BugError: ``ledger.unbalanced`` and other broken invariants; nothing is written.
        """
        ...

    def next_order_number(self, now: str = "") -> int:
        """Take the next order number, see ``next_number``."""
        ...

    def next_number(self, kind: str, now: str = "") -> int:
        """Take the next number of a lease that has not ended.

        Args:
            kind: ``order`` …
            now: UTC text as ``OutletTime.sure`` says it; "" asks for no end.

        Raises:
            EnvironmentFault: ``range.used_up``; ``range.expired`` with ``since`` when only leases
                that have ended hold numbers.
        """
        ...

    def add_range(self, kind: str, lo: int, hi: int, expires_at: str = "") -> None:
        """Remember a lease; the same one twice is one, with its latest end."""
        ...

    def give_back(self, lease: Lease) -> None:
        """Never use the rest of a lease; its entry belongs into the same transaction."""
        ...

    def take_in(self, entries: Iterable[Entry], common_seq: int) -> Sequence[Entry]:
        """Put the platform's entries in the place of ours after a common one, in a new epoch.

        Returns:
            Our entries after the common one; they are kept, but not in the journal.
        """
        ...

    def append_again(self, entry: Entry, body: JsonObject) -> Entry:
        """Seal a fact that was set aside once more, with its intent and its time."""
        ...

    def void_numbers(self, leases: Iterable[Range], below: int) -> Sequence[tuple[int, int]]:
        """Never use numbers of leases that begin before ``below``; what of them was free."""
        ...

    def put_basket(self, basket: Basket) -> None:
        """Store the basket on the counter."""
        ...

    def clear_basket(self) -> None:
        """No basket on the counter any more."""
        ...

    def park(self, basket: Basket, clerk_id: str) -> None:
        """Suspend a basket."""
        ...

    def unpark(self, basket_id: str) -> Basket:
        """Take a suspended basket out.

        Raises:
            UserError: ``basket.not_parked``.
        """
        ...

    def put_attempt(self, attempt: Attempt) -> None:
        """Remember how often an open attempt was asked about; verdicts are entries."""
        ...

    def put_lockout(self, clerk_id: str, lockout: Lockout) -> None:
        """Remember failed tries."""
        ...

    def add_print_job(self, job: PrintJob) -> None:
        """Queue a slip."""
        ...

    def set_print_state(self, job_id: str, state: str, reason: str) -> None:
        """Say what became of a slip."""
        ...

    def set_preference(self, key: str, value: str) -> None:
        """Remember a preference of this terminal."""
        ...


class Books(Reading, Protocol):
    """The books of one terminal."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Everything in the block becomes durable together when it ends without an error."""
        ...

    def keep_basket(self, basket: Basket) -> None:
        """Store the basket on the counter without waiting for the disk.

        The end of the process does not touch it from now on, a power cut from the next ``settle``
        or transaction on. For working state only; nothing anybody answers for goes this way.
        """
        ...

    def settle(self) -> None:
        """Make durable what ``keep_basket`` stored; call it when nobody waits."""
        ...
