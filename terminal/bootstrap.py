"""The composition root: the only file that knows every part and wires them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terminal import attached
from terminal.app.desk import Desk, Equipment
from terminal.domain.errors import EnvironmentFault
from terminal.domain.profile import Profile
from terminal.store.identity import IDENTITY_FILE, Identity, certificate_end, read_identity

if TYPE_CHECKING:
    from sync.client.agent import SyncReport
    from terminal.app.context import Context
    from terminal.ports.vault import Safe
    from terminal.store.books import SqlBooks
    from terminal.store.keystore import Keys

LOCK_FILE = "counter.lock"


class HomeSite:
    """One terminal's home folder as a ``terminal.app.desk.Site``.

    Args:
        home: the folder; made when missing.
        payment_speed: factor on the waiting times of payments in doubt; 1 in production.
        sync_pace: overrides of the agent's waiting times, for tests and the demo.
        synchronous: how hard the journal writes; only negative controls change it.
    """

    def __init__(
        self,
        home: Path,
        *,
        payment_speed: float = 1.0,
        sync_pace: Mapping[str, float] | None = None,
        synchronous: str = "FULL",
    ) -> None:
        self._home = home
        self._speed = payment_speed
        self._pace = sync_pace
        self._synchronous = synchronous

    def is_enrolled(self) -> bool:
        """Whether the folder holds an identity."""
        return (self._home / IDENTITY_FILE).exists()

    def open(self) -> Equipment:
        """Open the books, the catalogue, the devices and the agent.

        What practice left behind at a power cut is deleted.

        Raises:
            EnvironmentFault: ``home.in_use`` while another counter works on this folder;
                ``books.missing``, ``books.all_missing`` or ``books.behind`` while they lack what
                the platform holds.
        """
        from terminal.store.home_folder import forget_training, keep_private
        from terminal.store.process_lock import ProcessLock

        keep_private(self._home)
        recover_lost_books(self._home)
        lock = ProcessLock(self._home / LOCK_FILE, "home.in_use")
        try:
            forget_training(self._home)
            return self._equip(lock.release)
        except BaseException:
            lock.release()
            raise

    def _equip(self, release: Callable[[], None]) -> Equipment:
        from devices.media.removable import removable_media
        from devices.printer.escpos import EscposEncoder
        from terminal.store.credentials import ArgonCheck
        from terminal.store.exports_folder import ExportsFolder
        from terminal.store.reference import ReferenceReader
        from terminal.store.sync_file import SYNC_FILE
        from terminal.store.sync_reader import SyncReader
        from terminal.store.system_clock import SystemClock

        identity, keys = read_identity(self._home), open_keys(self._home)
        clock = SystemClock()
        table = attached.device_table(self._home)
        return Equipment(
            catalogue=ReferenceReader(self._home),
            clock=clock,
            secrets=ArgonCheck(bytes.fromhex(identity.platform_key)),
            sync=SyncReader(self._home / SYNC_FILE, keys.db_key),
            profile=Profile.from_json(identity.profile),
            agent=SupervisedAgent(self._home, keys, self._pace),
            encoder=EscposEncoder(),
            release=release,
            printer=attached.printer(table),
            scanners=attached.scanners(table, partial(_sells, self._home)),
            scale=attached.scale(table),
            display=attached.display(table),
            addresses=attached.addresses(table),
            models=attached.models(table),
            payment_speed=self._speed,
            card_terminal=attached.card_terminal(table),
            media=lambda: removable_media(table.get("media", ())),
            exports=ExportsFolder(self._home),
            certificate_end=cache(lambda: certificate_end(identity)),
            public_keys=identity.public_keys,
            safe=cache(lambda: _safe(self._home, identity, keys)),
            # Last, so that they are not left open when another part is missing.
            books=known_books(self._home, identity, keys, clock, synchronous=self._synchronous),
        )

    def enrol(self, platform_url: str, code: str) -> None:
        """Enrol and load the first data, so that the counter opens ready to sell."""
        from sync.client.enrol import enrol
        from terminal.store.home_folder import keep_private, refuse_platforms_folder

        refuse_platforms_folder(self._home)
        keep_private(self._home)
        enrol(self._home, platform_url, code)
        self.complete_enrolment()

    def is_loaded(self) -> bool:
        """Whether the first catalogue has arrived."""
        from terminal.store.reference import ReferenceReader

        reader = ReferenceReader(self._home)
        try:
            return reader.state().loaded
        finally:
            reader.close()

    def complete_enrolment(self) -> None:
        """Write the journal's first entry and load the first data, where that was cut off."""
        journal_enrolment(self._home)
        if not self.is_loaded():
            from sync.client.agent import run_once

            run_once(self._home)


class SupervisedAgent:
    """The sync agent's process behind ``terminal.ports.agent.Agent``."""

    def __init__(self, home: Path, keys: Keys, pace: Mapping[str, float] | None) -> None:
        from sync.client.supervisor import AgentProcess

        self._listener: Callable[[Mapping[str, Any]], None] = lambda _event: None
        self._process = AgentProcess(home, keys, self._heard, pace=pace)

    def _heard(self, event: Mapping[str, Any]) -> None:
        self._listener(event)

    def start(self, on_event: Callable[[Mapping[str, Any]], None]) -> None:
        """Start the process."""
        self._listener = on_event
        self._process.start()

    def call(
        self,
        name: str,
        params: Mapping[str, Any],
        on_reply: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Ask the platform."""
        self._process.call(name, params, on_reply)

    def wake(self) -> None:
        """Upload now."""
        self._process.wake()

    def stop(self) -> None:
        """End the process."""
        self._process.stop()


def _sells(home: Path, number: str) -> bool:
    """Whether the catalogue has goods of that number; asked on a device's thread."""
    from terminal.store.reference import ReferenceReader

    with closing(ReferenceReader(home)) as catalogue:
        return catalogue.by_gtin(number) is not None


def make_desk(home: Path, **options: Any) -> Desk:
    """A desk over a home folder; ``options`` as in ``HomeSite``."""
    return Desk(HomeSite(home, **options))


def open_keys(home: Path) -> Keys:
    """The terminal's keys.

    Raises:
        EnvironmentFault: ``keystore.*``.
    """
    from terminal.store.keystore import key_store

    return key_store(home).load()


def open_books(
    home: Path, identity: Identity, keys: Keys, clock: Any, *, synchronous: str = "FULL"
) -> SqlBooks:
    """The journal of an enrolled terminal, with its own signature.

    Raises:
        EnvironmentFault: ``database.*``.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from terminal.store.books import Seal, SqlBooks

    signer = Ed25519PrivateKey.from_private_bytes(keys.seed).sign
    seal = Seal(identity.terminal_id, 1, signer)
    return SqlBooks(home, keys.db_key, seal, clock, synchronous=synchronous)


def known_books(
    home: Path, identity: Identity, keys: Keys, clock: Any, *, synchronous: str = "FULL"
) -> SqlBooks:
    """The journal of a terminal whose ``identity.json`` is what enrolment gave.

    Raises:
        EnvironmentFault: ``identity.changed``, ``database.*``.
    """
    from terminal.app.enrolment import know_again

    books = open_books(home, identity, keys, clock, synchronous=synchronous)
    try:
        know_again(books, identity.profile, identity.platform_key)
    except BaseException:
        books.close()
        raise
    return books


def take_over_recovery(home: Path) -> bool:
    """Bring the books of a closed counter up to date with what the agent prepared.

    Returns:
        Whether there was anything to do.

    Raises:
        EnvironmentFault: ``home.in_use`` while a counter works on this folder; ``database.*``.
    """
    from terminal.app.recovery import Recovering

    with closed_counter(home) as context:
        return Recovering(context).take_over() is not None


@contextmanager
def closed_counter(home: Path) -> Iterator[Context]:
    """What use cases of a closed counter work with.

    Raises:
        EnvironmentFault: ``home.in_use`` while a counter works on this folder; ``database.*``.
    """
    from terminal.app.context import Context
    from terminal.store.credentials import ArgonCheck
    from terminal.store.process_lock import ProcessLock
    from terminal.store.reference import ReferenceReader
    from terminal.store.sync_file import SYNC_FILE
    from terminal.store.sync_reader import SyncReader
    from terminal.store.system_clock import SystemClock

    identity, keys, clock = read_identity(home), open_keys(home), SystemClock()
    lock = ProcessLock(home / LOCK_FILE, "home.in_use")
    try:
        with (
            closing(known_books(home, identity, keys, clock)) as books,
            closing(ReferenceReader(home)) as catalogue,
            closing(SyncReader(home / SYNC_FILE, keys.db_key)) as sync,
        ):
            yield Context(
                books=books,
                catalogue=catalogue,
                clock=clock,
                secrets=ArgonCheck(bytes.fromhex(identity.platform_key)),
                sync=sync,
                profile=Profile.from_json(identity.profile),
                safe=cache(lambda: _safe(home, identity, keys)),
            )
    finally:
        lock.release()


def name_attachments(home: Path) -> None:
    """Name in the journal what other programs attached, while no counter is at work here.

    Raises:
        EnvironmentFault: ``home.in_use`` while a counter works on this folder and does it itself;
            ``books.*`` while books are lacking; ``database.*``.
    """
    from terminal.app.vault import Keeping
    from terminal.store.lost_books import lost_books

    fault = lost_books(home, open_keys(home).db_key)
    if fault is not None:
        raise fault
    with closed_counter(home) as context:
        if context.safe is not None:
            Keeping(context, context.safe).tidy()


def _safe(home: Path, identity: Identity, keys: Keys) -> Safe:
    """Loaded when it is needed: the counter's first frame must not pay for it."""
    from sync.client.safe import open_safe

    return open_safe(home, identity, keys)


def recover_lost_books(home: Path) -> None:
    """Fetch what the books lack and the platform holds, so that no number is handed out twice.

    Raises:
        EnvironmentFault: ``books.missing``, ``books.all_missing`` or ``books.behind`` when that
            cannot be done now; ``home.in_use``, ``keystore.*``, ``database.*``.
    """
    from terminal.store.lost_books import lost_books, set_remains_aside

    key = open_keys(home).db_key
    fault = lost_books(home, key)
    if fault is None:
        return
    set_remains_aside(home)
    report = _fetch(home)
    if report is None or report.recovering:
        take_over_recovery(home)
    stopped = report.code if report else "agent.already_running"
    fault = lost_books(home, key, hint=f"({stopped})" if stopped else "")
    if fault is None:
        return
    # It had spoken to the platform, which holds no entry: enrolment was cut off before the first.
    if fault.code == "books.all_missing" and report and not stopped and not report.confirmed_seq:
        return
    raise fault


def _fetch(home: Path) -> SyncReport | None:
    """The agent's work, once; None when another agent does it."""
    from sync.client.agent import run_once

    try:
        return run_once(home)
    except EnvironmentFault as fault:
        if fault.code != "agent.already_running":
            raise
    return None


def journal_enrolment(home: Path) -> None:
    """Write the journal's first entry, once.

    Raises:
        EnvironmentFault: ``books.*`` when there was one already and it is lost.
    """
    from terminal.app.enrolment import enrolment_draft
    from terminal.app.recovery import TO_SHOW, replaced_draft
    from terminal.store.system_clock import SystemClock

    identity, clock = read_identity(home), SystemClock()
    recover_lost_books(home)
    books = open_books(home, identity, open_keys(home), clock)
    try:
        if books.head()[0] == 0:
            with books.transaction() as tx:
                tx.append(enrolment_draft(identity.profile, identity.certificate, clock))
                if identity.replaces:
                    entry = tx.append(replaced_draft(identity.replaces, clock))
                    tx.set_preference(TO_SHOW, str(entry.seq))
    finally:
        books.close()
