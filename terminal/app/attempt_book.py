"""How the attempts of a channel stand in the journal: the intent, each verdict, their postings.

Money arrives when a charge is confirmed and leaves when a confirmed one is reversed; every change
of state is an entry, counts of questions alone are working state. Source: reliability.md §4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from terminal.app.context import Context
from terminal.domain import ledger
from terminal.domain.attempt import Answer, Attempt
from terminal.domain.basket import Basket
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import Posting
from terminal.domain.tender import tender_of
from terminal.ports.books import Transaction

_NOTHING = Answer("unknown")


class AttemptBook:
    """Writes attempts down. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def intend(
        self, tx: Transaction, attempt: Attempt, basket: Basket, digest: str, clerk_id: str
    ) -> None:
        """The intent to charge; nothing may be sent before it is durable."""
        body = {
            "out_trade_no": attempt.out_trade_no,
            "kind": attempt.kind,
            "scheme": attempt.scheme,
            "reference": attempt.reference,
            "amount_fen": attempt.amount_fen,
            "basket_id": basket.basket_id,
            "sale_intent": basket.sale_intent,
            "total_fen": basket.total.fen,
            "basket_hash": digest,
        }
        draft = self._context.draft("payment.intended", attempt.intent_id, clerk_id, body)
        tx.append(draft)

    def record(
        self,
        before: Attempt,
        after: Attempt,
        answer: Answer = _NOTHING,
        decided: Mapping[str, str] | None = None,
        also: Callable[[Transaction], None] = lambda _tx: None,
    ) -> Attempt:
        """Journal a change of state.

        Args:
            before: as the books have it.
            after: what the rules made of it.
            answer: what the channel said.
            decided: ``authoriser`` and ``reason``, when a person decided.
            also: what is written down with it.

        Returns:
            ``after``.
        """
        if after == before:
            return before
        with self._context.books.transaction() as tx:
            also(tx)
            if after.state != before.state:
                self._append(tx, before, after, answer, decided or {})
            tx.put_attempt(after)
        if not after.is_open:
            self._context.wake_sync()
        return after

    def _append(
        self,
        tx: Transaction,
        before: Attempt,
        after: Attempt,
        answer: Answer,
        decided: Mapping[str, str],
    ) -> None:
        told = {"token": answer.token, "shown_code": after.shown_code, **decided}
        body = {
            "out_trade_no": after.out_trade_no,
            "kind": after.kind,
            "scheme": after.scheme,
            "reference": after.reference,
            "amount_fen": after.amount_fen,
            "basket_id": after.basket_id,
            "state": after.state,
            "before": before.state,
            "code": after.code,
            "channel_no": answer.channel_no,
            "refunding": after.refunding,
            "postings": ledger.to_body(_postings(before, after)),
            **{name: value for name, value in told.items() if value},
        }
        clerk_id = self._context.books.day().clerk_id
        tx.append(self._context.draft("payment.outcome", new_uuid7(), clerk_id, body))


def _postings(before: Attempt, after: Attempt) -> Sequence[Posting]:
    """What a change of state moves between the channel and the customers' money held."""
    moved = (after.holds_money - before.holds_money) * after.amount_fen
    if not moved:
        return ()
    account = tender_of(after.kind).account_of(after.scheme)
    return (Posting(account, moved), Posting(ledger.PAYMENTS_HELD, -moved))
