"""Personal data and attachments for tests, and the search for what must not be readable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync.client.safe import open_safe
from sync.client.session import Session
from terminal.app.vault import Keeping
from terminal.bootstrap import open_keys
from terminal.domain.canonical import JsonObject
from terminal.domain.vault import VAULT, Attachment, digest_of, purpose_of, record_content
from terminal.ports.vault import VaultRecord
from terminal.store.database import open_database, write_transaction
from terminal.store.identity import read_identity
from terminal.store.vault_table import VaultTable
from tests.helpers.enrolled_terminal import EnrolledTerminal
from tests.helpers.journal_writer import JOURNAL_FILE, uuid7_text
from tests.helpers.outlet import Outlet

NAME, ID_NUMBER = "Invented Person 测试人", "110101190001010011"
PERSON: JsonObject = {"name": NAME, "id_number": ID_NUMBER, "address": "No. 1 Made-up Road"}


def keep_record(terminal: EnrolledTerminal, *, spoilt: bool = False) -> str:
    """A sealed record in the terminal's books, as the core puts it there.

    Args:
        terminal: whose.
        spoilt: what is in the box is not what the platform can open.
    """
    record_id, content = uuid7_text(), record_content(PERSON, b"s" * 32)
    safe = open_safe(terminal.home, read_identity(terminal.home), terminal.keys)
    sealed = safe.seal(content, purpose_of(VAULT, terminal.terminal_id, record_id))
    if spoilt:
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    record = VaultRecord(record_id, uuid7_text(), digest_of(content), sealed, None, "2026-03-02")
    with (
        closing(open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)) as connection,
        write_transaction(connection, JOURNAL_FILE),
    ):
        VaultTable(connection).put(record)
    return record_id


def attach(terminal: EnrolledTerminal, content: bytes) -> Attachment:
    """A sealed file in the terminal's home."""
    safe = open_safe(terminal.home, read_identity(terminal.home), terminal.keys)
    return safe.attachments.put(
        content, kind="support", name="bundle.zip", intent_id=uuid7_text(), kept_at="2026-03-02"
    )


@contextmanager
def keeping(outlet: Outlet) -> Iterator[Keeping]:
    """The use cases of an outlet's safe."""
    home = outlet.home
    safe = open_safe(home, read_identity(home), open_keys(home))
    yield Keeping(outlet.cases.context, lambda: safe)
    safe.receipts.close()  # type: ignore[attr-defined]


def until_left(session: Session, left: int, deadline_s: float = 20.0) -> None:
    """Run the lanes until so many items are not signed for."""
    end = time.monotonic() + deadline_s
    while (report := session.deposits.run()).left > left:
        assert time.monotonic() < end, report


def files_with(folder: Path, *texts: str) -> list[str]:
    """Names of files that hold one of the texts in clear, in UTF-8, UTF-16 or hex."""
    wanted = [
        form
        for text in texts
        for form in (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode().hex().encode(),
        )
    ]
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in wanted)
    )
