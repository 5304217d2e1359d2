"""Reading a slip before it is printed."""

from __future__ import annotations

from terminal.domain.document import Columns, Document, Text


def words_of(document: Document) -> str:
    """All text of a document, cells of a row joined by ``|``, a line a block."""
    lines = []
    for block in document.blocks:
        if isinstance(block, Text):
            lines.append(block.text)
        elif isinstance(block, Columns):
            lines.append("|".join(cell.text for cell in block.cells))
    return "\n".join(lines)
