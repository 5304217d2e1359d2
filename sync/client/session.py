"""Everything the agent needs for one home folder, opened together and closed together."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.client.approvals import Approvals
from sync.client.connectivity import LineReading
from sync.client.courier import Courier
from sync.client.deposit_reader import DepositReader
from sync.client.deposits import Deposits
from sync.client.feeds import FeedReport, Feeds
from sync.client.http import PlatformLine
from sync.client.inbox import InboxLane
from sync.client.journal_reader import JournalReader
from sync.client.machine import machine_digest
from sync.client.outlet_days import outlet_day
from sync.client.pace import Pace
from sync.client.payments import Payments
from sync.client.ranges import refill
from sync.client.recovery import Recovery
from sync.client.refunds import Refunds
from sync.client.renewal import open_sync_store
from sync.client.session_chain import SESSION_FILE, SessionChain
from sync.client.signing import public_hex, signer_from
from sync.client.timestamps import utc_now
from sync.client.totals import journal_totals
from sync.client.uploader import Uploader, UploadReport
from sync.client.vault_key import HeldVaultKey
from terminal.domain.outlet_time import utc_text
from terminal.store.attachment_folder import AttachmentReader
from terminal.store.deposit_receipts import DepositReceipts
from terminal.store.identity import Identity, read_identity
from terminal.store.inbox import InboxStore
from terminal.store.keystore import Keys

JOURNAL_FILE = "journal.db"
KEPT_EVERY_S = 1.0
"""What every request measures anew is written down no more often than this, seconds."""
_MEASURED = frozenset({"rtt_ms", "clock_offset_ms", "last_contact"})


class Session:
    """The parts of one terminal's agent.

    Args:
        home: an enrolled terminal's folder.
        keys: its secrets.
        on_return: called when the line has just come back.
        on_progress: called after each stored receipt.
        pace: how long to wait for answers; None for the product's own.
        machine: digest of the machine; "" for this one's own.
        money_first: whether entries or calls about money wait; other lanes then give way.

    Raises:
        EnvironmentFault: ``identity.*``, ``database.*``.
    """

    def __init__(
        self,
        home: Path,
        keys: Keys,
        *,
        on_return: Callable[[], None] = lambda: None,
        on_progress: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
        machine: str = "",
        money_first: Callable[[], bool] = lambda: False,
    ) -> None:
        pace = pace or Pace()
        self._kept: dict[str, str] = {}
        self._kept_at = 0.0
        self.identity: Identity = read_identity(home)
        platform_key = bytes.fromhex(self.identity.platform_key)
        self.vault_key = HeldVaultKey(home, platform_key)
        self.line = PlatformLine(
            self.identity.platform_url,
            self.identity.terminal_id,
            signer_from(keys.seed),
            on_return=on_return,
            read_timeout_s=pace.read_s,
        )
        self.store = open_sync_store(home, keys.db_key, utc_now)
        self.journal = JournalReader(home / JOURNAL_FILE, keys.db_key)
        self.uploader = Uploader(
            self.line,
            self.store,
            self.journal,
            self._chain(home, machine),
            self._recovery(keys),
            terminal_id=self.identity.terminal_id,
            platform_key=platform_key,
            now=utc_now,
            on_progress=on_progress,
        )
        self.feeds = Feeds(self.line, self.store, home, platform_key=platform_key, now=utc_now)
        terminal_id = self.identity.terminal_id
        self.inbox = InboxLane(self.line, InboxStore(self.store.file), terminal_id, utc_now)
        self.payments = Payments(self.line, pace)
        self._refunds = Refunds(self.line, pace)
        self._approvals = Approvals(self.line, pace)
        self.courier: Courier = Courier(home, self.identity, keys, self.store, self.line)
        self.deposits = self._deposits(home, keys, pace, money_first)

    def _deposits(
        self, home: Path, keys: Keys, pace: Pace, money_first: Callable[[], bool]
    ) -> Deposits:
        return Deposits(
            self.line,
            self.store,
            DepositReceipts(self.store.file),
            DepositReader(home / JOURNAL_FILE, keys.db_key),
            AttachmentReader(home),
            JournalReader(home / JOURNAL_FILE, keys.db_key),
            terminal_id=self.identity.terminal_id,
            platform_key=bytes.fromhex(self.identity.platform_key),
            now=utc_now,
            money_first=money_first,
            parked_s=pace.held_s,
        )

    def _chain(self, home: Path, machine: str) -> SessionChain:
        terminal_id = self.identity.terminal_id
        return SessionChain(
            self.line,
            home / SESSION_FILE,
            terminal_id=terminal_id,
            machine=machine or machine_digest(terminal_id),
            hear=self.vault_key.hear,
        )

    def _recovery(self, keys: Keys) -> Recovery:
        return Recovery(
            self.line,
            self.store,
            self.journal,
            terminal_id=self.identity.terminal_id,
            public_key=bytes.fromhex(public_hex(keys.seed)),
            now=utc_now,
        )

    def close(self) -> None:
        """Close the files and this thread's connection."""
        self.line.close()
        self.deposits.close()
        self.journal.close()
        self.store.close()

    def call(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Make one online call for the face.

        Args:
            name: ``payment.charge``, ``payment.query``, ``payment.reverse``, ``ranges.lease``,
                ``refund.sale``, ``refund.claim``, ``approval.*``, ``courier.write``,
                ``courier.take``, ``journal.totals`` or ``outlet.day``.
            params: see `Payments.call`, `Refunds.call`, `Courier.call` and
                `sync.client.ranges.refill`.

        Returns:
            ``outcome``, ``result`` and ``code``.

        Raises:
            KeyError: an unknown name or a missing parameter; nothing was sent.
        """
        if name == "ranges.lease":
            return refill(self.line, self.store, params, utc_now)
        if name == "journal.totals":
            return journal_totals(self.line, self.identity.terminal_id, params)
        if name == "outlet.day":
            return outlet_day(self.line, params)
        if name.startswith("refund."):
            return self._refunds.call(name, params)
        if name.startswith("approval."):
            return self._approvals.call(name, params)
        if name.startswith("courier."):
            return self.courier.call(name, params)
        return self.payments.call(name, params)

    def keep_state(self, report: UploadReport | None) -> dict[str, Any]:
        """Write the state of the line where the face reads it.

        Args:
            report: how the journal lane ended last; None before its first run.

        Returns:
            The fields of the ``status`` event.
        """
        reading = self.line.connectivity.reading()
        held = report is not None and report.held
        status = {
            "online": reading.online,
            "rtt_ms": reading.rtt_ms,
            "clock_offset_ms": reading.clock_offset_ms,
            "confirmed_seq": self.store.confirmed().seq,
            "held": held,
            "recovering": self.store.recovery() is not None,
            "last_error": reading.last_error or (report.code if report else ""),
            "at": utc_now(),
        }
        self._keep(_state_rows(reading, status))
        return status

    def _keep(self, rows: dict[str, str]) -> None:
        """News at once, measurements once a second: every write waits for the disk."""
        news = {key: text for key, text in rows.items() if key not in _MEASURED}
        now = time.monotonic()
        if news != self._kept or now - self._kept_at >= KEPT_EVERY_S:
            self.store.put_state(rows)
            self._kept, self._kept_at = news, now


def pull(session: Session) -> FeedReport:
    """Take what the centre tells this counter, then what it tells everybody.

    Returns:
        How it ended; trouble with the one does not keep from the other.

    Raises:
        EnvironmentFault: our own disk is in trouble.
    """
    arrived, feeds = session.inbox.pull(), session.feeds.pull()
    return FeedReport(arrived.flags | feeds.flags, feeds.code or arrived.code)


def _state_rows(reading: LineReading, status: Mapping[str, Any]) -> dict[str, str]:
    rows = {
        "online": "1" if reading.online else "0",
        "held": "1" if status["held"] else "0",
        "last_error": str(status["last_error"]),
    }
    measured = {
        "rtt_ms": reading.rtt_ms,
        "clock_offset_ms": reading.clock_offset_ms,
        "server_epoch": reading.server_epoch or None,
    }
    rows |= {key: str(value) for key, value in measured.items() if value is not None}
    if reading.last_contact_ms:
        moment = datetime.fromtimestamp(reading.last_contact_ms / 1_000, UTC)
        rows["last_contact"] = utc_text(moment)
    return rows
