"""Bundles that came by hand: the same intake as an upload, and an answer to carry back.

A bundle proves by itself whose entries it holds; who brings it does not matter.

Source: docs/adr/0017-carried-by-hand.md.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from fastapi import Response
from sqlalchemy import select

from sync.central import inbox, intake, schema
from sync.central.calls import Call, json_answer, require_admin, sender
from sync.central.contract import Route
from sync.central.platform import Platform
from sync.wire.courier import (
    INBOX_BYTES,
    Bundle,
    EntriesHeader,
    answer_file,
    open_bundle,
    read_carried,
)
from sync.wire.inbox import InboxItem, InboxPage
from sync.wire.messages import MAX_ENTRIES, CourierDelivery, CourierReceipt
from sync.wire.refusal import Refusal
from terminal.domain.canonical import JsonObject, canonical_bytes
from terminal.domain.errors import ParamValue

_REFUSED: Final = (
    "401 admin.denied",
    "422 courier.bad_signature",
    "422 courier.damaged",
    "422 courier.newer_version",
    "422 courier.not_a_bundle",
    "422 courier.not_opened",
    "422 courier.other_platform",
    "422 courier.unknown_terminal",
)


def receive(platform: Platform, data: bytes) -> bytes:
    """Take in a bundle and answer it.

    Args:
        platform: this worker.
        data: the file as it was carried.

    Returns:
        The signed answer, a file to carry back. What the upload would have been refused for (a gap,
        a fork …) is said in it, so that it reaches the terminal that has to know.

    Raises:
        Refusal: ``courier.*`` (422) for what is no sound bundle of a terminal of ours; nothing of
            it was looked at.
    """
    bundle = read_carried(data)
    if not isinstance(bundle, Bundle):
        raise Refusal(422, "courier.not_a_bundle")
    header = bundle.header
    if header.platform_key != platform.public_key.hex():
        raise Refusal(422, "courier.other_platform")
    entries = open_bundle(bundle, _public_key(platform, bundle), platform.vault_secret)
    code, params = _store(platform, header.terminal_id, entries)
    head = intake.head(platform, header.terminal_id)
    told = _inbox(platform, header) if header.inbox else None
    return answer_file(bundle, head, signer=platform.sign, code=code, params=params, inbox=told)


def _inbox(platform: Platform, header: EntriesHeader) -> InboxPage | None:
    """What the centre tells the terminal, as much as an answer carries; None for nothing."""
    asked = header.inbox
    # Another life of our database counts anew.
    known = asked is not None and asked.server_epoch == platform.standing().epoch
    item, task = (asked.item, asked.task) if asked is not None and known else (1, 1)
    page = inbox.page(platform, header.terminal_id, item, task)
    kept: dict[str, list[InboxItem]] = {"items": [], "tasks": []}
    left = INBOX_BYTES
    for lane, ones in (("items", page.items), ("tasks", page.tasks)):
        for one in ones:
            left -= len(canonical_bytes(one.format())) + 1
            if left < 0:
                break
            kept[lane].append(one)
    if not any(kept.values()):
        return None
    more = page.more or left < 0
    return InboxPage(tuple(kept["items"]), tuple(kept["tasks"]), page.server_epoch, more)


def _public_key(platform: Platform, bundle: Bundle) -> bytes:
    columns = schema.terminals.c
    wanted = select(columns.public_key).where(columns.terminal_id == bundle.header.terminal_id)
    key = platform.database.transaction(lambda connection: connection.scalar(wanted))
    if key is None:
        raise Refusal(422, "courier.unknown_terminal")
    return bytes.fromhex(key)


def _store(
    platform: Platform, terminal_id: str, entries: list[JsonObject]
) -> tuple[str, Mapping[str, ParamValue]]:
    """Hand the entries to the intake; why it stopped, "" when it took all."""
    if terminal_id in platform.faults().revoked:
        return "terminal.revoked", {}
    try:
        for at in range(0, len(entries), MAX_ENTRIES):
            intake.store(platform, terminal_id, entries[at : at + MAX_ENTRIES])
    except Refusal as refusal:
        if refusal.retry:
            raise
        return refusal.code, refusal.params
    return "", {}


class CourierRoutes:
    """The door for bundles, open to every terminal and to the operator."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        taken, given = CourierDelivery, CourierReceipt
        return [
            Route("POST", "/v1/courier", self.deliver, "terminal", given, taken, _REFUSED),
        ]

    def deliver(self, call: Call) -> Response:
        """Take in a bundle another terminal wrote; the operator's token does as well."""
        if "X-Admin" in call.headers:
            require_admin(self._platform, call)
        else:
            sender(self._platform, call)
        data = CourierDelivery.parse(call.json()).data
        answer = receive(self._platform, data)
        return json_answer(CourierReceipt(base64.b64encode(answer).decode("ascii")).format())
