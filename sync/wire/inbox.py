"""What the centre sends to one counter: directives, notices of known faults, tasks for a person.

Everything in it is a record that the platform signs. The agent carries it; what it means is decided
where the books are, see ``terminal.domain.directive`` and ``terminal.domain.notice``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from sync.wire.fields import Label, Message, Text, Whole
from terminal.domain.canonical import JsonObject

PAGE_LIMIT: Final = 100
"""Items of one kind in a page at most."""

_MOST: Final = 10**12
Fen = Annotated[int, Whole(-_MOST, _MOST)]
"""Either side of a correction: at most ten thousand million yuan."""
Said = Annotated[str, Text(r"[\s\S]{1,500}", 500)]
Name = Annotated[str, Text(r"[\s\S]{1,120}", 120)]


@dataclass(frozen=True, slots=True)
class InboxItem(Message):
    """One record and its number; the terminal asks from the next one on."""

    number: Annotated[int, Whole(1)]
    record: JsonObject


@dataclass(frozen=True, slots=True)
class InboxPage(Message):
    """What came from two numbers on.

    Args:
        items: directives and notices.
        tasks: what the platform could not apply and a person has to look at.
        server_epoch: the life of the platform's database; another one counts from the beginning.
        more: whether there is another page.
        pouches: every pouch that is on its way here from other terminals, told each time.
    """

    items: tuple[InboxItem, ...]
    tasks: tuple[InboxItem, ...]
    server_epoch: Label
    more: bool
    pouches: tuple[InboxItem, ...] = ()


@dataclass(frozen=True, slots=True)
class PostingLine(Message):
    """One side of a movement, debit positive."""

    account: Annotated[str, Text(r"[a-z_]+(:[0-9A-Za-z][0-9A-Za-z_.-]{0,31})?", 64)]
    fen: Fen


@dataclass(frozen=True, slots=True)
class DirectiveRequest(Message):
    """The operator asks for a correction.

    Args:
        terminal_id: whose books.
        issuer: who at the centre answers for it.
        reason: in plain words, for the clerk.
        about_seq: the entry of that terminal it speaks of.
        postings: balanced; what accepting books.
        valid_s: seconds until it has to be issued anew; negative ones make an expired one.
    """

    terminal_id: Label
    issuer: Name
    reason: Said
    about_seq: Annotated[int, Whole(1)]
    postings: tuple[PostingLine, ...]
    valid_s: Annotated[int, Whole(-86_400, 366 * 86_400)] = 30 * 86_400


@dataclass(frozen=True, slots=True)
class NoticeRequest(Message):
    """The operator tells of a known fault; ``terminal_id`` "" tells every terminal."""

    issuer: Name
    title_zh: Name
    title_en: Name
    text_zh: Said
    text_en: Said
    terminal_id: Annotated[str, Text(r"([0-9A-Za-z][0-9A-Za-z_.-]{0,63})?", 64)] = ""


@dataclass(frozen=True, slots=True)
class Issued(Message):
    """The record as the terminal gets it."""

    record: JsonObject


@dataclass(frozen=True, slots=True)
class DirectiveStanding(Message):
    """One directive and what became of it.

    Args:
        state: ``waiting``, ``accepted``, ``disputed`` or ``refused``.
        seq: the terminal's entry that answers, 0 while it waits.
        answer: the clerk's words when she disputes, the code when the terminal refused it, ""
            otherwise.
        record: as it was signed.
    """

    state: Label
    seq: int
    answer: str
    record: JsonObject


@dataclass(frozen=True, slots=True)
class DirectiveList(Message):
    """All directives, oldest first."""

    directives: tuple[DirectiveStanding, ...]
