"""The second copy on another machine of the outlet, kept by ``postal-terminal mirror serve``."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from urllib3 import Timeout
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from sync.client.connections import connections
from sync.client.mirror_place import checked_name
from terminal.domain.errors import EnvironmentFault

_TIMEOUT: Final = Timeout(connect=2.0, read=30.0)


class LanPlace:
    """See ``MirrorPlace``. A lost answer does no harm: every call can be made again.

    Args:
        url: of the other machine, without a slash at its end.
        token: what both know.
        copy: whose copy.
    """

    def __init__(self, url: str, token: str, copy: str) -> None:
        self._url = f"{url}/v1/mirror/{copy}"
        self._pool = connections(url)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        self.name = url

    def distant(self) -> bool:
        """See ``MirrorPlace.distant``."""
        return True

    def segments(self) -> list[str]:
        """See ``MirrorPlace.segments``."""
        return [checked_name(str(name)) for name in self._json("GET", "")["segments"]]

    def look(self, name: str) -> str:
        """See ``MirrorPlace.look``: the other machine looks, nothing travels."""
        return str(self._json("GET", f"/{checked_name(name)}?look=1")["state"])

    def read(self, name: str) -> bytes:
        """See ``MirrorPlace.read``."""
        return self._call("GET", f"/{checked_name(name)}")

    def append(self, name: str, at: int, data: bytes) -> None:
        """See ``MirrorPlace.append``."""
        self._call("PUT", f"/{checked_name(name)}?at={at}", data)

    def put(self, name: str, data: bytes) -> None:
        """See ``MirrorPlace.put``."""
        self._call("PUT", f"/{checked_name(name)}", data)

    def set_aside(self) -> str:
        """See ``MirrorPlace.set_aside``."""
        return str(self._json("POST", "/aside")["name"])

    def _json(self, method: str, path: str) -> dict[str, Any]:
        try:
            answer = json.loads(self._call(method, path))
            if not isinstance(answer, dict) or not {"segments", "state", "name"} & set(answer):
                raise ValueError(path)
        except ValueError as error:
            raise EnvironmentFault("mirror.unreachable", {"item": self.name}) from error
        return answer

    def _call(self, method: str, path: str, data: bytes = b"") -> bytes:
        try:
            answer = self._pool.request(
                method,
                self._url + path,
                body=data,
                headers=self._headers,
                timeout=_TIMEOUT,
                redirect=False,
            )
        except HTTPError as error:
            raise EnvironmentFault("mirror.unreachable", {"item": self.name}) from error
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return bytes(answer.data)
        raise EnvironmentFault(_code(answer), {"item": self.name})


def _code(answer: BaseHTTPResponse) -> str:
    """What the other machine said; anybody else's words are no answer of it."""
    try:
        code = str(answer.json()["error"]["code"])
    except (ValueError, TypeError, KeyError):
        return "mirror.unreachable"
    return code if code.startswith("mirror.") else "mirror.unreachable"
