"""Bundles of other terminals on their way through this one: to the platform, and answers back.

Whoever is asked to carry need not be asked twice: a bundle that cannot be brought now waits here
and goes with the next contact.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from sync.client.carried_folder import CarriedFolder, file_name
from sync.client.http import PlatformLine, Reply
from sync.client.taken import Taken, taken
from sync.wire.courier import Answer, Bundle, read_carried, verify_answer
from sync.wire.messages import CourierDelivery, CourierReceipt
from sync.wire.refusal import STRANGER, Refusal
from terminal.domain.errors import OutletError
from terminal.store.atomic_file import write_atomically

DELIVERY_TIMEOUT_S = 120.0
"""The platform checks every signature of a bundle before it answers."""

_ABOUT_THE_BUNDLE = frozenset(
    {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
"""Refusals no other moment or carrier would change; all others are about us or about now."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Brought:
    """How a delivery ended; with an answer it is the platform's word on exactly this bundle."""

    reply: Reply
    answer: Answer | None = None
    content: bytes = b""


class Delivery:
    """Carries for others. Thread rule: any thread.

    Args:
        home: the terminal's folder.
        line: the line to the platform.
        platform_key: the platform's Ed25519 key, 32 bytes.
    """

    def __init__(self, home: Path, line: PlatformLine, platform_key: bytes) -> None:
        self._line = line
        self._platform_key = platform_key
        self._bundles = CarriedFolder(home, "bundles")
        self._answers = CarriedFolder(home, "answers")

    def keep_answer(self, answer: Answer, data: bytes) -> None:
        """Keep an answer for another terminal until it is written to a stick.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        self._answers.keep(answer, data)

    def deliver(self, name: str, bundle: Bundle, data: bytes, beside: Path | None) -> Taken:
        """Bring a bundle to the platform now, or keep it for the next contact.

        Args:
            name: of its file, for the report.
            bundle: what it is.
            data: the file.
            beside: folder for the answer; None to keep it here only.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        brought = self._bring(bundle, data)
        reply, answer = brought.reply, brought.answer
        if answer is None:
            if reply.status in _ABOUT_THE_BUNDLE:
                return taken(name, "refused", bundle, code=reply.code, params=reply.params)
            self._bundles.keep(bundle, data)
            return taken(name, "held", bundle, code=reply.code)
        told = taken(name, "delivered", answer, code=answer.header.code)
        if beside is None:
            self._answers.keep(answer, brought.content)
            return told
        written = file_name(answer)
        try:
            write_atomically(beside / written, brought.content)
        except OutletError as error:
            # The stick is full or locked: the answer waits here and goes with the next one.
            _log.warning("the answer was not written beside %s: %s", name, error)
            self._answers.keep(answer, brought.content)
            return taken(name, "delivered", answer, code=error.code, params=error.params)
        return taken(name, "delivered", answer, code=answer.header.code, answer=written)

    def deliver_held(self) -> int:
        """Bring what waits here; stops when the platform cannot be reached.

        Returns:
            How many bundles the platform answered.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        delivered = 0
        for path in self._bundles.files():
            bundle = self._bundles.read(path)
            if not isinstance(bundle, Bundle):
                continue
            brought = self._bring(bundle, path.read_bytes())
            if brought.answer is not None:
                self._answers.keep(brought.answer, brought.content)
                path.unlink()
                delivered += 1
            elif brought.reply.status in _ABOUT_THE_BUNDLE:
                _log.error("%s will never be taken: %s", path.name, brought.reply.code)
                self._bundles.refuse(path)
            else:
                break
        return delivered

    def _bring(self, bundle: Bundle, data: bytes) -> _Brought:
        text = base64.b64encode(data).decode("ascii")
        reply = self._line.post(
            "/v1/courier",
            CourierDelivery(text).format(),
            compress=True,
            read_timeout_s=DELIVERY_TIMEOUT_S,
        )
        if reply.outcome != "ok":
            return _Brought(reply)
        try:
            content = CourierReceipt.parse(reply.body).data
            answer = read_carried(content)
            if not isinstance(answer, Answer) or answer.header.bundle_sha256 != bundle.digest:
                raise Refusal(502, STRANGER)
            verify_answer(answer, self._platform_key)
        except Refusal as refusal:
            _log.error("a delivery was answered by something else: %s", refusal)
            return _Brought(Reply("unknown", STRANGER, reply.status))
        return _Brought(reply, answer, content)
