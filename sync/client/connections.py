"""Connections of the agent: straight to the address that was set, once, believed by certificate."""

from __future__ import annotations

from urllib3 import PoolManager, Retry


def connections(url: str) -> PoolManager:
    """Connections to one address, for one thread.

    No proxy, ``.netrc`` or authority of the logged-on person changes where calls about money go,
    and nothing is sent a second time unless the caller says so.

    Args:
        url: the address; ``https`` is checked against the authorities of ``certifi``.
    """
    once = Retry(False, redirect=False)
    if not url.lower().startswith("https:"):
        return PoolManager(num_pools=1, maxsize=1, retries=once)
    import certifi

    return PoolManager(num_pools=1, maxsize=1, retries=once, ca_certs=certifi.where())
