"""The web program: `python -m streamer.web`, started by the supervisor.

Its orders are one line of JSON on standard input: `settings` (with secrets), `socket` (path of the
Unix socket on which the other programs call) and `listen_fd` (number of an inherited TCP socket that
listens). It ends at once when standard input closes or at SIGTERM; it holds nothing that could be lost.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamer.program import log_to_stderr, orders

if TYPE_CHECKING:
    from flask import Flask

    from streamer.types import Read

IDLE_CONNECTION_S = 60.0
"""A connection on which nothing moves for so long is closed; Socket.IO's pings keep its own moving."""


def main() -> None:
    """Serves until the supervisor is gone."""
    told = orders()
    _end_with_the_supervisor()
    eventlet = told["settings"]["server"]["async_mode"] == "eventlet"
    if eventlet:
        _go_green()
    log_to_stderr("web")
    app = _application(told)
    if eventlet:
        _serve_eventlet(app, told["listen_fd"])
    else:
        _serve_threading(app, told["listen_fd"])


def _end_with_the_supervisor() -> None:
    """Watches the pipe on a real thread, which neither eventlet nor a busy request can hold up."""

    def watch(read: Any = os.read, end: Any = os._exit) -> None:  # noqa: ANN401 - before eventlet replaces them
        while read(0, 4096):
            pass
        end(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()


def _go_green() -> None:
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import eventlet

    eventlet.monkey_patch()


def _application(told: dict[str, Any]) -> Flask:
    import logging

    from streamer.app import create_app
    from streamer.listening import address
    from streamer.settings import Settings
    from streamer.web.relay import Relay

    settings = Settings.model_validate(told["settings"])

    def recorded(limit: int) -> list[Read]:
        from streamer.records import recent_reads

        return recent_reads(settings.log.folder, limit)

    grammars = {camera.name: settings.grammar_of(camera) for camera in settings.cameras}

    def display(read: Read) -> str:
        grammar = grammars.get(read.camera)
        return grammar.display(read.plate) if grammar else read.plate

    relay = Relay(list(grammars), recorded, display)
    app, _ = create_app(settings, relay)
    relay.open(Path(told["socket"]))
    logging.getLogger(__name__).info("open %s", address(settings.server))
    return app


def _serve_eventlet(app: Flask, listen_fd: int) -> None:
    import logging
    import socket
    import time

    from eventlet import wsgi

    class Listener(socket.socket):
        """Goes on accepting when a connection cannot be had (too many open files, client gone)."""

        def accept(self) -> Any:  # noqa: ANN401
            while True:
                try:
                    return super().accept()
                except OSError as error:
                    logging.getLogger(__name__).warning("a connection could not be accepted: %s", error)
                    time.sleep(0.1)

    quiet = logging.getLogger("eventlet.wsgi")
    quiet.setLevel(logging.WARNING)
    wsgi.server(
        Listener(fileno=listen_fd),
        app,
        log=quiet,
        log_output=False,
        debug=False,
        minimum_chunk_size=1,
        socket_timeout=IDLE_CONNECTION_S,
    )


def _serve_threading(app: Flask, listen_fd: int) -> None:
    import logging

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        timeout = IDLE_CONNECTION_S

        def version_string(self) -> str:
            return "Plate Streamer"

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server("", 0, app, threaded=True, request_handler=Handler, fd=listen_fd).serve_forever()


if __name__ == "__main__":
    main()
