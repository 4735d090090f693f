"""The address the pages are served on."""

from __future__ import annotations

import errno
import socket

from streamer.settings import Server


class PortTakenError(Exception):
    """The address cannot be listened on; the message says which and how to choose another."""


def listen(server: Server) -> socket.socket:
    """A TCP socket that listens on the server's address. Raises PortTakenError.

    The supervisor owns it, so a web program that is started again finds its port, and browsers
    that connect in between wait instead of failing.
    """
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((server.host, server.port))
    except OSError as error:
        listener.close()
        raise PortTakenError(_why_not(server, error)) from None
    listener.listen(128)
    return listener


def _why_not(server: Server, error: OSError) -> str:
    mend = "choose another with server.port in the settings or --port"
    if error.errno == errno.EADDRINUSE:
        return f"port {server.port} on {server.host} is taken by another program; {mend}"
    if error.errno == errno.EACCES:
        return (
            f"port {server.port} on {server.host} needs more rights than this user has; {mend} (1024 or more)"
        )
    return (
        f"cannot listen on {server.host} port {server.port}: {error.strerror}; set server.host and server.port"
    )


def address(server: Server) -> str:
    """What to type into a browser on this machine."""
    host = "127.0.0.1" if server.host in ("0.0.0.0", "::") else server.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{server.port}/"
