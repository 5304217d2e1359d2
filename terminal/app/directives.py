"""What the centre sent, and the clerk's answers: the only way from outside into the books.

A record counts for nothing until the clerk answers it. Every look judges anew what is not answered:
signature, terminal, entry, number, time; an answer stands for ever. Accepting and disputing run in
one transaction that judges once more, under the directive's own number as intent: whatever is
pressed, killed or sent twice, it becomes one entry. What reaches too far is refused without asking
anybody; an entry of its own tells the centre.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from terminal.app.context import Context
from terminal.app.directive_bounds import SaleLeft, require_bookable, sale_left
from terminal.app.own_tills import own_tills
from terminal.app.signed_records import SignedRecords
from terminal.documents.directive_slip import DirectiveContent, build_directive_slip
from terminal.domain import directive, notice, peer, pouch_notice
from terminal.domain.china_time import local_time
from terminal.domain.directive import Directive
from terminal.domain.directive_reach import (
    LIMIT,
    MOST_FEN,
    TOO_FAR,
    Reach,
    too_far,
)
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.notice import Notice, PlatformTask
from terminal.ports.books import PrintJob, Transaction
from terminal.ports.sync_state import Received

_STANDS_FIRST = TOO_FAR | {"", "directive.expired"}
"""States in which a directive keeps its number from others."""
_NO_DIRECTIVES = frozenset(
    {notice.KIND, notice.TASK, peer.KIND, pouch_notice.KIND, pouch_notice.GONE}
)
_STATES = {
    directive.ACCEPTED: "accepted",
    directive.DISPUTED: "disputed",
    directive.REFUSED: "refused",
}
LONGEST_ANSWER = 200
"""Characters of a clerk's words to the centre."""


@dataclass(frozen=True, slots=True)
class DirectiveView:
    """A correction the centre asks for, or what somebody wants to pass for one.

    Args:
        number: of its arrival; names the row.
        state: ``waiting``, ``accepted``, ``disputed`` or ``refused``.
        code: why it is refused, "" otherwise.
        directive: what it says; None when it cannot even be read.
        about: our entry it speaks of; None when we have no such entry.
        answer: the entry that answered it, or told the centre that it reaches too far; None
            while it waits.
        arrived_at: UTC.
        sale: of one that waits and names a sale: what took something of it back before.
    """

    number: int
    state: str
    code: str
    directive: Directive | None
    about: Entry | None
    answer: Entry | None
    arrived_at: str
    sale: SaleLeft | None = None


@dataclass(frozen=True, slots=True)
class TaskView:
    """An entry the platform could not apply; ``settled`` is the entry that says what was done."""

    task: PlatformTask
    about: Entry | None
    settled: Entry | None


@dataclass(frozen=True, slots=True)
class InboxView:
    """Everything from the centre: what waits first, then the newest first.

    Args:
        directives: also those that are refused.
        tasks: genuine ones of this terminal.
        notices: genuine notices of known faults.
        changes: what screens have to read again.
    """

    directives: tuple[DirectiveView, ...]
    tasks: tuple[TaskView, ...]
    notices: tuple[Notice, ...]
    changes: frozenset[str] = frozenset()

    @property
    def waiting(self) -> int:
        """How many wait for the clerk."""
        directives = sum(view.state == "waiting" for view in self.directives)
        return directives + sum(view.settled is None for view in self.tasks)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the inbox judges by: the same for every record."""

    terminal_id: str
    now: str
    reach: Reach


class Directives:
    """Use cases of the page 来文. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._signed = SignedRecords(context)
        self._answered: dict[int, tuple[Received, DirectiveView]] = {}

    def inbox(self, changes: frozenset[str] = frozenset()) -> InboxView:
        """Everything the centre sent, judged just now; what reaches too far is told to it."""
        records = self._context.sync.received()
        tasks = (self._task(one) for one in _of_kind(records, notice.TASK))
        directives = self._judged(records)
        if self._tell_refused(directives):
            directives = self._judged(records)
        return InboxView(
            directives=tuple(
                sorted(directives, key=lambda view: (view.state != "waiting", -view.number))
            ),
            tasks=tuple(
                sorted(
                    (view for view in tasks if view is not None),
                    key=lambda view: (view.settled is not None, -view.task.about_seq),
                )
            ),
            notices=self.notices(),
            changes=changes,
        )

    def waiting(self) -> int:
        """How many directives and tasks wait for the clerk: the lamp."""
        return self.inbox().waiting

    def notices(self) -> tuple[Notice, ...]:
        """Known faults of the system, newest first; only what the platform signed.

        An entry names one by ``Notice.reference``, for example beside a difference.
        """
        read = (
            notice.read_notice(one.record)
            for one in _of_kind(self._context.sync.received(), notice.KIND)
            if self._signed.genuine(one.record)
        )
        return tuple(reversed([found for found in read if found is not None]))

    def accept(self, directive_id: str) -> InboxView:
        """Book exactly the directive's postings, once.

        Raises:
            UserError: ``directive.answered`` with ``seq`` and ``at`` on a second press;
                ``directive.unknown``, ``directive.expired`` and the other refusals;
                ``directive.till_short`` with ``till`` when it would hold less than nothing,
                ``directive.more_than_left`` with ``left`` when it takes more of a sale back;
                ``session.not_signed_on``, ``session.locked``.
        """
        return self._answer(
            directive_id,
            lambda asked, clerk: directive.accepted(
                asked, business_date=self._context.books.day().business_date, clerk_id=clerk
            ),
            lambda asked: require_bookable(self._context.books, asked),
        )

    def dispute(self, directive_id: str, reason: str = "") -> InboxView:
        """Refuse a directive: nothing moves, and the centre hears why with the next upload.

        Args:
            directive_id: which one.
            reason: the clerk's words, at most ``LONGEST_ANSWER`` characters; may be empty.

        Raises:
            UserError: as ``accept``; ``directive.answer_too_long`` with ``most``.
        """
        words = reason.strip()
        if len(words) > LONGEST_ANSWER:
            raise UserError("directive.answer_too_long", {"most": LONGEST_ANSWER})
        return self._answer(
            directive_id,
            lambda asked, clerk: directive.disputed(
                asked,
                reason=words,
                business_date=self._context.books.day().business_date,
                clerk_id=clerk,
            ),
        )

    def settle(self, task_id: str, done: str) -> InboxView:
        """Say what was done about a task of the platform; the centre reads the entry.

        Args:
            task_id: which one.
            done: the clerk's words, 1 to ``LONGEST_ANSWER`` characters.

        Raises:
            UserError: ``task.answered`` with ``seq`` and ``at`` on a second press;
                ``task.unknown``, ``task.no_words``, ``directive.answer_too_long``, ``session.*``.
        """
        clerk, words = self._context.on_duty(), done.strip()
        if not words:
            raise UserError("task.no_words")
        if len(words) > LONGEST_ANSWER:
            raise UserError("directive.answer_too_long", {"most": LONGEST_ANSWER})
        views = {view.task.task_id: view for view in self.inbox().tasks}
        view = views.get(task_id)
        if view is None:
            raise UserError("task.unknown")
        if view.settled is not None:
            raise UserError("task.answered", _when(view.settled))
        body = {"task_id": task_id, "about_seq": view.task.about_seq}
        draft = self._context.draft(
            directive.SETTLED,
            task_id,
            clerk,
            {**body, "task_code": view.task.code, "answer": words},
        )
        with self._context.books.transaction() as tx:
            tx.append(draft)
        self._context.wake_sync()
        return self.inbox(frozenset({"inbox", "queue"}))

    def _answer(
        self,
        directive_id: str,
        fact: Callable[[Directive, str], EntryDraft],
        may: Callable[[Directive], None] = lambda _: None,
    ) -> InboxView:
        clerk = self._context.on_duty()
        asked = self._open_one(directive_id)
        may(asked)
        draft = fact(asked, clerk)
        with self._context.books.transaction() as tx:
            entry = tx.append(draft)
            _queue_slip(self._context, tx, entry)
        self._context.wake_sync()
        self._context.wake_printing()
        return self.inbox(frozenset({"inbox", "queue", "till"}))

    def _tell_refused(self, views: Sequence[DirectiveView]) -> bool:
        """The centre hears of each directive that reaches too far, once; whether any was new."""
        books = self._context.books
        date = books.day().business_date
        new = [
            directive.refused(view.directive, code=view.code, business_date=date)
            for view in views
            if date and view.directive is not None and view.code in TOO_FAR and view.answer is None
        ]
        new = [draft for draft in new if books.entry_for_intent(draft.intent_id) is None]
        if new:
            with books.transaction() as tx:
                for draft in new:
                    tx.append(draft)
            self._context.wake_sync()
        return bool(new)

    def _reach(self) -> Reach:
        own = own_tills(self._context)
        return Reach(
            tills={till.till_id for till in own},
            has_vault=any(till.kind == "vault" for till in own),
            used=self._context.books.balances().keys(),
            most_fen=self._context.limit(LIMIT, MOST_FEN),
        )

    def _open_one(self, directive_id: str) -> Directive:
        """The directive of that number that may be answered now."""
        views = [
            view
            for view in self._judged(self._context.sync.received())
            if view.directive is not None and view.directive.directive_id == directive_id
        ]
        for view in views:
            if view.state == "waiting" and view.directive is not None:
                return view.directive
        for view in views:
            if view.answer is not None and view.state != "refused":
                raise UserError("directive.answered", _when(view.answer))
        raise UserError(views[0].code if views else "directive.unknown")

    def _judged(self, records: Sequence[Received]) -> list[DirectiveView]:
        """Every directive in the order of arrival."""
        first: dict[str, Received] = {}
        views: list[DirectiveView] = []
        look = _Look(self._terminal_id(), self._context.now(), self._reach())
        # What does not name itself something else wants to be a directive.
        for one in records:
            if one.record.get("kind") in _NO_DIRECTIVES:
                continue
            view = self._kept(one) or self._judge(one, first, look)
            views.append(view)
            if view.directive is not None and view.code in _STANDS_FIRST:
                first.setdefault(view.directive.directive_id, one)
        return views

    def _kept(self, one: Received) -> DirectiveView | None:
        """What an answered record was found to be: neither it nor its answer can change."""
        received, view = self._answered.get(one.number, (None, None))
        return view if received == one else None

    def _judge(self, one: Received, first: Mapping[str, Received], look: _Look) -> DirectiveView:
        try:
            asked = directive.read_directive(one.record)
        except UserError as problem:
            return DirectiveView(one.number, "refused", problem.code, None, None, None, one.at)
        about = self._context.books.entry(asked.about_seq)
        code = directive.refusal(
            asked,
            directive.Here(
                terminal_id=look.terminal_id,
                genuine=self._signed.genuine(one.record),
                about_hash=about.hash if about else "",
                is_first=asked.directive_id not in first,
                now=look.now,
            ),
        )
        answer = self._context.books.entry_for_intent(asked.directive_id)
        # What was answered in time stays answered.
        if answer is not None and answer.body.get("directive") == asked.record:
            told = str(answer.body.get("code", ""))
            state = _STATES[answer.kind]
            view = DirectiveView(one.number, state, told, asked, about, answer, one.at)
            self._answered[one.number] = one, view
            return view
        refusal = code or too_far(asked, look.reach)
        state = "refused" if refusal else "waiting"
        sale = None if refusal else sale_left(self._context.books, about)
        return DirectiveView(one.number, state, refusal or "", asked, about, None, one.at, sale)

    def _task(self, one: Received) -> TaskView | None:
        task = notice.read_task(one.record) if self._signed.genuine(one.record) else None
        if task is None or task.terminal_id != self._terminal_id():
            return None
        books = self._context.books
        about = books.entry(task.about_seq) if task.about_seq else None
        return TaskView(task, about, books.entry_for_intent(task.task_id))

    def _terminal_id(self) -> str:
        newest = self._context.books.entries(limit=1)
        return newest[0].terminal_id if newest else ""


def _of_kind(records: Sequence[Received], kind: str) -> list[Received]:
    return [one for one in records if one.record.get("kind") == kind]


def _when(entry: Entry) -> dict[str, str | int]:
    return {"seq": entry.seq, "at": entry.recorded_at}


def _queue_slip(context: Context, tx: Transaction, entry: Entry) -> None:
    language = context.books.preference("language") or context.profile.language
    body: Any = entry.body
    content = DirectiveContent(
        accepted=entry.kind == directive.ACCEPTED,
        outlet_name=context.profile.outlet_name(language),
        issuer=body["issuer"],
        directive_id=body["directive_id"],
        about_seq=body["about_seq"],
        amount_fen=body["amount_fen"],
        reason=body["reason"],
        answer=body.get("answer", ""),
        postings=tuple((row["account"], row["fen"]) for row in body.get("postings", ())),
        business_date=entry.business_date,
        time_text=local_time(entry.recorded_at).strftime("%Y-%m-%d %H:%M:%S"),
        clerk_id=entry.clerk_id,
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
    )
    document = build_directive_slip(content, language).to_json()
    # The slip goes by the entry's own number, so one answer has one slip.
    job = PrintJob(entry.intent_id, "", "directive", document, "queued", "", entry.recorded_at)
    tx.add_print_job(job)
