"""The account of a journal entry in the words of the chosen language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import moment, yuan
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.entry_account import Fact, GoodsFact, PostingFact
    from terminal.app.queue import QueueDetail, ReceiptView


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the account; a heading has no figure."""

    place: int
    label: str
    figure: str
    heading: bool
    tone: str


def account_rows(words: Words, detail: QueueDetail) -> list[AccountRow]:
    """Everything a person wants to know of an entry, from top to bottom."""
    parts = [
        ("", list(_header(words, detail))),
        (words.text("account.goods"), [_goods(words, line) for line in detail.account.goods]),
        (words.text("account.tenders"), [_fact(words, fact) for fact in detail.account.tenders]),
        (words.text("account.postings"), [_posting(words, row) for row in detail.account.postings]),
        (words.text("queue.receipt"), list(_receipt(words, detail.receipt))),
    ]
    rows: list[AccountRow] = []
    for title, lines in parts:
        if title and lines:
            rows.append(AccountRow(len(rows), title, "", True, ""))
        for label, figure, tone in lines:
            rows.append(AccountRow(len(rows), label, figure, False, tone))
    return rows


def hold_text(
    words: Words,
    reason_code: str,
    item: str = "",
    count: int = 1,
    choices: Sequence[str] = (),
) -> str:
    """What happened, what is safe, what to do; a reason without words of its own is named.

    Args:
        words: the texts.
        reason_code: dotted code.
        item: which one (entry number, clerk number), "" for none in particular.
        count: how many have the same reason, from 1.
        choices: what can be done about it.
    """
    key = f"hold.{reason_code}"
    known = key if words.has(key) else "hold.other"
    named = f"{reason_code.partition('.')[0]}.name.{item}"
    told = words.text(
        known, code=reason_code, item=words.text(named) if words.has(named) else item or "—"
    )
    if count > 1:
        told = f"{told}  {words.text('hold.count', count=count)}"
    if not choices:
        return told
    offered = " · ".join(words.text(f"task.{choice}") for choice in choices)
    return f"{told}  {words.text('task.choices', list=offered)}"


def _header(words: Words, detail: QueueDetail) -> Iterator[tuple[str, str, str]]:
    row, account = detail.row, detail.account
    facts = (
        ("account.clerk", account.clerk_text),
        ("account.at", moment(row.at_text)),
        ("account.business_date", account.business_date),
    )
    yield from ((words.text(key), value, "") for key, value in facts if value)
    yield from (_fact(words, fact) for fact in account.facts)
    yield words.text("account.hash"), row.hash_short, ""


def _fact(words: Words, fact: Fact) -> tuple[str, str, str]:
    label = words.text(fact.label_code)
    if fact.form == "yuan":
        return label, yuan(fact.value), ""
    if fact.form == "seq":
        return label, f"#{fact.value}", ""
    if fact.form == "flag":
        return label, words.text("account.yes"), ""
    if fact.form == "words":
        told = (_named(words, key) for key in fact.value.split())
        return label, words.text("account.comma").join(told), ""
    return label, words.named(fact.value, fact.value_en), ""


def _named(words: Words, key: str) -> str:
    """The text of a key; what has no text yet is told by the name it has on the wire."""
    return words.text(key) if words.has(key) else key.partition(".")[2]


def _goods(words: Words, line: GoodsFact) -> tuple[str, str, str]:
    name = f"{words.named(line.name_zh, line.name_en)} × {line.quantity_text}"
    if line.voided:
        return f"{words.text('account.voided')}  {name}", "—", "off"
    return name, yuan(line.amount_text), ""


def _posting(words: Words, posting: PostingFact) -> tuple[str, str, str]:
    scheme = f"scheme.{posting.owner}"
    owner = words.named(posting.owner_zh, posting.owner_en) or (
        words.text(scheme) if words.has(scheme) else posting.owner
    )
    side = words.text("account.debit" if posting.debit else "account.credit")
    account = words.text(f"account.{posting.account}", owner=owner)
    return account, f"{side}  {yuan(posting.amount_text)}", ""


def _receipt(words: Words, receipt: ReceiptView | None) -> Iterator[tuple[str, str, str]]:
    if receipt is None:
        yield words.text("account.no_receipt"), "", "wait"
        return
    yield words.text("account.receipt_seq"), f"#{receipt.seq}", ""
    yield words.text("account.receipt_hash"), receipt.hash_short, ""
    yield words.text("account.receipt_at"), moment(receipt.at_text), ""
    genuine = "account.genuine" if receipt.genuine else "account.not_genuine"
    yield (
        words.text("account.receipt_check"),
        words.text(genuine),
        ("ok" if receipt.genuine else "danger"),
    )
