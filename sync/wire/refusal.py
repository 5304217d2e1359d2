"""How the platform says no: one shape for every error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from terminal.domain.canonical import Json, JsonObject
from terminal.domain.errors import ParamValue, PlatformRejection

STRANGER: Final = "platform.bad_answer"
"""The code of an answer that no platform gave."""


class Refusal(PlatformRejection):
    """An answer that is not a success.

    Args:
        status: HTTP status, 400 to 599.
        code: stable dotted code.
        params: what the text needs.
        retry: whether the same request may succeed later.
    """

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, ParamValue] | None = None,
        *,
        retry: bool = False,
    ) -> None:
        super().__init__(code, params, retry=retry)
        self.status = status


def format_refusal(refusal: Refusal) -> JsonObject:
    """The body ``{"error": {"code", "params", "retry"}}``."""
    params: dict[str, Json] = dict(refusal.params)
    return {"error": {"code": refusal.code, "params": params, "retry": refusal.retry}}


def parse_refusal(status: int, body: Json) -> Refusal:
    """Read the body of an error answer.

    Args:
        status: HTTP status of the answer.
        body: parsed JSON; a stranger's body (a proxy's page) becomes ``platform.failing`` from 500
            on and ``STRANGER`` below.
    """
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        fails = status >= 500
        return Refusal(status, "platform.failing" if fails else STRANGER, retry=fails)
    params = error.get("params")
    known: dict[str, ParamValue] = {}
    if isinstance(params, dict):
        known = {name: value for name, value in params.items() if isinstance(value, str | int)}
    return Refusal(status, str(error["code"]), known, retry=error.get("retry") is True)
