"""What every handler needs: the store, the platform's keys, its time and its epoch."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from sync.central import ranges, schema
from sync.central.audit import Auditor
from sync.central.database import Database
from sync.central.metrics import Metrics
from sync.wire import sealed_box
from sync.wire.operation import Faults
from sync.wire.vault_key import sign_vault_key
from terminal.domain.canonical import JsonObject

_TOKEN_BYTES = 16

_log = logging.getLogger(__name__)
_STANDING = select(schema.platform.c.key, schema.platform.c.value).where(
    schema.platform.c.key.in_(("faults", "server_epoch"))
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Settings:
    """How one platform runs.

    Args:
        home: folder of the platform's key, token and snapshots; shared by all workers.
        db_url: SQLAlchemy URL; empty for a SQLite file in ``home``.
        demo: seed the demonstration outlet and its reusable enrolment code.
        goods: a file of more goods for the demonstration, see ``goods_file``.
    """

    home: Path
    db_url: str = ""
    demo: bool = False
    goods: Path | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What every request goes by, read together: the dial, and the life of the database."""

    faults: Faults
    epoch: str

    def stamp(self) -> tuple[int, str]:
        """See ``Platform.stamp``."""
        return now_ms() + self.faults.skew_ms, self.epoch


class Platform:
    """The parts of one worker. Thread rule: any thread.

    Args:
        settings: see there.
    """

    def __init__(self, settings: Settings) -> None:
        settings.home.mkdir(parents=True, exist_ok=True)
        self.home = settings.home
        self.demo = settings.demo
        self.metrics = Metrics()
        self.database = Database(settings.db_url or f"sqlite:///{settings.home / 'platform.db'}")
        self.auditor = Auditor(self.database)
        seed = _kept(settings.home / "platform.key", lambda: secrets.token_bytes(32))
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self.key.public_key().public_bytes_raw()
        # What is sealed to it lies on sticks and disks for years: it is kept like the signing key.
        self.vault_secret = _kept(settings.home / "vault.key", lambda: secrets.token_bytes(32))
        self.vault_key = sign_vault_key(sealed_box.public_of(self.vault_secret), self.sign)
        self.admin_token = _token(_kept(settings.home / "admin.token", _hex_token))
        self._cursor_key = hashlib.sha256(b"cursor" + seed).digest()
        self.database.transaction(_first_start)
        self._dial = ("", Faults())
        self._last = self.standing()

    def sign(self, digest: bytes) -> bytes:
        """Ed25519 with the platform's key."""
        return self.key.sign(digest)

    def seal_cursor(self, text: str) -> str:
        """An authentication code over a cursor's text, hex."""
        return hmac.new(self._cursor_key, text.encode(), hashlib.sha256).hexdigest()[:32]

    def standing(self) -> Standing:
        """The dial and the epoch as they are for all workers."""
        held = self.database.look(
            lambda connection: {row.key: row.value for row in connection.execute(_STANDING)}
        )
        return Standing(self._parsed(held["faults"]), held["server_epoch"])

    def faults(self) -> Faults:
        """The dial as it stands, for all workers."""
        return self.standing().faults

    def turn_dial(self, faults: Faults) -> None:
        """Set the dial for all workers."""
        text = json.dumps(faults.format())
        self.database.transaction(lambda connection: put_value(connection, "faults", text))

    def stamp(self) -> tuple[int, str]:
        """What every answer says: our time in Unix milliseconds, and the life of our database.

        A life ends when the database is restored from a backup. While the database cannot be read
        the last stamp known stands.
        """
        try:
            self._last = self.standing()
        except SQLAlchemyError:
            _log.exception("the stamp is not up to date")
        return self._last.stamp()

    def _parsed(self, text: str) -> Faults:
        """The dial is read for every request and turned hardly ever."""
        known, dial = self._dial
        if text != known:
            dial = Faults.parse(json.loads(text))
            self._dial = (text, dial)
        return dial

    def begin_new_epoch(self) -> str:
        """What an operator does after restoring a backup: terminals then compare heads again."""
        epoch = str(uuid.uuid4())

        def work(connection: Connection) -> None:
            put_value(connection, "server_epoch", epoch)
            # The backup knows old tokens only: whoever holds a newer one is not a stranger.
            connection.execute(update(schema.terminals).values(schema.NO_SESSION))
            ranges.after_restore(connection)

        self.database.transaction(work)
        return epoch


def _hex_token() -> bytes:
    return secrets.token_hex(_TOKEN_BYTES).encode()


def _token(kept: bytes) -> str:
    """The token as an operator sends it; platforms of earlier versions kept its raw bytes."""
    return kept.hex() if len(kept) == _TOKEN_BYTES else kept.decode("ascii").strip()


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Random bytes made once and kept; two workers starting together keep the same ones."""
    draft = path.with_suffix(f".{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_bytes(make())
        try:
            # Who comes second keeps what the first one made: that file is read below.
            with suppress(FileExistsError):
                path.hardlink_to(draft)
        finally:
            draft.unlink()
    return path.read_bytes()


def _first_start(connection: Connection) -> None:
    present = set(connection.scalars(select(schema.platform.c.key)))
    first = {
        "server_epoch": str(uuid.uuid4()),
        "change_no": "0",
        "faults": json.dumps(Faults().format()),
    }
    for key, text in first.items():
        if key not in present:
            connection.execute(insert(schema.platform).values(key=key, value=text))


def value(connection: Connection, key: str) -> str:
    """One of the platform's single values."""
    wanted = select(schema.platform.c.value).where(schema.platform.c.key == key)
    return str(connection.scalar(wanted))


def put_value(connection: Connection, key: str, text: str) -> None:
    """Replace one of the platform's single values, or add it."""
    changed = connection.execute(
        update(schema.platform).where(schema.platform.c.key == key).values(value=text)
    )
    if not changed.rowcount:
        connection.execute(insert(schema.platform).values(key=key, value=text))


def now_ms() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def utc_text() -> str:
    """UTC now with milliseconds, ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(value_: JsonObject) -> str:
    """JSON text for answers and columns."""
    return _encode(value_)
