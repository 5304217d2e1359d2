"""What this machine calls itself, so that a copied disk in another one can be told from its own."""

from __future__ import annotations

import hashlib
import sys
import uuid
from pathlib import Path

_LINUX = Path("/etc/machine-id")


def machine_digest(terminal_id: str) -> str:
    """A digest of the machine's own name that says nothing about it elsewhere.

    Args:
        terminal_id: mixed in, so that no two terminals can be told to share a machine.

    Returns:
        64 hex digits.
    """
    return hashlib.sha256(f"{terminal_id}\n{_own_name()}".encode()).hexdigest()


def _own_name() -> str:
    if sys.platform == "win32":
        import winreg

        path = r"SOFTWARE\Microsoft\Cryptography"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    if _LINUX.exists():
        return _LINUX.read_text(encoding="ascii").strip()
    return f"{uuid.getnode():012x}"
