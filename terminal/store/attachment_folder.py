"""Attachments as sealed files of the home: one file each, written whole or not at all.

A file is one line of JSON that says what it is, then the sealed bytes. Its name is the SHA-256 of
those bytes, so damage shows, and any process may add one without asking another.

Source: docs/adr/0018-vault-and-attachments.md.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.vault import (
    ATTACHMENTS,
    MAX_ATTACHMENT_BYTES,
    Attachment,
    digest_of,
    purpose_of,
)
from terminal.ports.vault import Seal
from terminal.store.atomic_file import sync_folder, write_atomically

FOLDER = "attachments"
_END = ".sealed"
_LONGEST_HEADER = 4096

_log = logging.getLogger(__name__)


class AttachmentReader:
    """What lies in the folder; for who only carries it. Any thread, any process.

    Args:
        home: the terminal's folder.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def kept(self) -> Sequence[Attachment]:
        """What is here, by address; a file nobody can read is left where it is and logged."""
        if not self._folder.is_dir():
            return ()
        found = (self._header(path) for path in sorted(self._folder.glob(f"*{_END}")))
        return tuple(attachment for attachment in found if attachment is not None)

    def sealed(self, attachment: Attachment) -> bytes:
        """The sealed bytes.

        Raises:
            EnvironmentFault: ``attachment.damaged`` when they are not what they were.
        """
        path = self._path(attachment.address)
        try:
            with path.open("rb") as file:
                file.readline(_LONGEST_HEADER)
                content = file.read()
        except OSError as error:
            raise _damaged(attachment.address, f"({error.strerror})") from error
        if digest_of(content) != attachment.address:
            raise _damaged(attachment.address, "(the hash differs)")
        return content

    def _path(self, address: str) -> Path:
        return self._folder / f"{address}{_END}"

    def _header(self, path: Path) -> Attachment | None:
        try:
            with path.open("rb") as file:
                return Attachment(**json.loads(file.readline(_LONGEST_HEADER)))
        except FileNotFoundError:
            return None  # erased a moment ago
        except (OSError, ValueError, TypeError) as problem:
            _log.error("%s cannot be read: %s", path.name[:8], type(problem).__name__)
            return None


class AttachmentFolder(AttachmentReader):
    """Implements ``terminal.ports.vault.Attachments``. Any thread, any process.

    Args:
        home: the terminal's folder.
        terminal_id: ours.
        secret: of this terminal; marks what is kept without telling what it is.
        seal: closes boxes for the platform.
    """

    def __init__(self, home: Path, terminal_id: str, secret: bytes, seal: Seal) -> None:
        super().__init__(home)
        self._purpose = purpose_of(ATTACHMENTS, terminal_id)
        self._secret = hmac.digest(secret, ATTACHMENTS.encode(), "sha256")
        self._seal = seal

    def put(
        self, content: bytes, *, kind: str, name: str, intent_id: str, kept_at: str
    ) -> Attachment:
        """Seal and keep content; what is kept already is kept once.

        Raises:
            UserError: ``attachment.too_large`` with ``size_mb`` and ``limit_mb``.
            EnvironmentFault: ``file.not_written``.
        """
        if len(content) > MAX_ATTACHMENT_BYTES:
            told = {"size_mb": -(-len(content) // 2**20), "limit_mb": MAX_ATTACHMENT_BYTES // 2**20}
            raise UserError("attachment.too_large", told)
        mark = hmac.new(self._secret, content, sha256).hexdigest()
        for known in self.kept():
            if known.mark == mark:
                return known
        sealed = self._seal(content, self._purpose)
        made = Attachment(digest_of(sealed), len(sealed), kind, name, intent_id, kept_at, mark)
        header = json.dumps(asdict(made), ensure_ascii=True).encode()
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            told_at = {"file": FOLDER}
            raise EnvironmentFault("file.not_written", told_at, hint=str(error)) from error
        write_atomically(self._path(made.address), header + b"\n" + sealed, mode=0o600)
        return made

    def erase(self, address: str) -> None:
        """Drop one that the platform has.

        Raises:
            EnvironmentFault: ``file.not_written`` when the disk refuses.
        """
        try:
            self._path(address).unlink(missing_ok=True)
            sync_folder(self._folder)
        except OSError as error:
            told = {"file": address[:8]}
            raise EnvironmentFault("file.not_written", told, hint=str(error)) from error


def _damaged(address: str, hint: str) -> EnvironmentFault:
    return EnvironmentFault("attachment.damaged", {"address": address[:8]}, retry=False, hint=hint)
