"""Doors for sealed personal data and attachments, and the operator's way to read the latter."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from sync.central import deposits
from sync.central.calls import Call, json_answer, require_admin, sender
from sync.central.contract import Route
from sync.central.platform import Platform
from sync.wire import deposits as wire
from sync.wire.fields import LABEL, Text

_VAULT: Final = "/v1/terminals/{terminal_id}/vault/{record_id}"
_ATTACHMENT: Final = "/v1/terminals/{terminal_id}/attachments/{address}"
_LIST: Final = "/v1/admin/attachments"
_CONTENT: Final = f"{_LIST}/{{terminal_id}}/{{address}}/content"
_ADDRESS: Final = Text("[0-9a-f]{64}")


class DepositRoutes:
    """What a terminal brings sealed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        opened = "422 sealed_box.not_opened"
        refused = (
            "409 vault.other_content",
            "413 vault.too_large",
            "422 vault.bad_digest",
            opened,
        )
        cut = ("409 attachment.gap", "413 attachment.too_large", "422 attachment.bad_hash", opened)
        state, misnamed = wire.AttachmentState, ("422 wire.malformed",)
        receipt, record = wire.ReceiptAnswer, wire.VaultDeposit
        chunk, file = wire.AttachmentChunk, "application/octet-stream"
        missing = ("404 attachment.not_found",)
        return [
            Route("POST", _VAULT, self.deposit, "terminal", receipt, record, refused),
            Route("GET", _ATTACHMENT, self.attachment, "terminal", state, None, misnamed),
            Route("POST", _ATTACHMENT, self.attach, "terminal", state, chunk, cut),
            Route("GET", _LIST, self.listed, "operator", wire.AttachmentList),
            Route("GET", _CONTENT, self.opened, "operator", file, None, missing),
        ]

    def deposit(self, call: Call) -> Response:
        """Take in one sealed record of personal data and sign for it."""
        terminal_id = sender(self._platform, call)
        record_id = LABEL.read(call.path["record_id"], "record_id")
        record = wire.VaultDeposit.parse(call.json())
        receipt = deposits.keep_record(self._platform, terminal_id, record_id, record)
        return json_answer(wire.ReceiptAnswer(receipt).format())

    def attachment(self, call: Call) -> Response:
        """How much of a sealed attachment is here: an upload goes on from there."""
        terminal_id = sender(self._platform, call)
        address = _ADDRESS.read(call.path["address"], "address")
        state = deposits.attachment_state(self._platform, terminal_id, address)
        return json_answer(state.format())

    def attach(self, call: Call) -> Response:
        """Take in the next piece of a sealed attachment; the last one is answered by a receipt."""
        terminal_id = sender(self._platform, call)
        address = _ADDRESS.read(call.path["address"], "address")
        chunk = wire.AttachmentChunk.parse(call.json())
        state = deposits.keep_chunk(self._platform, terminal_id, address, chunk)
        return json_answer(state.format())

    def listed(self, call: Call) -> Response:
        """What terminals attached."""
        require_admin(self._platform, call)
        return json_answer(deposits.attachments(self._platform).format())

    def opened(self, call: Call) -> Response:
        """An attachment as it was before it was sealed."""
        require_admin(self._platform, call)
        content = deposits.attachment(
            self._platform, call.path["terminal_id"], call.path["address"]
        )
        return Response(content, media_type="application/octet-stream")
