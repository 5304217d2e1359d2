"""The sealed file: what it protects, and how each way of failing names itself."""

from __future__ import annotations

import json
import os
import stat
import sys
import types
from pathlib import Path

import pytest

from terminal.domain.errors import EnvironmentFault
from terminal.store.identity import Identity, read_identity, write_identity
from terminal.store.keystore import Keys, OsStore, SealedFile, key_store, read_machine_id

MACHINE = "0123456789abcdef0123456789abcdef"


def _store(path: Path, *, machine: str = MACHINE, passphrase: str = "") -> SealedFile:
    return SealedFile(path, passphrase=passphrase, machine_id=machine)


def _code(store: SealedFile | OsStore) -> str:
    with pytest.raises(EnvironmentFault) as caught:
        store.load()
    return caught.value.code


@pytest.mark.parametrize("passphrase", ["", "七个词的口令"])
def test_keys_come_back_as_they_were_saved(tmp_path: Path, passphrase: str) -> None:
    keys = Keys.generate()
    store = _store(tmp_path / "keys.sealed", passphrase=passphrase)
    assert not store.exists()
    store.save(keys)
    assert store.exists()
    assert _store(tmp_path / "keys.sealed", passphrase=passphrase).load() == keys


def test_secrets_show_in_no_file_and_no_repr(tmp_path: Path) -> None:
    keys = Keys.generate()
    _store(tmp_path / "keys.sealed").save(keys)
    data = (tmp_path / "keys.sealed").read_bytes()
    for secret in (keys.db_key, keys.seed):
        assert secret not in data
        assert secret.hex().encode() not in data
        assert secret.hex() not in repr(keys)
    assert MACHINE.encode() not in data


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX")
def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.sealed"
    _store(path).save(Keys.generate())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_saving_leaves_no_draft_behind(tmp_path: Path) -> None:
    store = _store(tmp_path / "keys.sealed")
    store.save(Keys.generate())
    store.save(Keys.generate())
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.sealed"]


def test_copied_to_another_machine_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "keys.sealed"
    _store(path).save(Keys.generate())
    assert _code(_store(path, machine="f" * 32)) == "keystore.other_machine"


def test_every_changed_byte_is_named_damage(tmp_path: Path) -> None:
    path = tmp_path / "keys.sealed"
    _store(path).save(Keys.generate())
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        path.write_bytes(bytes(changed))
        assert _code(_store(path)) == "keystore.damaged", place
    path.write_bytes(whole[: len(whole) // 2])
    assert _code(_store(path)) == "keystore.damaged"


def test_forged_checksum_does_not_open_the_seal(tmp_path: Path) -> None:
    path = tmp_path / "keys.sealed"
    _store(path).save(Keys.generate())
    record = json.loads(path.read_text())
    record["sealed"] = "00" * (len(record["sealed"]) // 2)
    from terminal.store import keystore

    record["checksum"] = keystore._checksum(record)
    path.write_text(json.dumps(record))
    assert _code(_store(path)) == "keystore.damaged"


def test_missing_file_and_passphrases_are_named(tmp_path: Path) -> None:
    path = tmp_path / "keys.sealed"
    assert _code(_store(path)) == "keystore.missing"
    _store(path, passphrase="right").save(Keys.generate())
    assert _code(_store(path)) == "keystore.passphrase_missing"
    assert _code(_store(path, passphrase="wrong")) == "keystore.wrong_passphrase"


def test_os_store_without_its_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(EnvironmentFault) as caught:
        key_store(tmp_path, kind="os")
    assert caught.value.code == "keystore.os_store_missing"
    with pytest.raises(EnvironmentFault) as caught:
        key_store(tmp_path, kind="paper")
    assert caught.value.code == "keystore.unknown_kind"
    assert isinstance(key_store(tmp_path), SealedFile)


def test_os_store_keeps_and_checks_the_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: dict[tuple[str, str], str] = {}
    module = types.ModuleType("keyring")
    module.__dict__["get_password"] = lambda service, name: entries.get((service, name))
    module.__dict__["set_password"] = lambda service, name, text: entries.__setitem__(
        (service, name), text
    )
    monkeypatch.setitem(sys.modules, "keyring", module)
    store = OsStore(str(tmp_path))
    assert not store.exists()
    assert _code(store) == "keystore.missing"
    keys = Keys.generate()
    store.save(keys)
    assert store.exists()
    assert store.load() == keys
    for bad in ("not hex", "00"):
        entries.update(dict.fromkeys(entries, bad))
        assert _code(store) == "keystore.damaged"
    module.__dict__["set_password"] = lambda service, name, text: None
    with pytest.raises(EnvironmentFault) as caught:
        store.save(Keys.generate())
    assert caught.value.code == "keystore.os_store_refused"


def test_identity_comes_back_and_damage_is_named(tmp_path: Path) -> None:
    identity = Identity(
        "61020303-T02",
        "61020303",
        2,
        "http://platform",
        "ab" * 32,
        "PEM",
        "epoch",
        {"language": "zh_CN"},
    )
    with pytest.raises(EnvironmentFault) as caught:
        read_identity(tmp_path)
    assert caught.value.code == "identity.missing"
    write_identity(tmp_path, identity)
    assert read_identity(tmp_path) == identity
    for text in ("{", "[]", '{"terminal_id": "x"}'):
        (tmp_path / "identity.json").write_text(text)
        with pytest.raises(EnvironmentFault) as caught:
            read_identity(tmp_path)
        assert caught.value.code == "identity.damaged"


def test_identity_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as caught:
        write_identity(tmp_path / "file", Identity("a", "b", 1, "c", "d", "e", "f"))
    assert caught.value.code == "file.not_written"


def test_the_machine_id_is_read_where_it_is_and_what_cannot_be_read_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    known = tmp_path / "machine-id"
    known.write_text("0123abcd\n")
    missing, unreadable = str(tmp_path / "missing"), str(tmp_path)
    assert read_machine_id((missing, str(known))) == "0123abcd"
    assert caplog.records == []
    assert read_machine_id((unreadable, missing)) == ""
    (record,) = caplog.records
    assert unreadable in record.getMessage()
