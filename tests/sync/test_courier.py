"""A terminal without a line, a stick, another terminal, and back: nothing lost, nothing doubled."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sync.client.agent import run_once
from sync.client.courier import carried_in, outgoing_beside_a_counter
from sync.client.session import Session
from sync.wire import courier as wire
from sync.wire.courier import Bundle, read_carried
from terminal.domain.errors import EnvironmentFault, OutletError
from tests.helpers.carried import NOWHERE, bring, journal_bytes, states, wire_text_of, write
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
)

pytest_plugins = ["tests.helpers.courier_fixtures"]


def test_a_round_trip_confirms_every_entry(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(30)
    written = write(terminal, stick)
    assert (written.first_seq, written.last_seq, written.entries) == (1, 30, 30)
    (delivered,) = bring(carrier, stick, platform.url)
    assert (delivered.state, delivered.confirmed_seq, delivered.code) == ("delivered", 30, "")
    assert terminal.confirmed() == 0
    taken = bring(terminal, stick)
    assert sorted(states(taken)) == ["confirmed", "own"]
    assert terminal.confirmed() == 30
    assert [wire_text_of(entry) for entry in terminal.held()] == journal_bytes(terminal)
    with terminal.reader() as reader:
        receipt = reader.receipt_for(1, 17)
        assert receipt is not None
        assert receipt["seq"] == 30
        assert reader.platform_word().at == receipt["at"]
    assert sorted(states(bring(terminal, stick))) == ["known", "own"], "again changes nothing"
    assert states(bring(carrier, [(delivered.file, stick / delivered.file)], platform.url)) == [
        "delivered"
    ]
    assert run_once(terminal.home).uploaded == 0, "the line finds nothing left to send"


def test_nothing_waits_nothing_is_written(terminal: EnrolledTerminal, stick: Path) -> None:
    terminal.append(1)
    run_once(terminal.home)
    assert write(terminal, stick).files == ()
    assert list(stick.iterdir()) == []


@pytest.mark.usefixtures("small_bundles")
def test_many_entries_travel_in_several_files_and_the_stick_is_kept_tidy(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(25)
    assert len(write(terminal, stick).files) == 3
    (stick / "holiday.jpg").write_bytes(b"not ours")
    (stick / "strange.ptc").write_bytes(b"not ours either")
    terminal.append(3)
    assert len(write(terminal, stick).files) == 3
    assert len(carried_in(stick)) == 4, "the shorter last file is contained in the new one"
    bring(carrier, stick, platform.url)
    assert states(bring(terminal, stick)).count("confirmed") == 3
    terminal.append(1)
    assert write(terminal, stick).files == (f"{terminal.terminal_id}-0000029-0000029.ptc",)
    names = {path.name for path in stick.iterdir()}
    assert {"holiday.jpg", "strange.ptc"} < names
    assert len(names) == 3


def test_a_later_part_alone_waits_for_the_earlier_one(
    terminal: EnrolledTerminal,
    carrier: EnrolledTerminal,
    platform: RestorablePlatform,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "BUNDLE_ENTRIES", 10)
    terminal.append(20)
    first, second = write(terminal, stick).files
    (early,) = bring(carrier, [(second, stick / second)], platform.url)
    assert (early.state, early.code, early.params) == (
        "delivered",
        "journal.gap",
        {"expected_seq": 1},
    )
    # The answer says that nothing is there, which is what the terminal knows.
    answer = stick / early.answer
    assert states(bring(terminal, [(answer.name, answer)])) == ["known"]
    bring(carrier, [(first, stick / first), (second, stick / second)], platform.url)
    bring(terminal, stick)
    assert terminal.confirmed() == 20


def test_a_carrier_without_a_line_keeps_the_bundle_and_brings_it_later(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, stick: Path, tmp_path: Path
) -> None:
    terminal.append(5)
    write(terminal, stick)
    assert states(bring(carrier, stick)) == ["held"]
    passed_on = tmp_path / "second stick"
    assert write(carrier, passed_on).others == 1, "it may also go on by the next stick"
    assert run_once(carrier.home).code == ""
    assert len(terminal.held()) == 5
    answers = tmp_path / "third stick"
    assert write(carrier, answers).others == 1
    assert write(carrier, answers).others == 0, "handed over once"
    assert states(bring(terminal, answers)) == ["confirmed"]


def test_an_answer_for_another_terminal_is_carried_on(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(2)
    write(terminal, stick)
    (delivered,) = bring(carrier, stick, platform.url)
    (stick / "0.ptc").write_bytes((stick / delivered.file).read_bytes())
    for path in stick.glob(f"{terminal.terminal_id}*[0-9].ptc"):
        path.unlink()
    assert states(bring(carrier, [("a", stick / delivered.answer)])) == ["held"]
    back = stick / "back"
    assert write(carrier, back).others == 1
    assert states(bring(terminal, back)) == ["confirmed"]


def test_an_answer_that_cannot_be_written_beside_is_kept(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(2)
    (name,) = write(terminal, stick).files
    # A folder lies where the answer should go, as good as a locked stick.
    in_the_way = stick / f"{name.removesuffix('.ptc')}.answer.ptc"
    in_the_way.mkdir()
    (in_the_way / "x").touch()
    (delivered,) = bring(carrier, [(name, stick / name)], platform.url)
    assert (delivered.state, delivered.code, delivered.answer) == (
        "delivered",
        "file.not_written",
        "",
    )
    back = stick / "back"
    assert write(carrier, back).others == 1
    assert states(bring(terminal, back)) == ["confirmed"]


def test_a_restored_platform_says_so_by_hand_too(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(3)
    run_once(terminal.home)
    platform.back_up()
    terminal.append(3)
    run_once(terminal.home)
    platform.restore()
    terminal.append(3)
    write(terminal, stick)
    (delivered,) = bring(carrier, stick, platform.url)
    assert (delivered.code, delivered.confirmed_seq) == ("journal.gap", 3)
    bring(terminal, stick)
    assert terminal.confirmed() == 3
    with terminal.reader() as reader:
        assert [item.code for item in reader.parked()] == ["platform.restored"]
    assert write(terminal, stick).first_seq == 4, "it is given everything it lost"
    bring(carrier, stick, platform.url)
    bring(terminal, stick)
    assert terminal.confirmed() == 9


def test_a_forked_disk_hears_of_it_by_hand_and_keeps_everything(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(3)
    run_once(terminal.home)
    terminal.replace_history(5)
    (terminal.home / "sync.db").unlink()
    write(terminal, stick)
    (delivered,) = bring(carrier, stick, platform.url)
    assert delivered.code == "journal.fork"
    assert "stopped" in states(bring(terminal, stick))
    assert terminal.confirmed() == 0
    assert terminal.count() == 5
    with terminal.reader() as reader:
        assert [item.code for item in reader.parked()] == ["journal.fork"]


def test_the_face_asks_by_name_and_hears_codes(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, stick: Path
) -> None:
    terminal.append(2)
    with (
        terminal.through(NOWHERE),
        closing(Session(terminal.home, terminal.keys)) as session,
    ):
        wrote = session.call("courier.write", {"folder": str(stick / "postal")})
        assert (wrote["outcome"], wrote["result"]["entries"]) == ("ok", 2)
        took = session.call("courier.take", {"folder": str(stick / "postal")})
        assert [item["state"] for item in took["result"]["files"]] == ["own"]
        gone = session.call("courier.take", {"folder": str(stick / "nowhere")})
        assert (gone["outcome"], gone["code"]) == ("refused", "courier.no_folder")
        assert gone["result"]["params"] == {"folder": str(stick / "nowhere")}


def test_one_file_is_one_file(
    terminal: EnrolledTerminal, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = outgoing_beside_a_counter(terminal.home, terminal.keys)
    assert outgoing.to_file(stick / "a.ptc").files == ()
    terminal.append(4)
    assert outgoing.to_file(stick / "a.ptc").entries == 4
    assert isinstance(read_carried((stick / "a.ptc").read_bytes()), Bundle)
    monkeypatch.setattr(wire, "BUNDLE_ENTRIES", 3)
    with pytest.raises(OutletError) as refused:
        outgoing.to_file(stick / "b.ptc")
    assert (refused.value.code, refused.value.params) == ("courier.needs_folder", {"files": 2})
    (stick / "file").touch()
    with pytest.raises(EnvironmentFault) as nowhere:
        outgoing.to_folder(stick / "file" / "in it")
    assert nowhere.value.code == "courier.no_folder"
