"""Listening: only on loopback unless a token guards every request; a taken port is said at once."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Protocol

from geo.errors import InvalidInput, PortInUse
from server.addresses import check_address

if TYPE_CHECKING:
    from server.settings import Settings

PORTS_TRIED = 20


class Say(Protocol):
    """Prints one sentence of the command line's words."""

    def __call__(self, key: str, **values: object) -> None: ...


def serve_until_stopped(settings: Settings, *, port_given: bool, said: Say) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises PortInUse; InvalidInput for an unguarded address.

    A port the person named is taken or refused; the usual one gives way to the next free.
    """
    check_address(settings.host, guarded=settings.token is not None)
    listener = bind(settings.host, settings.port, move=not port_given)
    port = listener.getsockname()[1]

    import uvicorn

    from server.api.app import create_app

    settings = settings.model_copy(update={"port": port})
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    said("serve.address", url=f"http://{host}:{port}/")
    if settings.token is not None:
        said("serve.token")
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # Ctrl-C is how serving ends
    finally:
        listener.close()
    said("serve.stopped")


def bind(host: str, port: int, *, move: bool) -> socket.socket:
    """A listening socket; with ``move`` on one of the next ports when this one is taken."""
    for candidate in range(port, min(port + (PORTS_TRIED if move and port else 1), 65536)):
        try:
            return _listen(host, candidate)
        except OSError as fault:
            if fault.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) or isinstance(
                fault, socket.gaierror
            ):
                raise InvalidInput(
                    f"This machine has no address {host}.",
                    remedy="Listen on 127.0.0.1.",
                    words="errors.no_such_address",
                    host=host,
                ) from fault
            if fault.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    free = _free_port(host)
    raise PortInUse(
        f"Port {port} is taken by another program.",
        remedy=f"Give a free one: --port {free}.",
        port=port,
        free=free,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio sends small answers at once only where it sees TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _free_port(host: str) -> int:
    listener = _listen(host, 0)
    try:
        return int(listener.getsockname()[1])
    finally:
        listener.close()
