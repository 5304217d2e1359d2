"""What the platform was asked to keep for a refund, written down before it was asked.

An intent ends with the refund's entry or with ``refund.withdrawn``; the latter frees the pieces as
soon as it arrives, also when the question itself arrives later.
"""

from __future__ import annotations

from terminal.app.context import Context
from terminal.domain import notice
from terminal.domain.canonical import JsonObject
from terminal.domain.identifiers import new_uuid7


class RefundIntents:
    """Writes and ends intents. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def write(self, form_id: str, claim: JsonObject) -> JsonObject:
        """Write down what is going to be asked; the same wish of a form is the same claim.

        Args:
            form_id: of the open form.
            claim: what is to be kept, without its number.

        Returns:
            The claim with its number.
        """
        for held in self._context.books.refunds.intents():
            if held.form_id == form_id and {**held.claim, "claim_id": ""} == claim:
                return dict(held.claim)
        self.withdraw_all()
        numbered = {**claim, "claim_id": new_uuid7()}
        body: JsonObject = {"form_id": form_id, "claim": numbered}
        self._append("refund.intended", new_uuid7(), body)
        return numbered

    def withdraw_all(self) -> None:
        """Nothing comes of what is open."""
        for held in self._context.books.refunds.intents():
            claim_id = str(held.claim["claim_id"])
            intent_id = notice.name_of(f"refund.withdrawn/{claim_id}")
            self._append("refund.withdrawn", intent_id, {"claim_id": claim_id})
            self._context.wake_sync()

    def _append(self, kind: str, intent_id: str, body: JsonObject) -> None:
        context = self._context
        with context.books.transaction() as tx:
            tx.append(context.draft(kind, intent_id, context.books.day().clerk_id, body))
