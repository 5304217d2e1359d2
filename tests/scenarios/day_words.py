"""What the language of the days is read with, and what never changes in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]

TERMINAL, OUTLET, TILL = "61020303-02", "61020303", "T02"
GENESIS = "0" * 64
SECONDS = 37
_STEP = re.compile(r"(?:(\d+) x )?(\S+)\s*(.*)")
CARDS = "P0032"
TAX = {"postage": "exempt", "mail": "exempt", "cards": "exempt"}
NAMES = {
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


def read_sale(told: str) -> tuple[list[tuple[int, str]], list[tuple[str, int]]]:
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


def numbers_of(told: str) -> tuple[int, int]:
    """``1001-1010`` → its ends."""
    lo, _, hi = told.partition("-")
    return int(lo), int(hi)


def moved(origin: str, target: str, lo: int, hi: int) -> list[Entry]:
    """Both sides of numbered cards that go from one place to another."""
    pieces = hi - lo + 1
    return [
        {"place": place, "item": CARDS, "pieces": sign * pieces, "lo": lo, "hi": hi}
        for place, sign in ((origin, -1), (target, 1))
    ]


def postings(sides: list[tuple[str, int]]) -> list[Entry]:
    """The sides that are not zero, as an entry has them."""
    return [{"account": account, "fen": amount} for account, amount in sides if amount]


def digest(text: str) -> str:
    """A digest of anything, the same every time."""
    return hashlib.sha256(text.encode()).hexdigest()
