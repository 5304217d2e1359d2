"""What slips have in common: styles, rows, the head, the banner of a copy, the proof at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal.domain.document import (
    PLAIN,
    Align,
    Block,
    Cell,
    Columns,
    Gap,
    Qr,
    Rule,
    RuleKind,
    Style,
    Text,
)

CENTRED = Style(align=Align.CENTRE)
CENTRED_BOLD = Style(align=Align.CENTRE, bold=True)
HEADLINE = Style(align=Align.CENTRE, bold=True, width=2, height=2)
BANNER = Style(align=Align.CENTRE, bold=True, inverse=True, width=2, height=2)
BOLD = Style(bold=True)
TALL = Style(bold=True, height=2)
LARGE = Style(bold=True, width=2, height=2)


def pair(label: str, value: str, style: Style = PLAIN) -> Columns:
    """A row with a label at the left and its value at the right edge."""
    return Columns((Cell(label), Cell(value, Align.RIGHT, 0)), style)


def slip_head(words: Mapping[str, str], title: str, *below: str) -> Iterator[Block]:
    """What a slip begins with, down to the first rule.

    Args:
        words: of the slip; ``post`` is whose it is.
        title: in the largest type.
        below: centred lines under it; empty ones are left out.
    """
    yield Text(words["post"], CENTRED_BOLD)
    yield Gap(6)
    yield Text(title, HEADLINE)
    yield Gap(10)
    for line in below:
        if line:
            yield Text(line, CENTRED)
    yield Rule(RuleKind.BOLD)


def copy_mark(number: int, words: Mapping[str, str]) -> str:
    """What tells the n-th reprint from the original: ``第2次补打``."""
    return words["reprint"].format(number=number)


def copy_banner(number: int, words: Mapping[str, str]) -> Iterator[Block]:
    """The same across the paper; nothing on an original."""
    if number:
        yield Text(f" {copy_mark(number, words)} ", BANNER)
        yield Gap(12)


def slip_proof(
    words: Mapping[str, str], proof: str, entry_number: str, short_hash: str
) -> Iterator[Block]:
    """The proof code and the entry it proves, after a rule.

    Args:
        words: of the slip.
        proof: text of the code, "" for none.
        entry_number: number of the journal entry.
        short_hash: short form of its hash.
    """
    yield Rule(RuleKind.BOLD)
    yield Gap(12)
    if proof:
        yield Qr(proof)
        yield Gap(12)
        yield Text(words["proof"], CENTRED)
    yield Text(f"{words['entry']} {entry_number}", CENTRED)
    yield Text(f"{words['hash']} {short_hash}", CENTRED)
