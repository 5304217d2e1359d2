"""Order numbers leased ahead, so that a counter can sell for weeks without the platform."""

from __future__ import annotations

from terminal.app.context import Context

KIND = "order"
LOW_WATER = 5
"""A new range is asked for when less than one part in this many of the newest lease is left."""


class NumberRanges:
    """Takes leased numbers from the sync agent's file into the books. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def take_over(self) -> int | None:
        """Take every lease the platform gave; the same lease twice is one.

        Returns:
            The last number used of the newest lease when another is to be asked for, 0 when no
            lease is known any more, else None.
        """
        leases = self._context.sync.ranges(KIND)
        with self._context.books.transaction() as tx:
            for lease in leases:
                tx.add_range(lease.kind, lease.lo, lease.hi)
        if not leases:
            # The agent's file is new: leases that were taken over are in the books, not there.
            return 0
        newest, left = leases[-1], self._context.books.numbers_left(KIND)
        return newest.hi - left if left * LOW_WATER < newest.hi - newest.lo + 1 else None
