"""An old disk came back: fetch what the platform holds and the books do not, checked, for the core.

Only the core writes into the books. This lane finds the last entry both sides share, leases numbers
nobody can have used, fetches the rest page by page, checks chain, hashes and our own signatures,
and says when everything is here. A kill or a lost answer at any step goes on where it was.

Source: architecture.md §4; docs/adr/0016-lives-of-a-disk.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sync.client.http import PlatformLine
from sync.client.journal_reader import JournalReader
from sync.client.ranges import lease
from sync.wire.messages import MAX_ENTRIES, JournalPage
from sync.wire.refusal import STRANGER, Refusal
from sync.wire.signing import Ack
from terminal.domain.journal import ChainHead, Entry, verify_chain
from terminal.store.recovery_plan import RecoveryPlan
from terminal.store.sync_store import SyncStore

FOREIGN = "recovery.foreign"
"""What the platform gave back was not sealed by this terminal, or does not join."""

_NUMBERS = "order"


class Recovery:
    """Prepares a recovery in ``sync.db``. Thread rule: one thread at a time.

    Args:
        line: the line to the platform.
        store: where entries are prepared.
        journal: our entries.
        terminal_id: ours.
        public_key: our own, 32 bytes.
        now: UTC time.
    """

    def __init__(
        self,
        line: PlatformLine,
        store: SyncStore,
        journal: JournalReader,
        *,
        terminal_id: str,
        public_key: bytes,
        now: Callable[[], str],
    ) -> None:
        self._line = line
        self._store = store
        self._journal = journal
        self._terminal_id = terminal_id
        self._public_key = public_key
        self._now = now
        self._fresh_lo = 0

    def prepare(self, head: Ack) -> str:
        """Fetch everything up to the platform's head.

        Args:
            head: the platform's signed head, which is not in our journal.

        Returns:
            "" when all is here for the core to take over, else the dotted code of what stopped it;
            ``recovery.foreign`` when what came is not ours.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        plan, code = self._plan(head)
        if plan is None:
            return code
        if not plan.fresh_lo:
            plan, code = self._with_numbers(plan)
        while not code and not plan.ready:
            plan, code = self._with_page(plan)
        return code

    def end(self) -> None:
        """The books hold what the platform holds: nothing is left to prepare."""
        self._fresh_lo = 0
        if self._store.recovery() is not None:
            self._store.plan_recovery(None)

    def _plan(self, head: Ack) -> tuple[RecoveryPlan | None, str]:
        known = self._store.recovery()
        if known is not None and (known.head_seq, known.head_hash) == (head.seq, head.hash):
            return known, ""
        common, code = self._common(head)
        if common is None:
            return None, code
        # Numbers leased for this recovery are still unused, however often it begins anew.
        fresh_lo = known.fresh_lo if known is not None else self._fresh_lo
        plan = RecoveryPlan(common.seq, common.hash, common.epoch, head.seq, head.hash, fresh_lo)
        self._store.plan_recovery(plan)
        return plan, ""

    def _common(self, head: Ack) -> tuple[ChainHead | None, str]:
        """The last entry both sides hold: entries are equal up to it and differ after it."""
        common, differing = ChainHead(), min(head.seq, self._journal.head().seq) + 1
        middle = differing - 1
        while common.seq < middle:
            entries, code = self._page(middle, 1)
            if not entries:
                return None, code
            held = entries[0]
            if held.hash == self._journal.hash_at(middle):
                common = ChainHead(held.epoch, held.seq, held.hash)
            else:
                differing = middle
            middle = (common.seq + differing) // 2
        return common, ""

    def _with_numbers(self, plan: RecoveryPlan) -> tuple[RecoveryPlan, str]:
        used_to = self._store.highest_lease(_NUMBERS)
        answer = lease(self._line, self._store, _NUMBERS, used_to, self._now)
        if answer["outcome"] != "ok":
            return plan, answer["code"]
        self._fresh_lo = min(item["lo"] for item in answer["result"]["ranges"])
        fresh = replace(plan, fresh_lo=self._fresh_lo)
        self._store.go_on_recovering(fresh)
        return fresh, ""

    def _with_page(self, plan: RecoveryPlan) -> tuple[RecoveryPlan, str]:
        newest = self._store.last_recovered()
        at = (
            ChainHead(newest.epoch, newest.seq, newest.hash)
            if newest
            else ChainHead(plan.common_epoch, plan.common_seq, plan.common_hash)
        )
        if at.seq >= plan.head_seq:
            return self._finished(plan, at)
        entries, code = self._page(at.seq + 1, min(MAX_ENTRIES, plan.head_seq - at.seq))
        if code:
            return plan, code
        foreign = any(entry.terminal_id != self._terminal_id for entry in entries)
        report = verify_chain(entries, self._public_key, start=at)
        if foreign or not report.sound or not entries:
            return self._refused(plan)
        self._store.go_on_recovering(plan, entries)
        return plan, ""

    def _finished(self, plan: RecoveryPlan, at: ChainHead) -> tuple[RecoveryPlan, str]:
        if (at.seq, at.hash) != (plan.head_seq, plan.head_hash):
            return self._refused(plan)
        ready = replace(plan, ready=True)
        self._store.go_on_recovering(ready)
        return ready, ""

    def _refused(self, plan: RecoveryPlan) -> tuple[RecoveryPlan, str]:
        self._store.plan_recovery(None)
        return plan, FOREIGN

    def _page(self, from_seq: int, limit: int) -> tuple[tuple[Entry, ...], str]:
        path = f"/v1/terminals/{self._terminal_id}/journal"
        reply = self._line.get(f"{path}?from_seq={from_seq}&limit={limit}")
        if reply.outcome != "ok":
            return (), reply.code
        try:
            page = JournalPage.parse(reply.body)
        except Refusal:
            return (), STRANGER
        return page.entries, "" if page.entries else STRANGER
