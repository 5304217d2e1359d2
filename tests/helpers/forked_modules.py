"""Everything a program of ours may import, so that what is forked later has it already."""

from __future__ import annotations

import gc
import importlib
import pkgutil

_OURS = ("terminal", "devices", "sync", "tests.helpers.weak_soak", "tests.helpers.forked_programs")
_WHERE_USED = (
    "argon2",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "requests",
    "rfc8785",
    "sqlcipher3.dbapi2",
)


def _import_all(name: str) -> None:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
        if "migrations" not in found.name and not found.name.endswith("__main__"):
            importlib.import_module(found.name)


for _name in (*_OURS, *_WHERE_USED):
    _import_all(_name)
# Forked programs share these pages: nobody shall turn them over looking for rubbish.
gc.collect()
gc.freeze()
