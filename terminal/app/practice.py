"""What a counter in training works with instead of the platform, the channels and real secrets.

The use cases are the ones of every day; only these ports differ. Settings, goods and prices are
real and read-only, the rest of what the platform says is not there. No call leaves the counter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from terminal.documents.training import practice_slip
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from terminal.domain.journal import ChainHead, Entry
from terminal.domain.training import SECRET
from terminal.ports.agent import Agent
from terminal.ports.media import Medium
from terminal.ports.printer import PrinterProfile, SlipEncoder
from terminal.ports.secrets import SecretCheck
from terminal.ports.sync_state import Parked, PlatformWord, Range, Received, SyncState

NOT_HERE: Final = "training.not_here"
"""What every question to the platform is answered with."""
REFUSED_FEN, UNCLEAR_FEN = 98, 97
"""Last two figures of an amount the practice channel refuses, or answers only when asked again."""

Json = Mapping[str, Any]


class PracticeSecrets:
    """Implements ``SecretCheck``: one PIN for everybody, so that none of the real can be tried."""

    def __init__(self, real: SecretCheck) -> None:
        self._real = real

    def genuine(self, record: Mapping[str, Any]) -> bool:
        """As ever: clerks and settings are the platform's."""
        return self._real.genuine(record)

    def matches(self, verifier: str, secret: str) -> bool:
        """Whether it is the PIN of practice; the verifier is not looked at."""
        return bool(verifier) and secret == SECRET


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """A line that always answers: what is behind it is the practice channel."""

    online: bool = True
    held: bool = False
    rtt_ms: int | None = None
    clock_offset_ms: int | None = None
    last_contact: str = ""
    last_error: str = ""
    server_epoch: str = ""


@dataclass(frozen=True, slots=True)
class PracticeRange:
    """Numbers of practice; they begin at 1 each time and are nobody else's."""

    kind: str
    lo: int = 1
    hi: int = 999_999
    expires_at: str = ""


class PracticeSync:
    """Implements ``SyncState``: the real settings, and nothing else the platform ever said."""

    def __init__(self, real: SyncState) -> None:
        self._real = real

    def platform_word(self) -> PlatformWord:
        """None yet."""
        return PlatformWord()

    def confirmed_head(self) -> ChainHead:
        """Nothing of practice goes to the platform."""
        return ChainHead()

    def receipt_for(self, epoch: int, seq: int) -> dict[str, Any] | None:
        """None, for the same reason."""
        return None

    def line_state(self) -> PracticeLine:
        """Always there."""
        return PracticeLine()

    def parked(self) -> Sequence[Parked]:
        """Nothing waits for a person."""
        return ()

    def received(self) -> Sequence[Received]:
        """Directives, tasks and pouches are for the real books."""
        return ()

    def setting(self, key: str) -> str:
        """The platform's setting, as it is now."""
        return self._real.setting(key)

    def setting_keys(self) -> Sequence[str]:
        """Of all settings."""
        return self._real.setting_keys()

    def ranges(self, kind: str) -> Sequence[Range]:
        """Numbers of practice; a leased one is never used."""
        return (PracticeRange(kind),)

    def recovery(self) -> None:
        """Nothing is ever brought up to date."""
        return

    def recovered_entries(self) -> Iterator[Entry]:
        """None."""
        return iter(())


class PracticeAgent:
    """Implements ``Agent``: the real agent goes on uploading; calls end here.

    Args:
        real: of the terminal; what it tells is for the counter that opens after practice.
    """

    def __init__(self, real: Agent) -> None:
        self._real = real
        self._channel = PracticeChannel()

    def start(self, on_event: Callable[[Json], None]) -> None:
        """Let the real one go on with what was booked before."""
        self._real.start(lambda _event: None)

    def call(self, name: str, params: Json, on_reply: Callable[[Json], None]) -> None:
        """Answer for the channels; everything else is not here."""
        on_reply(self._channel.call(name, params))

    def wake(self) -> None:
        """Nothing of practice is uploaded."""

    def stop(self) -> None:
        """End the real one with the counter."""
        self._real.stop()


class PracticeChannel:
    """A payment channel without money. Any thread.

    It pays everything at once, but an amount ending in 98 fen is refused and one ending in 97 fen
    has no clear answer at first. Our own code is paid at the first question.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._payments: dict[str, tuple[str, int]] = {}

    def call(self, name: str, params: Json) -> Json:
        """Answer one call as the agent would."""
        number, fen = str(params.get("out_trade_no", "")), int(params.get("amount_fen", 0))
        with self._lock:
            if name == "payment.charge":
                return self._charge(number, fen, str(params["scheme"]))
            if name == "payment.query":
                return self._query(number, fen)
            if name == "payment.reverse":
                self._payments[number] = ("reversed", fen)
                return self._told(number, fen)
            if name == "payment.refund":
                told = {"state": "refunded", "refund_no": params["refund_no"], "amount_fen": fen}
                return _reply("ok", "", told)
        return _reply("refused", NOT_HERE, {})

    def _charge(self, number: str, fen: int, scheme: str) -> Json:
        last = fen % 100
        later = scheme == "merchant_code" or last == UNCLEAR_FEN
        state = "failed" if last == REFUSED_FEN else "waiting" if later else "paid"
        self._payments[number] = (state, fen)
        return self._told(number, fen)

    def _query(self, number: str, fen: int) -> Json:
        state, charged = self._payments.get(number, ("reversed", fen))
        self._payments[number] = ("paid" if state == "waiting" else state, charged)
        return self._told(number, fen)

    def _told(self, number: str, fen: int) -> Json:
        state, charged = self._payments[number]
        told = {
            "state": state,
            "out_trade_no": number,
            "amount_fen": charged or fen,
            "channel_no": "TRAINING",
            "shown_code": "TRAINING" if state == "waiting" else "",
        }
        if state == "waiting":
            return _reply("unknown", "payment.waiting", told)
        return _reply("ok", "payment.refused" if state == "failed" else "", told)


class PracticeEncoder:
    """Implements ``SlipEncoder``: no slip of practice leaves the printer without saying so."""

    def __init__(self, real: SlipEncoder) -> None:
        self._real = real

    def encode(self, document: Document, profile: PrinterProfile) -> bytes:
        """Encode it, marked."""
        return self._real.encode(practice_slip(document), profile)


class PracticeExports:
    """Implements ``Exports``: a file has no banner, so practice writes none."""

    def write(self, name: str, data: bytes, medium: Medium | None = None) -> str:
        """Refuse.

        Raises:
            UserError: ``training.no_files``.
        """
        raise UserError("training.no_files")


def _reply(outcome: str, code: str, result: Json) -> Json:
    return {"outcome": outcome, "code": code, "result": result}
