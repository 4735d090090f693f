"""The web application: pages, API, live events. It relays; pictures are decoded elsewhere."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from flask import Flask, Response, abort, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_socketio import ConnectionRefusedError, SocketIO, emit
from werkzeug import Response as WerkzeugResponse
from werkzeug.exceptions import HTTPException, InternalServerError

from streamer.places import CLIENT_LIBRARY, ROOT
from streamer.settings import Settings
from streamer.viewing import widths
from streamer.web.advice import ADVICE
from streamer.web.api import api
from streamer.web.auth import Gate, protect, wants_page
from streamer.web.body import RequestInMemory
from streamer.web.relay import Relay

log = logging.getLogger(__name__)

CLIENT_MISSING = "The pages' libraries are not installed, so nothing moves here; run script/setup."

MOST_FORM_BYTES = 64 * 1024
"""Of every form but the upload, which has its own setting."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


def create_app(
    settings: Settings, relay: Relay, client_library: Path = CLIENT_LIBRARY
) -> tuple[Flask, SocketIO]:
    """The application and its Socket.IO server, which announces everything that `relay` tells."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.request_class = RequestInMemory
    app.config["MAX_CONTENT_LENGTH"] = MOST_FORM_BYTES
    gate = Gate(settings.server.password.get_secret_value())
    protect(app, gate)
    _add_pages(app, settings, client_library)
    with app.app_context():
        app.register_blueprint(api(settings, relay))
    app.register_error_handler(Exception, _say_error)
    app.after_request(_add_headers)
    return app, _add_events(app, relay, gate, settings.server.async_mode)


def _add_pages(app: Flask, settings: Settings, client_library: Path) -> None:
    client_there = client_library.exists()
    if not client_there:
        log.error(CLIENT_MISSING)
    fault = "" if client_there else CLIENT_MISSING

    @app.get("/")
    def live() -> str:
        return render_template(
            "live.html",
            cameras=[camera.name for camera in settings.cameras],
            widths=widths(settings.live),
            directed=any(camera.line or camera.approaching for camera in settings.cameras),
            fault=fault,
        )

    @app.get("/rejected")
    def rejected() -> str:
        return render_template(
            "rejected.html",
            cameras=[camera.name for camera in settings.cameras],
            chosen=request.args.get("camera", ""),
            keep_h=settings.log.keep_rejected_h,
            advice=ADVICE,
        )

    @app.get("/upload")
    def upload() -> str:
        return render_template(
            "upload.html",
            max_megabytes=settings.uploads.max_megabytes,
            kept=settings.uploads.keep,
            min_confidence=settings.engine.min_confidence,
        )

    @app.get("/static/vendor/socket.io.js")
    def vendor() -> ResponseReturnValue:
        if not client_there:
            abort(404, CLIENT_MISSING)
        return send_from_directory(client_library.parent, client_library.name)

    @app.get("/healthz")
    def health() -> ResponseReturnValue:
        return jsonify(ok=True)


def _add_events(app: Flask, relay: Relay, gate: Gate, async_mode: str) -> SocketIO:
    socketio = SocketIO(
        app, async_mode=async_mode, ping_interval=10, ping_timeout=10, max_http_buffer_size=16 * 1024
    )

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect() -> None:
        try:
            visitor = gate.visitor()
        except HTTPException as refusal:
            raise ConnectionRefusedError(refusal.description) from None
        if visitor is None:
            raise ConnectionRefusedError("Log in first.")
        emit("hello", relay.hello())

    relay.subscribe(socketio.emit)
    return socketio


SENTENCES = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "That is more than is taken here.",
    500: "Something went wrong here; the log says what.",
}


def _say_error(error: Exception) -> HTTPException | WerkzeugResponse:
    """A sentence instead of a traceback: as JSON for programs, as a page for people."""
    if not isinstance(error, HTTPException):
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        error = InternalServerError()
    code = error.code or 500
    if code < 400:
        return error
    own = error.description if error.description != type(error).description else None
    sentence = own or SENTENCES.get(code) or error.description
    response = error.get_response()
    if wants_page():
        response.data = render_template("error.html", code=code, sentence=sentence)
    else:
        response.data = json.dumps({"error": sentence})
        response.mimetype = "application/json"
    return response


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
