"""Where a sale that something is given back of comes from: these books, its slip, the platform.

A slip's code is proven by the key of the counter that printed it. Where the platform answers, it
says what others gave back; where it does not, the slip's own copy of the sale is enough for a
provisional refund. Source: docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from terminal.app.context import Context
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import Entry, entry_hash, verify_entry
from terminal.domain.peer import Peer, read_peer
from terminal.domain.proof import Proof, carried_entry, read_proof, verify_proof
from terminal.domain.refund import GivenBack, Sold, sold_from
from terminal.domain.scan import RECEIPT_PROOF_PREFIX
from terminal.domain.training import is_practice

Standing = Literal["own", "confirmed", "provisional"]
"""Of a sale of these books; of another counter's that the platform vouched for; of either when
nobody could be asked what others gave back."""
Word = Mapping[str, Any]
"""An answer about a refund, see ``sync.client.refunds``."""

_PAGE: Final = 500
_UNKNOWN: Final = "refund.unknown_sale"
_FULL_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,32}-[0-9]{2}-[0-9]{6,12}")


@dataclass(frozen=True, slots=True)
class Origin:
    """A sale, and what was given back of it.

    Args:
        entry: the ``sale.completed`` entry.
        given: by anybody, as far as it is known here.
        others: the part of it that other counters gave back.
        standing: how far it is known.
        here: whether these books hold it: its drawer and its stamps are here.
    """

    entry: Entry
    given: GivenBack
    others: GivenBack = field(default_factory=GivenBack)
    standing: Standing = "own"
    here: bool = True

    @property
    def sure(self) -> Standing:
        """How it stands where it is known what others gave back."""
        return "own" if self.here else "confirmed"

    @property
    def sold(self) -> Sold:
        """The sale."""
        return sold_from(self.entry.body)

    @property
    def order_no(self) -> str:
        """Its number."""
        return str(self.entry.body["order_no"])


class Origins:
    """Finds sales. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def question(self, wanted: str) -> JsonObject | None:
        """What to ask the platform about a sale; None when it cannot be asked.

        Args:
            wanted: order number, its last figures, or the text of a slip's code.

        Raises:
            UserError: ``refund.*`` as ``find``: what is wrong on its face is not asked about.
        """
        text = wanted.strip()
        named, own = read_proof(text), None if _is_code(text) else self._by_number(text)
        if named is not None:
            self._check_code(text, named)
        online = self._context.sync.line_state().online
        if not online:
            return None
        if named is not None:
            return {"terminal_id": named.terminal_id, "seq": named.seq}
        if own is not None:
            return {"terminal_id": own.terminal_id, "seq": own.seq}
        return {"order_no": text} if _FULL_NUMBER.fullmatch(text) else None

    def find(self, wanted: str, word: Word | None) -> Origin:
        """The sale.

        Args:
            wanted: as for ``question``.
            word: what the platform answered; None when it was not asked.

        Raises:
            UserError: ``refund.unknown_sale``, ``refund.not_a_sale``, ``refund.proof_forged``,
                ``refund.unknown_counter``, ``refund.needs_platform``.
        """
        text = wanted.strip()
        own = self._by_own_code(text) if _is_code(text) else self._by_number(text)
        if own is not None:
            others = (
                given_elsewhere(word)
                if word is not None and word["outcome"] == "ok"
                else GivenBack()
            )
            standing: Standing = "own" if self.own_for_sure(own, word) else "provisional"
            return self._origin(own, others, standing, here=True)
        if word is not None and word["outcome"] == "ok":
            told = self._told(text, word)
            return self._origin(told, given_elsewhere(word), "confirmed", here=False)
        carried = self._carried(text) if _is_code(text) else None
        if carried is not None:
            return self._origin(carried, GivenBack(), "provisional", here=False)
        unknown = word is not None and word["code"] == _UNKNOWN
        if unknown or not (_is_code(text) or _FULL_NUMBER.fullmatch(text)):
            raise UserError("refund.unknown_sale", {"wanted": text[:40]})
        raise UserError("refund.needs_platform", {"wanted": text[:40]})

    def again(self, origin: Origin) -> Origin:
        """The same sale with what was given back here since.

        Raises:
            UserError: ``refund.corrected`` when a correction took money of it back already.
        """
        if origin.here and self._context.books.refunds.corrections(origin.entry.seq):
            raise UserError("refund.corrected", {"order": origin.order_no})
        here = self._context.books.refunds.given_back(origin.order_no)
        return replace(origin, given=here.with_(origin.others))

    def own_for_sure(self, entry: Entry, word: Word | None) -> bool:
        """Whether nobody else can have given back a sale of these books with the platform's leave.

        That is so when the platform has just said what others gave back, or that it has no such
        sale; when it was never told of it; and where there is no other counter.
        """
        if word is not None and (word["outcome"] == "ok" or word["code"] == _UNKNOWN):
            return True
        if entry.seq > self._context.sync.confirmed_head().seq:
            return True
        return next(peers(self._context), None) is None

    def _origin(self, entry: Entry, others: GivenBack, standing: Standing, *, here: bool) -> Origin:
        if entry.kind != "sale.completed":
            raise UserError("refund.not_a_sale")
        return self.again(Origin(entry, others, others, standing, here))

    def _by_number(self, text: str) -> Entry | None:
        books = self._context.books
        order = books.order(text) or books.order(books.refunds.order_ending(text))
        return books.entry(order.seq) if order else None

    def _by_own_code(self, text: str) -> Entry | None:
        """The entry of these books that a slip names; None for another counter's slip."""
        named = read_proof(text)
        if named is None:
            raise UserError("refund.proof_forged")
        self._check_code(text, named)
        return self._booked(named) if named.terminal_id == self._own_id() else None

    def _check_code(self, text: str, named: Proof) -> None:
        """A code that its counter did not sign is nobody's slip; practice stays among itself."""
        if is_practice(named.terminal_id) and not self._context.training:
            raise UserError("refund.training_slip")
        if named.terminal_id == self._own_id():
            signed = self._booked(named) is not None
        else:
            peer = self._peer(named.terminal_id)
            signed = peer is None or _is_proof(text, peer.public_key)
        if not signed:
            raise UserError("refund.proof_forged")

    def _booked(self, named: Proof) -> Entry | None:
        """The entry a slip of this counter was printed from, or the one a recovery made of it."""
        books = self._context.books
        entry = books.entry(named.seq)
        if entry is not None and _is_of(named, entry):
            return entry
        before: int | None = None
        while page := books.entries(limit=_PAGE, before_seq=before):
            for entry in page:
                first = entry.body.get("resent_of")
                if isinstance(first, dict) and (first["seq"], first["hash"]) == (
                    named.seq,
                    named.hash,
                ):
                    return entry
            before = page[-1].seq
        return None

    def _carried(self, text: str) -> Entry | None:
        """The sale as its slip holds it, proven by its counter's key."""
        named = read_proof(text)
        peer = self._peer(named.terminal_id) if named else None
        if peer is None:
            raise UserError("refund.unknown_counter")
        try:
            return carried_entry(text, peer.public_key)
        except EnvironmentFault as problem:
            raise UserError("refund.proof_forged") from problem

    def _told(self, text: str, word: Word) -> Entry:
        """The sale as the platform holds it: the one that was asked for, whole and signed."""
        try:
            entry = Entry.from_wire(word["result"]["entry"])
        except EnvironmentFault as problem:
            raise UserError("refund.unknown_sale", {"wanted": text[:40]}) from problem
        peer = self._peer(entry.terminal_id)
        sound = _is_sealed(entry, peer.public_key) if peer else _is_whole(entry)
        named = read_proof(text)
        if not sound or (named is not None and not _is_of(named, entry)):
            raise UserError("refund.proof_forged")
        return entry

    def _own_id(self) -> str:
        head = self._context.books.entry(1)
        return head.terminal_id if head else ""

    def _peer(self, terminal_id: str) -> Peer | None:
        return find_peer(self._context, terminal_id)


def find_peer(context: Context, terminal_id: str) -> Peer | None:
    """Another terminal of the outlet that the platform introduced; None for a stranger."""
    found = (peer for peer in peers(context) if peer.terminal_id == terminal_id)
    return next(found, None)


def peers(context: Context) -> Iterator[Peer]:
    """The other terminals of the outlet that the platform introduced, newest first."""
    for received in reversed(context.sync.received()):
        peer = read_peer(received.record)
        if peer and context.secrets.genuine(received.record):
            yield peer


def _is_code(text: str) -> bool:
    return text.upper().startswith(RECEIPT_PROOF_PREFIX)


def _is_proof(text: str, public_key: bytes) -> bool:
    try:
        verify_proof(text, public_key)
    except EnvironmentFault:
        return False
    return True


def _is_of(named: Proof, entry: Entry) -> bool:
    """Whether a slip's code is this entry's: the same signed bytes."""
    mine = (entry.terminal_id, entry.seq, entry.hash, entry.signature)
    return mine == (named.terminal_id, named.seq, named.hash, named.signature)


def _is_sealed(entry: Entry, public_key: bytes) -> bool:
    try:
        verify_entry(entry, public_key)
    except EnvironmentFault:
        return False
    return True


def _is_whole(entry: Entry) -> bool:
    """Of a counter nobody introduced yet: the platform vouches for it, the hash for its lines."""
    return entry_hash(entry).hex() == entry.hash


def given_elsewhere(word: Word) -> GivenBack:
    """What other counters gave back, or are about to, as the platform says."""
    result = word["result"]
    return GivenBack(
        {line["line_id"]: (line["quantity"], line["fen"]) for line in result["lines"]},
        {leg["leg"]: leg["fen"] for leg in result["legs"]},
    )
