"""What the centre sent, told in the words of the chosen language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from terminal.domain import ledger
from terminal.domain.money import Money
from ui.common.entry_words import AccountRow
from ui.common.figures import moment, yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.directive_bounds import SaleLeft
    from terminal.app.directives import DirectiveView, TaskView
    from terminal.domain.journal import Entry
    from terminal.domain.notice import Notice

_Line = tuple[str, str, str]
"""Label, figure, tone."""


class DirectiveWords:
    """Writes accounts of directives, tasks and notices.

    Args:
        words: the texts.
    """

    def __init__(self, words: Words) -> None:
        self._words = words

    def standing(self, view: DirectiveView) -> str:
        """Where a directive stands, what is safe, what to do."""
        if view.state == "refused":
            return self._words.error(view.code, {})
        seq = view.answer.seq if view.answer else 0
        at = moment(view.answer.recorded_at) if view.answer else ""
        return self._words.text(f"directives.explain.{view.state}", seq=seq, at=at)

    def directive(self, view: DirectiveView) -> list[AccountRow]:
        """Everything a directive says, from top to bottom."""
        asked = view.directive
        if asked is None:
            return _rows([self._line("directives.arrived", moment(view.arrived_at))])
        lines = [
            self._line("directives.issuer", asked.issuer),
            self._line("directives.reason", asked.reason),
        ]
        if view.answer is not None and view.answer.body.get("answer"):
            lines.append(self._line("directives.answer", str(view.answer.body["answer"])))
        postings = [(self._account(row.account), self._side(row.fen), "") for row in asked.postings]
        dates = [
            self._line("directives.issued", moment(asked.issued_at)),
            self._line("directives.expires", asked.expires_at[:10]),
            self._line("directives.number", asked.directive_id[-12:].upper()),
        ]
        return _rows(
            lines,
            (self._words.text("directives.postings"), postings),
            (
                self._words.text("directives.about_title"),
                [*self._about(asked.about_seq, view.about), *self._before(view.sale), *dates],
            ),
        )

    def task(self, view: TaskView) -> list[AccountRow]:
        """What the platform could not apply."""
        code = f"directives.task.{view.task.code}"
        known = code if self._words.has(code) else "directives.task.other"
        lines = [
            self._line("directives.why", self._words.text(known, code=view.task.code)),
            self._line("directives.found", moment(view.task.at)),
            *self._about(view.task.about_seq, view.about),
        ]
        if view.settled is not None:
            lines.append(self._line("directives.done", str(view.settled.body["answer"])))
        return _rows(lines)

    def notice(self, notice: Notice) -> list[AccountRow]:
        """A known fault."""
        return _rows(
            [
                (self._words.named(notice.text_zh, notice.text_en), "", ""),
                self._line("directives.issuer", notice.issuer),
                self._line("directives.issued", moment(notice.issued_at)),
                self._line("directives.number", notice.notice_id[-12:].upper()),
            ]
        )

    def _about(self, seq: int, entry: Entry | None) -> Iterator[_Line]:
        """The entry it speaks of, as far as we have it."""
        if entry is None:
            yield self._line("directives.about", f"#{seq}")
            return
        body = entry.body
        kind = self._words.text(f"entry.{entry.kind}")
        yield self._line("directives.about", f"#{seq}  {kind}")
        yield self._line("directives.about_at", moment(entry.recorded_at))
        if body.get("order_no"):
            yield self._line("fact.order_no", str(body["order_no"]))
        total = body.get("total_fen")
        if isinstance(total, int):
            yield self._line("fact.total_fen", yuan(Money(total).text))

    def _before(self, sale: SaleLeft | None) -> Iterator[_Line]:
        """What took something of the sale back before, and what is left of it."""
        if sale is None or not sale.before:
            return
        for entry in sale.before:
            kind = self._words.text(f"entry.{entry.kind}")
            fen = sum(max(row.fen, 0) for row in ledger.from_body(entry.body))
            yield f"#{entry.seq}  {kind}", yuan(Money(fen).text), "warn"
        yield self._words.text("directives.left"), yuan(Money(max(0, sale.left_fen)).text), "warn"

    def _line(self, key: str, figure: str) -> _Line:
        return self._words.text(key), figure, ""

    def _account(self, account: str) -> str:
        kind, _, owner = account.partition(":")
        key = f"account.{kind}"
        return self._words.text(key, owner=owner) if self._words.has(key) else account

    def _side(self, fen: int) -> str:
        side = self._words.text("account.debit" if fen > 0 else "account.credit")
        return f"{side}  {yuan(Money(abs(fen)).text)}"


def _rows(lines: Iterable[_Line], *parts: tuple[str, list[_Line]]) -> list[AccountRow]:
    rows = [
        AccountRow(place, label, figure, False, tone)
        for place, (label, figure, tone) in enumerate(lines)
    ]
    for title, more in parts:
        rows.append(AccountRow(len(rows), title, "", True, ""))
        for label, figure, tone in more:
            rows.append(AccountRow(len(rows), label, figure, False, tone))
    return rows
