"""What every program under the supervisor begins with: its orders, and its end.

The supervisor writes one line of JSON to a program's standard input and then keeps the pipe open.
When the pipe closes the supervisor is gone, however it went, and the program ends too.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from streamer.redact import RedactingFilter

log = logging.getLogger(__name__)

LAST_WORDS_S = 2.0


def orders() -> dict[str, Any]:
    """The line that the supervisor wrote for this program. Ends the program if there is none."""
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit("this is a part of Plate Streamer; start it with: python -m streamer serve")
    loaded: dict[str, Any] = json.loads(line)
    return loaded


def end_when_told(stop: Callable[[], None]) -> None:
    """Calls `stop` once at SIGTERM or when the supervisor is gone; if that does not end us, we end anyway.

    Call it from the main thread. Ctrl-C is the supervisor's business and is ignored here.
    """
    told = threading.Event()

    def end() -> None:
        if not told.is_set():
            told.set()
            threading.Thread(target=_end_anyway, daemon=True).start()
            stop()

    def watch_pipe() -> None:
        while os.read(0, 4096):
            pass
        end()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: end())
    threading.Thread(target=watch_pipe, name="supervisor-watch", daemon=True).start()


def end_with_any_thread() -> None:
    """From now on a thread that fails ends the whole program, so that the supervisor starts a sound one."""

    def end(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            log.critical("a part of this program failed; it ends and starts again", exc_info=failure.exc_value)
        os._exit(1)

    threading.excepthook = end


def _end_anyway() -> None:
    threading.Event().wait(LAST_WORDS_S)
    os._exit(1)


def log_to_stderr(name: str) -> None:
    """One line an event, with the program's name, and no password in it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(f"%(asctime)s {name:<12} %(message)s", "%Y-%m-%d %H:%M:%S"))
    handler.addFilter(RedactingFilter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
