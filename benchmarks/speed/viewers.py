"""Viewers of a stream, as many as are asked for, in one thread: they take what comes and look at none of it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REQUEST = "GET /cameras/{camera}/stream.mjpg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@contextmanager
def viewers(port: int, count: int, camera: str = "camera0") -> Iterator[None]:
    """So many watch the camera until the block ends."""
    over = threading.Event()
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for connection in connections:
        connection.sendall(REQUEST.format(camera=camera).encode())
    thread = threading.Thread(target=_take, args=(connections, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for connection in connections:
            connection.close()


def _take(connections: list[socket.socket], over: threading.Event) -> None:
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        while not over.is_set():
            for key, _ in selector.select(0.5):
                if not key.fileobj.recv(1 << 18):  # type: ignore[union-attr]
                    selector.unregister(key.fileobj)
