"""A careless card terminal shows a whole card number: it is afterwards nowhere on this machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.simulators.virtual_card_bank import CARD, VirtualCardBank
from devices.simulators.virtual_card_terminal import VirtualCardTerminal
from devices.simulators.virtual_line import TcpLine
from terminal.app.payment_forms import Ask
from terminal.bootstrap import open_keys
from terminal.store.database import open_database
from tests.helpers.central import Central
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    STAMP,
    LiveDesk,
    Template,
    connect,
)

pytest_plugins = ["tests.helpers.outlet_fixtures"]

DATABASES = ("journal.db", "sync.db")


def _plain(home: Path) -> Iterator[tuple[str, str]]:
    """Every file as it lies there, and every row of the encrypted ones as it is read."""
    for file in sorted(home.rglob("*")):
        if file.name.endswith("-shm"):
            # No data, and closing it here would drop the locks this very process holds on it.
            continue
        if file.is_file():
            yield file.name, file.read_bytes().decode("latin-1")
    key = open_keys(home).db_key
    for name in DATABASES:
        connection = open_database(home / name, key)
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            yield f"{name}/{table}", "\n".join(_text(row) for row in rows)
        connection.close()


def _text(row: tuple[object, ...]) -> str:
    return " ".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row
    )


def _places(home: Path) -> list[str]:
    return [name for name, text in _plain(home) if CARD in text or CARD[4:-4] in text]


@pytest.fixture
def desk(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> Iterator[tuple[LiveDesk, Path, VirtualCardBank]]:
    """A counter at work whose card terminal hides nothing."""
    home, bank = outlet_template.copy_home(tmp_path / "live"), VirtualCardBank("shows_card")
    connect(home, platform)
    with TcpLine(VirtualCardTerminal(bank.answer)) as line:
        (home / "devices.json").write_text(json.dumps({"card_terminal": {"url": line.url}}))
        live = LiveDesk(home)
        live.start()
        live.desk.ask(lambda cases: cases.session.open_outlet(MANAGER, MANAGER_PIN))
        live.desk.ask(lambda cases: cases.session.sign_on(CLERK, PIN))
        yield live, home, bank
        live.desk.stop()


def test_a_card_number_is_in_no_file_no_row_and_no_log(
    desk: tuple[LiveDesk, Path, VirtualCardBank],
    platform: Central,
    caplog: pytest.LogCaptureFixture,
) -> None:
    live, home, bank = desk
    caplog.set_level(logging.DEBUG)
    live.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 5))
    form = live.desk.ask(lambda cases: cases.paying.begin())
    live.desk.charges.pay(Ask(form.form_id, "bank_card"))
    live.await_event("sold")
    assert sum(bank.book.values()) == 600
    shown = live.desk.ask(lambda cases: cases.queue.last_transaction())
    assert shown.tenders == (("tender.bank_card", "6.00"),)
    assert _places(home) == []
    assert CARD not in caplog.text
    books = [file for file in platform.home.glob("platform.db*") if file.is_file()]
    assert books
    assert not any(CARD.encode() in file.read_bytes() for file in books)
    assert "…5702" in "\n".join(text for _, text in _plain(home))


def test_a_planted_card_number_is_found(
    desk: tuple[LiveDesk, Path, VirtualCardBank],
) -> None:
    live, home, _ = desk
    (home / "agent.note").write_text(f"card {CARD}")

    def plant(cases: object) -> None:
        with cases.context.books.transaction() as tx:  # type: ignore[attr-defined]
            tx.set_preference("canary", CARD)

    live.desk.ask(plant)
    assert _places(home) == ["agent.note", "journal.db/preferences"]
