"""What the platform said of a business day, in words, before the outlet is closed."""

from __future__ import annotations

from terminal.domain.comparison import Compared
from terminal.domain.money import Money
from terminal.domain.peer import counter_name
from ui.common.figures import yuan
from ui.common.words import Words

_TOLD = ("open", "idle", "unproven", "unasked")
"""Of other terminals that closed their day nothing needs to be said."""


def compared_text(words: Words, compared: Compared) -> str:
    """How this terminal's books compare, and which other terminals the sum does not have whole."""
    comma = words.text("account.comma")
    entries = comma.join(f"#{seq}" for seq in compared.seqs)
    accounts = comma.join(row[0] for row in compared.accounts)
    told = [
        words.text(
            f"compare.{compared.verdict}",
            first=compared.first_seq,
            last=compared.last_seq,
            entries=entries or accounts,
        )
    ]
    total = compared.total
    if total.tills or total.cash_fen:
        told.append(
            words.text(
                "compare.sum",
                count=total.tills,
                cash=yuan(Money(total.cash_fen).text),
                difference=yuan(Money(total.difference_fen).text),
            )
        )
    for state in _TOLD:
        counters = [
            counter_name(one.terminal_id) for one in compared.outlet.others if one.state == state
        ]
        if counters:
            text = words.text(
                f"compare.counters.{state}", count=len(counters), counters=comma.join(counters)
            )
            told.append(text)
    return "\n".join(told)
