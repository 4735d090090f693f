"""A small camera that sends MJPEG over HTTP, as cheap network cameras do."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import cv2

from tests.clips import numbered_picture

BOUNDARY = "picture"


class MjpegCamera:
    """Serves `/video` at `fps`, `/page` as HTML and `/secret` to admin:s3cret only.

    `size` may be changed at any time; `silent` keeps connections open and sends nothing. `sent` is
    the number of the last picture that was sent.
    """

    def __init__(self, fps: float = 25) -> None:
        self.size = (320, 240)
        self.silent = threading.Event()
        self.sent = -1
        self.connections = 0
        self._interval_s = 1 / fps
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> MjpegCamera:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def url(self, path: str = "/video", login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self._server.server_port}{path}"

    def _handler(camera) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._answer(self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        if path == "/page":
            self._begin(request, "text/html")
            request.wfile.write(b"<html><body>Log in</body></html>" * 100)
        elif path == "/secret" and not self._may(request):
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="camera"')
            request.end_headers()
        elif path in ("/video", "/secret"):
            self._begin(request, f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self._send_pictures(request)
        else:
            request.send_error(404)

    @staticmethod
    def _may(request: BaseHTTPRequestHandler) -> bool:
        return request.headers["Authorization"] == "Basic " + base64.b64encode(b"admin:s3cret").decode()

    @staticmethod
    def _begin(request: BaseHTTPRequestHandler, content_type: str) -> None:
        request.send_response(200)
        request.send_header("Content-Type", content_type)
        request.end_headers()

    def _send_pictures(self, request: BaseHTTPRequestHandler) -> None:
        self.connections += 1
        try:
            while not self._stopped.wait(self._interval_s):
                if not self.silent.is_set():
                    self.sent += 1
                    jpeg = cv2.imencode(".jpg", numbered_picture(self.sent % 4096, self.size))[1].tobytes()
                    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    request.wfile.write(head.encode() + jpeg + b"\r\n")
        except OSError:
            pass  # the viewer has gone
