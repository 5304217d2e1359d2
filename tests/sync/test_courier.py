"""A terminal without a line, a stick, another terminal, and back: nothing lost, nothing doubled."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import outgoing as outgoing_module
from sync.client.agent import run_once
from sync.client.courier import carried_in, outgoing_beside_a_counter
from sync.client.session import Session
from sync.client.taken import Taken
from sync.client.vault_key import VAULT_KEY_FILE
from sync.wire import courier as wire
from sync.wire.courier import Bundle, answer_file, read_carried
from sync.wire.signing import sign_ack
from terminal.domain.errors import EnvironmentFault, OutletError, UserError
from terminal.store.identity import read_identity, write_identity
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    enrolled_terminal,
)
from tests.helpers.full_disk import disk_full_at
from tests.helpers.journal_writer import wire_text

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def carrier(tmp_path: Path, platform: RestorablePlatform) -> Iterator[EnrolledTerminal]:
    with enrolled_terminal(tmp_path / "carrier", platform) as made:
        yield made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def small_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few entries make several files."""
    monkeypatch.setattr(wire, "BUNDLE_ENTRIES", 10)


def write(terminal: EnrolledTerminal, folder: Path) -> Any:
    return outgoing_beside_a_counter(terminal.home, terminal.keys).to_folder(folder)


def bring(
    terminal: EnrolledTerminal, files: Sequence[tuple[str, bytes | Path]] | Path, url: str = ""
) -> list[Taken]:
    """Import at a terminal; without ``url`` it reaches nobody."""
    found = carried_in(files) if isinstance(files, Path) else files
    with (
        terminal.through(url or NOWHERE),
        closing(Session(terminal.home, terminal.keys)) as session,
    ):
        if url:
            session.uploader.run(probe=True)
        return session.courier.take(found)


def states(taken: list[Taken]) -> list[str]:
    return [item.state for item in taken]


def journal_bytes(terminal: EnrolledTerminal) -> list[str]:
    return [wire_text(entry) for entry in terminal.written]


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


def wire_text_of(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)


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


def test_what_is_no_file_of_ours_is_refused_and_says_why(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(3)
    (name,) = write(terminal, stick).files
    sound = (stick / name).read_bytes()
    (stick / "cut.ptc").write_bytes(sound[:-9])
    (stick / "large.ptc").write_bytes(bytes(wire.LARGEST_FILE + 5))
    (stick / "later.ptc").write_bytes(b"PTC2" + sound[4:])
    (stick / "folder.ptc").mkdir()
    taken = {item.file: item for item in bring(carrier, stick, platform.url)}
    assert taken.pop(name).state == "delivered"
    assert {file: item.code for file, item in taken.items()} == {
        "cut.ptc": "courier.damaged",
        "large.ptc": "courier.not_a_bundle",
        "later.ptc": "courier.newer_version",
        "folder.ptc": "courier.unreadable",
    }
    assert set(states(list(taken.values()))) == {"refused"}
    with pytest.raises(EnvironmentFault) as gone:
        carried_in(stick / "pulled out")
    assert gone.value.code == "courier.no_folder"


def test_a_file_of_another_platform_is_left_alone(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(1)
    identity = read_identity(terminal.home)
    write_identity(terminal.home, replace(identity, platform_key="ab" * 32))
    with pytest.raises(UserError) as unknown:
        write(terminal, stick)
    assert unknown.value.code == "courier.no_vault_key", "its key was vouched for by nobody"
    write_identity(terminal.home, identity)
    write(terminal, stick)
    theirs = read_identity(carrier.home)
    write_identity(carrier.home, replace(theirs, platform_key="ab" * 32))
    (taken,) = bring(carrier, stick)
    assert (taken.state, taken.code) == ("refused", "courier.other_platform")
    write_identity(carrier.home, theirs)
    (taken,) = bring(carrier, stick, platform.url)
    assert taken.state == "delivered"


def test_a_terminal_that_never_heard_the_key_says_so_and_writes_nothing(
    terminal: EnrolledTerminal, stick: Path
) -> None:
    terminal.append(1)
    (terminal.home / VAULT_KEY_FILE).unlink()
    with pytest.raises(UserError) as refused:
        write(terminal, stick)
    assert refused.value.code == "courier.no_vault_key"
    assert list(stick.iterdir()) == []


def test_a_stick_without_room_is_told_and_keeps_what_is_whole(
    terminal: EnrolledTerminal, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.append(300)
    monkeypatch.setattr(outgoing_module, "_SPARE_BYTES", 2**62)
    with pytest.raises(EnvironmentFault) as refused:
        write(terminal, stick)
    assert refused.value.code == "courier.no_space"
    monkeypatch.undo()
    with disk_full_at(40_000), pytest.raises(EnvironmentFault) as cut:
        write(terminal, stick)
    assert cut.value.code == "file.not_written"
    assert list(stick.iterdir()) == [], "no half file is left under any name"
    assert write(terminal, stick).entries == 300


def test_an_old_answer_takes_nothing_back(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(4)
    write(terminal, stick)
    bring(carrier, stick, platform.url)
    old = stick / "kept for later"
    shutil.copytree(stick, old)
    terminal.append(4)
    assert run_once(terminal.home).confirmed_seq == 8
    assert sorted(states(bring(terminal, old))) == ["known", "own"]
    assert terminal.confirmed() == 8
    with terminal.reader() as reader:
        receipt = reader.receipt_for(1, 2)
        assert receipt is not None
        assert receipt["seq"] == 4, "it is kept as evidence"


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


def forged_answer(terminal: EnrolledTerminal, bundle: Path, signer: Any, **ack: Any) -> bytes:
    carried = read_carried(bundle.read_bytes())
    assert isinstance(carried, Bundle)
    last = terminal.written[-1]
    about: dict[str, Any] = {
        "epoch": 1,
        "seq": last.seq,
        "entry_hash": last.hash,
        "count": last.seq,
    }
    name = ack.pop("terminal_id", terminal.terminal_id)
    told = sign_ack(name, at="2999-01-01T00:00:00.000Z", signer=signer, **(about | ack))
    return answer_file(carried, told, signer=signer)


def test_nobody_but_the_platform_confirms_anything(
    terminal: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    """Negative control: the same answer with the platform's own signature does count."""
    terminal.append(3)
    (name,) = write(terminal, stick).files
    stranger = Ed25519PrivateKey.generate().sign
    forged = forged_answer(terminal, stick / name, stranger)
    assert [item.code for item in bring(terminal, [("x", forged)])] == ["courier.bad_signature"]
    key = Ed25519PrivateKey.from_private_bytes((platform.home / "platform.key").read_bytes())
    half = forged_answer(terminal, stick / name, key.sign, terminal_id="61020303-09-ELSE")
    assert [item.code for item in bring(terminal, [("x", half)])] == ["courier.bad_signature"]
    assert terminal.confirmed() == 0
    genuine = forged_answer(terminal, stick / name, key.sign)
    assert states(bring(terminal, [("x", genuine)])) == ["confirmed"]
    ahead = forged_answer(terminal, stick / name, key.sign, seq=9)
    assert [item.code for item in bring(terminal, [("x", ahead)])] == ["journal.ahead_of_us"]


def test_a_revoked_terminal_hears_it_by_hand(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, platform: RestorablePlatform, stick: Path
) -> None:
    terminal.append(2)
    write(terminal, stick)
    platform.faults(revoked=[terminal.terminal_id])
    bring(carrier, stick, platform.url)
    taken = bring(terminal, stick)
    assert ("stopped", "terminal.revoked") in {(item.state, item.code) for item in taken}
    with terminal.reader() as reader:
        assert [item.code for item in reader.parked()] == ["terminal.revoked"]


def test_a_held_bundle_the_platform_will_never_take_is_set_aside(
    terminal: EnrolledTerminal, carrier: EnrolledTerminal, stick: Path
) -> None:
    terminal.append(1)
    write(terminal, stick)
    assert states(bring(carrier, stick)) == ["held"]
    (held,) = (carrier.home / "courier" / "bundles").iterdir()
    content = held.read_bytes()
    at = content.index(terminal.terminal_id.encode())
    forged = bytearray(content[:-32])
    forged[at + 9] ^= 1
    held.write_bytes(bytes(forged) + hashlib.sha256(forged).digest())
    (held.parent / "0-damaged.ptc").write_bytes(content[:-1])
    assert run_once(carrier.home).code == ""
    assert sorted(path.suffix for path in held.parent.iterdir()) == [".refused", ".refused"]


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
