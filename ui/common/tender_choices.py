"""The tenders on the payment form as rows: name, key, what it may pay, what works offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.common.figures import yuan
from ui.common.keys import key_of
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.tender_offers import TenderChoice


@dataclass(frozen=True, slots=True)
class TenderChoiceRow:
    """One tender on the form; ``icon`` is its kind."""

    kind: str
    name: str
    key: str
    icon: str
    note: str
    usable: bool


def choice_row(words: Words, choice: TenderChoice, whole: str) -> TenderChoiceRow:
    """A tender as the form lists it.

    Args:
        words: the texts.
        choice: what the core says of it.
        whole: all that is missing; a tender that may pay less says so.
    """
    offline = words.text("tender.offline.yes" if choice.works_offline else "tender.offline.no")
    most = words.text("tender.most", amount=yuan(choice.most_text))
    told = f"{offline} · {most}" if choice.most_text != whole else offline
    note = words.text(choice.note_code) if choice.note_code else told
    return TenderChoiceRow(
        choice.kind,
        words.text(f"tender.{choice.kind}"),
        key_of(f"tender_{choice.kind}"),
        choice.kind,
        note,
        choice.usable,
    )
