"""``postal-terminal platform import-bundle``: what was carried, straight into the platform's books.

Works beside a running platform: every change is a transaction of its own, as any worker's is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from terminal.commands.carried import draw_codes, read_files, show_taken

Receive = Callable[[bytes], bytes]


def bring(options: argparse.Namespace, receive: Receive) -> int:
    """Take in each file and write its answer.

    Args:
        options: the command's.
        receive: the platform: bundle in, answer out.

    Returns:
        1 when one was refused.

    Raises:
        EnvironmentFault: ``file.not_written``.
        UserError, PlatformRejection: see ``read_files``.
    """
    files = sorted(read_files(options.files), key=lambda file: file[0])
    told = [_receive(receive, name, place, options) for name, place in files]
    return show_taken([item for item in told if item], as_json=options.json)


def _receive(
    receive: Receive, name: str, place: bytes | Path, options: argparse.Namespace
) -> dict[str, Any]:
    """One file; nothing for an answer, which is on its way back."""
    from sync.client.carried_folder import file_name
    from sync.client.taken import Taken, taken
    from sync.wire.courier import Answer, read_carried
    from sync.wire.refusal import Refusal
    from terminal.store.atomic_file import write_atomically

    data = place.read_bytes() if isinstance(place, Path) else place
    try:
        if isinstance(read_carried(data), Answer):
            return {}
        content = receive(data)
    except Refusal as refusal:
        return asdict(Taken(name, "refused", code=refusal.code, params=refusal.params))
    answer = read_carried(content)
    assert isinstance(answer, Answer)  # noqa: S101 - the platform has just made it
    written = file_name(answer)
    folder = options.to or (place.parent if isinstance(place, Path) else None)
    if folder:
        write_atomically(folder / written, content)
    if options.qr:
        draw_codes(content, options.qr, written.removesuffix(".ptc"))
    code = answer.header.code
    return asdict(taken(name, "delivered", answer, code=code, answer=written if folder else ""))
