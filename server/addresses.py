"""Which addresses only this machine reaches, and which need a guard."""

from __future__ import annotations

import ipaddress

from geo.errors import InvalidInput


def check_address(host: str, *, guarded: bool) -> None:
    """Refuse an address that others can reach, unless a token guards the requests."""
    if guarded or is_loopback(host):
        return
    raise InvalidInput(
        f"{host} can be reached from other machines, and nothing guards it.",
        remedy="Listen on 127.0.0.1, or set ONEMAP_TOKEN to a long secret.",
        words="errors.open_address",
        host=host,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
