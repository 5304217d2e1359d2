"""Why a till is over or short: causes ranked by how well they fit, each with its entries.

A cause is a suggestion where to look, never a verdict. Whatever was looked at and does not fit is
said too, so that nobody looks there again. Scores are whole per mille.

Source: experience.md "Cash-up", postal-domain.md §2.15.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from terminal.domain.cash_count import CashCount

TraceKind = Literal[
    "cash_sale",
    "code_sale",
    "refund",
    "void",
    "reprint",
    "no_sale",
    "pouch_out",
    "pouch_in",
    "float",
    "failed_code",
    "open_code",
]
PlatformVerdict = Literal["match", "differs", "unasked"]


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of the shift that may explain a difference.

    Args:
        kind: what it is.
        seq: its entry.
        second: when, whole seconds on any scale that is the same for all.
        fen: what moved or was meant to, not negative.
        received_fen: of a cash sale, what the customer handed over.
        change_fen: of a cash sale, what went back.
        reference: order or pouch number.
        reason: what was given as reason, "" for none.
        basket: which basket a code or a sale belongs to.
        open: of a pouch, whether it has not arrived.
    """

    kind: TraceKind
    seq: int
    second: int
    fen: int = 0
    received_fen: int = 0
    change_fen: int = 0
    reference: str = ""
    reason: str = ""
    basket: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is looked at.

    Args:
        difference_fen: counted minus expected; negative is short.
        traces: of the shift, in the order of their entries.
        count: what was counted.
        opening_fen: what the shift began with.
        unsynced: entries of the shift that the platform has not confirmed.
        platform: what comparing the day's totals with the platform said.
    """

    difference_fen: int
    traces: tuple[Trace, ...] = ()
    count: CashCount = field(default_factory=lambda: CashCount(()))
    opening_fen: int = 0
    unsynced: int = 0
    platform: PlatformVerdict = "unasked"

    @property
    def short(self) -> bool:
        """Whether money is missing."""
        return self.difference_fen < 0

    @property
    def amount_fen(self) -> int:
        """How much is over or short, without a sign."""
        return abs(self.difference_fen)

    def of(self, *kinds: TraceKind) -> list[Trace]:
        """The traces of some kinds."""
        return [trace for trace in self.traces if trace.kind in kinds]


@dataclass(frozen=True, slots=True)
class Cause:
    """One possible cause.

    Args:
        code: which kind of cause.
        score: 0 to 1000, how well it fits.
        seqs: the entries behind it, oldest first; empty for one about the count alone.
        fit: why it is thought of: ``exact``, ``close``, ``arithmetic`` or ``possible``.
        amounts: what the text needs, fen by name.
        words: what the text needs beside amounts.
    """

    code: str
    score: int
    seqs: tuple[int, ...] = ()
    fit: str = "possible"
    amounts: tuple[tuple[str, int], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    """What was looked at and does not explain anything; ``looked_at`` says how many there were."""

    code: str
    looked_at: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The causes, best first, and what can be excluded."""

    causes: tuple[Cause, ...] = ()
    excluded: tuple[Excluded, ...] = ()


CERTAIN, LIKELY, FAIR, SLIGHT, FAINT = 940, 820, 640, 420, 120
"""How well a cause fits, from which the rules go up and down."""
