"""The scale as the core sees it, and the one rule of which weights may be sold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from terminal.domain.errors import UserError

MAX_AGE_MS: Final = 1_500
"""An older weight may belong to the parcel before, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What the scale said last.

    Args:
        grams: whole grams, half a gram rounded up; 0 where the scale only said that something is
            wrong. Negative below zero.
        stable: whether the plate is at rest.
        net: whether a tare has been taken off.
        tare_grams: the tare in grams; 0 when there is none or the scale does not say it.
        over: more than the scale can weigh.
        under: below zero.
        at_ms: when it came, in milliseconds of a monotonic clock.
    """

    grams: int
    stable: bool
    net: bool = False
    tare_grams: int = 0
    over: bool = False
    under: bool = False
    at_ms: int = 0

    @property
    def zero(self) -> bool:
        """Nothing on the plate."""
        return self.grams == 0 and not self.over and not self.under


def saleable_grams(weight: Weight | None, now_ms: int) -> int:
    """The grams that may be charged: fresh, at rest, inside the range, more than nothing.

    Args:
        weight: the last one; None when the scale has not spoken.
        now_ms: the same monotonic clock as ``Weight.at_ms``, in milliseconds.

    Raises:
        UserError: ``scale.silent``, ``scale.over``, ``scale.under_zero``, ``scale.moving`` or
            ``scale.empty``.
    """
    if weight is None or not 0 <= now_ms - weight.at_ms <= MAX_AGE_MS:
        raise UserError("scale.silent")
    if weight.over:
        raise UserError("scale.over")
    if weight.under or weight.grams < 0:
        raise UserError("scale.under_zero")
    if not weight.stable:
        raise UserError("scale.moving")
    if weight.zero:
        raise UserError("scale.empty")
    return weight.grams


WeightHandler = Callable[[Weight], None]
ConnectionHandler = Callable[[bool], None]


class Scale(Protocol):
    """A scale that tells what lies on it.

    Thread rule: handlers are called on the scale's own thread and must return at once.
    """

    def start(self, on_weight: WeightHandler, on_connection: ConnectionHandler) -> None:
        """Begin to weigh.

        Args:
            on_weight: hears every weight, also the ones that may not be sold.
            on_connection: hears True when the scale is there and False when it is gone.
        """
        ...

    def stop(self) -> None:
        """Stop and wait until the thread has ended; no handler is called afterwards."""
        ...
