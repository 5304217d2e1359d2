"""The slip of an answered directive: the clerk's own record of what she accepted or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.account_words import account_name
from terminal.documents.slip_parts import BOLD, CENTRED, CENTRED_BOLD, TALL, pair, slip_head
from terminal.documents.words import is_chinese
from terminal.domain.document import Block, Cut, Document, Feed, Gap, Rule, RuleKind, Text
from terminal.domain.money import Money

_WORDS: Mapping[str, tuple[str, str]] = {
    "post": ("中国邮政", "CHINA POST"),
    "title": ("来文处理单", "Directive answered"),
    "accepted": ("已接受 按来文入账", "ACCEPTED - booked as asked"),
    "disputed": ("不认可 未入账", "DISPUTED - nothing booked"),
    "issuer": ("发文", "Issued by"),
    "number": ("来文号", "Number"),
    "about": ("所指账目", "About entry"),
    "amount": ("金额", "Amount"),
    "reason": ("事由", "Reason"),
    "answer": ("柜员说明", "The clerk's answer"),
    "debit": ("借", "Dr"),
    "credit": ("贷", "Cr"),
    "date": ("营业日期", "Business date"),
    "time": ("时间", "Time"),
    "clerk": ("柜员", "Clerk"),
    "entry": ("账目号", "Entry"),
    "hash": ("校验码", "Check code"),
    "signature": ("签字", "Signature"),
    "keep": ("本单由柜员留存", "Kept by the clerk"),
}


@dataclass(frozen=True, slots=True)
class DirectiveContent:
    """What stands on the slip; amounts in fen.

    Args:
        accepted: whether it was accepted.
        outlet_name: in the language of the slip.
        issuer: who at the centre answers for it.
        directive_id: its number.
        about_seq: the entry it speaks of.
        amount_fen: what it asks to move.
        reason: of the centre.
        answer: the clerk's words, "" for none.
        postings: account and fen of what was booked; none when disputed.
        business_date: ``YYYY-MM-DD``.
        time_text: local date and time.
        clerk_id: number of the clerk.
        entry_number: of the answering entry.
        short_hash: of that entry.
    """

    accepted: bool
    outlet_name: str
    issuer: str
    directive_id: str
    about_seq: int
    amount_fen: int
    reason: str
    answer: str
    postings: tuple[tuple[str, int], ...]
    business_date: str
    time_text: str
    clerk_id: str
    entry_number: str
    short_hash: str


def build_directive_slip(content: DirectiveContent, language: str = "zh_CN") -> Document:
    """Lay the slip out."""
    words = {key: row[0 if is_chinese(language) else 1] for key, row in _WORDS.items()}
    blocks = (
        *slip_head(words, words["title"], content.outlet_name),
        Text(words["accepted" if content.accepted else "disputed"], CENTRED_BOLD),
        pair(words["issuer"], content.issuer),
        pair(words["number"], content.directive_id[-12:].upper()),
        pair(words["about"], f"#{content.about_seq}"),
        Gap(6),
        pair(words["amount"], "￥" + Money(content.amount_fen).text, TALL),
        Gap(6),
        Text(f"{words['reason']}: {content.reason}"),
        *_said(content, words, language),
        Rule(),
        pair(words["date"], content.business_date, BOLD),
        pair(words["time"], content.time_text),
        pair(words["clerk"], content.clerk_id),
        pair(words["entry"], content.entry_number),
        pair(words["hash"], content.short_hash),
        Feed(1),
        Text(f"{words['signature']}: ____________________"),
        Gap(8),
        Text(words["keep"], CENTRED),
        Feed(1),
        Cut(),
    )
    return Document(f"directive {content.entry_number}", blocks)


def _said(content: DirectiveContent, words: Mapping[str, str], language: str) -> Iterator[Block]:
    if content.answer:
        yield Text(f"{words['answer']}: {content.answer}", BOLD)
    if content.postings:
        yield Rule(RuleKind.DASHED)
    for account, fen in content.postings:
        side = words["debit" if fen > 0 else "credit"]
        yield pair(f"{side} {account_name(account, language)}", Money(abs(fen)).text)
