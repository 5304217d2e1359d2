"""What one group of read models is: its tables and the rules that fill them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from terminal.domain.journal import Entry
from terminal.store.database import Connection

Rule = Callable[[Connection, Entry, str], None]
"""Brings tables up to date with one entry. The text is the suffix of the tables' names."""


@dataclass(frozen=True, slots=True)
class Group:
    """Read models that belong together; one file each.

    Args:
        tables: ``CREATE TABLE {name} …`` by table name. No number that depends on the order of
            rebuilding: the tables are compared row by row with a second derivation.
        rules: what an entry of a kind does to them.
        every: a rule for entries of all kinds, None for none.
        indexes: ``ON {table} (…)`` by the table it belongs to.
    """

    tables: Mapping[str, str]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    every: Rule | None = None
    indexes: Mapping[str, str] = field(default_factory=dict)
