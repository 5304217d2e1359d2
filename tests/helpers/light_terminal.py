"""A terminal of a whole fleet: a key, a chain and the signed wire, a few kilobytes each.

It speaks HTTP by itself over one kept connection, as thousands in one process have to, and believes
nothing that the platform did not sign.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.wire.signing import Ack, parse_ack, sign_request
from terminal.domain.canonical import canonical_bytes
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, ChainHead, EntryDraft, seal

_PATIENCE_S: Final = 60.0
_COLUMNS = (
    "terminal_id",
    "public_key",
    "outlet",
    "terminal_no",
    "hostname",
    "epoch",
    "seq",
    "hash",
    "skew_ms",
)


class Refused(Exception):
    """An answer that is not a good one."""


@dataclass
class LightTerminal:
    """One of many.

    Args:
        terminal_id: known to the platform with this key.
        key: the terminal's.
        platform_key: 32 bytes.
        head: where its journal ends.
    """

    terminal_id: str
    key: Ed25519PrivateKey
    platform_key: bytes
    head: ChainHead = field(default_factory=ChainHead)
    session: str = ""
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sign_on(self, address: tuple[str, int], cursor: str) -> None:
        """What an agent does in the morning: speak, hand in the first entries, ask for news.

        Raises:
            Refused: anything but a good answer, or an ack that does not say what was sent.
            OSError: the line broke.
        """
        try:
            await self.renew(address)
            await self.upload(address, [{"kind": "outlet.signed_on"}, {"kind": "clerk.signed_on"}])
            await self._call(address, "GET", f"/v1/feeds?cursor={cursor}&limit=500")
        finally:
            await self.hang_up()

    async def renew(self, address: tuple[str, int]) -> Ack:
        """Ask to speak for the terminal."""
        wanted = secrets.token_hex(32)
        message = {"next": wanted, "current": self.session, "machine": "a" * 64}
        body = json.dumps(message).encode()
        answer = await self._call(
            address, "POST", f"/v1/terminals/{self.terminal_id}/session", body
        )
        self.session = wanted
        return parse_ack(answer["ack"], self.platform_key)

    async def upload(self, address: tuple[str, int], facts: list[dict[str, Any]]) -> None:
        """Seal facts and hand them in.

        Args:
            address: of the platform.
            facts: ``kind`` and, where there is one, ``body`` of each.
        """
        texts = [canonical_bytes(self._sealed(fact)) for fact in facts]
        body = b'{"entries":[' + b",".join(texts) + b"]}"
        answer = await self._call(
            address, "POST", f"/v1/terminals/{self.terminal_id}/journal", body
        )
        ack = parse_ack(answer["ack"], self.platform_key)
        if (ack.seq, ack.hash) != (self.head.seq, self.head.hash):
            raise Refused(f"the platform holds {ack.seq}, not {self.head.seq}")

    async def hang_up(self) -> None:
        """Close the line."""
        if self._line is not None:
            _, writer = self._line
            self._line = None
            writer.close()
            await writer.wait_closed()

    def _sealed(self, fact: dict[str, Any]) -> Any:
        draft = EntryDraft(
            fact["kind"], new_uuid7(), "2026-11-23", "0312", fact.get("body", {"till_id": "T02"})
        )
        entry = seal(
            draft,
            terminal_id=self.terminal_id,
            epoch=1,
            seq=self.head.seq + 1,
            recorded_at="2026-11-23T00:30:00.123Z",
            prev_hash=self.head.hash,
            signer=self.key.sign,
        )
        self.head = ChainHead(1, entry.seq, entry.hash)
        return entry.to_wire()

    async def _call(
        self, address: tuple[str, int], method: str, target: str, body: bytes = b""
    ) -> dict[str, Any]:
        headers = sign_request(
            method,
            target,
            body,
            terminal_id=self.terminal_id,
            time_ms=time.time_ns() // 1_000_000,
            nonce=str(uuid.uuid4()),
            signer=self.key.sign,
        )
        if self.session:
            headers["X-Session"] = self.session
        if self._line is None:
            self._line = await asyncio.open_connection(*address)
        status, answer = await asyncio.wait_for(
            exchange(self._line, method, target, headers, body), _PATIENCE_S
        )
        if status != 200:
            raise Refused(f"{method} {target}: {status} {answer[:200]!r}")
        parsed: dict[str, Any] = json.loads(answer)
        return parsed


async def exchange(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    method: str,
    target: str,
    headers: dict[str, str],
    body: bytes = b"",
) -> tuple[int, bytes]:
    """One request over a kept connection; status and body."""
    reader, writer = line
    more = {**headers, "Host": "platform", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {text}\r\n" for name, text in more.items())
    writer.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    named = dict(text.lower().split(": ", 1) for text in lines[1:] if text)
    return int(lines[0].split()[1]), await reader.readexactly(int(named["content-length"]))


def enlist(url: str, fleet: int, platform_key: bytes) -> list[LightTerminal]:
    """Enrolled terminals, written where the platform keeps them."""
    made = []
    with (
        psycopg.connect(url.replace("+psycopg", "")) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY terminals ({', '.join(_COLUMNS)}) FROM STDIN") as to,
    ):
        for number in range(fleet):
            key = Ed25519PrivateKey.generate()
            public = key.public_key().public_bytes_raw().hex()
            outlet = f"{61_000_000 + number}"
            terminal_id = f"{outlet}-02-{public[:8].upper()}"
            to.write_row((terminal_id, public, outlet, 2, "light", 1, 0, GENESIS_HASH, 0))
            made.append(LightTerminal(terminal_id, key, platform_key))
    return made


def address(url: str) -> tuple[str, int]:
    """Where a platform's URL leads."""
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)
