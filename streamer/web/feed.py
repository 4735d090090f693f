"""One camera as its viewers see it: the state, the newest picture, and who is watching."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from streamer.viewing import Size, View
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

    The camera program is told which sizes to make, each as often as its quickest viewer wants it: at once when
    somebody comes, `linger_s` seconds after somebody went. All who want the same size get the same bytes.
    """

    def __init__(self, name: str, linger_s: float = 2.0) -> None:
        self.name = name
        self.state = STARTING
        self._linger_s = linger_s
        self._watching: Counter[View] = Counter()
        self._shown: dict[Size, Shown] = {}
        self._number = 0
        self._wire: Wire | None = None
        self._told: frozenset[View] = frozenset()
        self._changed = threading.Condition(threading.Lock())
        self._telling = threading.Lock()

    @property
    def connected(self) -> bool:
        """Whether the camera program is there."""
        return self._wire is not None

    @property
    def viewers(self) -> int:
        return self._watching.total()

    @property
    def number(self) -> int:
        """The number of the newest picture so far; 0 before the first."""
        return self._number

    def attach(self, wire: Wire) -> None:
        """The camera program has come (again); an earlier connection of it is closed."""
        with self._telling:
            old, self._wire, self._told = self._wire, wire, frozenset()
        if old:
            old.close()
        self._tell()

    def detach(self, wire: Wire) -> bool:
        """The connection has ended; False if another one has taken its place already."""
        with self._telling, self._changed:
            if self._wire is not wire:
                return False
            self._wire, self.state = None, STARTING_AGAIN
            self._shown.clear()
        return True

    def show(self, size: Size, jpeg: bytes, sent_s: float) -> None:
        """The camera program's newest picture of this size, for all who wait; dropped when nobody does."""
        with self._changed:
            if all(view.size != size for view in self._told):
                return
            self._number += 1
            self._shown[size] = Shown(self._number, jpeg, sent_s)
            self._changed.notify_all()

    @contextlib.contextmanager
    def watching(self, view: View, linger_s: float | None = None) -> Iterator[None]:
        """Counts as a viewer while the block runs."""
        with self._changed:
            self._watching[view] += 1
        self._tell()
        try:
            yield
        finally:
            with self._changed:
                self._watching[view] -= 1
            timer = threading.Timer(self._linger_s if linger_s is None else linger_s, self._tell)
            timer.daemon = True
            timer.start()

    def after(self, size: Size, number: int, timeout_s: float) -> Shown | None:
        """Waits for a picture of this size newer than `number`; None if none comes in time."""

        def newer() -> Shown | None:
            shown = self._shown.get(size)
            return shown if shown is not None and shown.number > number else None

        with self._changed:
            return self._changed.wait_for(newer, timeout_s)

    def card(self, size: Size) -> bytes | None:
        """The picture that still holds while nothing new comes: the state card of a camera that is not live."""
        with self._changed:
            shown = self._shown.get(size)
            return None if shown is None or self.state.status == LIVE else shown.jpeg

    def _tell(self) -> None:
        """Says to the camera program what is watched, if it has not heard that yet."""
        with self._telling:
            with self._changed:
                wanted = _of_each_size(+self._watching)
            if self._wire is None or wanted == self._told:
                return
            self._told = wanted
            with contextlib.suppress(WireError):
                self._wire.send(Message({"type": "watch", "views": [asdict(view) for view in wanted]}))
            with self._changed:
                sizes = {view.size for view in wanted}
                self._shown = {size: shown for size, shown in self._shown.items() if size in sizes}
            log.debug("camera %s is watched in %d sizes", self.name, len(wanted))


def _of_each_size(views: Counter[View]) -> frozenset[View]:
    """The quickest view of each size."""
    quickest: dict[Size, View] = {}
    for view in views:
        if view.size not in quickest or view.fps > quickest[view.size].fps:
            quickest[view.size] = view
    return frozenset(quickest.values())
