"""A viewer of a camera's stream: how large each picture is, and how long it was on its way."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator


def received(port: int, path: str, until_s: float, timeout_s: float) -> Iterator[tuple[int, float]]:
    """Bytes and seconds from the camera program's sending to the receipt of each picture of the stream at this
    path of the local web program, until that Unix time; TimeoutError if nothing comes for `timeout_s`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    connection.request("GET", path)
    stream = connection.getresponse()
    length, sent_s = 0, 0.0
    while time.time() < until_s:
        line = stream.readline()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        elif line.lower().startswith(b"x-timestamp:"):
            sent_s = float(line.split(b":")[1])
        elif line == b"\r\n" and length:
            stream.read(length)
            yield length, time.time() - sent_s
            length = 0
    connection.close()
