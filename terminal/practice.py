"""Composition of a counter in training: the real one's parts, with practice where it would count.

Its books lie in ``training/`` of the home folder under a key that is nowhere but in memory, and are
deleted when that counter closes, and whenever one opens for business.

Source: docs/adr/0025-practice-has-books-of-its-own.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from terminal.app.desk import Desk
from terminal.app.equipment import Equipment
from terminal.app.practice import (
    PracticeAgent,
    PracticeEncoder,
    PracticeExports,
    PracticeSecrets,
    PracticeSync,
)
from terminal.app.training import UNDER_WAY
from terminal.bootstrap import HomeSite
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.training import TERMINAL_ID
from terminal.ports.books import Reading
from terminal.ports.clock import Clock
from terminal.store.books import Seal, SqlBooks
from terminal.store.home_folder import TRAINING_FOLDER, forget_training, keep_private

_OF_THE_PERSON: Final = (
    "language",
    "theme",
    "text_scale",
    "reduce_motion",
    "scanner_prefix",
    "scanner_suffix",
)
"""Preferences that go along: who needs large print needs it in training too."""
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Trainee:
    """Who practises on which till, and how the screen suits her."""

    clerk_id: str
    till_id: str
    preferences: Mapping[str, str]


class TrainingSite(HomeSite):
    """A home folder as a ``terminal.app.desk.Site`` for practice; options as ``HomeSite``.

    The folder is locked as by a counter at work, and its agent goes on uploading.
    """

    def _equip(self, release: Callable[[], None]) -> Equipment:
        real = super()._equip(release)
        with closing(real.books):
            trainee = _trainee(real.books)
        return practised(real, self._home, trainee)


def make_training_desk(home: Path, **options: Any) -> Desk:
    """A desk for practice over a home folder; ``options`` as in ``HomeSite``."""
    return Desk(TrainingSite(home, **options))


def practised(real: Equipment, home: Path, trainee: Trainee) -> Equipment:
    """The same counter for practice.

    Args:
        real: what it is made of; its books are not used.
        home: the terminal's folder.
        trainee: signs on in the books of practice; the screen waits for her PIN.
    """
    forget_training(home)
    folder = home / TRAINING_FOLDER
    keep_private(folder)

    def release() -> None:
        forget_training(home)
        real.release()

    try:
        books = _books_of_practice(folder, real, trainee)
    except BaseException:
        forget_training(home)
        raise
    return replace(
        real,
        books=books,
        sync=PracticeSync(real.sync),
        secrets=PracticeSecrets(real.secrets),
        profile=replace(real.profile, outlet_code=TERMINAL_ID),
        agent=PracticeAgent(real.agent),
        encoder=PracticeEncoder(real.encoder),
        release=release,
        # A customer in front of it would read sums that nobody owes.
        display=None,
        card_terminal=None,
        media=tuple,
        exports=PracticeExports(),
        public_keys=dict,
        safe=None,
        training=True,
    )


def _books_of_practice(folder: Path, real: Equipment, trainee: Trainee) -> SqlBooks:
    from secrets import token_bytes

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seal = Seal(TERMINAL_ID, 1, Ed25519PrivateKey.generate().sign)
    books = SqlBooks(folder, token_bytes(_KEY_BYTES), seal, real.clock)
    try:
        with books.transaction() as tx:
            for draft in _beginning(real, trainee, real.clock):
                tx.append(draft)
            for name, value in trainee.preferences.items():
                tx.set_preference(name, value)
    except BaseException:
        books.close()
        raise
    return books


def _beginning(real: Equipment, trainee: Trainee, clock: Clock) -> tuple[EntryDraft, ...]:
    """The outlet is open and the trainee is signed on."""
    profile, date = real.profile, clock.local_date()
    record = real.catalogue.clerk(trainee.clerk_id)
    opened: JsonObject = {
        "outlet": TERMINAL_ID,
        "terminal_no": profile.terminal_no,
        "reopened": False,
    }
    roles = json.loads(record["roles"]) if record else []
    on: JsonObject = {"till_id": trainee.till_id, "roles": roles}
    return (
        EntryDraft("outlet.signed_on", new_uuid7(), date, trainee.clerk_id, opened),
        EntryDraft("clerk.signed_on", new_uuid7(), date, trainee.clerk_id, on),
    )


def _trainee(books: Reading) -> Trainee:
    """Whom the real books sent here.

    Raises:
        UserError: ``training.not_begun``.
    """
    began = (books.preference(UNDER_WAY) or "").partition(" ")[0]
    entry = books.entry(int(began)) if began else None
    if entry is None:
        raise UserError("training.not_begun")
    known = {name: books.preference(name) for name in _OF_THE_PERSON}
    preferences = {name: value for name, value in known.items() if value}
    return Trainee(entry.clerk_id, str(entry.body["till_id"]), preferences)
