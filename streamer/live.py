"""The live picture of one camera: newest frame, plates drawn on, a JPEG for every size that is watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from streamer.annotate import Label, dimmed, draw, draw_line, shrink_to, state_card, to_jpeg
from streamer.pace import Allowance
from streamer.types import Frame, Picture, SourceState, SourceStatus
from streamer.viewing import Size, View
from streamer.zones import Zones

CARD_EVERY_S = 1.0
CARD_WIDTH, CARD_HEIGHT = 1280, 720


T = TypeVar("T")


class Newest(Generic[T]):
    """A place for one thing: whoever comes takes the newest, nobody waits for a slow taker."""

    def __init__(self) -> None:
        self._frame: T | None = None
        self._number = 0
        self._changed = threading.Condition()

    def put(self, frame: T) -> None:
        with self._changed:
            self._frame = frame
            self._number += 1
            self._changed.notify_all()

    def clear(self) -> None:
        """Forgets the frame, so that nobody is shown what was."""
        with self._changed:
            self._frame = None

    def take(self, after: int, timeout_s: float) -> tuple[int, T | None]:
        """The newest frame and its number, once there is one with a number above `after`.

        After `timeout_s` without one: (`after`, None).
        """
        with self._changed:
            self._changed.wait_for(lambda: self._number > after and self._frame is not None, timeout_s)
            if self._number <= after or self._frame is None:
                return after, None
            return self._number, self._frame


class LiveView:
    """Sends JPEGs while somebody watches: annotated frames, or a card with the source's state.

    A frame is encoded once for every size that is watched, as often as that size's quickest viewer wants it.
    `labels` gives what to draw at a source's time in seconds, `state` what the source is doing, `send` takes a
    JPEG. What is outside the `zones` is dark, and their line is drawn. No viewer gets more than `most_fps`
    pictures a second, which may change at any time.
    """

    def __init__(
        self,
        camera: str,
        newest: Newest[Frame],
        labels: Callable[[float], list[Label]],
        zones: Zones,
        state: Callable[[], SourceState],
        send: Callable[[Size, bytes], None],
        most_fps: Callable[[], float],
    ) -> None:
        self._camera = camera
        self._newest = newest
        self._labels = labels
        self._zones = zones
        self._state = state
        self._send = send
        self._most_fps = most_fps
        self._watched: dict[View, Allowance] = {}
        self._changed = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="live-view", daemon=True).start()

    @property
    def is_watched(self) -> bool:
        return bool(self._watched)

    def watch(self, views: Iterable[View]) -> None:
        """From now on these are sent, one of each size; nothing without any."""
        before = self._watched
        self._watched = {view: before.get(view) or Allowance(view.fps) for view in views}
        self._changed.set()

    def _run(self) -> None:
        number, carded_s = 0, 0.0
        while True:
            if not self._watched:
                self._changed.wait()
            if self._changed.is_set():
                self._changed.clear()
                number, carded_s = 0, 0.0
            number, frame = self._newest.take(number, CARD_EVERY_S)
            watched, now_s = self._watched, time.monotonic()
            if (state := self._state()).status is not SourceStatus.LIVE:
                if now_s - carded_s >= CARD_EVERY_S:
                    carded_s = now_s
                    self._send_card(str(state), watched)
            elif frame is not None:
                self._send_drawn(frame, self._due(watched, now_s))

    def _due(self, watched: Mapping[View, Allowance], now_s: float) -> list[Size]:
        most_fps = self._most_fps()
        due = []
        for view, allowance in watched.items():
            allowance.per_second = min(view.fps, most_fps)
            if allowance.takes(now_s):
                due.append(view.size)
        return due

    def _send_drawn(self, frame: Frame, sizes: list[Size]) -> None:
        if not sizes:
            return
        labels = self._labels(frame.media_s)
        for picture, width in _shrunk(frame, {size.width for size in sizes}):
            these = [size for size in sizes if size.width == width]
            marked = any(size.marks for size in these)
            drawn = self._drawn(picture, labels, picture.shape[1] / frame.width) if marked else picture
            for size in these:
                self._send(size, to_jpeg(drawn if size.marks else picture, size.quality))

    def _drawn(self, picture: Picture, labels: list[Label], scale: float) -> Picture:
        marked = dimmed(picture, self._zones)
        if marked is picture:
            marked = picture.copy()
        draw_line(marked, self._zones.line)
        draw(marked, labels, scale)
        return marked

    def _send_card(self, words: str, views: Iterable[View]) -> None:
        for size in [view.size for view in views]:
            width = min(CARD_WIDTH, size.width)
            height = round(width * CARD_HEIGHT / CARD_WIDTH)
            self._send(size, to_jpeg(state_card(self._camera, words, width, height), size.quality))


def _shrunk(frame: Frame, widths: Iterable[int]) -> Iterator[tuple[Picture, int]]:
    """The frame, no wider than each of the widths, the widest first: each is made from the one before."""
    picture: Picture | None = None
    for width in sorted(widths, reverse=True):
        picture = _no_wider(frame, width) if picture is None else shrink_to(picture, width)
        yield picture, width


def _no_wider(frame: Frame, width: int) -> Picture:
    if frame.width <= width or frame.to_size is None:
        return shrink_to(frame.image, width)
    return frame.to_size(width, max(1, round(frame.height * width / frame.width)))
