"""What goes into tills and out of them, and how one is cashed up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.scenarios.day_sales import Selling
from tests.scenarios.day_words import (
    TILL,
    Entry,
    fen,
    moved,
    numbers_of,
    postings,
)


@dataclass
class Tills(Selling):
    """Vault, drawer, pouches, cash-up."""

    _sent: list[Entry] = field(default_factory=list)
    _period: int = 1
    _first_seq: int = 1
    _opening_fen: int = 0
    _counts: int = 0
    _off_fen: int = 0
    _found: Entry = field(default_factory=dict)
    """What the last count of the period found."""

    def _fund(self, numbers: str) -> None:
        self._outside("source:centre", "till:V01", numbers, inward=True)

    def _give(self, numbers: str) -> None:
        self._outside("till:V01", "source:centre", numbers, inward=False)

    def _outside(self, origin: str, target: str, numbers: str, *, inward: bool) -> None:
        body: Entry = {"till_id": "V01", "source": "centre", "inward": inward, "cash_fen": 0}
        rows = moved(origin, target, *numbers_of(numbers))
        self.append("till.funded", {**body, "count": [], "postings": [], "stock": rows})

    def _pouch(self, origin: str, target: str, numbers: str) -> None:
        lo, hi = numbers_of(numbers)
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
            rows = moved(*places, lo, hi)
            self.append(kind, {**body, **more, "postings": [], "stock": rows})
        gone = list(range(lo, hi + 1))
        held = self.cards + gone if target == TILL else [n for n in self.cards if n not in gone]
        self.cards = sorted(held)

    def _bank(self, yuan: str) -> None:
        """Cash from the bank into the vault."""
        amount = fen(yuan)
        body: Entry = {"till_id": "V01", "source": "bank", "inward": True, "cash_fen": amount}
        sides = [("funding:bank", -amount), ("cash:V01", amount)]
        self.append("till.funded", {**body, "count": _count(amount), "postings": postings(sides)})

    def _send(self, origin: str, target: str, yuan: str) -> None:
        """Cash in a pouch: from here on it is in no till."""
        amount = fen(yuan)
        number = f"P02-{self.date[2:].replace('-', '')}-{len(self.entries):06}"
        pouch = {"pouch": number, "from_till": origin, "to_till": target, "cash_fen": amount}
        purpose = "issue" if origin == "V01" else "hand_in"
        sides = [(f"cash:{origin}", -amount), (f"transit:{number}", amount)]
        told = {"purpose": purpose, "count": _count(amount), "postings": postings(sides)}
        self.append("pouch.sent", {**pouch, **told})
        self._sent.append(pouch)

    def _arrive(self) -> None:
        """The pouch that is on its way the longest is received."""
        pouch = self._sent.pop(0)
        amount = pouch["cash_fen"]
        sides = [(f"transit:{pouch['pouch']}", -amount), (f"cash:{pouch['to_till']}", amount)]
        self.append("pouch.received", {**pouch, "postings": postings(sides)})

    def _counted(self, more: str = "0") -> None:
        """A blind count that finds so much more, or less with a minus, than there should be."""
        off = -fen(more[1:]) if more.startswith("-") else fen(more)
        counted = self.accounts[f"cash:{TILL}"] + off
        # What earlier counts of the period found is on the account already.
        self._off_fen += off
        expected = counted - self._off_fen
        self._counts += 1
        sides = [(f"cash:{TILL}", off), (f"suspense:{TILL}", -off)]
        body: Entry = {
            **self._whose(),
            "attempt": self._counts,
            "first_seq": self._first_seq,
            "opening_fen": self._opening_fen,
            "expected_fen": expected,
            "counted_fen": counted,
            "count": _count(counted),
            **{name: [] for name in ("papers", "papers_extra", "papers_missing")},
            "postings": postings(sides),
        }
        entry = self.append("cash_up.counted", body)
        self._found = {
            **{name: body[name] for name in ("counted_fen", "expected_fen")},
            "counted_seq": entry["seq"],
            "difference_fen": self._off_fen,
            "disposition": ("short", "even", "over")[(self._off_fen > 0) - (self._off_fen < 0) + 1],
        }

    def _book(self) -> None:
        """The clerk takes the difference over."""
        left = -self._found["difference_fen"]
        sides = [(f"suspense:{TILL}", -left), (f"over_short:{TILL}", left)]
        body = {**self._whose(), **self._found, "suspense_fen": left}
        self.append("cash_up.booked", {**body, "postings": postings(sides)})

    def _dispute(self) -> None:
        """She does not agree: it stays in suspense."""
        self._found["disposition"] = "disputed"
        left = -self._found["difference_fen"]
        body = {**self._whose(), **self._found, "suspense_fen": left, "reason": "没有差额"}
        self.append("cash_up.disputed", body)

    def _verify(self, clerk: str) -> None:
        """A second person vouches for the count."""
        self._found["verifier"] = clerk
        self.append("cash_up.verified", {**self._whose(), **self._found, "suspense_fen": 0})

    def _z(self) -> None:
        """The period is closed; what lies in the till opens the next one."""
        sold = [
            entry["body"]
            for entry in self.entries
            if entry["kind"] == "sale.completed" and entry["seq"] >= self._first_seq
        ]
        numbers = [body["order_no"] for body in sold] or [""]
        verified = self.entries[-1]["seq"]
        held = self.accounts[f"cash:{TILL}"]
        self.append(
            "cash_up.closed",
            {
                **self._whose(),
                **self._found,
                "controls": self._controls(),
                "first_seq": self._first_seq,
                "last_seq": verified,
                "verified_seq": verified,
                "first_order": numbers[0],
                "last_order": numbers[-1],
                "orders": len(sold),
                "sold_fen": sum(body["total_fen"] for body in sold),
                "rounding_fen": sum(body["rounding_fen"] for body in sold),
                "tenders": _tenders(sold),
                "opening_fen": self._opening_fen,
                "remaining_fen": held,
                "suspense_fen": 0,
                "hand": "kept",
                "parked": [],
            },
        )
        self._period, self._counts, self._off_fen = self._period + 1, 0, 0
        self._opening_fen = held
        self._first_seq = self.entries[-1]["seq"] + 1

    def _whose(self) -> Entry:
        return {"till_id": TILL, "period": self._period}

    def _controls(self) -> list[Entry]:
        """Every account with its sum, how often it moved, and where last."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            for row in entry["body"].get("postings", ()):
                known = found.setdefault(row["account"], {"account": row["account"], "entries": 0})
                known |= {"entries": known["entries"] + 1, "last_seq": entry["seq"]}
        return [{**found[account], "fen": self.accounts[account]} for account in sorted(found)]


def _count(amount: int) -> list[Entry]:
    """The fewest notes and coins that make a sum."""
    pieces = []
    for value in (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1):
        number, amount = divmod(amount, value)
        pieces.append({"fen": value, "pieces": number})
    return pieces


def _tenders(sold: list[Entry]) -> list[Entry]:
    sums: Counter[str] = Counter()
    for body in sold:
        for tender in body["tenders"]:
            sums[tender.get("scheme") or tender["kind"]] += tender["fen"]
    names = sorted(sums, key=lambda kind: (kind != "cash", kind))
    return [{"kind": kind, "fen": sums[kind]} for kind in names]
