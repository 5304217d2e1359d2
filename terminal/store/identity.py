"""Who this terminal is: the public result of enrolment, kept as ``identity.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from terminal.domain.errors import EnvironmentFault
from terminal.store.atomic_file import write_atomically

IDENTITY_FILE = "identity.json"


@dataclass(frozen=True)
class Identity:
    """One enrolled terminal; nothing here is secret.

    Args:
        terminal_id: the platform's name for this terminal.
        outlet: code of the outlet it stands in.
        terminal_no: number inside the outlet, from 1.
        platform_url: where the platform answers, without a trailing slash.
        platform_key: Ed25519 public key of the platform, 64 hex digits; every receipt and verifier
            is checked with it.
        certificate: the terminal's certificate, PEM.
        server_epoch: the platform's life at enrolment; another one later means the platform was
            restored.
        profile: what the platform gave the terminal at enrolment (outlet, till, language,
            permissions, limits …).
        replaces: the machine that stood in this place before and what of it may be missing, as the
            platform said at enrolment; empty when there was none.
    """

    terminal_id: str
    outlet: str
    terminal_no: int
    platform_url: str
    platform_key: str
    certificate: str
    server_epoch: str
    profile: Mapping[str, Any] = field(default_factory=dict)
    replaces: Mapping[str, Any] = field(default_factory=dict)

    def public_keys(self) -> Mapping[str, str]:
        """What somebody needs who checks this terminal's journal and the platform's receipts."""
        return {"certificate": self.certificate, "platform_key": self.platform_key}


def read_identity(home: Path) -> Identity:
    """Read the identity of a home folder.

    Args:
        home: the terminal's folder.

    Returns:
        The identity written at enrolment.

    Raises:
        EnvironmentFault: ``identity.missing`` when the folder is not enrolled,
            ``identity.damaged``.
    """
    try:
        record = json.loads((home / IDENTITY_FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EnvironmentFault("identity.missing", retry=False) from error
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise EnvironmentFault("identity.damaged", retry=False, hint=f"({said})") from error
    names = {item.name for item in fields(Identity)}
    # Written by an earlier version: nobody was replaced then.
    if not isinstance(record, dict) or names - set(record) - {"replaces"} or set(record) - names:
        raise EnvironmentFault(
            "identity.damaged", retry=False, hint="fields are missing or unknown"
        )
    return Identity(**record)


def certificate_end(identity: Identity) -> str:
    """When the terminal's certificate runs out.

    Args:
        identity: who this terminal is.

    Returns:
        UTC text; "" for a certificate that cannot be read, ``doctor`` says so.
    """
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(identity.certificate.encode())
    except ValueError:
        return ""
    return certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def write_identity(home: Path, identity: Identity) -> None:
    """Write the identity durably, replacing an earlier one.

    Args:
        home: the terminal's folder.
        identity: what enrolment gave.

    Raises:
        EnvironmentFault: ``file.not_written``.
    """
    text = json.dumps(asdict(identity), ensure_ascii=False, indent=1)
    write_atomically(home / IDENTITY_FILE, text.encode(), mode=0o600)
