"""May this home be left? One rule for everything that would take the books away from a counter.

An installer that updates or removes the program, a terminal that is retired, an enrolment over an
existing folder: none may touch a folder in which something is that nobody else has.

Source: reliability reference §1 "Square offline": what waited was lost by a reset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from terminal.app.queue import JOURNAL_LANE
from terminal.domain.errors import ParamValue, UserError
from terminal.domain.vault import ATTACHMENTS, VAULT
from terminal.ports.books import Reading
from terminal.ports.sync_state import SyncState
from terminal.ports.vault import Safe

_OURS = frozenset({JOURNAL_LANE, "platform", "receipts", VAULT, ATTACHMENTS})
"""Lanes of what only this home has; a clerk's record or a mirror is no reason to stay."""


REASONS = (
    "leave.payments_open",
    "leave.baskets_open",
    "leave.recovering",
    "leave.entries_waiting",
    "leave.not_tied",
    "leave.held",
    "leave.deposits_waiting",
)
"""Why a home may not be left, what has to be settled first at the beginning."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in a home that nobody else has, or that is not settled.

    Args:
        head_seq: the last entry.
        confirmed_seq: the last entry the platform signed for.
        waiting: entries neither it nor a bundle carried to it holds.
        waiting_since: UTC text of the oldest of them, "" when none waits.
        carried: entries that only a carried bundle holds.
        deposits: sealed records and attachments the platform has not signed for.
        payments: payments without an outcome.
        baskets: baskets with goods, on the counter or parked.
        held: codes of what waits for a person.
        recovering: whether the platform holds entries that these books lack.
        tied: whether the platform's signed word is about exactly these books.
    """

    head_seq: int = 0
    confirmed_seq: int = 0
    waiting: int = 0
    waiting_since: str = ""
    carried: int = 0
    deposits: int = 0
    payments: int = 0
    baskets: int = 0
    held: tuple[str, ...] = ()
    recovering: bool = False
    tied: bool = True

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it may not be left, the first to settle first; empty when it may."""
        stands = (
            self.payments,
            self.baskets,
            self.recovering,
            self.waiting,
            not self.tied,
            self.held,
            self.deposits,
        )
        return tuple(code for code, there in zip(REASONS, stands, strict=True) if there)

    def require(self, *, but: Sequence[str] = ()) -> None:
        """Refuse to go on while something stands in the way.

        Args:
            but: reasons that do not count yet.

        Raises:
            UserError: ``leave.*``, the first reason, with every figure in its parameters.
        """
        reasons = [reason for reason in self.reasons if reason not in but]
        if reasons:
            params: dict[str, ParamValue] = {
                "count": self.waiting,
                "since": self.waiting_since,
                "head_seq": self.head_seq,
                "confirmed_seq": self.confirmed_seq,
                "deposits": self.deposits,
                "payments": self.payments,
                "baskets": self.baskets,
                "held": ", ".join(self.held),
                "reasons": ", ".join(reasons),
            }
            raise UserError(reasons[0], params)


def standing(
    books: Reading,
    sync: SyncState,
    safe: Safe,
    genuine: Callable[[Mapping[str, Any]], bool],
    carried_to: int = 0,
) -> Standing:
    """Look at the books and at what the platform signed.

    Args:
        books: of the home; read only.
        sync: what the platform said.
        safe: personal data and attachments.
        genuine: whether the platform signed a receipt.
        carried_to: the last entry that bundles made for the platform hold without a gap from the
            confirmed one on; 0 for none.
    """
    head_seq, _ = books.head()
    confirmed = sync.confirmed_head()
    confirmed_seq = min(confirmed.seq, head_seq)
    safe_to = max(confirmed_seq, min(carried_to, head_seq))
    oldest = books.entry(safe_to + 1)
    receipt = sync.receipt_for(confirmed.epoch, confirmed.seq) if confirmed.seq else None
    held = books.entry(confirmed.seq) if confirmed.seq else None
    told = bool(receipt and genuine(receipt) and held and held.hash == confirmed.hash)
    basket = books.current_basket()
    return Standing(
        head_seq=head_seq,
        confirmed_seq=confirmed_seq,
        waiting=head_seq - safe_to,
        waiting_since=oldest.recorded_at if oldest else "",
        carried=safe_to - confirmed_seq,
        deposits=_deposits_waiting(books, safe),
        payments=len(books.open_attempts()),
        baskets=books.parked_count() + (basket is not None and not basket.is_empty),
        held=_held(sync, all_carried=0 < carried_to >= head_seq),
        recovering=sync.recovery() is not None,
        # Where nothing is confirmed yet, what waits tells it.
        tied=told or not confirmed.seq,
    )


def _held(sync: SyncState, *, all_carried: bool) -> tuple[str, ...]:
    """What of ours waits for a person; a lane that is held holds nothing that was carried."""
    lanes = _OURS - {JOURNAL_LANE} if all_carried else _OURS
    return tuple(sorted({item.code for item in sync.parked() if item.lane in lanes}))


def _deposits_waiting(books: Reading, safe: Safe) -> int:
    records = [record.record_id for record in books.vault.named_before(books.head()[0] + 1)]
    files = [attachment.address for attachment in safe.attachments.kept()]
    items = [(VAULT, item) for item in records] + [(ATTACHMENTS, item) for item in files]
    return sum(safe.receipts.receipt(lane, item) is None for lane, item in items)
