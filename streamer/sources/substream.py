"""A camera's two streams as one source: the small one is watched, the main one is decoded when it is needed.

The small stream sets the pace. Each of its pictures becomes a frame that is as large as the main stream's: its
brightness is that of the small picture, and the picture itself is the newest of the main stream that had
arrived by then, decoded when somebody asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from threading import Condition, RLock, Thread

import cv2
import numpy as np

from streamer.redact import redact
from streamer.sources.base import (
    CaptureOptions,
    DamagedError,
    Shot,
    Shots,
    Source,
    SourceError,
    StateListener,
    log,
)
from streamer.sources.live import LiveSource
from streamer.types import Frame, Picture, SourceState, SourceStatus

_GOODBYE_S = 0.5
"""How long the end of `frames()` waits for each of the two streams."""
_SAME_S = 0.005
"""Time stamps of two files that differ by no more are of the same time."""
_TOO_SHORT_S = 1.0
"""A recording that ends so long before the other is not of the same time."""

NoteFault = Callable[[str], None]
"""Is told why the main picture could not be decoded, or "" when it could."""


class SubstreamSource(Source):
    """Gives the newest frame of the two streams of a camera, each of which comes back by itself.

    While only the small stream is down the main one is watched in its place, and the state, which is live, has
    the reason. Otherwise the state is that of the main stream; it is connecting until both were live or have
    failed.
    """

    live = True

    def __init__(
        self,
        names: tuple[str, str],
        camera: str,
        shots: tuple[Shots, Shots],
        options: CaptureOptions,
        on_state: StateListener | None = None,
    ) -> None:
        """`names` and `shots` are those of the main stream and of the small one; the main one's are lazy."""
        super().__init__(names[0], camera, on_state)
        self._main = LiveSource(names[0], camera, shots[0], options, self._follow_main)
        self._small = LiveSource(names[1], f"{camera} (small stream)", shots[1], options, self._follow_small)
        self._telling = RLock()
        self._told: SourceState | None = None
        self._small_fault = self._main_fault = ""
        self._changed = Condition()
        self._closed = False
        self._newest_main: Frame | None = None
        self._ready: Frame | None = None
        self._count = 0
        self._began_s = time.monotonic()

    @property
    def state(self) -> SourceState:
        return self._combined()

    def frames(self) -> Iterator[Frame]:
        feeders = [
            Thread(target=self._feed, args=(stream, take), name=f"feeder of {stream.camera}", daemon=True)
            for stream, take in ((self._main, self._take_main), (self._small, self._take_small))
        ]
        for feeder in feeders:
            feeder.start()
        try:
            while (frame := self._next()) is not None:
                yield frame
        finally:
            self.close()
            for feeder in feeders:
                feeder.join(_GOODBYE_S)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._main.close()
        self._small.close()

    # The consumer

    def _next(self) -> Frame | None:
        """Waits for a frame that nobody has had yet; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._ready is not None and self._is_live()))
            if self._closed:
                return None
            frame, self._ready = self._ready, None
            return frame

    # The two streams

    def _feed(self, stream: LiveSource, take: Callable[[Frame], None]) -> None:
        for frame in stream.frames():
            take(frame)

    def _take_small(self, small: Frame) -> None:
        main = self._newest_main
        if main is not None and self._is_live():
            pair = _Pair(main, small, self._note_main_fault)
            self._give(
                replace(
                    small,
                    width=main.width,
                    height=main.height,
                    to_bgr=pair.to_bgr,
                    to_luma=pair.to_luma,
                    to_size=pair.to_size,
                )
            )

    def _take_main(self, main: Frame) -> None:
        """The main stream is decoded as it comes while it is watched itself."""
        self._newest_main = main
        if self._small.state.status is not SourceStatus.LIVE and self._is_live() and self._decodes(main):
            self._give(main)

    def _decodes(self, main: Frame) -> bool:
        try:
            _ = main.luma
        except SourceError as fault:
            self._note_main_fault(str(fault))
            return False
        self._note_main_fault("")
        return True

    def _give(self, frame: Frame) -> None:
        with self._changed:
            self._ready = replace(
                frame, camera=self.camera, index=self._count, media_s=time.monotonic() - self._began_s
            )
            self._count += 1
            self._changed.notify_all()

    # The state

    def _is_live(self) -> bool:
        return self._combined().status is SourceStatus.LIVE

    def _combined(self) -> SourceState:
        main, small = self._main.state, self._small.state
        if main.status is not SourceStatus.LIVE:
            return main
        if small.status is SourceStatus.LIVE:
            return SourceState(SourceStatus.LIVE, self._main_fault)
        if not self._small_fault:
            return SourceState(SourceStatus.CONNECTING)
        reason = f"the main stream is watched, which costs more, for the small one is down: {self._small_fault}"
        return SourceState(SourceStatus.LIVE, reason)

    def _follow_main(self, state: SourceState) -> None:
        if state.status is not SourceStatus.LIVE:
            with self._changed:
                self._newest_main = self._ready = None
            self._main_fault = ""
        self._turn()

    def _follow_small(self, state: SourceState) -> None:
        self._small_fault = state.reason or self._small_fault
        self._turn()

    def _note_main_fault(self, fault: str) -> None:
        if fault == self._main_fault:
            return
        if fault:
            log.warning("%s: %s", self.camera, fault)
        self._main_fault = fault
        self._turn()

    def _turn(self) -> None:
        """Tells the state if it is another one; in the order in which the streams' own ones change."""
        with self._telling:
            state = self._combined()
            if state == self._told or (self._closed and state.status is not SourceStatus.ENDED):
                return
            self._told = state
            with self._changed:
                self._changed.notify_all()
            self._tell(state)


def paired(main: Iterator[Shot], small: Iterator[Shot], main_name: str) -> Iterator[Shot]:
    """The shots of two recordings of the same time as one: each of the small one with the lazy one of the main
    recording that belongs to its time. Raises DamagedError where one of them is shorter."""
    note, time_s = partial(_warn, main_name), 0.0
    current = upcoming = next(main, None)
    for shot in small:
        time_s = shot.time_s
        while upcoming is not None and upcoming.time_s <= time_s + _SAME_S:
            current, upcoming = upcoming, next(main, None)
        if current is None or (upcoming is None and time_s - current.time_s > _TOO_SHORT_S):
            raise DamagedError(f"{main_name} ends before its small stream; record both at the same time")
        pair = _Pair(current, shot, note)
        yield Shot(time_s, current.width, current.height, pair.to_bgr, pair.to_luma, pair.to_size)
    if any(shot.time_s - time_s > _TOO_SHORT_S for shot in main):
        raise DamagedError(f"the small stream of {main_name} ends before it; record both at the same time")


def _warn(name: str, fault: str) -> None:
    if fault:
        log.warning("%s: %s", redact(name), fault)


class _Pair:
    """A small picture and the main one of its time, which stand for each other where they can."""

    def __init__(self, main: Shot | Frame, small: Shot | Frame, note_fault: NoteFault) -> None:
        self._main = main
        self._small = small
        self._note_fault = note_fault

    def to_luma(self) -> Picture:
        return self._small.to_luma() if self._small.to_luma else self._small.to_bgr()[..., 1]

    def to_bgr(self) -> Picture:
        return self._of_main(self._main.to_bgr, self._main.width, self._main.height)

    def to_size(self, width: int, height: int) -> Picture:
        """No larger than the small picture: made of that, so that viewers do not wake the main stream."""
        if width <= self._small.width or self._main.to_size is None:
            return self._enlarged(width, height)
        return self._of_main(partial(self._main.to_size, width, height), width, height)

    def _of_main(self, make: Callable[[], Picture], width: int, height: int) -> Picture:
        """What is made of the main picture; the small one, enlarged, where the main one cannot be decoded."""
        try:
            picture = make()
        except SourceError as fault:
            self._note_fault(str(fault))
            return self._enlarged(width, height)
        self._note_fault("")
        return picture

    def _enlarged(self, width: int, height: int) -> Picture:
        if self._small.to_size:
            return self._small.to_size(width, height)
        return np.asarray(cv2.resize(self._small.to_bgr(), (width, height)), np.uint8)
