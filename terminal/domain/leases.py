"""Numbers leased ahead: which may be used, when to ask for more, what giving them back says.

A lease belongs to one terminal. Its end only says how long; what nobody else gets is decided by the
terminal's own journal: only an entry that gives the rest back proves that it will never use it.

Source: reliability reference §1 "Number pools".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from terminal.domain.canonical import Json, JsonObject
from terminal.domain.outlet_time import utc_text

ORDER: Final = "order"
KINDS: Final = (ORDER, "waybill", "voucher")
"""What numbers are leased for."""

RETURNED: Final = "numbers.returned"
"""The journal's kind for the unused tail of a lease given back."""

AHEAD: Final = timedelta(days=35)
"""A terminal that was online today can go on for so long at its usual pace."""

RENEW: Final = 2 * AHEAD
"""A lease that ends within this time is renewed while the platform can be asked."""

LOW_WATER: Final = 5
"""More are asked for when less than one part in this many of the newest lease is left."""

_DAYS_SEEN: Final = 14


@dataclass(frozen=True, slots=True)
class Lease:
    """Numbers of one kind that this terminal may use.

    Args:
        next: the first unused one; ``hi + 1`` when none is left.
        expires_at: UTC text of its end, "" for none.
    """

    kind: str
    lo: int
    hi: int
    next: int
    expires_at: str = ""

    @property
    def left(self) -> int:
        """How many are unused."""
        return self.hi - self.next + 1

    def is_over(self, now: str) -> bool:
        """Whether it has ended at a time (UTC text); one without an end never has."""
        return bool(self.expires_at) and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class Wish:
    """What the platform is asked for.

    Args:
        used_to: the highest number used, 0 for none.
        held_to: the highest number of any lease, 0 for none.
        renews: first number of the lease that shall last longer, 0 for fresh numbers.
    """

    kind: str
    used_to: int
    held_to: int
    renews: int = 0

    def params(self) -> dict[str, Json]:
        """For the call ``ranges.lease``."""
        return {
            "kind": self.kind,
            "used_to": self.used_to,
            "held_to": self.held_to,
            "renews": self.renews,
        }


def wish(kind: str, leases: Sequence[Lease], a_day: int, now: str) -> Wish | None:
    """What to ask for now, so that numbers neither run out nor end for ``AHEAD``.

    Args:
        kind: of the numbers.
        leases: all of the kind, lowest first.
        a_day: numbers used on a usual busy day.
        now: UTC text.

    Returns:
        None when there is enough.
    """
    used_to = max((lease.next - 1 for lease in leases if lease.next > lease.lo), default=0)
    held_to = max((lease.hi for lease in leases), default=0)
    usable = [lease for lease in leases if lease.left > 0 and not lease.is_over(now)]
    soon = _after(now, RENEW)
    for lease in usable:
        if lease.is_over(soon):
            return Wish(kind, used_to, held_to, renews=lease.lo)
    left = sum(lease.left for lease in usable)
    newest = usable[-1].hi - usable[-1].lo + 1 if usable else 0
    if left * LOW_WATER < newest or left < a_day * AHEAD.days or not usable:
        return Wish(kind, used_to, held_to)
    return None


def _after(now: str, passed: timedelta) -> str:
    return utc_text(datetime.fromisoformat(now) + passed)


@dataclass(frozen=True, slots=True)
class Use:
    """How many numbers of a kind were used in all at the first look of each business day.

    Args:
        looks: business date and count, oldest first.
    """

    looks: tuple[tuple[str, int], ...] = ()

    def seen(self, date: str, used: int) -> Use:
        """The same after a look; only the first one of a date counts."""
        if not date or (self.looks and self.looks[-1][0] >= date):
            return self
        return Use((*self.looks, (date, used))[-_DAYS_SEEN:])

    @property
    def a_day(self) -> int:
        """A usual busy day: the busiest but one, so that a single odd day rules nothing."""
        counts = [count for _, count in self.looks]
        days = sorted(max(0, later - first) for first, later in pairwise(counts))
        return days[-2] if len(days) > 1 else 0


def used(leases: Iterable[Lease]) -> int:
    """How many numbers of some leases were used."""
    return sum(lease.next - lease.lo for lease in leases)


def returned_body(lease: Lease, reason: str) -> JsonObject:
    """The body of ``RETURNED``.

    Args:
        lease: as it stands; its rest is never used again.
        reason: ``expired`` or ``retired``.
    """
    return {
        "kind": lease.kind,
        "lo": lease.lo,
        "hi": lease.hi,
        "used_to": lease.next - 1,
        "reason": reason,
    }


def returned(body: Mapping[str, Json]) -> tuple[str, int, int, int] | None:
    """Kind, first, last and last used number of a lease given back; None when it makes no sense.

    ``used_to`` is ``lo - 1`` when none was used.
    """
    kind, numbers = body.get("kind"), [body.get(name) for name in ("lo", "hi", "used_to")]
    if not isinstance(kind, str) or any(type(number) is not int for number in numbers):
        return None
    lo, hi, used_to = (int(number) for number in numbers if isinstance(number, int))
    return (kind, lo, hi, used_to) if lo - 1 <= used_to <= hi else None
