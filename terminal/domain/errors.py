"""The error family of the product.

An error says what happened by a stable dotted code; the words people read live in the translations,
never here.
Four branches tell the caller who has to act: the person at the screen, the engineer, the platform,
or us.
"""

from __future__ import annotations

from collections.abc import Mapping

ParamValue = str | int | bool


class OutletError(Exception):
    """Root of every error the product raises on purpose.

    Args:
        code: stable dotted code such as ``shift.not_open``; the key of the text in the
            translations.
        params: values the text needs (amounts as integer fen, codes, times); never personal data.
        retry: whether doing the same thing again is safe and may help.
        hint: one English sentence for the engineer's log, not for the screen.
    """

    retry_default = False

    def __init__(
        self,
        code: str,
        params: Mapping[str, ParamValue] | None = None,
        *,
        retry: bool | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, ParamValue] = dict(params or {})
        self.retry = self.retry_default if retry is None else retry
        self.hint = hint

    def __str__(self) -> str:
        details = " ".join(f"{name}={value}" for name, value in self.params.items())
        return " ".join(part for part in (self.code, details, self.hint) if part)


class UserError(OutletError):
    """The person at the screen can put it right: wrong code, missing step, not allowed."""


class EnvironmentFault(OutletError):
    """Something outside the program is in trouble: disk, network, printer, clock."""

    retry_default = True


class PlatformRejection(OutletError):
    """The central platform answered and said no."""


class BugError(OutletError):
    """An invariant of ours does not hold. Nothing was written."""


def unexpected(error: Exception) -> BugError:
    """What the screen hears of a fault of ours."""
    return BugError("bug.unexpected", {"type": type(error).__name__}, hint=str(error))
