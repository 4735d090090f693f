"""Looks at a source within bounds: from a thread, so that a test can wait for what it does, or frame by frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType

from streamer.capture import CaptureOptions, Source, open_source
from streamer.sources.base import StateListener
from streamer.types import Frame, SourceState, SourceStatus


def frames_of(source: Source, within_s: float = 30) -> Iterator[Frame]:
    """The frames of a source; fails if it has not given all that are looked at within this time."""
    limit = threading.Timer(within_s, source.close)
    limit.daemon = True
    limit.start()
    try:
        yield from source.frames()
        assert limit.is_alive(), f"not within {within_s} s: {source.state}"
    finally:
        limit.cancel()
        source.close()


class Watch:
    """Opens a source, collects its frames and states, and closes it. `build` makes the source from a
    listener."""

    ENDED_WITHIN_S = 10

    def __init__(self, build: Callable[[StateListener], Source]) -> None:
        self._changed = threading.Condition()
        self.states: list[SourceState] = []
        self.frames: list[Frame] = []
        self.source = build(self._note_state)
        self._thread = threading.Thread(target=self._run, args=(self.source,), daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.source.close()
        self._thread.join(self.ENDED_WITHIN_S)
        assert not self._thread.is_alive(), f"frames() did not end within {self.ENDED_WITHIN_S} s of close()"

    @classmethod
    def on(cls, spec: str, options: CaptureOptions | None = None) -> Watch:
        return cls(lambda note: open_source(spec, "gate", options, note))

    @property
    def status(self) -> SourceStatus:
        return self.source.state.status

    def wait(self, ready: Callable[[], bool], within_s: float = 10) -> float:
        """Seconds until `ready`; fails when that takes too long."""
        began_s = time.monotonic()
        assert self.comes(ready, within_s), f"not within {within_s} s: {[str(state) for state in self.states]}"
        return time.monotonic() - began_s

    def comes(self, ready: Callable[[], bool], within_s: float) -> bool:
        """Whether it is `ready` in time."""
        with self._changed:
            return self._changed.wait_for(ready, within_s)

    def wait_for(self, status: SourceStatus, within_s: float = 10) -> float:
        """Seconds until the state is, or since this call has been, `status`."""
        before = len(self.states)
        return self.wait(
            lambda: self.status is status or status in [state.status for state in self.states[before:]],
            within_s,
        )

    def wait_for_reason(self, words: str, within_s: float = 10) -> float:
        """Seconds until some state has said `words`."""
        return self.wait(lambda: any(words in state.reason for state in self.states), within_s)

    def last(self, status: SourceStatus) -> SourceState:
        """The last state that was `status`."""
        return next(state for state in reversed(self.states) if state.status is status)

    def wait_for_frames(self, more: int = 1, within_s: float = 10) -> float:
        """Seconds until `more` frames than now have come."""
        enough = len(self.frames) + more
        return self.wait(lambda: len(self.frames) >= enough, within_s)

    def _run(self, source: Source) -> None:
        for frame in source.frames():
            with self._changed:
                self.frames.append(frame)
                self._changed.notify_all()

    def _note_state(self, state: SourceState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()
