"""The second copy on the outlet's other machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client.mirror_lan import LanPlace
from terminal.domain.errors import EnvironmentFault
from tests.helpers.commands import REFUSED, ROOT
from tests.helpers.mirror_at_work import export, lose_books, mirror_once, said, set_up
from tests.helpers.outlet import Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.stick_fixtures"]


@pytest.fixture
def other_machine(tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """The outlet's other PC keeps copies: address, token and folder."""
    folder = tmp_path / "other"
    words = ["mirror", "serve", "--dir", str(folder), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "terminal", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield said["url"], said["token"], folder
        process.terminate()


def test_the_other_machine_keeps_a_copy_it_cannot_read_and_gives_it_back(
    counter: Outlet, copy_stick: Path, other_machine: tuple[str, str, Path]
) -> None:
    url, token, folder = other_machine
    set_up(counter.home, url=url, token=token)
    assert mirror_once(counter.home) == ""
    counter.sell()
    assert mirror_once(counter.home) == ""
    (segment,) = folder.glob("*/*.seg")
    assert b"sale" not in segment.read_bytes()
    counter.close()
    before = export(counter.home)
    assert said("mirror", "check", home=counter.home)["head_seq"] == len(before)
    lose_books(counter.home)
    said("mirror", "restore", home=counter.home, code=REFUSED)
    assert export(counter.home)[: len(before)] == before
    set_up(counter.home, url=url, token="wrong")
    assert mirror_once(counter.home) == "mirror.bad_token"
    set_up(counter.home, url="http://127.0.0.1:9", token=token)
    assert mirror_once(counter.home) == "mirror.unreachable"


def test_the_other_machine_takes_nothing_but_copies(other_machine: tuple[str, str, Path]) -> None:
    url, token, folder = other_machine
    place = LanPlace(url, token, "61020303-02")
    assert (place.segments(), place.read("0000000001.seg")) == ([], b"")
    place.append("0000000001.seg", 0, b"one\n")
    place.append("0000000001.seg", 4, b"two\n")
    place.append("0000000001.seg", 4, b"two\n")
    assert place.read("0000000001.seg") == b"one\ntwo\n"
    assert place.look("0000000001.seg") == "open"
    with pytest.raises(EnvironmentFault, match=r"mirror\.too_large"):
        place.append("0000000001.seg", 8, bytes(17 * 1024 * 1024))
    assert place.set_aside() == "61020303-02.aside-1"
    assert place.segments() == []
    for copy in ("..", "mirror.token", "%2e%2e%2fhome"):
        with pytest.raises(EnvironmentFault):
            LanPlace(url, token, copy).segments()
    assert {file.name for file in folder.iterdir()} == {"mirror.token", "61020303-02.aside-1"}


def test_what_is_no_answer_of_the_other_machine_is_not_believed(
    other_machine: tuple[str, str, Path],
) -> None:
    url, token, _ = other_machine
    with pytest.raises(EnvironmentFault, match=r"mirror\.unreachable"):
        LanPlace(f"{url}/elsewhere", token, "61020303-02").segments()
    words = LanPlace(url, token, "61020303-02")
    for answer in (b"no JSON", b"[]", b"{}"):
        words.put("0000000001.seg", answer)
        with pytest.raises(EnvironmentFault, match=r"mirror\.unreachable"):
            words._json("GET", "/0000000001.seg")
