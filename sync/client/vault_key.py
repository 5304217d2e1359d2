"""The platform's vault key as this terminal knows it: a small public file beside the identity.

It must be at hand for weeks without a network and when ``sync.db`` was made anew, so it has a file
of its own; every reading checks that the platform vouches for it.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from sync.wire.refusal import Refusal
from sync.wire.vault_key import VaultKey, parse_vault_key
from terminal.domain.canonical import Json
from terminal.store.atomic_file import write_atomically

VAULT_KEY_FILE = "vault_key.json"

_log = logging.getLogger(__name__)


class HeldVaultKey:
    """Keeps the newest vault key. Any thread.

    Args:
        home: the terminal's folder.
        platform_key: the platform's Ed25519 key, 32 bytes.
    """

    def __init__(self, home: Path, platform_key: bytes) -> None:
        self._file = home / VAULT_KEY_FILE
        self._platform_key = platform_key

    def hear(self, value: Json) -> None:
        """Take what an answer says; a platform of an earlier version says nothing.

        Args:
            value: the ``vault_key`` of the answer, None when it has none.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        vault_key = self._believed(value)
        if vault_key is not None and vault_key != self.read():
            write_atomically(self._file, json.dumps(vault_key.format()).encode(), mode=0o600)

    def read(self) -> VaultKey | None:
        """The key to seal to, None before the platform ever named one."""
        try:
            return self._believed(json.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return None
        except ValueError:
            _log.error("%s is damaged; the platform says it again", self._file.name)
            return None

    def _believed(self, value: Json) -> VaultKey | None:
        if value is None:
            return None
        try:
            return parse_vault_key(value, self._platform_key)
        except Refusal as refusal:
            # Nothing is ever sealed to it; whatever else the answer says is judged on its own.
            _log.error("a vault key was not taken: %s", refusal)
            return None
