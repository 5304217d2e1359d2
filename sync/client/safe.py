"""What keeps personal data and attachments at a terminal, put together for one home folder."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sync.client.vault_key import HeldVaultKey
from terminal.domain.errors import EnvironmentFault
from terminal.ports.vault import Safe
from terminal.store.attachment_folder import AttachmentFolder
from terminal.store.deposit_receipts import DepositReceiptReader
from terminal.store.identity import Identity
from terminal.store.keystore import Keys
from terminal.store.sync_file import SYNC_FILE


@dataclass(frozen=True)
class PlatformBox:
    """Closes boxes that only the platform opens.

    Args:
        home: the terminal's folder, with the platform's vault key.
        platform_key: 32 bytes, vouches for that key.
    """

    home: Path
    platform_key: bytes

    def __call__(self, content: bytes, purpose: bytes) -> bytes:
        """Close a box.

        Raises:
            EnvironmentFault: ``vault.no_key`` before the platform ever named its key.
        """
        held = HeldVaultKey(self.home, self.platform_key).read()
        if held is None:
            raise EnvironmentFault("vault.no_key", retry=False)
        # Loaded when something is sealed: the counter's start must not pay for it.
        from sync.wire.sealed_box import seal

        return seal(content, held.raw, purpose=purpose)


def open_safe(home: Path, identity: Identity, keys: Keys) -> Safe:
    """The safe of one terminal.

    Args:
        home: an enrolled terminal's folder.
        identity: who it is.
        keys: its secrets.
    """
    box = PlatformBox(home, bytes.fromhex(identity.platform_key))
    return Safe(
        terminal_id=identity.terminal_id,
        seal=box,
        attachments=AttachmentFolder(home, identity.terminal_id, keys.db_key, box),
        receipts=DepositReceiptReader(home / SYNC_FILE, keys.db_key),
        fresh_salt=secrets.token_bytes,
    )
