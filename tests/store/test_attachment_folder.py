"""Sealed files: found by their address, whole or not at all, readable for their owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal.domain.errors import EnvironmentFault
from terminal.domain.vault import Attachment, digest_of
from terminal.store.attachment_folder import FOLDER, AttachmentFolder


def _folder(home: Path) -> AttachmentFolder:
    """The box is its content backwards: what is tried here is the folder."""
    return AttachmentFolder(
        home, "T-1", b"s" * 32, lambda content, purpose: purpose + content[::-1]
    )


def _put(folder: AttachmentFolder, content: bytes) -> Attachment:
    return folder.put(content, kind="k", name="n", intent_id="i", kept_at="")


def test_file_is_its_owners_and_named_by_its_hash(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    assert folder.kept() == ()
    kept = _put(folder, b"content")
    assert kept.address == digest_of(folder.sealed(kept))
    file = tmp_path / FOLDER / f"{kept.address}.sealed"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    folder.erase(kept.address)
    assert folder.kept() == ()
    folder.erase(kept.address)


def test_mark_of_a_content_is_another_one_at_each_terminal(tmp_path: Path) -> None:
    """Nobody without the secret can tell whether a known file lies here."""
    one = _put(_folder(tmp_path / "."), b"content")
    (tmp_path / "b").mkdir()
    other = AttachmentFolder(tmp_path / "b", "T-1", b"t" * 32, lambda content, purpose: content)
    assert _put(other, b"content").mark not in (one.mark, digest_of(b"content"))


def test_file_gone_or_changed_is_damage(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    kept = _put(folder, b"content")
    file = tmp_path / FOLDER / f"{kept.address}.sealed"
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(EnvironmentFault, match=r"attachment\.damaged"):
        folder.sealed(kept)
    file.unlink()
    with pytest.raises(EnvironmentFault, match=r"attachment\.damaged"):
        folder.sealed(kept)


def test_entry_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    kept = _put(folder, b"content")
    (tmp_path / FOLDER / "gone.sealed").symlink_to(tmp_path / "nowhere")
    (tmp_path / FOLDER / "folder.sealed").mkdir()
    assert folder.kept() == (kept,)
