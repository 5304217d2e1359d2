"""Enrolment from the terminal's side against the real platform: codes, lost answers, crashes."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from sync.client.enrol import PENDING_FILE, enrol
from terminal.commands.output import explain
from terminal.domain.errors import EnvironmentFault, OutletError, PlatformRejection, UserError
from terminal.store.identity import IDENTITY_FILE, read_identity
from terminal.store.keystore import key_store
from tests.helpers.enrolled_terminal import RestorablePlatform
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body


def _code(home: Path, url: str, code: str, branch: type[OutletError]) -> str:
    with pytest.raises(branch) as caught:
        enrol(home, url, code)
    assert not (home / IDENTITY_FILE).exists()
    return caught.value.code


def test_code_becomes_a_terminal_once(tmp_path: Path, platform: RestorablePlatform) -> None:
    code = platform.code()
    identity = enrol(tmp_path / "a", platform.url, f" {code} ")
    assert identity == read_identity(tmp_path / "a")
    assert (identity.outlet, identity.terminal_no) == ("61020303", 2)
    assert not (tmp_path / "a" / PENDING_FILE).exists()
    with pytest.raises(UserError) as caught:
        enrol(tmp_path / "a", platform.url, code)
    assert caught.value.code == "enrolment.already_enrolled"
    assert _code(tmp_path / "b", platform.url, code, UserError) == "enrolment.code_used"


def test_wrong_and_expired_codes_are_named(tmp_path: Path, platform: RestorablePlatform) -> None:
    assert _code(tmp_path, platform.url, "WRONG23456", UserError) == "enrolment.code_unknown"
    late = platform.expired_code()
    assert _code(tmp_path, platform.url, late, UserError) == "enrolment.code_expired"


def test_lost_answer_is_repeated_with_the_same_key(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    code = platform.code()
    platform.faults(lose_answer=1, paths=["/v1/enrolments"])
    assert _code(tmp_path, platform.url, code, EnvironmentFault) == "enrolment.unreachable"
    keys = key_store(tmp_path).load()
    platform.faults()
    enrol(tmp_path, platform.url, code)
    assert key_store(tmp_path).load() == keys


def test_after_a_lost_answer_the_code_may_be_typed_in_another_form(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    code = platform.code()
    platform.faults(lose_answer=1, paths=["/v1/enrolments"])
    assert _code(tmp_path, platform.url, code, EnvironmentFault) == "enrolment.unreachable"
    keys = key_store(tmp_path).load()
    platform.faults()
    hyphenated = f" {code[:3]}-{code[3:6]} {code[6:]}".lower()
    enrol(tmp_path, platform.url.replace("http", "HTTP") + "/", hyphenated)
    assert key_store(tmp_path).load() == keys


def test_unreachable_platform_is_named_and_another_code_may_follow(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert _code(tmp_path, nowhere, "ABCDEFGH23", EnvironmentFault) == "enrolment.unreachable"
    enrol(tmp_path, platform.url, platform.code())


@pytest.mark.parametrize("path", ["/openapi.json", "/nothing/here"])
def test_an_address_below_the_platforms_is_named_as_such(
    tmp_path: Path, platform: RestorablePlatform, path: str
) -> None:
    code = platform.code()
    found = _code(tmp_path, platform.url + path, code, UserError)
    assert found == "enrolment.wrong_address"
    enrol(tmp_path, platform.url, code)


def test_a_refusal_this_version_does_not_know_is_told_with_its_code(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    def refuse(passing: Passing) -> Passing:
        said = {"error": {"code": "enrolment.moon_phase", "params": {}, "retry": False}}
        return replace(with_body(passing, json.dumps(said).encode()), status=403)

    with tampering_proxy(platform.url) as proxy:
        proxy.alter = refuse
        with pytest.raises(PlatformRejection) as caught:
            enrol(tmp_path, proxy.url, platform.code())
    assert caught.value.code == "enrolment.refused"
    assert caught.value.params == {"code": "enrolment.moon_phase"}
    assert "enrolment.moon_phase" in explain(caught.value)
    assert "nothing was enrolled" in explain(caught.value)


def test_a_code_of_a_later_platform_is_never_told_alone() -> None:
    told = explain(PlatformRejection("payment.moon_phase"))
    assert "call support" in told
    assert told.endswith("[payment.moon_phase]")


def test_a_folder_of_a_platform_is_not_enrolled(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    before = sorted(path.name for path in platform.home.iterdir())
    code = platform.code()
    assert _code(platform.home, platform.url, code, UserError) == "enrolment.platforms_folder"
    assert sorted(path.name for path in platform.home.iterdir()) == before
    enrol(tmp_path / "home", platform.url, code)


def test_books_of_an_earlier_life_are_never_locked_out(
    tmp_path: Path, platform: RestorablePlatform
) -> None:
    (tmp_path / "journal.db").write_bytes(b"books")
    code = platform.code()
    assert _code(tmp_path, platform.url, code, UserError) == "enrolment.books_present"


def test_answer_of_a_stranger_is_not_believed(tmp_path: Path, platform: RestorablePlatform) -> None:
    other = enrol(tmp_path / "other", platform.url, platform.code())

    def swap_certificate(passing: Passing) -> Passing:
        body = json.loads(passing.body)
        return with_body(passing, json.dumps(body | {"certificate": other.certificate}).encode())

    def swap_platform_key(passing: Passing) -> Passing:
        return with_body(
            passing, json.dumps(json.loads(passing.body) | {"platform_key": "ab" * 32}).encode()
        )

    with tampering_proxy(platform.url) as proxy:
        for alter in (swap_certificate, swap_platform_key):
            proxy.alter = alter
            code = platform.code()
            found = _code(tmp_path / alter.__name__, proxy.url, code, EnvironmentFault)
            assert found == "enrolment.bad_answer"
