"""A small language for days at a counter, and the journal each of them must become.

One line is one step; ``12 x`` before it repeats it. Nothing of the product is used here: bodies
follow docs/journal.md, sums are kept in a plain dictionary, keys, times and intents are fixed.

    day 2026-11-21              the date from here on
    enrol                       the first entry
    open 0301 | close 0301      the outlet's day
    on 0312 | off 0312          a clerk
    sale 1.20 postage cash      goods and how they are paid; more goods after commas
    sale 12.36 goods, 1.20 postage cash 20.00
    sale 12.36 goods cash 5.00 + wechat
    postage apart               from here on tax-free income has accounts of its own, ``postage:``
    return 3 | reverse 3        the third sale is given back, paid in cash | it was a mistake
    fund 1001-1040 | give 1001-1010
                                numbered cards from the centre into the vault, or back
    pouch V01 T02 1001-1020     they go from till to till; ``sale 1.00 cards cash`` takes the lowest
    bank 500.00                 cash from the bank into the vault
    send V01 T02 100.00 | arrive
                                a pouch of cash leaves one till, and comes into the other
    count | count -1.00         a blind count of the till: even, or so much over or short
    book | dispute              the difference is taken over, or stays in suspense
    verify 0315 | z             a second person vouches, and the period is closed
    charge 9.99 wechat fails    a payer code that ends without a sale: fails, doubt, reversed, back
    give-up 4.50 goods          a basket nobody paid
    override 4.50 3.00          a price a second person allowed
    reprint 3                   the slip of the third sale
    kept vault | kept file      personal data and attachments that the journal names
    directive 1.20 cash:T02 sales:postage about 5 accepted | disputed
    task 5                      what the platform could not apply is settled
    train | train over          a clerk goes over to practice | she is back, or somebody opened
    numbers 900 950             a lease that is given back
    signer fails                the next entry cannot be signed: it is not written, and tried again
    recover                     the disk was put back and begins another life
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenarios.day_tills import Tills
from tests.scenarios.day_words import (
    OUTLET,
    TERMINAL,
    TILL,
    Entry,
    digest,
    fen,
    postings,
    steps_of,
)


@dataclass
class Day(Tills):
    """All the verbs of the language."""

    steps: int = 0
    refused: list[int] = field(default_factory=list)

    def play(self, script: Path) -> None:
        """Take every step."""
        verbs: dict[str, Callable[..., None]] = {
            "day": self._day,
            "enrol": self._enrol,
            "open": self._open,
            "close": self._close,
            "on": self._on,
            "off": self._off,
            "sale": self._sale,
            "postage": self._postage,
            "return": self._return,
            "reverse": self._reverse,
            "fund": self._fund,
            "give": self._give,
            "pouch": self._pouch,
            "bank": self._bank,
            "send": self._send,
            "arrive": self._arrive,
            "count": self._counted,
            "book": self._book,
            "dispute": self._dispute,
            "verify": self._verify,
            "z": self._z,
            "charge": self._charge,
            "give-up": self._give_up,
            "override": self._override,
            "reprint": self._reprint,
            "kept": self._kept,
            "directive": self._directive,
            "task": self._task,
            "train": self._train,
            "numbers": self._numbers,
            "signer": self._signer,
            "recover": self._recover,
        }
        for verb, words in steps_of(script):
            self.steps += 1
            verbs[verb](*words.split())

    def _day(self, date: str) -> None:
        self.date = date

    def _enrol(self) -> None:
        body = {"outlet": OUTLET, "terminal_no": 2, "profile_sha256": digest("profile")}
        self.append("terminal.enrolled", {**body, "certificate_sha256": digest("certificate")})

    def _open(self, clerk: str) -> None:
        reopened = any(
            entry["kind"] == "outlet.signed_off" and entry["business_date"] == self.date
            for entry in self.entries
        )
        body = {"outlet": OUTLET, "terminal_no": 2, "reopened": reopened}
        self.append("outlet.signed_on", body, clerk=clerk)

    def _close(self, clerk: str) -> None:
        last = self.entries[-1]
        body = {"waiting": len(self.entries), "head_seq": last["seq"], "head_hash": last["hash"]}
        self.append("outlet.signed_off", body, clerk=clerk)

    def _on(self, clerk: str) -> None:
        self.clerk = clerk
        self.append("clerk.signed_on", {"till_id": TILL, "roles": ["clerk"]})

    def _off(self, clerk: str) -> None:
        cash = self.accounts[f"cash:{TILL}"]
        self.append(
            "clerk.signed_off", {"till_id": TILL, "parked": [], "cash_fen": cash}, clerk=clerk
        )
        self.clerk = ""

    def _kept(self, what: str) -> None:
        if what == "vault":
            kept = {"record_id": self.name(), "digest": digest(f"vault {self.made}")}
            self.append("vault.kept", kept)
        else:
            body: Entry = {"address": digest(f"file {self.made}"), "bytes": 2048, "kind": "photo"}
            self.append("attachment.kept", {**body, "name": "parcel.jpg"})

    def _directive(
        self, yuan: str, left: str, right: str, _about: str, seq: str, answer: str
    ) -> None:
        amount, name = fen(yuan), self.name()
        rows = postings([(left, -amount), (right, amount)])
        record = {
            "kind": "directive",
            "directive_id": name,
            "terminal_id": TERMINAL,
            "issuer": "演示市局会计科",
            "reason": "重复入账，予以冲销",
            "about_seq": int(seq),
            "about_hash": self.entries[int(seq) - 1]["hash"],
            "amount_fen": amount,
            "postings": rows,
            "issued_at": "2026-11-20T00:00:00.000Z",
            "expires_at": "2027-11-20T00:00:00.000Z",
            "signature": "ab" * 64,
        }
        told = ("directive_id", "issuer", "reason", "about_seq", "amount_fen")
        body = {"_intent": name, **{key: record[key] for key in told}, "directive": record}
        if answer == "accepted":
            # A correction has no lines: what it takes out of ``sales:`` may be of either kind.
            taxed = {"postage": "exempt", "sales": "unsorted"}.get(right.partition(":")[0], "")
            self.by_tax[taxed] -= amount if taxed else 0
            self.append("directive.accepted", {**body, "postings": rows})
        else:
            self.append("directive.disputed", {**body, "answer": "没有重复"})

    def _task(self, seq: str) -> None:
        body: Entry = {
            "task_id": self.name(),
            "about_seq": int(seq),
            "task_code": "journal.unknown_kind",
        }
        self.append("task.settled", {**body, "_intent": body["task_id"], "answer": "已告知"})

    def _train(self, over: str = "") -> None:
        """What is done meanwhile is in no book: the next number is the one it would have been."""
        if not over:
            self.append("training.began", {"till_id": TILL})
            return
        began = next(one for one in reversed(self.entries) if one["kind"] == "training.began")
        body: Entry = {"till_id": TILL, "began_seq": began["seq"]}
        self.append("training.ended", body, clerk=began["clerk_id"])

    def _numbers(self, lo: str, hi: str) -> None:
        body: Entry = {"kind": "order", "lo": int(lo), "hi": int(hi), "used_to": int(lo) - 1}
        self.append("numbers.returned", {**body, "reason": "expired"}, clerk="")

    def _signer(self, _fails: str) -> None:
        """Nothing is written: who replays it must see the signer fail before the next entry."""
        self.refused.append(len(self.entries) + 1)

    def _recover(self) -> None:
        last = self.entries[-1]
        body: Entry = {f"old_{name}": last[name] for name in ("epoch", "seq", "hash")}
        body |= {"disk_seq": last["seq"], "common_seq": last["seq"], "recovered": 0}
        self.epoch += 1
        body |= {"resent": 0, "doubles": 0, "numbers_void": []}
        self.append("terminal.recovered", body, clerk="")
