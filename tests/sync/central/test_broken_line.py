"""A line that breaks in the middle of a request is an ordinary day for the platform."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from tests.helpers.central import running_central

BROKEN_OFF = (
    b"POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
    b'{"code": "ABCDEFGH23", "public_key": '
)


def test_request_that_breaks_off_is_no_fault_of_the_platform(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its log is for faults: a flapping line must not fill it and hide one."""
    with running_central(tmp_path) as central, requests.Session() as session:
        session.trust_env = False
        port = int(central.url.rpartition(":")[2])
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(BROKEN_OFF)
                # Both at once would be cut before the platform had begun to read.
                assert session.get(f"{central.url}/v1/health", timeout=10).status_code == 200
        for _ in range(5):
            assert session.get(f"{central.url}/v1/health", timeout=10).status_code == 200
    assert "Traceback" not in capfd.readouterr().err
