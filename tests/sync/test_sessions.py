"""One machine speaks for a terminal: copies are refused, lost answers and moved disks are not."""

from __future__ import annotations

import pytest

from tests.helpers.bare_terminal import Terminal, renew, tasks, token
from tests.helpers.enrolled_terminal import RestorablePlatform

HERE, THERE = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("held", "machine", "granted"),
    [("current", THERE, True), ("old", HERE, True), ("old", THERE, False)],
)
def test_after_silence_a_moved_or_restored_disk_goes_on_but_no_copy(
    platform: RestorablePlatform, held: str, machine: str, granted: bool
) -> None:
    terminal = Terminal(platform, platform.code())
    old, current = token(), token()
    renew(terminal, "", old)
    renew(terminal, old, current)
    platform.execute(f"UPDATE terminals SET spoke_ms = 0 WHERE terminal_id = '{terminal.id}'")
    answer = renew(terminal, {"old": old, "current": current}[held], token(), machine)
    assert (answer.status_code == 200) == granted
    if granted:
        assert tasks(terminal) == [(0, "terminal.session_taken_over")]
    else:
        assert answer.json()["error"]["params"] == {"seconds": 0}
        assert platform.admin("POST", f"/v1/admin/terminals/{terminal.id}/release")
        assert renew(terminal, old, token(), machine).status_code == 200
    terminal.session.close()
