"""The lane that keeps the second copy: beside the others, so that a stick never delays anything."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Final

from sync.client.journal_reader import JournalReader
from sync.client.lane import Verdict
from sync.client.mirror_copy import MirrorCopy
from sync.client.mirror_lan import LanPlace
from sync.client.mirror_place import FolderPlace, MirrorPlace
from sync.client.mirror_records import LineSeal
from sync.client.session import JOURNAL_FILE, Session
from sync.client.timestamps import utc_now
from terminal.domain.errors import EnvironmentFault, OutletError
from terminal.store.mirror_settings import MirrorSettings, mirror_settings
from terminal.store.sync_records import ParkedItem

LANE: Final = "mirror"
SLOW_S: Final = 30.0
"""A run that takes longer than this is told of."""
NOTED_S: Final = 60.0
"""How often it is written down when the copy was last up to date."""

_log = logging.getLogger(__name__)


def place_of(settings: MirrorSettings, terminal_id: str, home: Path) -> MirrorPlace:
    """The place that was set up.

    Args:
        settings: from ``devices.json``.
        terminal_id: whose copy.
        home: the terminal's folder.
    """
    if settings.folder is not None:
        return FolderPlace(settings.folder, terminal_id, home)
    return LanPlace(settings.url, settings.token, terminal_id)


class MirrorLane:
    """One lane's work. ``run`` belongs to one thread; ``code`` and ``watch`` to any.

    Args:
        home: the terminal's folder.
        db_key: 32 bytes.
        session: the agent's parts; only what any thread may use of it is used.
    """

    def __init__(self, home: Path, db_key: bytes, session: Session) -> None:
        self._home = home
        self._db_key = db_key
        self._terminal_id = session.identity.terminal_id
        self._store = session.store
        # Of its own: a reader belongs to one thread.
        self._journal = JournalReader(home / JOURNAL_FILE, db_key)
        self._settings: MirrorSettings | None = None
        self._copy: MirrorCopy | None = None
        self._lock = threading.Lock()
        self._told: str | None = None
        self._began = 0.0
        self._noted = time.monotonic() - NOTED_S

    @property
    def code(self) -> str:
        """What stands in the way of the copy, "" when nothing does or none is set up."""
        return self._told or ""

    def run(self) -> Verdict:
        """Bring the copy up to date."""
        self._began = time.monotonic()
        try:
            settings = mirror_settings(self._home)
            if settings is None:
                self._say("", "")
                return "done"
            self._bring_up_to_date(settings)
        except EnvironmentFault as fault:
            if not fault.code.startswith(("mirror.", "devices.")):
                raise
            self._say(fault.code, str(fault.params.get("item", fault.params.get("file", ""))))
            return "failed"
        finally:
            self._began = 0.0
        return "done"

    def watch(self) -> None:
        """Say when the place hangs; called by whoever is alive."""
        began = self._began
        if began and time.monotonic() - began > SLOW_S:
            self._say("mirror.slow", self._settings.name if self._settings else "")

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def _bring_up_to_date(self, settings: MirrorSettings) -> None:
        if self._copy is None or settings != self._settings:
            self._settings = settings
            self._copy = MirrorCopy(
                place_of(settings, self._terminal_id, self._home),
                self._journal,
                LineSeal(self._db_key, self._terminal_id),
                terminal_id=self._terminal_id,
                known_id=self._store.state("mirror.copy_id"),
            )
        done = self._copy.catch_up()
        state = {"mirror.copy_id": self._copy.copy_id}
        if done.mended:
            _log.warning("copy mended: %s", ", ".join(done.mended))
            state["mirror.mended"] = f"{utc_now()} {' '.join(done.mended)}"
        if done.aside:
            _log.warning("copy set aside as %s", done.aside)
            state["mirror.aside"] = done.aside
        known = all(self._store.state(key) == value for key, value in state.items())
        if not known or time.monotonic() - self._noted > NOTED_S:
            # Not after every sale: it costs a flush on the journal's own disk.
            self._store.put_state({**state, "mirror.at": utc_now()})
            self._noted = time.monotonic()
        self._say("", "")

    def _say(self, code: str, item: str) -> None:
        """Write down what a person has to know, once."""
        with self._lock:
            if code == self._told:
                return
            try:
                self._store.solve_parked(LANE, utc_now())
                if code:
                    _log.warning("copy: %s", code)
                    self._store.park(ParkedItem(LANE, code, item, {}, utc_now()))
            except OutletError as error:
                _log.error("the state of the copy is not written down: %s", error)
                return
            self._told = code
