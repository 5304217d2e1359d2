"""The sync agent as the core sees it: a process that talks to the platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Json = Mapping[str, Any]


class Agent(Protocol):
    """Uploads, downloads and asks. Callbacks come on a thread of the agent's."""

    def start(self, on_event: Callable[[Json], None]) -> None:
        """Begin; ``on_event`` hears ``status`` and ``changed`` events."""
        ...

    def call(self, name: str, params: Json, on_reply: Callable[[Json], None]) -> None:
        """Ask the platform.

        ``on_reply`` is called exactly once, with outcome ``unknown`` when the agent dies meanwhile.
        """
        ...

    def wake(self) -> None:
        """There is something to upload."""
        ...

    def stop(self) -> None:
        """End, after the request in hand."""
        ...
