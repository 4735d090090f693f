"""The live picture of one camera: newest frame, plates drawn on, JPEG; nothing while nobody watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from streamer.annotate import Label, annotate, dimmed, shrink_to, state_card, to_jpeg, with_line
from streamer.settings import Live
from streamer.types import Frame, SourceState, SourceStatus
from streamer.zones import Zones

CARD_EVERY_S = 1.0
CARD_WIDTH, CARD_HEIGHT = 1280, 720


class NewestFrame:
    """A place for one frame: whoever comes takes the newest, nobody waits for a slow taker."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._number = 0
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> None:
        with self._changed:
            self._frame = frame
            self._number += 1
            self._changed.notify_all()

    def clear(self) -> None:
        """Forgets the frame, so that nobody is shown what was."""
        with self._changed:
            self._frame = None

    def take(self, after: int, timeout_s: float) -> tuple[int, Frame | None]:
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

    `labels` gives what to draw at a source's time in seconds, `state` what the source is doing,
    `send` takes a JPEG. What is outside the `zones` is dark, and their line is drawn.
    """

    def __init__(
        self,
        camera: str,
        settings: Live,
        newest: NewestFrame,
        labels: Callable[[float], list[Label]],
        zones: Zones,
        state: Callable[[], SourceState],
        send: Callable[[bytes], None],
    ) -> None:
        self._camera = camera
        self._settings = settings
        self._newest = newest
        self._labels = labels
        self._zones = zones
        self._state = state
        self._send = send
        self._watched = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="live-view", daemon=True).start()

    def watch(self, on: bool) -> None:
        """Begins or ends the sending."""
        if on:
            self._watched.set()
        else:
            self._watched.clear()

    def _run(self) -> None:
        number = 0
        period_s = 1 / self._settings.fps
        next_s = time.monotonic()
        while True:
            if not self._watched.is_set():
                self._watched.wait()
                number = 0
            number, frame = self._newest.take(number, CARD_EVERY_S)
            if (state := self._state()).status is not SourceStatus.LIVE:
                self._send(self._card(str(state)))
                next_s += CARD_EVERY_S
            elif frame is not None:
                self._send(self._drawn(frame))
            next_s = max(next_s + period_s, time.monotonic())
            time.sleep(max(0.0, next_s - time.monotonic()))

    def _drawn(self, frame: Frame) -> bytes:
        picture = shrink_to(frame.image, self._settings.width)
        scale = picture.shape[1] / frame.image.shape[1]
        marked = with_line(dimmed(picture, self._zones), self._zones.line)
        drawn = annotate(marked, self._labels(frame.media_s), scale)
        return to_jpeg(drawn, self._settings.quality)

    def _card(self, words: str) -> bytes:
        width = min(CARD_WIDTH, self._settings.width)
        height = round(width * CARD_HEIGHT / CARD_WIDTH)
        return to_jpeg(state_card(self._camera, words, width, height), self._settings.quality)
