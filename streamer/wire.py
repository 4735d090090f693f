"""What the programs say to each other over the local socket: framed JSON with a payload of bytes.

A message is a four-byte big-endian length, a JSON object of that length, and as many bytes of
payload as its "bytes" says. The web program listens; camera programs and the upload program connect.

From a camera program:
  {"type": "hello", "role": "camera", "camera": NAME}
  {"type": "state", "camera": NAME, ...fields of CameraState}
  {"type": "read", "event": "read" | "read_updated", "read": {...fields of types.Read}}
  {"type": "frame", "camera": NAME, "width": W, "quality": Q, "marks": BOOL, "sent_s": UNIX, "bytes": N}
        + one JPEG
To a camera program:
  {"type": "watch", "views": [{"width": W, "quality": Q, "fps": F, "marks": BOOL}, ...]}
        encode these from now on, no others

From the upload program:
  {"type": "hello", "role": "uploads"}
  {"type": "answer", "id": ID, "status": 200 | 4xx, "result": {...}, "sizes": [n, ...], "bytes": N}
        + the JPEGs that "result" numbers, one behind the other
To the upload program:
  {"type": "picture", "id": ID, "name": FILE NAME, "bytes": N}               + the file as uploaded
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 256 * 1024 * 1024


class WireError(Exception):
    """The other side is gone."""


@dataclass(frozen=True)
class Message:
    """One message: its JSON object and its payload."""

    head: dict[str, Any]
    payload: bytes = b""

    @property
    def type(self) -> str:
        return str(self.head["type"])


@dataclass(frozen=True)
class CameraState:
    """What a camera program is doing, for the live page.

    `status` is a SourceStatus, `text` the state in words. `fps` is the source's measured rate,
    `looks_fps` how many looks a second the pipeline takes, `health` which share (0-1) it got of the looks that
    it wanted in the last minute; one that is spared because nothing happens counts. `problems` are sentences
    that need somebody's attention (no engine, disk full), `rejected` is what did not become a read, counted
    by reason. `slowed` says that viewers get fewer pictures than they ask for, and why; it is "" while they
    do not.
    """

    status: str
    text: str
    fps: float = 0.0
    looks_fps: float = 0.0
    health: float = 1.0
    width: int = 0
    height: int = 0
    problems: tuple[str, ...] = ()
    rejected: dict[str, int] = field(default_factory=dict)
    slowed: str = ""


class Wire:
    """One connection. `send` may be called from several threads, `receive` from one."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: Message) -> None:
        """Raises WireError if the other side is gone."""
        head = dict(message.head, bytes=len(message.payload)) if message.payload else message.head
        text = json.dumps(head, separators=(",", ":")).encode()
        try:
            with self._sending:
                self._connection.sendall(len(text).to_bytes(4, "big") + text + message.payload)
        except OSError as error:
            raise WireError(str(error)) from None

    def receive(self) -> Message:
        """Waits for the next message. Raises WireError if the other side is gone or talks nonsense."""
        try:
            length = int.from_bytes(self._exactly(4), "big")
            if length > MOST_BYTES:
                raise WireError("a message of impossible length")
            head = json.loads(self._exactly(length))
            size = int(head.get("bytes", 0))
            if not 0 <= size <= MOST_BYTES:
                raise WireError("a payload of impossible length")
            return Message(head, self._exactly(size) if size else b"")
        except (OSError, ValueError) as error:
            raise WireError(str(error)) from None

    def _exactly(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            part = self._connection.recv(min(size - len(received), 1 << 20))
            if not part:
                raise WireError("connection closed")
            received += part
        return bytes(received)

    def close(self) -> None:
        """Ends the connection; a `receive` that waits returns with WireError."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
