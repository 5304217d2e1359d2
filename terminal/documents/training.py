"""What every slip of practice looks like: marked at both ends and across, and no drawer opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from terminal.documents.slip_parts import BANNER, CENTRED_BOLD
from terminal.domain.document import Barcode, Block, Cut, Document, Gap, KickDrawer, Qr, Text
from terminal.domain.pouch import is_practice_code
from terminal.domain.proof import read_proof
from terminal.domain.training import is_practice

MARK: Final = " 练习 TRAINING "
WORTHLESS: Final = "练习，不是凭证 · Training, not a receipt"
EVERY: Final = 8
"""So many blocks stand between two marks at most: no torn-off part can pass for a real slip."""


def practice_slip(document: Document) -> Document:
    """The slip as practice prints it.

    Both languages stand on it whatever the slip's own is. Codes that another counter could take for
    real are left out; the proof of practice names practice, and so does the code of
    its pouches.
    """
    return Document(document.title, tuple(_marked(document.blocks)))


def _marked(blocks: tuple[Block, ...]) -> Iterator[Block]:
    yield from _mark()
    since = 0
    for block in blocks:
        if isinstance(block, KickDrawer | Barcode):
            continue
        if isinstance(block, Cut):
            yield from _mark()
        elif since >= EVERY:
            yield Text(WORTHLESS, CENTRED_BOLD)
            since = 0
        yield Text(WORTHLESS, CENTRED_BOLD) if _passes_for_real(block) else block
        since += 1
    if not any(isinstance(block, Cut) for block in blocks):
        yield from _mark()


def _mark() -> Iterator[Block]:
    yield Text(MARK, BANNER)
    yield Text(WORTHLESS, CENTRED_BOLD)
    yield Gap(12)


def _passes_for_real(block: Block) -> bool:
    """A code that does not say by itself that it is practice."""
    if not isinstance(block, Qr) or is_practice_code(block.data):
        return False
    proof = read_proof(block.data)
    return proof is None or not is_practice(proof.terminal_id)
