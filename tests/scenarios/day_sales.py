"""What is sold, charged, given back and given up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.scenarios.day_journal import Journal
from tests.scenarios.day_words import (
    NAMES,
    OUTLET,
    TAX,
    TILL,
    Entry,
    digest,
    fen,
    moved,
    postings,
    read_sale,
)


@dataclass
class Selling(Journal):
    """Sales, payments of channels, refunds."""

    sales: list[str] = field(default_factory=list)
    _apart: bool = False
    _refunds: int = 0

    def _sale(self, *words: str) -> None:
        goods, paid = read_sale(" ".join(words))
        total = sum(amount for amount, _ in goods)
        basket, intent = self.name(), self.name()
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
            tax_free = self._apart and TAX.get(business) == "exempt"
            income[f"{'postage' if tax_free else 'sales'}:{business}"] += amount
            self.by_tax[TAX.get(business, "taxable")] += amount
        sides = [(f"cash:{TILL}", kept), ("payments_held", held), ("rounding", -rounding)]
        sides += [(account, -amount) for account, amount in sorted(income.items())]
        self.sales.append(self._number())
        self.append(
            "sale.completed",
            {
                "_intent": intent,
                "order_no": self.sales[-1],
                "basket_id": basket,
                "opened_at": self.now(),
                "channel": "counter",
                "till_id": TILL,
                "member_level": "",
                "lines": [self._line(amount, business) for amount, business in goods],
                "voided": [],
                "tenders": tenders,
                "subtotal_fen": total,
                "total_fen": total,
                "rounding_fen": rounding,
                "postings": postings(sides),
                **self._cards_of(goods),
            },
        )

    def _cards_of(self, goods: list[tuple[int, str]]) -> Entry:
        """The numbered cards that leave the till, one a line; the lowest first."""
        count = sum(business == "cards" for _, business in goods)
        gone, self.cards = self.cards[:count], self.cards[count:]
        rows = [row for number in gone for row in moved(f"till:{TILL}", "sold", number, number)]
        return {"stock": rows} if rows else {}

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
        self.append(
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
                "postings": postings(sides),
                **self._cards_back(body.get("stock", [])),
            },
        )

    def _cards_back(self, rows: list[Entry]) -> Entry:
        """What a sale undone puts back into the till."""
        self.cards = sorted([*self.cards, *(row["lo"] for row in rows if row["pieces"] < 0)])
        return {"stock": [{**row, "pieces": -row["pieces"]} for row in rows]} if rows else {}

    def _line(self, amount: int, business: str) -> Entry:
        zh, en = NAMES[business]
        return {
            "line_id": self.name(),
            "sku": business[0].upper() + "0001",
            "gtin": "",
            "name_zh": zh,
            "name_en": en,
            "unit_zh": "件",
            "business_code": business,
            "tax": TAX.get(business, "taxable"),
            "refundable": business not in TAX,
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
        number = digest(f"trade {self.made}")[:32]
        body = {"out_trade_no": number, "scheme": scheme, "amount_fen": amount, "basket_id": basket}
        self.append("payment.intended", {**body, "sale_intent": intent, "total_fen": total})
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
        self.append("payment.outcome", {**body, "postings": postings(sides)})

    def _charge(self, yuan: str, scheme: str, end: str) -> None:
        amount, basket = fen(yuan), self.name()
        number = self._intended(scheme, amount, basket, self.name(), amount)
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
        body = {"basket_id": self.name(), "reason": "customer left", "lines": [line]}
        self.append("basket.abandoned", body)

    def _override(self, before: str, after: str) -> None:
        body: Entry = {"action": "price_override", "operator": self.clerk, "authoriser": "0315"}
        body |= {"means": "pin", "reason": "破损", "subject": "G0001", "size": 30}
        body |= {"before_fen": fen(before), "after_fen": fen(after), "basket_id": self.name()}
        self.append("authorisation.granted", body, version=2)

    def _reprint(self, place: str) -> None:
        order = self.sales[int(place) - 1]
        sold = next(entry for entry in self.entries if entry["body"].get("order_no") == order)
        copies = sum(
            entry["kind"] == "slip.reprinted" and entry["body"]["reference"] == order
            for entry in self.entries
        )
        body = {"slip": "receipt", "reference": order, "copy": copies + 1}
        self.append(
            "slip.reprinted", {**body, "original_seq": sold["seq"], "order_no": order}, version=2
        )
