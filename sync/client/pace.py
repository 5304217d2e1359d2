"""How often the agent's lanes run, and how long it waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """All in seconds.

    Args:
        idle_s: the journal lane's heartbeat when all is well.
        feeds_s: between pulls of the feeds.
        held_s: between tries while a person has to act.
        base_s: upper bound of the first delay after a failure.
        cap_s: upper bound of every delay.
        read_s: longest silence within an answer, when the call does not say otherwise.
        charge_s: longest silence when money is taken or given back.
        query_s: longest silence when asking what became of money.
        rest_s: how long a kind of money call rests after failing again and again.
    """

    idle_s: float = 30.0
    feeds_s: float = 60.0
    held_s: float = 60.0
    base_s: float = 0.5
    cap_s: float = 15.0
    read_s: float = 15.0
    charge_s: float = 20.0
    query_s: float = 8.0
    rest_s: float = 10.0
