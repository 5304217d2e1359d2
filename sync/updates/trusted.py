"""What the publisher signed, by The Update Framework, from a server or a stick.

The framework's own client checks everything (who signed, how many of them, how old, which version,
how long, which hash); this module says where the files come from and what a refusal means.

Source: The Update Framework specification 1.0, detailed client workflow §5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import urllib3
from tuf.api import exceptions
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from terminal.domain.errors import EnvironmentFault, OutletError, PlatformRejection
from terminal.domain.release import Release, read_release

CHANNEL = "channel.json"
"""The target that names the newest release and who may have it."""
METADATA, TARGETS = "metadata/", "targets/"

_PIECE_BYTES = 64 * 1024
_PATIENCE_S, _TRIES = 30.0, 2
_LIMITS = UpdaterConfig(
    max_root_rotations=32,
    max_delegations=0,
    root_max_length=64 * 1024,
    timestamp_max_length=16 * 1024,
    snapshot_max_length=64 * 1024,
    targets_max_length=256 * 1024,
    app_user_agent="postal-terminal",
)
_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.ExpiredMetadataError, "update.expired"),
    (exceptions.BadVersionNumberError, "update.older"),
    (exceptions.UnsignedMetadataError, "update.not_signed"),
    (exceptions.LengthOrHashMismatchError, "update.damaged"),
    (exceptions.DownloadLengthMismatchError, "update.too_long"),
    (exceptions.RepositoryError, "update.not_genuine"),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where programs come from.

    Args:
        address: ``https://…`` or ``http://…`` of a server, or the folder of a stick.
    """

    address: str

    @property
    def base(self) -> str:
        """The address as a URL that ends with a slash."""
        if "://" in self.address:
            return self.address.rstrip("/") + "/"
        return Path(self.address).resolve().as_uri() + "/"

    @property
    def carried(self) -> bool:
        """Whether it is a folder."""
        return self.base.startswith("file:")


class Publisher:
    """The publisher's files, proved step by step.

    Args:
        shop: where they are.
        trusted: folder that keeps what was proved so far; nothing older is taken afterwards.
        first_root: the root of trust this program was installed with, JSON.
        arrivals: folder for what is fetched.
    """

    def __init__(self, shop: Shop, trusted: Path, first_root: bytes, arrivals: Path) -> None:
        self._arrivals = arrivals
        for folder in (trusted, arrivals):
            folder.mkdir(parents=True, exist_ok=True)
        with _told():
            self._client = Updater(
                metadata_dir=str(trusted),
                metadata_base_url=shop.base + METADATA,
                target_dir=str(arrivals),
                target_base_url=shop.base + TARGETS,
                fetcher=_FolderFetcher(shop.base) if shop.carried else _WebFetcher(),
                config=_LIMITS,
                bootstrap=first_root,
            )

    def newest(self) -> Release:
        """The newest release, proved.

        Raises:
            PlatformRejection: ``update.expired``, ``update.older``, ``update.not_signed``,
                ``update.damaged``, ``update.too_long``, ``update.not_genuine``.
            EnvironmentFault: ``update.unreachable``.
        """
        with _told():
            self._client.refresh()
            path = self._fetch(CHANNEL)
        return read_release(json.loads(path.read_text(encoding="utf-8")))

    def archive(self, release: Release) -> Path:
        """The program of a release, proved; fetched unless it is here already.

        Raises:
            PlatformRejection: see ``newest``.
            EnvironmentFault: ``update.unreachable``.
        """
        with _told():
            return self._fetch(release.archive)

    def _fetch(self, name: str) -> Path:
        wanted = self._client.get_targetinfo(name)
        if wanted is None:
            raise PlatformRejection("update.not_genuine", hint=f"{name} is not signed for")
        place = str(self._arrivals / name.replace("/", "_"))
        held = self._client.find_cached_target(wanted, place)
        return Path(held or self._client.download_target(wanted, place))


class _FolderFetcher(FetcherInterface):
    """Reads a stick as if it were a server; nothing above its folder.

    Args:
        base: the folder as a URL that ends with a slash.
    """

    def __init__(self, base: str) -> None:
        self._folder = Path(unquote(urlsplit(base).path))

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(unquote(urlsplit(url).path)).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise exceptions.DownloadHTTPError(f"{path.name} is not there", 404)
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece


class _WebFetcher(FetcherInterface):
    """Reads from a server; the line is closed however little of the answer was wanted."""

    def __init__(self) -> None:
        self._web = urllib3.PoolManager(timeout=_PATIENCE_S, retries=_TRIES)

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            answer = self._web.request("GET", url, preload_content=False)
            with closing(answer):
                if answer.status != HTTPStatus.OK:
                    raise exceptions.DownloadHTTPError(f"{url}: {answer.status}", answer.status)
                yield from answer.stream(_PIECE_BYTES)
        except urllib3.exceptions.HTTPError as error:
            raise exceptions.DownloadError(str(error)) from error


class _told:  # noqa: N801 - used as a statement
    """Turns what the framework refuses into our words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, OutletError):
            return
        for refused, code in _REFUSALS:
            if isinstance(error, refused):
                raise PlatformRejection(code, hint=str(error)) from error
        if isinstance(error, exceptions.DownloadError | OSError):
            raise EnvironmentFault("update.unreachable", hint=str(error)) from error
