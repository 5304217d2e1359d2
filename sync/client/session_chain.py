"""The terminal's side of ``sync.central.sessions``: one machine goes on, copies fall behind.

The next token is on disk before it is sent, so a kill or a lost answer at any moment repeats the
same wish, and the platform grants it again. It has a file of its own: receipts that were made anew
must not look like a copied disk.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from sync.client.http import PlatformLine, Reply
from sync.wire.messages import SessionRequest
from terminal.domain.canonical import Json
from terminal.store.atomic_file import write_atomically

SESSION_FILE = "session.json"

_log = logging.getLogger(__name__)


class SessionChain:
    """Renews the right to speak for the terminal. Thread rule: one thread at a time.

    Args:
        line: the line to the platform; it carries the token.
        file: where the tokens are kept; a damaged one is like an old one.
        terminal_id: ours.
        machine: digest of this machine, see ``sync.client.machine``.
        hear: gets the vault key of each good answer, None when there is none.
    """

    def __init__(
        self,
        line: PlatformLine,
        file: Path,
        *,
        terminal_id: str,
        machine: str,
        hear: Callable[[Json], None] = lambda _vault_key: None,
    ) -> None:
        self._line = line
        self._file = file
        self._path = f"/v1/terminals/{terminal_id}/session"
        self._machine = machine
        self._hear = hear
        self._held, self._wanted = _tokens(file)
        line.session = self._held

    @property
    def is_open(self) -> bool:
        """Whether a wish was sent whose answer is not here: the platform may have granted it."""
        return bool(self._wanted)

    def renew(self) -> Reply:
        """Ask to go on, and learn what the platform holds.

        Returns:
            The platform's answer; a good one has ``ack``.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        if not self._wanted:
            self._keep(self._held, secrets.token_hex(32))
        request = SessionRequest(self._wanted, self._held, self._machine)
        reply = self._line.post(self._path, request.format())
        if reply.outcome == "ok":
            self._keep(self._wanted, "")
            self._line.session = self._held
            self._hear(reply.body.get("vault_key"))
        return reply

    def _keep(self, held: str, wanted: str) -> None:
        text = json.dumps({"held": held, "wanted": wanted})
        write_atomically(self._file, text.encode(), mode=0o600)
        self._held, self._wanted = held, wanted


def _tokens(file: Path) -> tuple[str, str]:
    try:
        kept = json.loads(file.read_bytes())
        return str(kept["held"]), str(kept["wanted"])
    except FileNotFoundError:
        return "", ""
    except (ValueError, KeyError, TypeError) as problem:
        _log.error("%s is damaged: %s", file.name, type(problem).__name__)
        return "", ""
