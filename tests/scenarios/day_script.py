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
    charge 9.99 wechat fails    a payer code that ends without a sale: fails, doubt, reversed, back
    give-up 4.50 goods          a basket nobody paid
    override 4.50 3.00          a price a second person allowed
    reprint 3                   the slip of the third sale
    kept vault | kept file      personal data and attachments that the journal names
    directive 1.20 cash:T02 sales:postage about 5 accepted | disputed
    task 5                      what the platform could not apply is settled
    numbers 900 950             a lease that is given back
    signer fails                the next entry cannot be signed: it is not written, and tried again
    recover                     the disk was put back and begins another life
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
Seal = Callable[[Entry], Entry]

TERMINAL, OUTLET, TILL = "61020303-02", "61020303", "T02"
GENESIS = "0" * 64
_SECONDS = 37
_STEP = re.compile(r"(?:(\d+) x )?(\S+)\s*(.*)")
CARDS = "P0032"
_TAX = {"postage": "exempt", "mail": "exempt", "cards": "exempt"}
_NAMES = {
    "postage": ("邮票", "Stamp"),
    "mail": ("函件邮资", "Mail postage"),
    "cards": ("邮资明信片", "Prepaid postcard"),
    "goods": ("百货", "Goods"),
    "philately": ("邮册", "Album"),
}


def fen(yuan: str) -> int:
    """``12.36`` → 1236."""
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def steps_of(script: Path) -> Iterator[tuple[str, str]]:
    """Verb and words of every step, repeats written out."""
    for line in script.read_text("utf-8").splitlines():
        told = line.partition("#")[0].strip()
        if told:
            found = _STEP.fullmatch(told)
            assert found is not None, line
            for _ in range(int(found[1] or 1)):
                yield found[2], found[3]


@dataclass
class Day:
    """The journal of a script while it grows, and the sums somebody keeps beside it.

    Args:
        seal: gives an entry hash and signature.
    """

    seal: Seal
    entries: list[Entry] = field(default_factory=list)
    accounts: Counter[str] = field(default_factory=Counter)
    by_tax: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    refused: list[int] = field(default_factory=list)
    date: str = "2026-11-21"
    clerk: str = ""
    sales: list[str] = field(default_factory=list)
    _epoch: int = 1
    _made: int = 0
    _apart: bool = False
    _refunds: int = 0
    _cards: list[int] = field(default_factory=list)

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
            "charge": self._charge,
            "give-up": self._give_up,
            "override": self._override,
            "reprint": self._reprint,
            "kept": self._kept,
            "directive": self._directive,
            "task": self._task,
            "numbers": self._numbers,
            "signer": self._signer,
            "recover": self._recover,
        }
        for verb, words in steps_of(script):
            self.steps += 1
            verbs[verb](*words.split())

    def _append(
        self, kind: str, body: Entry, *, clerk: str | None = None, version: int = 1
    ) -> Entry:
        before = self.entries[-1] if self.entries else None
        for posting in body.get("postings", ()):
            self.accounts[posting["account"]] += posting["fen"]
        entry = self.seal(
            {
                "terminal_id": TERMINAL,
                "epoch": self._epoch,
                "seq": len(self.entries) + 1,
                "kind": kind,
                "version": version,
                "intent_id": body.pop("_intent", None) or self._name(),
                "business_date": self.date,
                "recorded_at": self._now(),
                "clerk_id": self.clerk if clerk is None else clerk,
                "body": body,
                "prev_hash": before["hash"] if before else GENESIS,
            }
        )
        self.entries.append(entry)
        return entry

    def _name(self) -> str:
        self._made += 1
        return f"01a1f3c0-0000-7000-8000-{self._made:012x}"

    def _now(self) -> str:
        began = datetime.fromisoformat(f"{self.date}T01:00:00+00:00")
        today = sum(entry["business_date"] == self.date for entry in self.entries)
        at = began + timedelta(seconds=_SECONDS * today)
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def _day(self, date: str) -> None:
        self.date = date

    def _enrol(self) -> None:
        body = {"outlet": OUTLET, "terminal_no": 2, "profile_sha256": _digest("profile")}
        self._append("terminal.enrolled", {**body, "certificate_sha256": _digest("certificate")})

    def _open(self, clerk: str) -> None:
        reopened = any(
            entry["kind"] == "outlet.signed_off" and entry["business_date"] == self.date
            for entry in self.entries
        )
        body = {"outlet": OUTLET, "terminal_no": 2, "reopened": reopened}
        self._append("outlet.signed_on", body, clerk=clerk)

    def _close(self, clerk: str) -> None:
        last = self.entries[-1]
        body = {"waiting": len(self.entries), "head_seq": last["seq"], "head_hash": last["hash"]}
        self._append("outlet.signed_off", body, clerk=clerk)

    def _on(self, clerk: str) -> None:
        self.clerk = clerk
        self._append("clerk.signed_on", {"till_id": TILL, "roles": ["clerk"]})

    def _off(self, clerk: str) -> None:
        cash = self.accounts[f"cash:{TILL}"]
        self._append(
            "clerk.signed_off", {"till_id": TILL, "parked": [], "cash_fen": cash}, clerk=clerk
        )
        self.clerk = ""

    def _sale(self, *words: str) -> None:
        goods, paid = _read_sale(" ".join(words))
        total = sum(amount for amount, _ in goods)
        basket, intent = self._name(), self._name()
        tenders: list[Entry] = []
        left, held = total, 0
        cash = next((amount for kind, amount in paid if kind == "cash"), None)
        scheme = next((kind for kind, _ in paid if kind != "cash"), "")
        if scheme:
            held = total - (cash or 0)
            tenders.append(self._charged(scheme, held, basket, intent, total))
            left -= held
        rounding = -(left % 10) if cash is not None else 0
        if cash is not None:
            received = cash or left + rounding
            change = received - left - rounding
            tenders.append(
                {
                    "kind": "cash",
                    "fen": received - change,
                    "received_fen": received,
                    "change_fen": change,
                }
            )
        self._complete(goods, tenders, basket, intent, rounding)

    def _complete(
        self,
        goods: list[tuple[int, str]],
        tenders: list[Entry],
        basket: str,
        intent: str,
        rounding: int,
    ) -> None:
        total = sum(amount for amount, _ in goods)
        kept = sum(tender["fen"] for tender in tenders if tender["kind"] == "cash")
        held = sum(tender["fen"] for tender in tenders if tender["kind"] != "cash")
        income: Counter[str] = Counter()
        for amount, business in goods:
            tax_free = self._apart and _TAX.get(business) == "exempt"
            income[f"{'postage' if tax_free else 'sales'}:{business}"] += amount
            self.by_tax[_TAX.get(business, "taxable")] += amount
        sides = [(f"cash:{TILL}", kept), ("payments_held", held), ("rounding", -rounding)]
        sides += [(account, -amount) for account, amount in sorted(income.items())]
        self.sales.append(self._number())
        self._append(
            "sale.completed",
            {
                "_intent": intent,
                "order_no": self.sales[-1],
                "basket_id": basket,
                "opened_at": self._now(),
                "channel": "counter",
                "till_id": TILL,
                "member_level": "",
                "lines": [self._line(amount, business) for amount, business in goods],
                "voided": [],
                "tenders": tenders,
                "subtotal_fen": total,
                "total_fen": total,
                "rounding_fen": rounding,
                "postings": _postings(sides),
                **self._cards_of(goods),
            },
        )

    def _cards_of(self, goods: list[tuple[int, str]]) -> Entry:
        """The numbered cards that leave the till, one a line; the lowest first."""
        count = sum(business == "cards" for _, business in goods)
        gone, self._cards = self._cards[:count], self._cards[count:]
        rows = [row for number in gone for row in _moved(f"till:{TILL}", "sold", number, number)]
        return {"stock": rows} if rows else {}

    def _fund(self, numbers: str) -> None:
        self._outside("source:centre", "till:V01", numbers, inward=True)

    def _give(self, numbers: str) -> None:
        self._outside("till:V01", "source:centre", numbers, inward=False)

    def _outside(self, origin: str, target: str, numbers: str, *, inward: bool) -> None:
        body: Entry = {"till_id": "V01", "source": "centre", "inward": inward, "cash_fen": 0}
        rows = _moved(origin, target, *_range(numbers))
        self._append("till.funded", {**body, "count": [], "postings": [], "stock": rows})

    def _pouch(self, origin: str, target: str, numbers: str) -> None:
        lo, hi = _range(numbers)
        number = f"P02-{self.date[2:].replace('-', '')}-{len(self.entries):06}"
        body = {"pouch": number, "from_till": origin, "to_till": target, "cash_fen": 0}
        purpose = "issue" if origin == "V01" else "hand_in"
        for kind, places, more in (
            (
                "pouch.sent",
                (f"till:{origin}", f"transit:{number}"),
                {"purpose": purpose, "count": []},
            ),
            ("pouch.received", (f"transit:{number}", f"till:{target}"), {}),
        ):
            rows = _moved(*places, lo, hi)
            self._append(kind, {**body, **more, "postings": [], "stock": rows})
        moved = list(range(lo, hi + 1))
        held = self._cards + moved if target == TILL else [n for n in self._cards if n not in moved]
        self._cards = sorted(held)

    def _number(self) -> str:
        return f"{OUTLET}-02-{len(self.sales) + self._refunds + 1:06}"

    def _postage(self, _apart: str) -> None:
        self._apart = True

    def _return(self, place: str) -> None:
        self._back(place, "return", "goods_faulty", "")

    def _reverse(self, place: str) -> None:
        self._back(place, "reversal", "keyed_wrong", "0315")

    def _back(self, place: str, manner: str, reason: str, authoriser: str) -> None:
        """A whole sale, paid in cash, as the negation of what it booked."""
        order = self.sales[int(place) - 1]
        sold = next(entry for entry in self.entries if entry["body"].get("order_no") == order)
        told = ("line_id", "sku", "name_zh", "name_en", "business_code", "weighed", "unit_fen")
        body = sold["body"]
        paid = sum(tender["fen"] for tender in body["tenders"])
        sides = [(row["account"], -row["fen"]) for row in body["postings"]]
        origin = {name: sold[name] for name in ("terminal_id", "seq", "hash", "business_date")}
        number, self._refunds = self._number(), self._refunds + 1
        for line in body["lines"]:
            self.by_tax[line["tax"]] -= line["amount_fen"]
        lines = [
            {name: line[name] for name in told}
            | {"quantity": -line["quantity"], "amount_fen": -line["amount_fen"]}
            for line in body["lines"]
        ]
        tenders = [{"leg": "cash", "kind": "cash", "fen": -paid}]
        amounts = {"total_fen": -body["total_fen"], "paid_fen": -paid}
        whose = {"refund_no": number, "manner": manner, "standing": "own", "order_no": order}
        why = {"reason": reason, "note": "", "authoriser": authoriser}
        self._append(
            "refund.completed",
            {
                **whose,
                "original": origin,
                "till_id": TILL,
                "channel": "counter",
                **why,
                "lines": lines,
                "tenders": tenders,
                **amounts,
                "rounding_fen": -body["rounding_fen"],
                "postings": _postings(sides),
                **self._cards_back(body.get("stock", [])),
            },
        )

    def _cards_back(self, rows: list[Entry]) -> Entry:
        """What a sale undone puts back into the till."""
        self._cards = sorted([*self._cards, *(row["lo"] for row in rows if row["pieces"] < 0)])
        return {"stock": [{**row, "pieces": -row["pieces"]} for row in rows]} if rows else {}

    def _line(self, amount: int, business: str) -> Entry:
        zh, en = _NAMES[business]
        return {
            "line_id": self._name(),
            "sku": business[0].upper() + "0001",
            "gtin": "",
            "name_zh": zh,
            "name_en": en,
            "unit_zh": "件",
            "business_code": business,
            "tax": _TAX.get(business, "taxable"),
            "refundable": business not in _TAX,
            "weighed": False,
            "quantity": 1,
            "list_fen": amount,
            "unit_fen": amount,
            "price_since": "2026-01-01T00:00:00.000Z",
            "level": "",
            "fixed_fen": None,
            "source": "scan",
            "raw": "6900000000018",
            "amount_fen": amount,
        }

    def _charged(self, scheme: str, amount: int, basket: str, intent: str, total: int) -> Entry:
        """A payer code that is paid: the intent first, then the outcome that moves money."""
        number = self._intended(scheme, amount, basket, intent, total)
        self._outcome(scheme, amount, basket, number, "armed", "paid")
        return {"kind": "payer_code", "scheme": scheme, "fen": amount, "out_trade_no": number}

    def _intended(self, scheme: str, amount: int, basket: str, intent: str, total: int) -> str:
        number = _digest(f"trade {self._made}")[:32]
        body = {"out_trade_no": number, "scheme": scheme, "amount_fen": amount, "basket_id": basket}
        self._append("payment.intended", {**body, "sale_intent": intent, "total_fen": total})
        return number

    def _outcome(
        self,
        scheme: str,
        amount: int,
        basket: str,
        number: str,
        before: str,
        state: str,
        *,
        back: bool = False,
    ) -> None:
        moved = amount if state == "paid" else -amount if back and state == "reversed" else 0
        sides = [(f"channel:{scheme}", moved), ("payments_held", -moved)]
        body = {"out_trade_no": number, "scheme": scheme, "amount_fen": amount, "basket_id": basket}
        body |= {"state": state, "before": before, "code": "", "channel_no": "", "refunding": back}
        self._append("payment.outcome", {**body, "postings": _postings(sides)})

    def _charge(self, yuan: str, scheme: str, end: str) -> None:
        amount, basket = fen(yuan), self._name()
        number = self._intended(scheme, amount, basket, self._name(), amount)
        ways = {
            "fails": [("armed", "failed", False)],
            "doubt": [
                ("armed", "unknown", False),
                ("unknown", "reversing", False),
                ("reversing", "doubt", False),
                ("doubt", "reversed", False),
            ],
            "reversed": [("armed", "unknown", False), ("unknown", "reversed", False)],
            "back": [
                ("armed", "paid", False),
                ("paid", "reversing", True),
                ("reversing", "reversed", True),
            ],
        }
        for before, state, back in ways[end]:
            self._outcome(scheme, amount, basket, number, before, state, back=back)

    def _give_up(self, yuan: str, business: str) -> None:
        line = self._line(fen(yuan), business)
        body = {"basket_id": self._name(), "reason": "customer left", "lines": [line]}
        self._append("basket.abandoned", body)

    def _override(self, before: str, after: str) -> None:
        body: Entry = {"action": "price_override", "operator": self.clerk, "authoriser": "0315"}
        body |= {"means": "pin", "reason": "破损", "subject": "G0001", "size": 30}
        body |= {"before_fen": fen(before), "after_fen": fen(after), "basket_id": self._name()}
        self._append("authorisation.granted", body, version=2)

    def _reprint(self, place: str) -> None:
        order = self.sales[int(place) - 1]
        sold = next(entry for entry in self.entries if entry["body"].get("order_no") == order)
        copies = sum(
            entry["kind"] == "slip.reprinted" and entry["body"]["reference"] == order
            for entry in self.entries
        )
        body = {"slip": "receipt", "reference": order, "copy": copies + 1}
        self._append(
            "slip.reprinted", {**body, "original_seq": sold["seq"], "order_no": order}, version=2
        )

    def _kept(self, what: str) -> None:
        if what == "vault":
            kept = {"record_id": self._name(), "digest": _digest(f"vault {self._made}")}
            self._append("vault.kept", kept)
        else:
            body: Entry = {"address": _digest(f"file {self._made}"), "bytes": 2048, "kind": "photo"}
            self._append("attachment.kept", {**body, "name": "parcel.jpg"})

    def _directive(
        self, yuan: str, left: str, right: str, _about: str, seq: str, answer: str
    ) -> None:
        amount, name = fen(yuan), self._name()
        postings = _postings([(left, -amount), (right, amount)])
        record = {
            "kind": "directive",
            "directive_id": name,
            "terminal_id": TERMINAL,
            "issuer": "演示市局会计科",
            "reason": "重复入账，予以冲销",
            "about_seq": int(seq),
            "about_hash": self.entries[int(seq) - 1]["hash"],
            "amount_fen": amount,
            "postings": postings,
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
            self._append("directive.accepted", {**body, "postings": postings})
        else:
            self._append("directive.disputed", {**body, "answer": "没有重复"})

    def _task(self, seq: str) -> None:
        body: Entry = {
            "task_id": self._name(),
            "about_seq": int(seq),
            "task_code": "journal.unknown_kind",
        }
        self._append("task.settled", {**body, "_intent": body["task_id"], "answer": "已告知"})

    def _numbers(self, lo: str, hi: str) -> None:
        body: Entry = {"kind": "order", "lo": int(lo), "hi": int(hi), "used_to": int(lo) - 1}
        self._append("numbers.returned", {**body, "reason": "expired"}, clerk="")

    def _signer(self, _fails: str) -> None:
        """Nothing is written: who replays it must see the signer fail before the next entry."""
        self.refused.append(len(self.entries) + 1)

    def _recover(self) -> None:
        last = self.entries[-1]
        body: Entry = {f"old_{name}": last[name] for name in ("epoch", "seq", "hash")}
        body |= {"disk_seq": last["seq"], "common_seq": last["seq"], "recovered": 0}
        self._epoch += 1
        body |= {"resent": 0, "doubles": 0, "numbers_void": []}
        self._append("terminal.recovered", body, clerk="")


def _read_sale(told: str) -> tuple[list[tuple[int, str]], list[tuple[str, int]]]:
    """Goods with their prices, and tenders: what came in notes, 0 for exactly what is due."""
    start = min(
        told.find(word) for word in ("cash", "wechat", "alipay", "unionpay") if word in told
    )
    goods = []
    for part in told[:start].split(","):
        yuan, business = part.split()
        goods.append((fen(yuan), business))
    paid = []
    for part in told[start:].split("+"):
        kind, *notes = part.split()
        paid.append((kind, fen(notes[0]) if notes else 0))
    return goods, paid


def _range(told: str) -> tuple[int, int]:
    lo, _, hi = told.partition("-")
    return int(lo), int(hi)


def _moved(origin: str, target: str, lo: int, hi: int) -> list[Entry]:
    pieces = hi - lo + 1
    return [
        {"place": place, "item": CARDS, "pieces": sign * pieces, "lo": lo, "hi": hi}
        for place, sign in ((origin, -1), (target, 1))
    ]


def _postings(sides: list[tuple[str, int]]) -> list[Entry]:
    return [{"account": account, "fen": amount} for account, amount in sides if amount]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
