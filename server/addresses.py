"""Which addresses only this machine reaches, and which need a guard."""

from __future__ import annotations

import ipaddress
import re

from geo.errors import InvalidInput


def check_address(host: str, *, guarded: bool) -> None:
    """Refuse what is no address, and one that others can reach unless a token guards requests."""
    if not _is_address(host):
        raise InvalidInput(
            f"This machine has no address {host!r}.",
            remedy="Listen on 127.0.0.1.",
            words="errors.no_such_address",
            host=host or '""',
        )
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


def _is_address(host: str) -> bool:
    """Whether a text is an IP address, or may be the name of a machine."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_NAME.fullmatch(host)) and not host.replace(".", "").isdigit()
    return True


_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
