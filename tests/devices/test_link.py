"""Links: how a serial port is opened, and the life of one that is kept open."""

from __future__ import annotations

import os
import queue
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.transport.kept_link import KeptLink
from devices.transport.link import Link, SerialLink, make_link
from terminal.domain.errors import BugError, EnvironmentFault

CFLAG = 2


@pytest.fixture
def port() -> Iterator[str]:
    """A pseudo-terminal."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The control flags the kernel was asked for; they are set for real all the same."""
    flags: list[int] = []
    really = termios.tcsetattr

    def noted(fd: int, when: int, attributes: list[Any]) -> None:
        flags.append(attributes[CFLAG])
        really(fd, when, attributes)

    monkeypatch.setattr(termios, "tcsetattr", noted)
    return flags


FRAMINGS = {
    "8N1": termios.CS8,
    "8E1": termios.CS8 | termios.PARENB,
    "8O1": termios.CS8 | termios.PARENB | termios.PARODD,
    "8N2": termios.CS8 | termios.CSTOPB,
    "7E1": termios.CS7 | termios.PARENB,
}
MASK = termios.CSIZE | termios.PARENB | termios.PARODD | termios.CSTOPB


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_port_is_opened_with_the_framing_of_the_device(
    port: str, asked: list[int], framing: str
) -> None:
    link = make_link(port, device="cash", framing=framing)
    link.open()
    assert asked[-1] & MASK == FRAMINGS[framing]
    link.close()


@pytest.mark.parametrize("framing", ["8N1", "8N2"])
def test_stop_bits_arrive_at_the_port(port: str, framing: str) -> None:
    """Pseudo-terminals carry whole bytes and drop size and parity; stop bits they keep."""
    link = SerialLink(port, framing=framing)
    link.open()
    reader = os.open(port, os.O_RDONLY | os.O_NOCTTY)
    flags = termios.tcgetattr(reader)[CFLAG]
    assert bool(flags & termios.CSTOPB) is (framing == "8N2")
    os.close(reader)
    link.close()


@pytest.mark.parametrize("framing", ["", "8E", "9N1", "8X1", "8N3", "8N1 "])
def test_a_framing_nobody_can_set_is_refused_before_anything_is_opened(framing: str) -> None:
    with pytest.raises(BugError) as refused:
        make_link("/dev/null", framing=framing)
    assert refused.value.code == "link.bad_framing"


def test_a_kept_link_opens_a_fresh_one_after_every_fault_and_ends_when_told(
    tmp_path: Path,
) -> None:
    faults: queue.Queue[str] = queue.Queue()
    made: queue.Queue[Link] = queue.Queue()

    def make() -> Link:
        link = SerialLink(str(tmp_path / "missing"), device="scale")
        made.put(link)
        return link

    def serve(_link: Link) -> None:
        pytest.fail("it never opened")

    kept = KeptLink(make, "test-link", retry_s=0.01)
    kept.stop()
    for _ in range(2):
        kept.start(serve, lambda fault: faults.put(fault.code))
        kept.start(serve, lambda fault: faults.put(fault.code))
        assert {faults.get(timeout=5) for _ in range(3)} == {"scale.unreachable"}
        kept.stop()
        assert kept.ended
    links = [made.get_nowait() for _ in range(6)]
    assert len(set(map(id, links))) == 6


def test_a_fault_while_it_is_served_closes_the_link_and_makes_another(port: str) -> None:
    served: queue.Queue[Link] = queue.Queue()

    def serve(link: Link) -> None:
        served.put(link)
        raise EnvironmentFault("scale.silent")

    kept = KeptLink(lambda: SerialLink(port, device="scale"), "test-link", retry_s=0.01)
    kept.start(serve, lambda _fault: None)
    first, second = served.get(timeout=5), served.get(timeout=5)
    kept.stop()
    assert first is not second
    with pytest.raises(EnvironmentFault):
        first.write(b"x")
