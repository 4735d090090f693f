"""Recordings and pictures: every frame, in order, in the caller's own thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from streamer.sources.base import DamagedError, Extent, Shot, Source, SourceError, StateListener, log
from streamer.types import Frame, SourceState, SourceStatus

NumberedShots = Callable[[], Iterator[tuple[int, Shot]]]
"""Opens a source and gives its shots with their frame indices."""


class WholeSource(Source):
    """Gives all shots at full speed and ends. Closing takes effect at the next shot. With `paths` it
    is one of stills."""

    def __init__(
        self,
        name: str,
        camera: str,
        shots: NumberedShots,
        on_state: StateListener | None = None,
        *,
        measure: Callable[[], Extent | None] = lambda: None,
        paths: tuple[Path, ...] = (),
    ) -> None:
        super().__init__(name, camera, on_state)
        self.paths = paths
        self.stills = bool(paths)
        self._shots = shots
        self._measure = measure
        self._closed = False

    @property
    def extent(self) -> Extent | None:
        return self._measure()

    def frames(self) -> Iterator[Frame]:
        reason = ""
        try:
            yield from self._frames()
        except DamagedError as damage:
            reason = str(damage)
            log.warning("%s: %s", self.camera, damage)
        except SourceError as fault:
            reason = str(fault)
            raise
        finally:
            self._turn(SourceState(SourceStatus.ENDED, reason))

    def close(self) -> None:
        self._closed = True

    def _frames(self) -> Iterator[Frame]:
        start_s = time.time()
        for index, shot in self._shots():
            if self._closed:
                return
            if self._state.status is not SourceStatus.LIVE:
                self._turn(SourceState(SourceStatus.LIVE))
            yield Frame(
                self.camera,
                index,
                shot.time_s,
                start_s + shot.time_s,
                shot.width,
                shot.height,
                shot.to_bgr,
                shot.to_luma,
                shot.to_size,
            )

    def _turn(self, state: SourceState) -> None:
        self._state = state
        self._tell(state)
