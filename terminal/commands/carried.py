"""What ``sync export``, ``sync import`` and ``platform import-bundle`` read, write and say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from terminal.commands.output import explain, show, worded
from terminal.domain.errors import EnvironmentFault, OutletError, UserError

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
_SCANNED = ".txt"
_MODULE_PX, _QUIET_MODULES = 6, 4


def read_files(paths: Iterable[Path]) -> list[tuple[str, bytes | Path]]:
    """What was brought: bundle files as they lie, QR codes put together.

    Args:
        paths: bundle files, folders with some, pictures with QR codes, text files (``.txt``) with
            what a scanner typed, one code a line.

    Raises:
        UserError: ``courier.no_files``, ``courier.no_codes`` with ``file``.
        EnvironmentFault: ``courier.no_folder``, ``environment.os``.
        PlatformRejection: ``courier.frames_missing``, ``courier.frames_mixed``,
            ``courier.frame_damaged``.
    """
    from sync.client.courier import carried_in
    from sync.wire.courier_frames import put_together

    files: list[tuple[str, bytes | Path]] = []
    frames: list[str] = []
    for path in paths:
        if path.is_dir():
            files += carried_in(path)
        elif path.suffix.lower() in _PICTURES | {_SCANNED}:
            frames += _codes(path)
        else:
            files.append((path.name, path))
    files += [(f"QR {number}", data) for number, data in enumerate(put_together(frames), 1)]
    if not files:
        raise UserError("courier.no_files")
    return files


def _codes(path: Path) -> list[str]:
    """The frames on a picture, or in what a scanner typed."""
    from sync.wire.courier_frames import is_frame

    if path.suffix.lower() == _SCANNED:
        texts = path.read_text(encoding="utf-8", errors="replace").splitlines()
    else:
        import zxingcpp
        from PIL import Image

        try:
            with Image.open(path) as picture:
                texts = [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]
        except OSError as error:
            raise EnvironmentFault("environment.os", retry=False, hint=str(error)) from error
    frames = [text for text in texts if is_frame(text)]
    if not frames:
        raise UserError("courier.no_codes", {"file": path.name})
    return frames


def draw_codes(data: bytes, folder: Path, stem: str) -> list[str]:
    """Draw a file as numbered QR codes.

    Args:
        data: a bundle or an answer.
        folder: made when missing.
        stem: how the names begin.

    Returns:
        The names of the pictures.

    Raises:
        PlatformRejection: ``courier.too_large_for_qr``.
        EnvironmentFault: ``file.not_written``.
    """
    import io

    import segno

    from sync.wire.courier_frames import frames
    from terminal.store.atomic_file import write_atomically

    texts, names = frames(data), []
    for number, text in enumerate(texts, 1):
        drawn = io.BytesIO()
        code = segno.make_qr(text, error="m", boost_error=False)
        code.save(drawn, kind="png", scale=_MODULE_PX, border=_QUIET_MODULES)
        name = f"{stem}-{number:02}-of-{len(texts):02}.png"
        write_atomically(folder / name, drawn.getvalue())
        names.append(name)
    return names


def show_taken(items: Sequence[dict[str, Any]], *, as_json: bool) -> int:
    """Say what became of each file; 1 when one was refused or stopped, 0 otherwise."""
    if as_json:
        show({"files": list(items)}, as_json=True)
    else:
        for item in items:
            show({item["file"]: sentence(item)}, as_json=False)
    return 1 if any(item["state"] in ("refused", "stopped") for item in items) else 0


def sentence(item: dict[str, Any]) -> str:
    """One file's fate in words."""
    reason = explain(OutletError(item["code"], item["params"])) if item["code"] else ""
    if item["state"] == "refused":
        # Why nothing was taken in says that nothing was.
        return reason
    told = {name: value for name, value in item.items() if name != "params"}
    brought = worded("courier.records", told) if item["records"] else ""
    return " ".join(filter(None, (worded(f"courier.{item['state']}", told), brought, reason)))
