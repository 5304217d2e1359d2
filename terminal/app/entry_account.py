"""A journal entry as an account a person can read: facts, goods, tenders and postings.

Nothing here is words: labels are keys of the translations, values are written plainly. What is only
of use to an engineer (identifiers, fingerprints) stays in the raw form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from terminal.app.context import Context
from terminal.app.known_faults import named_notice
from terminal.app.quantities import quantity_text
from terminal.domain.journal import Entry
from terminal.domain.ledger import income_tax
from terminal.domain.money import Money
from terminal.domain.tender import tender_words
from terminal.domain.till import NO_SALE_REASONS

_FORMS: Mapping[str, str] = {
    "manner": "manner", "refund_no": "text",
    "slip": "slip", "order_no": "text", "original_seq": "seq", "copy": "text",
    "outlet": "text", "terminal_no": "text", "reopened": "flag",
    "pouch": "text", "from_till": "text", "to_till": "text",
    "source": "source", "inward": "flag", "checker": "clerk",
    "counted_fen": "yuan", "expected_fen": "yuan", "difference_fen": "yuan",
    "till_id": "text", "roles": "roles", "cash_fen": "yuan", "parked": "count",
    "waiting": "text", "head_seq": "seq", "not_cashed_up": "flag",
    "action": "action", "subject": "text", "sku": "text",
    "before_fen": "yuan", "after_fen": "yuan", "before_text": "text", "after_text": "text",
    "paid_fen": "yuan", "instead_of_scheme": "scheme",
    "reason": "reason", "note": "text", "notice": "notice",
    "operator": "clerk", "authoriser": "clerk", "means": "means",
    "scheme": "scheme", "amount_fen": "yuan", "refunding": "flag", "code": "answer",
    "out_trade_no": "text", "channel_no": "text",
    "stock_off": "text",
    "issuer": "text", "about_seq": "seq", "task_code": "text", "answer": "text",
    "member_level": "level", "subtotal_fen": "yuan", "rounding_fen": "yuan", "total_fen": "yuan",
}  # fmt: skip
"""Fields of a body that a person reads, in the order they are told, and how each is written."""

_FOR_ENGINEERS = frozenset(
    {
        "basket_id", "sale_intent", "opened_at", "channel", "entry_intent", "state", "before",
        "lines", "voided", "tenders", "postings", "reference", "original", "confirmed",
        "refund_out_no", "instead_of", "standing",
        "size", "count", "stock", "purpose", "head_hash",
        "profile_sha256", "certificate_sha256", "directive", "directive_id",
        "task_id", "tills", "cash", "sum", "others",
        "pieces", "papers", "papers_missing", "papers_extra", "slip_code",
    }
)  # fmt: skip
"""Fields told elsewhere in the account, or only in the raw form."""

_WORDED = frozenset({"scheme", "action", "answer", "slip", "means", "manner", "source"})
"""Forms whose value is a key of the translations of that family."""

_EVEN_ZERO = frozenset({"waiting", "cash_fen", "difference_fen", "before_fen", "after_fen"})
"""Fields that say something even when there is none of it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing an entry says.

    Args:
        label_code: key of its name; a field nobody has named yet is told by its own name.
        value: as ``form`` says; yuan have two decimals.
        form: ``text``, ``yuan``, ``seq`` (a number in the journal), ``flag`` (it is so), ``words``
            (keys of the translations with blanks between them).
        value_en: the value in English where it has a name in both languages, "" otherwise.
    """

    label_code: str
    value: str
    form: str
    value_en: str = ""


@dataclass(frozen=True, slots=True)
class GoodsFact:
    """One line of goods; a voided one was taken out before the payment."""

    name_zh: str
    name_en: str
    quantity_text: str
    amount_text: str
    voided: bool


@dataclass(frozen=True, slots=True)
class PostingFact:
    """One side of a movement of value, debit positive.

    Args:
        account: kind of the account, ``cash``, ``channel``, ``sales`` …
        owner: what it belongs to, "" for the accounts there is one of.
        owner_zh: the owner's name where the platform gave one, "" otherwise.
        owner_en: the same in English.
        amount_text: yuan with two decimals, without a sign.
        debit: whether the account was debited.
    """

    account: str
    owner: str
    owner_zh: str
    owner_en: str
    amount_text: str
    debit: bool


@dataclass(frozen=True, slots=True)
class EntryAccount:
    """Everything a person wants to know of an entry."""

    clerk_text: str
    business_date: str
    facts: tuple[Fact, ...]
    goods: tuple[GoodsFact, ...]
    tenders: tuple[Fact, ...]
    postings: tuple[PostingFact, ...]


def account_of(context: Context, entry: Entry) -> EntryAccount:
    """Tell what an entry says. Store thread only."""
    body: dict[str, Any] = entry.body
    return EntryAccount(
        clerk_text=_clerk(context, entry.clerk_id),
        business_date=entry.business_date,
        facts=tuple(_facts(context, body)),
        goods=tuple(_goods(body)),
        tenders=tuple(_tenders(body)),
        postings=tuple(_postings(context, body)),
    )


def _facts(context: Context, body: Mapping[str, Any]) -> Iterator[Fact]:
    unnamed = [key for key in body if key not in _FORMS and key not in _FOR_ENGINEERS]
    for key in (*_FORMS, *unnamed):
        value = body.get(key)
        if value or (value == 0 and key in _EVEN_ZERO):
            fact = _fact(context, key, value)
            moved = key == "cash_fen" and ("pouch" in body or "inward" in body)
            yield replace(fact, label_code="fact.moved_fen") if moved else fact


def _fact(context: Context, key: str, value: Any) -> Fact:
    form = _FORMS.get(key, "plain")
    label = key if form == "plain" else f"fact.{key}"
    if form == "yuan":
        return Fact(label, Money(value).text, "yuan")
    if form == "clerk":
        return Fact(label, _clerk(context, value), "text")
    if form == "notice":
        return Fact(label, *_notice(context, value))
    if form in _WORDED:
        return Fact(label, f"{form}.{value}", "words")
    if form == "reason":
        return Fact(label, *_reason(context, value))
    if form == "roles":
        return Fact(label, " ".join(f"role.{role}" for role in value), "words")
    if form == "level":
        return Fact(label, *_level(context, value))
    if form == "count":
        return Fact(label, str(len(value)), "text")
    return Fact(label, str(value), "text" if form == "plain" else form)


def _reason(context: Context, reason: str) -> tuple[str, str, str]:
    """A reason of the platform's list by its names, a drawer's by its words, others as written."""
    if reason in NO_SALE_REASONS:
        return f"till.reason.{reason}", "words", ""
    for entry in context.setting("refund_reasons", []):
        if entry["code"] == reason:
            return entry["name_zh"], "text", entry["name_en"]
    return str(reason), "text", ""


def _notice(context: Context, reference: Mapping[str, Any]) -> tuple[str, str, str]:
    """A known fault by its title; by its number when it is not here any more."""
    found = named_notice(context, reference)
    if found is None:
        return str(reference["notice_id"]), "text", ""
    return found.title_zh, "text", found.title_en


def _level(context: Context, level: str) -> tuple[str, str, str]:
    """The level's names; its code when the platform does not know it any more."""
    for entry in context.setting("member_levels", []):
        if entry["level"] == level:
            return entry["name_zh"], "text", entry["name_en"]
    return level, "text", ""


def _goods(body: Mapping[str, Any]) -> Iterator[GoodsFact]:
    for part, voided in (("lines", False), ("voided", True)):
        for line in body.get(part, ()):
            yield GoodsFact(
                name_zh=line["name_zh"],
                name_en=line["name_en"],
                quantity_text=quantity_text(line["quantity"], line["weighed"]),
                amount_text=Money(line["amount_fen"]).text,
                voided=voided,
            )


def _tenders(body: Mapping[str, Any]) -> Iterator[Fact]:
    for tender in body.get("tenders", ()):
        words = tender_words(tender["kind"], tender.get("scheme", ""))
        yield Fact(words, _yuan(tender, "fen"), "yuan")
        if tender.get("change_fen"):
            yield Fact("fact.received_fen", _yuan(tender, "received_fen"), "yuan")
            yield Fact("fact.change_fen", _yuan(tender, "change_fen"), "yuan")


def _postings(context: Context, body: Mapping[str, Any]) -> Iterator[PostingFact]:
    businesses: Sequence[Mapping[str, str]] = context.setting("business_codes", [])
    names = {row["code"]: (row["name_zh"], row["name_en"]) for row in businesses}
    for posting in body.get("postings", ()):
        account, _, owner = posting["account"].partition(":")
        income = income_tax(posting["account"])
        owner_zh, owner_en = names.get(owner, ("", "")) if income else ("", "")
        fen = posting["fen"]
        yield PostingFact(account, owner, owner_zh, owner_en, Money(abs(fen)).text, fen > 0)


def _yuan(source: Mapping[str, Any], key: str) -> str:
    return Money(source[key]).text


def _clerk(context: Context, clerk_id: str) -> str:
    """``演示营业员甲 0312``; the number alone when nobody has that number any more."""
    record = context.catalogue.clerk(clerk_id) if clerk_id else None
    return f"{record['name']} {clerk_id}" if record else clerk_id
