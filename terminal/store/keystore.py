"""Where the terminal keeps its two secrets: the database key and the signing seed.

The default is a sealed file bound to this machine, so a copied disk folder alone opens nothing. The
machine's identity is no strong secret; who needs more sets a passphrase or the operating system's
own store. The secrets never leave the machine and never reach a log.

Source: reliability reference §5 "At rest".
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from terminal.domain.errors import EnvironmentFault
from terminal.store.atomic_file import write_atomically

SEALED_FILE = "keys.sealed"
PASSPHRASE_VARIABLE = "POSTAL_TERMINAL_PASSPHRASE"  # noqa: S105 (a name, not a secret)
SECRET_BYTES = 32
_FORMAT = 1
_SERVICE = "postal-terminal"
# 32 MiB and about 60 ms: paid once at start, only when a passphrase is set.
_SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}


@dataclass(frozen=True)
class Keys:
    """The terminal's secrets; ``repr`` shows none of them.

    Args:
        db_key: 32 bytes, raw SQLCipher key of journal.db and sync.db.
        seed: 32 bytes, Ed25519 private seed the journal and the requests are signed with.
    """

    db_key: bytes = field(repr=False)
    seed: bytes = field(repr=False)

    @staticmethod
    def generate() -> Keys:
        """Make fresh secrets from the operating system's random source."""
        return Keys(secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES))


class KeyStore(Protocol):
    """Keeps one terminal's keys."""

    def exists(self) -> bool:
        """Tell whether keys were saved, without opening them."""

    def load(self) -> Keys:
        """Open the keys.

        Raises:
            EnvironmentFault: ``keystore.*``, see the implementation.
        """

    def save(self, keys: Keys) -> None:
        """Keep the keys durably, replacing earlier ones.

        Raises:
            EnvironmentFault: ``file.not_written`` or ``keystore.os_store_refused``.
        """


class SealedFile:
    """Keys in one AES-256-GCM file, wrapped by a key from this machine and an optional passphrase.

    Args:
        path: the file, mode 0600.
        passphrase: adds a secret that is not on the disk; None reads
            ``POSTAL_TERMINAL_PASSPHRASE``.
        machine_id: identity of the machine; None asks the operating system.
    """

    def __init__(
        self, path: Path, *, passphrase: str | None = None, machine_id: str | None = None
    ) -> None:
        self._path = path
        self._passphrase = (
            os.environ.get(PASSPHRASE_VARIABLE, "") if passphrase is None else passphrase
        )
        self._machine = read_machine_id() if machine_id is None else machine_id

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self._path.exists()

    def load(self) -> Keys:
        """Open the file.

        Raises:
            EnvironmentFault: ``keystore.missing``, ``keystore.damaged``,
                ``keystore.other_machine``, ``keystore.passphrase_missing`` or
                ``keystore.wrong_passphrase``.
        """
        sealed = self._read()
        salt = bytes.fromhex(sealed["salt"])
        if sealed["machine"] != _machine_mark(salt, self._machine):
            raise _fault("keystore.other_machine", "sealed on a machine with another machine id")
        if sealed["passphrase"] and not self._passphrase:
            raise _fault("keystore.passphrase_missing", f"set {PASSPHRASE_VARIABLE}")
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        passphrase = self._passphrase if sealed["passphrase"] else ""
        wrapping = _wrapping_key(salt, self._machine, passphrase)
        try:
            plain = AESGCM(wrapping).decrypt(
                bytes.fromhex(sealed["nonce"]), bytes.fromhex(sealed["sealed"]), _FORMAT.to_bytes()
            )
        except InvalidTag as error:
            # The checksum held, so the bytes are what was written: only the passphrase can differ.
            code = "keystore.wrong_passphrase" if passphrase else "keystore.damaged"
            raise _fault(code, "the seal does not open") from error
        return Keys(plain[:SECRET_BYTES], plain[SECRET_BYTES:])

    def save(self, keys: Keys) -> None:
        """Seal the keys with a fresh salt and nonce and replace the file.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt = secrets.token_bytes(16)
        nonce = secrets.token_bytes(12)
        wrapping = _wrapping_key(salt, self._machine, self._passphrase)
        sealed = AESGCM(wrapping).encrypt(nonce, keys.db_key + keys.seed, _FORMAT.to_bytes())
        record: dict[str, Any] = {
            "format": _FORMAT,
            "machine": _machine_mark(salt, self._machine),
            "nonce": nonce.hex(),
            "passphrase": bool(self._passphrase),
            "salt": salt.hex(),
            "sealed": sealed.hex(),
        }
        record["checksum"] = _checksum(record)
        write_atomically(self._path, json.dumps(record, indent=1).encode(), mode=0o600)

    def _read(self) -> dict[str, Any]:
        try:
            record = json.loads(self._path.read_bytes())
        except FileNotFoundError as error:
            raise _fault("keystore.missing") from error
        except (OSError, ValueError) as error:
            raise _fault("keystore.damaged", str(error)) from error
        if not isinstance(record, dict) or record.get("checksum") != _checksum(record):
            raise _fault("keystore.damaged", "the checksum does not match")
        return record


class OsStore:
    """Keys in the operating system's own store, through the optional package ``keyring``.

    Args:
        account: name of the terminal's entry, such as the absolute home folder.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        try:
            self._keyring: Any = importlib.import_module("keyring")
        except ModuleNotFoundError as error:
            raise _fault(
                "keystore.os_store_missing", "install keyring or use the sealed file"
            ) from error

    def exists(self) -> bool:
        """Tell whether the store holds an entry for this account."""
        return self._keyring.get_password(_SERVICE, self._account) is not None

    def load(self) -> Keys:
        """Read the keys.

        Raises:
            EnvironmentFault: ``keystore.missing`` or ``keystore.damaged``.
        """
        text = self._keyring.get_password(_SERVICE, self._account)
        if text is None:
            raise _fault("keystore.missing")
        try:
            plain = bytes.fromhex(text)
        except ValueError as error:
            raise _fault("keystore.damaged", "the stored text is not ours") from error
        if len(plain) != 2 * SECRET_BYTES:
            raise _fault("keystore.damaged", "the stored text has another length")
        return Keys(plain[:SECRET_BYTES], plain[SECRET_BYTES:])

    def save(self, keys: Keys) -> None:
        """Write the keys and read them back.

        Raises:
            EnvironmentFault: ``keystore.os_store_refused`` when what comes back differs.
        """
        text = (keys.db_key + keys.seed).hex()
        self._keyring.set_password(_SERVICE, self._account, text)
        if self._keyring.get_password(_SERVICE, self._account) != text:
            raise _fault("keystore.os_store_refused", "the store did not keep the entry")


def key_store(home: Path, *, kind: str = "file") -> KeyStore:
    """Choose the key store of one home folder.

    Args:
        home: the terminal's folder.
        kind: ``file`` (sealed file, the default) or ``os`` (the operating system's store).

    Returns:
        The store; nothing is opened yet.

    Raises:
        EnvironmentFault: ``keystore.os_store_missing``; ``keystore.unknown_kind``.
    """
    if kind == "file":
        return SealedFile(home / SEALED_FILE)
    if kind == "os":
        return OsStore(str(home.absolute()))
    raise EnvironmentFault("keystore.unknown_kind", {"kind": kind}, retry=False)


def read_machine_id(
    places: Sequence[str] = ("/etc/machine-id", "/var/lib/dbus/machine-id"),
) -> str:
    """Read what the operating system calls this machine.

    Args:
        places: files that may hold it, the first one that does counts (not on Windows).

    Returns:
        The machine id, or an empty text where there is none (a bare container): then only the
        file's mode and the passphrase protect the keys.
    """
    if os.name == "nt":
        return _windows_machine_id()
    for place in places:
        try:
            text = Path(place).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            continue  # this system keeps it elsewhere, or has none
        except OSError as error:
            # Keys sealed with it will then not open, and say so; this line says why.
            import logging

            log = logging.getLogger(__name__)
            log.warning("the machine id in %s cannot be read: %s", place, error.strerror)
            continue
        if text:
            return text
    return ""


def _windows_machine_id() -> str:
    winreg: Any = importlib.import_module("winreg")
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as entry:
        return str(winreg.QueryValueEx(entry, "MachineGuid")[0])


def _wrapping_key(salt: bytes, machine: str, passphrase: str) -> bytes:
    material = f"{_SERVICE}|{machine}|{passphrase}".encode()
    if passphrase:
        return hashlib.scrypt(material, salt=salt, dklen=SECRET_BYTES, **_SCRYPT)
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), SECRET_BYTES, salt, b"keys.sealed").derive(material)


def _machine_mark(salt: bytes, machine: str) -> str:
    """Tell another machine from damage without keeping the machine id in the file."""
    return hashlib.sha256(b"machine|" + salt + machine.encode()).hexdigest()[:16]


def _checksum(record: dict[str, Any]) -> str:
    content = {name: value for name, value in record.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _fault(code: str, hint: str = "") -> EnvironmentFault:
    return EnvironmentFault(code, retry=False, hint=hint)
