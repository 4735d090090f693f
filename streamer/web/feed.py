"""One camera as its viewers see it: the state, the newest picture, and who is watching."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from streamer.wire import CameraState, Message, Wire, WireError

log = logging.getLogger(__name__)

LIVE = "live"
STARTING = CameraState("starting", "starting")
STARTING_AGAIN = CameraState("starting", "starting again")


@dataclass(frozen=True)
class Shown:
    """One picture of a camera: its number (from 1, growing), the JPEG, and when it was sent (Unix seconds)."""

    number: int
    jpeg: bytes
    sent_s: float


class Feed:
    """Every viewer waits here for a picture newer than its last; slow ones skip, nobody queues.

    The camera program is told to make pictures when the first viewer comes and to stop `linger_s`
    seconds after the last one went.
    """

    def __init__(self, name: str, linger_s: float = 2.0) -> None:
        self.name = name
        self.state = STARTING
        self._linger_s = linger_s
        self._shown: Shown | None = None
        self._number = 0
        self._viewers = 0
        self._wire: Wire | None = None
        self._watched = False
        self._changed = threading.Condition(threading.Lock())
        self._telling = threading.Lock()

    @property
    def connected(self) -> bool:
        """Whether the camera program is there."""
        return self._wire is not None

    @property
    def viewers(self) -> int:
        return self._viewers

    @property
    def number(self) -> int:
        """The number of the newest picture so far; 0 before the first."""
        return self._number

    def attach(self, wire: Wire) -> None:
        """The camera program has come (again); an earlier connection of it is closed."""
        with self._telling:
            old, self._wire, self._watched = self._wire, wire, False
        if old:
            old.close()
        self._tell()

    def detach(self, wire: Wire) -> bool:
        """The connection has ended; False if another one has taken its place already."""
        with self._telling, self._changed:
            if self._wire is not wire:
                return False
            self._wire, self._shown, self.state = None, None, STARTING_AGAIN
        return True

    def show(self, jpeg: bytes, sent_s: float) -> None:
        """The camera program's newest picture, for everybody who waits; dropped when nobody does."""
        with self._changed:
            if not self._watched:
                return
            self._number += 1
            self._shown = Shown(self._number, jpeg, sent_s)
            self._changed.notify_all()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Counts as a viewer while the block runs."""
        with self._changed:
            self._viewers += 1
        self._tell()
        try:
            yield
        finally:
            with self._changed:
                self._viewers -= 1
                last = self._viewers == 0
            if last:
                timer = threading.Timer(self._linger_s, self._tell)
                timer.daemon = True
                timer.start()

    def after(self, number: int, timeout_s: float) -> Shown | None:
        """Waits for a picture newer than `number`; None if none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._shown is not None and self._shown.number > number, timeout_s)
            return self._shown if self._shown is not None and self._shown.number > number else None

    def card(self) -> bytes | None:
        """The picture that still holds while nothing new comes: the state card of a camera that is not live."""
        with self._changed:
            if self._shown is None or self.state.status == LIVE:
                return None
            return self._shown.jpeg

    def _tell(self) -> None:
        """Says to the camera program whether anybody watches, if it has not heard that yet."""
        with self._telling:
            wanted = self._viewers > 0
            if self._wire is None or wanted == self._watched:
                return
            self._watched = wanted
            with contextlib.suppress(WireError):
                self._wire.send(Message({"type": "watch", "on": wanted}))
            if not wanted:
                with self._changed:
                    self._shown = None
            log.debug("camera %s %s", self.name, "is watched" if wanted else "is not watched any more")
