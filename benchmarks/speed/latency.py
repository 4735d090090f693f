"""How late a picture is: from the camera's sending of it to a viewer's receipt, by a number that is drawn into it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import cv2
import numpy as np

from benchmarks.live import percentile
from benchmarks.page import table
from benchmarks.speed import clips
from benchmarks.speed.processes import watching
from tests.clips import number_in, numbered_picture

FPS = 15
PICTURES = 180
"""So many different ones are sent again and again: 12 s, longer than any picture is late."""
SETTLE_S = 10.0
BOUNDARY = "picture"


class NumberedCamera:
    """An MJPEG camera at a busy road, 1280 x 720, that knows when it sent which of its pictures."""

    def __init__(self) -> None:
        self._jpegs = [_numbered(number) for number in range(PICTURES)]
        self.sent_s = [0.0] * PICTURES

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address."""
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                self.end_headers()
                camera._send(self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/video"
        finally:
            server.shutdown()
            server.server_close()

    def _send(self, request: BaseHTTPRequestHandler) -> None:
        due_s, number = time.monotonic(), 0
        try:
            while True:
                jpeg = self._jpegs[number]
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.sent_s[number] = time.monotonic()
                request.wfile.write(head.encode() + jpeg + b"\r\n")
                number, due_s = (number + 1) % PICTURES, due_s + 1 / FPS
                time.sleep(max(0.0, due_s - time.monotonic()))
        except OSError:
            return  # nobody watches any more


def _numbered(number: int) -> bytes:
    """The JPEG of a busy road's picture with its number along the top."""
    picture = _road()[number].copy()
    height, width = picture.shape[:2]
    side = width // 12
    picture[:side] = numbered_picture(number, (width, height))[:side]
    return cv2.imencode(".jpg", picture)[1].tobytes()


_drawn: list[np.ndarray] = []


def _road() -> list[np.ndarray]:
    """The road's pictures, 15 a second."""
    if not _drawn:
        _drawn.extend(islice(clips.busy_pictures(), 0, 2 * PICTURES, 2))
    return _drawn


def delays(port: int, camera: NumberedCamera, seconds: float) -> list[float]:
    """Seconds that each picture took to a viewer who takes them as they come."""
    found = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/cameras/camera/stream.mjpg")
    stream, length = connection.getresponse(), 0
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        line = stream.readline()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        elif line == b"\r\n" and length:
            jpeg, received_s = stream.read(length), time.monotonic()
            number = number_in(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
            if number < PICTURES and camera.sent_s[number]:
                found.append(received_s - camera.sent_s[number])
            length = 0
    connection.close()
    return found


def rows(seconds: float, _rounds: int) -> str:
    camera = NumberedCamera()
    with camera.serving() as url, watching([{"name": "camera", "source": url}]) as running:
        time.sleep(SETTLE_S)
        found = delays(running.port, camera, seconds)
    tenth = max(1, len(found) // 10)
    parts = (("all", found), ("first tenth", found[:tenth]), ("last tenth", found[-tenth:]))
    cells = [[name, str(len(part)), *_in_ms(part)] for name, part in parts]
    how = (
        "An MJPEG camera at a busy road, 1280x720, 15 frames and 5 looks a second, one viewer of the stream; the time from"
        " the moment at which the camera begins to send a picture. Asked: a median of 120 ms, 95% within 250 ms, no growth."
    )
    return f"{how}\n\n{table(('pictures', 'count', 'ms, median', '95%', 'most'), cells)}"


def _in_ms(values: Sequence[float]) -> list[str]:
    return [f"{1000 * percentile(list(values), part):.0f}" for part in (0.5, 0.95, 1.0)]
