"""Bringing old books up to date, and telling the manager what may be missing.

The agent prepared and checked everything; here it becomes part of the books in one transaction: the
platform's entries, the new epoch, and whatever this disk sold meanwhile, sealed again with the same
intents. What was booked on both sides is booked once; the other one becomes a task for a person.

Source: architecture.md §4; docs/adr/0016-lives-of-a-disk.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from terminal.app.context import Context
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.epoch import (
    DOUBLE_REFUSED,
    GAP_SHOWN,
    RECOVERED,
    REPLACED,
    facts_of,
    sealed_again,
)
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7, order_number
from terminal.domain.journal import Entry, EntryDraft
from terminal.ports.books import Transaction
from terminal.ports.clock import Clock
from terminal.ports.sync_state import Recovery

TO_SHOW = "gap.to_show"
"""Name of the working state that says which entry the manager has to be told of."""

_KIND = "order"


class Recovering:
    """Use cases of a recovery. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def look(self) -> bool:
        """Note whether selling has to wait.

        Returns:
            Whether everything is there for ``take_over``.
        """
        plan = self._plan()
        # Out of reach nothing can be fetched: the counter sells on, and the fork is resolved later.
        self._context.recovering = plan is not None and self._context.sync.line_state().online
        return plan is not None and plan.ready

    def take_over(self) -> Entry | None:
        """Bring the books up to date when everything is there.

        Returns:
            The first entry of the new epoch; None when there was nothing to do.
        """
        plan = self._plan()
        if plan is None or not plan.ready:
            return None
        with self._context.books.transaction() as tx:
            first = _Taking(self._context, tx, plan).run()
        self._context.recovering = False
        return first

    def _plan(self) -> Recovery | None:
        plan = self._context.sync.recovery()
        if plan is None:
            return None
        held = self._context.books.entry(plan.head_seq)
        # The agent has not noticed yet that the books have it all.
        return None if held is not None and held.hash == plan.head_hash else plan


class _Taking:
    """One recovery inside its transaction."""

    def __init__(self, context: Context, tx: Transaction, plan: Recovery) -> None:
        self._context = context
        self._tx = tx
        self._plan = plan
        self._known: dict[str, int] = {}
        self._numbers: set[str] = set()
        self._renumbered: dict[str, str] = {}

    def run(self) -> Entry:
        last = self._tx.entry(self._tx.head()[0])
        ours = self._tx.take_in(self._noted(), self._plan.common_seq)
        twice = [entry for entry in ours if self._is_known(entry)]
        first = self._begin(len(ours), len(twice), last)
        for entry in ours:
            if self._is_known(entry):
                self._refuse(entry)
            else:
                self._tx.append_again(entry, sealed_again(entry, self._changes(entry)))
        self._drop_sold_baskets()
        self._tx.set_preference(TO_SHOW, str(first.seq))
        return first

    def _noted(self) -> Iterator[Entry]:
        """The platform's entries; on the way what they claim is noted."""
        for entry in self._context.sync.recovered_entries():
            for fact in facts_of(entry.kind, entry.intent_id, entry.body):
                self._known.setdefault(fact, entry.seq)
            if entry.kind == "sale.completed":
                self._numbers.add(str(entry.body.get("order_no", "")))
            yield entry

    def _is_known(self, entry: Entry) -> bool:
        return not self._known.keys().isdisjoint(facts_of(entry.kind, entry.intent_id, entry.body))

    def _begin(self, again: int, twice: int, last: Entry | None) -> Entry:
        """The first entry of the new epoch, naming the last one of the old."""
        leases = self._context.sync.ranges(_KIND)
        void = self._tx.void_numbers(leases, self._plan.fresh_lo)
        for lease in leases:
            self._tx.add_range(lease.kind, lease.lo, lease.hi)
        seq, digest = self._tx.head()
        before = self._tx.entry(seq)
        numbers: list[Json] = [{"lo": lo, "hi": hi} for lo, hi in void]
        body: JsonObject = {
            "old_epoch": before.epoch if before else 1,
            "old_seq": seq,
            "old_hash": digest,
            "disk_seq": last.seq if last else 0,
            "common_seq": self._plan.common_seq,
            "recovered": seq - self._plan.common_seq,
            "resent": again - twice,
            "doubles": twice,
            "numbers_void": numbers,
        }
        return self._tx.append(self._draft(RECOVERED, body))

    def _refuse(self, entry: Entry) -> None:
        facts = facts_of(entry.kind, entry.intent_id, entry.body)
        body: JsonObject = {
            "kept_seq": min(self._known[fact] for fact in facts if fact in self._known),
            "double_kind": entry.kind,
            "double_intent": entry.intent_id,
            "double_seq": entry.seq,
            "double_hash": entry.hash,
        }
        told = ("order_no", "out_trade_no", "total_fen", "amount_fen")
        body |= {name: entry.body[name] for name in told if name in entry.body}
        self._tx.append(self._draft(DOUBLE_REFUSED, body))

    def _changes(self, entry: Entry) -> Mapping[str, Json]:
        """What of a fact cannot stay: an order number the platform knows as another sale's."""
        number = entry.body.get("order_no")
        if not isinstance(number, str):
            return {}
        if entry.kind == "sale.completed" and number in self._numbers:
            profile = self._context.profile
            fresh = self._tx.next_order_number()
            self._renumbered[number] = order_number(profile.outlet_code, profile.terminal_no, fresh)
        new = self._renumbered.get(number)
        return {"order_no": new, "printed_order_no": number} if new else {}

    def _drop_sold_baskets(self) -> None:
        """What lay on the old disk's counter and was sold since must not be sold again."""
        for row in self._tx.parked():
            if self._tx.entry_for_intent(row.basket.sale_intent) is not None:
                self._tx.unpark(row.basket.basket_id)
        basket = self._tx.current_basket()
        if basket is not None and self._tx.entry_for_intent(basket.sale_intent) is not None:
            self._tx.clear_basket()

    def _draft(self, kind: str, body: JsonObject) -> EntryDraft:
        date = self._tx.day().business_date or self._context.clock.local_date()
        return EntryDraft(kind, new_uuid7(), date, "", body)


def replaced_draft(replaces: Mapping[str, Any], clock: Clock) -> EntryDraft:
    """The fact that this machine took another one's place, and what of that one may be missing."""
    body = {f"old_{name}": replaces[name] for name in ("terminal_id", "epoch", "seq", "hash")}
    rest = ("recorded_at", "order_no", "numbers_lo", "numbers_hi")
    body |= {name: replaces[name] for name in rest}
    return EntryDraft(REPLACED, new_uuid7(), clock.local_date(), "", body)


def show_gap(context: Context, clerk_id: str) -> None:
    """Tell the manager once what may be missing, and journal that it was told.

    Raises:
        UserError: ``gap.replaced`` or ``gap.recovered``; the same sign-on goes through next time.
    """
    seq = context.books.preference(TO_SHOW)
    entry = context.books.entry(int(seq)) if seq else None
    if entry is None:
        return
    date = context.books.day().business_date or context.clock.local_date()
    body: JsonObject = {"shown_seq": entry.seq, "shown_kind": entry.kind}
    with context.books.transaction() as tx:
        tx.append(EntryDraft(GAP_SHOWN, new_uuid7(), date, clerk_id, body))
        tx.set_preference(TO_SHOW, "")
    told = {name: value for name, value in entry.body.items() if isinstance(value, str | int)}
    if entry.kind == REPLACED:
        raise UserError("gap.replaced", told)
    raise UserError("gap.recovered", told)
