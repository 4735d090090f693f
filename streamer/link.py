"""The line from a camera or upload program to the web program: connects, and connects again."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from streamer.wire import Message, Wire, WireError

log = logging.getLogger(__name__)

RETRY_S = 0.1
SEND_WITHIN_S = 1
"""A web program that takes nothing for so long is frozen; recording does not wait for it."""


class Link:
    """Keeps one connection to the web program for as long as this program lives.

    `on_connect` is called after every connection, `on_message` for every message, both on the
    link's own thread. What is sent while the web program is away is dropped: it reads the log
    and hears the state when it is back.
    """

    def __init__(
        self,
        path: Path,
        hello: Message,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None] = lambda: None,
        on_disconnect: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._hello = hello
        self._on_message = on_message
        self._on_connect = on_connect
        self._on_disconnect = on_disconnect
        self._wire: Wire | None = None
        self._closed = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="link", daemon=True).start()

    def send(self, message: Message) -> bool:
        """False if the web program is not there to take it."""
        wire = self._wire
        if wire is None:
            return False
        try:
            wire.send(message)
        except WireError:
            wire.close()
            return False
        return True

    def close(self) -> None:
        self._closed.set()
        if self._wire:
            self._wire.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                wire = self._connect()
            except (OSError, WireError):
                self._closed.wait(RETRY_S)
                continue
            self._serve(wire)

    def _connect(self) -> Wire:
        connection = socket.socket(socket.AF_UNIX)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_WITHIN_S, 0))
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            raise
        wire = Wire(connection)
        wire.send(self._hello)
        return wire

    def _serve(self, wire: Wire) -> None:
        self._wire = wire
        try:
            self._on_connect()
            while True:
                self._on_message(wire.receive())
        except WireError as error:
            if not self._closed.is_set():
                log.debug("the web program is gone (%s); connecting again", error)
        finally:
            self._wire = None
            wire.close()
            self._on_disconnect()
