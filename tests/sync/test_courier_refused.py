"""Files of the courier that are not believed, not for us, or have no room."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import outgoing as outgoing_module
from sync.client.agent import run_once
from sync.client.courier import carried_in
from sync.client.vault_key import VAULT_KEY_FILE
from sync.wire import courier as wire
from sync.wire.courier import Bundle, answer_file, read_carried
from sync.wire.signing import sign_ack
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.store.identity import read_identity, write_identity
from tests.helpers.carried import bring, states, write
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
)
from tests.helpers.full_disk import disk_full_at

pytest_plugins = ["tests.helpers.courier_fixtures"]


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
