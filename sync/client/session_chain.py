"""The terminal's side of ``sync.central.sessions``: one machine goes on, copies fall behind.

The next token is on disk before it is sent, so a kill or a lost answer at any moment repeats the
same wish, and the platform grants it again.
"""

from __future__ import annotations

import secrets

from sync.client.http import PlatformLine, Reply
from sync.wire.messages import SessionRequest
from terminal.store.sync_store import SyncStore

_HELD, _WANTED = "session", "session_wanted"


class SessionChain:
    """Renews the right to speak for the terminal. Thread rule: one thread at a time.

    Args:
        line: the line to the platform; it carries the token.
        store: where the tokens are kept.
        terminal_id: ours.
        machine: digest of this machine, see ``sync.client.machine``.
    """

    def __init__(
        self, line: PlatformLine, store: SyncStore, *, terminal_id: str, machine: str
    ) -> None:
        self._line = line
        self._store = store
        self._path = f"/v1/terminals/{terminal_id}/session"
        self._machine = machine
        line.session = store.state(_HELD)

    @property
    def is_open(self) -> bool:
        """Whether a wish was sent whose answer is not here: the platform may have granted it."""
        return bool(self._store.state(_WANTED))

    def renew(self) -> Reply:
        """Ask to go on, and learn what the platform holds.

        Returns:
            The platform's answer; a good one has ``ack``.

        Raises:
            EnvironmentFault: our own disk is in trouble.
        """
        wanted = self._store.state(_WANTED)
        if not wanted:
            wanted = secrets.token_hex(32)
            self._store.put_state({_WANTED: wanted})
        request = SessionRequest(wanted, self._store.state(_HELD), self._machine)
        reply = self._line.post(self._path, request.format())
        if reply.outcome == "ok":
            self._store.put_state({_HELD: wanted, _WANTED: ""})
            self._line.session = wanted
        return reply
