"""Cashing a till up (轧帐): resolve, count blind, see, verify, hand over. Offline, to its end.

Every step is one transaction; after a crash the next view says where the entries stand. Nothing is
shown that is not booked: the difference is an entry before anybody sees it.
Source: postal-domain.md §2.15, experience.md "Cash-up", reliability.md §3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from terminal.app.authorising import Authorising
from terminal.app.cash_up_forms import CashUpForms
from terminal.app.cash_up_period import cash_up_due, named, require_nothing_laid_down
from terminal.app.cash_up_slips import cash_up_job
from terminal.app.cash_up_view import CashUpView, OutcomeView, asked_denominations, outcome_view
from terminal.app.code_payments import AttemptView, CodePayments
from terminal.app.context import Context
from terminal.app.difference_facts import SoldSoFar
from terminal.app.disputes import Disputes
from terminal.app.evidence import Evidence
from terminal.app.hand_over import Found, HandOver
from terminal.app.own_tills import own_tills
from terminal.app.session import SessionDesk
from terminal.app.vouching import WRITE_OFF, Vouching
from terminal.domain.attempt import AT_REST
from terminal.domain.cash_count import counted, read_pieces
from terminal.domain.cash_up import (
    BOOKED,
    COUNTED,
    DISPUTED,
    INTERIM,
    CashUp,
    Step,
    booking_postings,
)
from terminal.domain.comparison import Compared
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import to_body
from terminal.domain.money import Money
from terminal.domain.notice import Notice
from terminal.domain.stock import to_body as stock_rows
from terminal.ports.cash_ups import Span

CHANGED = frozenset({"cash_up", "orders", "session", "print", "sync"})


class CashUps:
    """Use cases of cashing up. Store thread only."""

    def __init__(
        self,
        context: Context,
        session: SessionDesk,
        authorising: Authorising,
        codes: CodePayments,
        notices: Callable[[], Sequence[Notice]],
    ) -> None:
        self._context = context
        self._session = session
        self._authorising = authorising
        self._codes = codes
        self._notices = notices
        self._forms = CashUpForms(context)
        self._hand_over = HandOver(context, session, self._forms)
        self._vouching = Vouching(context, session, authorising, self._forms)
        self._disputes = Disputes(context)
        self._sold = SoldSoFar()
        self._found: tuple[tuple[object, ...], OutcomeView] | None = None

    def view(self, changes: frozenset[str] = frozenset(), till_id: str = "") -> CashUpView:
        """Where the cash-up of a till stands: the drawer of this counter when none is named.

        Raises:
            UserError: ``till.not_here``.
        """
        context, books = self._context, self._context.books
        period = self._forms.period(till_id)
        cash_up, span = period.current()
        step = period.step(cash_up, span)
        past_count = step not in (Step.RESOLVE, Step.COUNT)
        held = period.held_fen()
        return CashUpView(
            form_id=self._forms.form(cash_up, step),
            till_id=cash_up.till_id,
            period=cash_up.period,
            step=step,
            clerk_no=books.day().clerk_id,
            since_text=span.since_at,
            unknown=self._unknown() if period.sells else (),
            denominations=asked_denominations(context),
            stock=period.stock.asked(cash_up.till_id, cash_up.first_seq - 1),
            counts=cash_up.counts,
            moved=bool(cash_up.counted_seq) and step is Step.COUNT,
            frozen=bool(cash_up.disputed_seq),
            outcome=self._outcome(cash_up, span) if past_count else None,
            verifier=cash_up.verifier,
            parked=tuple((basket.basket_id, basket.total.text) for basket in period.parked()),
            in_doubt=tuple(
                (one.out_trade_no, Money(one.amount_fen).text) for one in period.in_doubt()
            ),
            held_text=Money(held).text if held else "",
            last_closed=cash_up.period - 1,
            notices=tuple(self._notices()) if step is Step.DIFFERENCE else (),
            tills=tuple(till.till_id for till in own_tills(context)),
            vault=not period.sells,
            dispute=self._disputes.last(cash_up.till_id),
            changes=changes,
        )

    def _unknown(self) -> tuple[AttemptView, ...]:
        return tuple(one for one in self._codes.open_attempts() if one.state not in AT_REST)

    def count(
        self, form_id: str, pieces: Mapping[int, str], stock: Mapping[str, str] = {}
    ) -> CashUpView:
        """Commit a blind count; only now the books say what was expected.

        Args:
            form_id: from ``view``; a second call with it counts nothing and says what was saved.
            pieces: denomination in fen → what was typed.
            stock: item → what was typed, pieces or ranges of numbers; what the view asks for.

        Raises:
            UserError: ``cash_up.payments_open`` with ``count``, ``cash_up.laid_down`` with
                ``amount``, ``cash_up.form_gone``, ``cash_up.frozen``, ``cash_count.*``,
                ``stock_count.not_counted`` with ``item``,
                ``session.*``.
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        count = counted({fen: read_pieces(text) for fen, text in pieces.items()})
        period, cash_up, span = self._forms.at(
            form_id, Step.COUNT, Step.DIFFERENCE, Step.VERIFY, Step.HAND_OVER
        )
        if period.sells:
            require_nothing_laid_down(self._context)
        if cash_up.disputed_seq and not period.moved(cash_up, span):
            raise UserError("cash_up.frozen")
        found = period.stock_read(cash_up, stock)
        body = period.count_body(cash_up, span, count, found)
        with self._context.books.transaction() as tx:
            self._forms.append(tx, COUNTED, form_id, body)
        return self._booked(form_id)

    def recount(self, till_id: str = "") -> CashUpView:
        """The form of another count; the ones before stay.

        Raises:
            UserError: ``cash_up.frozen``, ``cash_up.not_counted``.
        """
        period = self._forms.period(till_id)
        cash_up, span = period.current()
        if not cash_up.counted_seq:
            raise UserError("cash_up.not_counted")
        if cash_up.disputed_seq and not period.moved(cash_up, span):
            raise UserError("cash_up.frozen")
        form = self._forms.form(cash_up, Step.COUNT)
        return replace(self.view(till_id=till_id), form_id=form, step=Step.COUNT, outcome=None)

    def book(self, form_id: str) -> CashUpView:
        """The clerk takes the difference over: cash and stock leave suspense, are over or short.

        Raises:
            UserError: ``cash_up.form_gone``, ``cash_up.too_much`` with ``limit`` when all of the
                period is more than may be taken over, ``session.*``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        period, cash_up, span = self._forms.at(form_id, Step.DIFFERENCE)
        body = period.difference_body(cash_up, span)
        # All of the period together: many small ones are one, and who verifies answers for all.
        in_all = period.taken_over(cash_up, span) + body["suspense_fen"]
        need = self._authorising.need(WRITE_OFF, abs(in_all))
        if body["suspense_fen"] and need.level == "refused":
            raise UserError("cash_up.too_much", {"limit": Money(need.most or 0).text})
        postings = booking_postings(cash_up.till_id, body["suspense_fen"])
        body["postings"] = to_body(postings)
        rows = period.stock.taken_over(cash_up, span)
        if rows:
            body["stock"] = stock_rows(rows)
        with self._context.books.transaction() as tx:
            self._forms.append(tx, BOOKED, form_id, body)
        return self._booked(form_id)

    def dispute(self, form_id: str, reason: str, notice_id: str = "") -> CashUpView:
        """The clerk does not agree: the difference stays in suspense and nobody answers for it yet.

        The slip is printed with the entry; the evidence is written by ``evidence``.

        Args:
            form_id: from ``view``.
            reason: in her words; may be empty when a known fault says it.
            notice_id: the known fault of the system that explains it, "" for none.

        Raises:
            UserError: ``cash_up.form_gone``, ``cash_up.reason_missing``,
                ``cash_up.no_difference``, ``cash_up.unknown_notice``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        if not (reason.strip() or notice_id):
            raise UserError("cash_up.reason_missing")
        known = next((one for one in self._notices() if one.notice_id == notice_id), None)
        if notice_id and known is None:
            raise UserError("cash_up.unknown_notice")
        period, cash_up, span = self._forms.at(form_id, Step.DIFFERENCE)
        if not cash_up.differs:
            raise UserError("cash_up.no_difference")
        body = {
            **period.difference_body(cash_up, span),
            "disposition": "disputed",
            "reason": reason.strip(),
            **({"notice": known.reference()} if known else {}),
        }
        with self._context.books.transaction() as tx:
            entry = self._forms.append(tx, DISPUTED, form_id, body)
            tx.add_print_job(cash_up_job(self._context, entry, period.lines(cash_up, span)))
        self._context.wake_printing()
        return self._booked(form_id)

    def verify(self, form_id: str, clerk_no: str, secret: str) -> CashUpView:
        """A second person vouches for the count: neither who is on duty nor who counted.

        Raises:
            UserError: ``cash_up.form_gone``, ``permission.*``, ``session.*``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        self._vouching.verify(form_id, clerk_no, secret)
        return self._booked(form_id)

    def close(self, form_id: str) -> CashUpView:
        """Close the period: the closing report (Z), once; the cash stays in the till.

        Raises:
            UserError: ``cash_up.form_gone``, ``session.*``.
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        self._hand_over.keep(form_id)
        return self._booked(form_id)

    def hand_over(self, form_id: str, clerk_no: str, secret: str, found: Found) -> CashUpView:
        """The next clerk counts, agrees, and takes the till; the period is closed.

        Args:
            form_id: from ``view``.
            clerk_no: the next clerk.
            secret: hers.
            found: what she counted; she is not told what to find.

        Raises:
            UserError: ``cash_up.handover_differs`` when she found something else,
                ``cash_up.handover_tries`` when that was so too often,
                ``permission.same_person``, ``permission.involved`` for who made the count herself,
                ``cash_up.form_gone``, ``money.*``, ``cash_count.*``,
                ``stock_count.not_counted``, ``session.*``.
            EnvironmentFault: ``cash_up.totals_differ``, ``cash_up.entries_missing``.
        """
        saved = self._saved(form_id)
        if saved:
            return saved
        self._hand_over.to_next(form_id, clerk_no, secret, found)
        return self._booked(form_id)

    def interim(self, till_id: str = "") -> CashUpView:
        """Print the interim report (X): what was sold so far; cash is left out before a count.

        Raises:
            UserError: ``session.*``.
        """
        context = self._context
        context.on_duty()
        period = self._forms.period(till_id)
        cash_up, span = period.current()
        body = {**named(cash_up), **period.sales_body(span), **period.carried_body()}
        past_count = period.step(cash_up, span) not in (Step.RESOLVE, Step.COUNT)
        lines = period.lines(cash_up, span) if past_count else ()
        if past_count:
            body |= period.difference_body(cash_up, span)
        else:
            # Whoever knows the cash sales knows what to count.
            body["sold_fen"] = body["refunded_fen"] = body["rounding_fen"] = 0
            body["tenders"] = [row for row in body["tenders"] if row["kind"] != "cash"]
        with context.books.transaction() as tx:
            entry = self._forms.append(tx, INTERIM, new_uuid7(), body)
            tx.add_print_job(cash_up_job(context, entry, lines))
        context.wake_printing()
        return self.view(CHANGED, till_id)

    def compared(self, compared: Compared) -> CashUpView:
        """What comparing with the platform said; it explains, or excludes that as a cause."""
        self._context.compared = compared
        return self.view(frozenset({"cash_up"}))

    def evidence(self, till_id: str = "") -> Evidence:
        """The evidence of a till's newest dispute, also after its period was closed.

        Raises:
            UserError: ``cash_up.not_disputed``, ``till.not_here``.
        """
        return self._disputes.evidence(self._forms.period(till_id).till_id)

    def print_dispute(self, till_id: str = "") -> CashUpView:
        """Print the slip of a till's newest dispute again, marked and journaled.

        Raises:
            UserError: ``cash_up.not_disputed``, ``permission.*``, ``session.*``.
        """
        self._disputes.print_again(self._forms.period(till_id).till_id)
        return self.view(frozenset({"print", "sync"}), till_id)

    def due(self) -> bool:
        """Whether cash or stock moved in this till since it was closed last."""
        return cash_up_due(self._context)

    def _outcome(self, cash_up: CashUp, span: Span) -> OutcomeView:
        """What the count found; looked for once while the books and the platform say the same."""
        context = self._context
        confirmed = context.sync.confirmed_head().seq
        key = (context.books.head(), confirmed, context.compared.verdict, cash_up)
        if self._found is None or self._found[0] != key:
            self._found = key, outcome_view(context, cash_up, span, self._sold)
        return self._found[1]

    def _booked(self, form_id: str) -> CashUpView:
        return self.view(CHANGED, self._forms.of(form_id).till_id)

    def _saved(self, form_id: str) -> CashUpView | None:
        """What an earlier press of the same form made of it."""
        entry = self._forms.saved(form_id)
        if entry is None:
            return None
        now = self.view(till_id=self._forms.of(form_id).till_id)
        return replace(now, saved_seq=entry.seq, saved_at=entry.recorded_at)
