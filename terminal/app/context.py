"""What every use case works with, put together once by the composition root."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from terminal.app.outlet_time import OutletTime
from terminal.app.signed_settings import SignedSettings
from terminal.domain.comparison import UNASKED, Compared
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import EntryDraft
from terminal.domain.permission import Clerk, require
from terminal.domain.profile import Profile
from terminal.ports.books import Books
from terminal.ports.catalogue import Catalogue
from terminal.ports.clock import Clock
from terminal.ports.secrets import SecretCheck
from terminal.ports.sync_state import SyncState
from terminal.ports.vault import Safe


@dataclass(slots=True)
class Context:
    """Ports and the little state that use cases share. Store thread only.

    Args:
        recovering: whether the platform holds entries that these books lack and can be reached:
            selling waits for them.
        locked: whether the screen is locked; a restart with a clerk still signed on starts locked.
        wake_printing: called after a commit that queued a slip.
        wake_sync: called after a commit that added entries.
        certificate_end: when the terminal's certificate runs out, UTC text; "" when unknown.
        has_card_terminal: whether a card terminal is attached.
        public_keys: the terminal's certificate and the platform's key, as others may have them.
        compared: what comparing the day with the platform said last.
        safe: opens what keeps personal data and attachments; None where none are kept.
        training: whether these are books of practice, see ``terminal.app.training``.
        has_scale: whether this counter weighs: then a weight is not typed without a second person.
        refund_asked: the sale that the platform is just asked about for a refund, "" for none.
    """

    books: Books
    catalogue: Catalogue
    clock: Clock
    secrets: SecretCheck
    sync: SyncState
    profile: Profile
    locked: bool = False
    recovering: bool = False
    wake_printing: Callable[[], None] = lambda: None
    wake_sync: Callable[[], None] = lambda: None
    certificate_end: Callable[[], str] = lambda: ""
    public_keys: Callable[[], Mapping[str, str]] = dict
    safe: Callable[[], Safe] | None = None
    has_scale: bool = False
    compared: Compared = UNASKED
    has_card_terminal: bool = False
    training: bool = False
    refund_asked: str = ""
    time: OutletTime = field(init=False)
    signed: SignedSettings = field(init=False)

    def __post_init__(self) -> None:
        self.time = OutletTime(self.books, self.clock, self.sync)
        self.signed = SignedSettings(self.books, self.sync, self.secrets)

    def now(self) -> str:
        """UTC now as rules go by it: setting a clock back gains nothing, see ``OutletTime``."""
        return self.time.now()

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting: the newest the platform signed, else that of enrolment, else the default."""
        value = self.signed.value(key)
        if value is None:
            value = self.profile.settings.get(key)
        return default if value is None else value

    @property
    def permissions(self) -> Mapping[str, Any]:
        """Action → roles."""
        permissions: Mapping[str, Any] = self.setting("permissions", {})
        return permissions

    def allow(self, action: str) -> str:
        """The clerk on duty, when her roles let her do this.

        Raises:
            UserError: ``permission.denied``, ``session.not_signed_on``, ``session.locked``,
                ``recovery.under_way``.
        """
        clerk_id = self.on_duty()
        if self.recovering and action == "sell":
            raise UserError("recovery.under_way")
        require(self.permissions, action, self.clerk(clerk_id).roles)
        return clerk_id

    def limit(self, name: str, default: int) -> int:
        """A limit of the platform, for example ``cash_fen_per_sale``."""
        return int(self.setting("limits", {}).get(name, default))

    @property
    def rounds_cash(self) -> bool:
        """Whether fen are taken off when cash is used."""
        return bool(self.setting("rounding", "none") == "jiao")

    @property
    def points_percent(self) -> int:
        """Share of a sum that points may pay."""
        return int(self.setting("points", {}).get("most_percent", 100))

    @property
    def mail(self) -> frozenset[str]:
        """Business codes that accept mail."""
        codes = self.setting("business_codes", [])
        return frozenset(code["code"] for code in codes if code.get("accepts_mail"))

    def clerk(self, clerk_id: str) -> Clerk:
        """The clerk's record.

        Raises:
            UserError: ``session.unknown_clerk``.
            EnvironmentFault: ``session.clerk_forged`` when the platform did not sign this record.
        """
        record = self.catalogue.clerk(clerk_id)
        if record is None:
            raise UserError("session.unknown_clerk", {"clerk": clerk_id})
        if not self.secrets.genuine(record):
            raise EnvironmentFault("session.clerk_forged", {"clerk": clerk_id}, retry=False)
        return Clerk(
            clerk_id=record["clerk_id"],
            name=record["name"],
            roles=tuple(json.loads(record["roles"])),
            verifier=record["verifier"],
            expires_at=record["expires_at"],
        )

    def on_duty(self) -> str:
        """The clerk who is signed on and at the screen.

        Raises:
            UserError: ``session.not_signed_on`` or ``session.locked``.
        """
        clerk_id = self.books.day().clerk_id
        if not clerk_id:
            raise UserError("session.not_signed_on")
        if self.locked:
            raise UserError("session.locked")
        return clerk_id

    def no_refund_asked(self) -> None:
        """The clerk and the till stay while the platform is asked whether money may leave it.

        Raises:
            UserError: ``refund.under_way`` with ``order``.
        """
        if self.refund_asked:
            raise UserError("refund.under_way", {"order": self.refund_asked})

    def draft(self, kind: str, intent_id: str, clerk_id: str, body: dict[str, Any]) -> EntryDraft:
        """A fact of the current business day."""
        return EntryDraft(kind, intent_id, self.books.day().business_date, clerk_id, body)
