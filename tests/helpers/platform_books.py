"""Both sides of one terminal's books, compared: entry by entry, and account by account."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sync.client.agent import run_once
from sync.client.http import PlatformLine
from sync.client.signing import signer_from
from terminal.store.identity import read_identity
from terminal.store.keystore import key_store
from terminal.store.reference import ReferenceReader
from tests.helpers.central import Central

_PAGE = 500
Entries = Sequence[Mapping[str, Any]]


class PlatformBooks:
    """What the platform holds of the only terminal that sells there.

    Args:
        platform: running.
        home: the terminal's folder.
    """

    def __init__(self, platform: Central, home: Path) -> None:
        self._platform = platform
        self._home = home

    def entries(self) -> list[dict[str, Any]]:
        """The journal as the platform gives it back."""
        terminal_id = read_identity(self._home).terminal_id
        seed = key_store(self._home).load().seed
        line = PlatformLine(self._platform.url, terminal_id, signer_from(seed))
        held: list[dict[str, Any]] = []
        try:
            while True:
                path = f"/v1/terminals/{terminal_id}/journal"
                reply = line.get(f"{path}?from_seq={len(held) + 1}&limit={_PAGE}")
                assert reply.outcome == "ok", reply.code
                page: Any = reply.body["entries"]
                if not page:
                    return held
                held += page
        finally:
            line.close()

    def accounts(self) -> dict[str, int]:
        """Sums in fen by account, the empty ones left out."""
        accounts = self._platform.admin("GET", "/v1/admin/ledger")["accounts"]
        return {name: fen for name, fen in accounts.items() if fen}

    def gateway_net_fen(self) -> int:
        """What the gateway took and did not give back, by its own book."""
        return int(self._platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"])


def sums(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Our own sums in fen by account, the empty ones left out."""
    totals: Counter[str] = Counter()
    for entry in entries:
        for posting in entry["body"].get("postings", ()):
            totals[posting["account"]] += posting["fen"]
    return {name: fen for name, fen in totals.items() if fen}


def differences(entries: Entries, books: PlatformBooks) -> list[str]:
    """Everything in which the two sides differ.

    Args:
        entries: our journal in wire form.
        books: the platform's.

    Returns:
        One sentence for each; empty when they agree to the byte and to the fen.
    """
    faults = []
    held = books.entries()
    if _texts(held) != _texts(entries):
        faults.append(f"the platform holds {len(held)} entries, not the same {len(entries)}")
    ours, theirs = sums(entries), books.accounts()
    if ours != theirs:
        faults.append(f"accounts differ: {ours} here, {theirs} there")
    taken = sum(fen for account, fen in ours.items() if account.startswith("channel:"))
    if taken != books.gateway_net_fen():
        faults.append(f"the gateway took {books.gateway_net_fen()} fen, the books say {taken}")
    return faults


def _texts(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return [json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in entries]


def renew_clerks(platform: Central, home: Path, until_utc: str) -> None:
    """Let the outlet's people sign on offline for longer, as an operator of far outlets does.

    Args:
        platform: running, the one the home talks to.
        home: the terminal's folder; takes the new records at once.
        until_utc: when they expire.
    """
    catalogue = ReferenceReader(home)
    try:
        clerks = [catalogue.clerk(clerk_id) for clerk_id in ("0301", "0312", "0315")]
    finally:
        catalogue.close()
    records = [{**clerk, "expires_at": until_utc} for clerk in clerks if clerk is not None]
    for record in records:
        del record["signature"]
    assert len(records) == len(clerks)
    platform.admin("PUT", "/v1/admin/clerks", {"upsert": records})
    report = run_once(home)
    assert (report.code, report.changed) == ("", ("clerks",))
