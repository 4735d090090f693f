"""Live sources: the newest frame only, and a new try for ever after every fault.

Three threads meet here. A reader takes shots from the library, which may hang; the keeper starts
readers, watches them, gives up those that stall, and is the only one that changes the state; the
consumer is whoever iterates over `frames()`, and gets none but while the state is live. A reader that was
given up is no longer the current one: what it still delivers is refused, and at that it ends. The state
is live only after the current reader has put its frame in place of an older one, so none is stale.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, RLock, Thread

from streamer.sources.backoff import Backoff
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
from streamer.types import Frame, SourceState, SourceStatus

_MOST_HANGING = 3
"""No new try while this many given-up readers still hang in the library."""
_GOODBYE_S = 0.5
"""How long the end of `frames()` waits for the keeper to say its last state."""


@dataclass(eq=False)
class _Reader:
    """One opening of the source: when it began and gave its first and newest shot, and how it ended."""

    began_s: float
    thread: Thread | None = None
    first_s: float | None = None
    newest_s: float = 0.0
    over: bool = False
    fault: SourceError | None = None

    @property
    def hangs(self) -> bool:
        return self.thread is not None and self.thread.is_alive()


class LiveSource(Source):
    """Gives the newest frame of `shots`, which is opened again whenever it fails, ends or stalls.

    `shots` of a `recording` give long pauses as they were recorded, and their end is the end.
    """

    live = True

    def __init__(
        self,
        name: str,
        camera: str,
        shots: Shots,
        options: CaptureOptions,
        on_state: StateListener | None = None,
        *,
        recording: bool = False,
    ) -> None:
        super().__init__(name, camera, on_state)
        self._shots = shots
        self._options = options
        self._recording = recording
        self._backoff = Backoff(options)
        self._told: set[str] = set()
        alone = RLock()
        self._arrived = Condition(alone)  # wakes who takes frames, and nobody else: that is most of the times
        self._changed = Condition(alone)
        self._closed = False
        self._reader: _Reader | None = None
        self._given_up: list[_Reader] = []
        self._newest: Frame | None = None
        self._count = 0
        self._media_s = self._offset_s = 0.0
        self._arrived_s = 0.0

    def frames(self) -> Iterator[Frame]:
        keeper = Thread(target=self._keep, name=f"keeper of {self.camera}", daemon=True)
        keeper.start()
        try:
            while (frame := self._take()) is not None:
                yield frame
        finally:
            self.close()
            keeper.join(_GOODBYE_S)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._reader = None
            self._changed.notify_all()
            self._arrived.notify_all()

    # The consumer

    def _take(self) -> Frame | None:
        """Waits for a frame that nobody has had yet; None when there will be none."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed or self._is_ready() or self._is_ended())
            if self._closed:
                return None
            frame, self._newest = self._newest, None
            return frame

    def _is_ready(self) -> bool:
        return self._newest is not None and self._state.status is SourceStatus.LIVE

    def _is_ended(self) -> bool:
        return self._state.status is SourceStatus.ENDED

    # The reader

    def _read(self, reader: _Reader) -> None:
        try:
            for shot in self._shots():
                if not self._accept(reader, shot):
                    break
        except SourceError as fault:
            reader.fault = fault
        except Exception as error:
            log.exception("%s: reading %s failed in a way that is new", self.camera, self.name)
            reader.fault = SourceError(f"{self.name} cannot be read ({error}); the log says more")
        finally:
            with self._changed:
                reader.over = True
                self._changed.notify_all()

    def _accept(self, reader: _Reader, shot: Shot) -> bool:
        """Puts the shot in place of the one before, if the reader is still wanted."""
        now_s = time.monotonic()
        with self._changed:
            if reader is not self._reader:
                return False
            if reader.first_s is None:
                reader.first_s = now_s
                away_s = now_s - self._arrived_s if self._count else 0.0
                self._offset_s = self._media_s + away_s - shot.time_s
                self._changed.notify_all()
            self._media_s = self._offset_s + shot.time_s
            self._arrived_s = reader.newest_s = now_s
            self._newest = Frame(
                self.camera,
                self._count,
                self._media_s,
                time.time(),
                shot.width,
                shot.height,
                shot.to_bgr,
                shot.to_luma,
                shot.to_size,
            )
            self._count += 1
            self._arrived.notify_all()
            return True

    # The keeper

    def _keep(self) -> None:
        while not self._closed:
            self._turn(SourceState(SourceStatus.CONNECTING))
            state = self._try()
            if state.status is SourceStatus.ENDED:
                self._turn(state)
                return
            self._turn(state)
            with self._changed:
                self._changed.wait_for(lambda: self._closed, state.retry_s)
        self._turn(SourceState(SourceStatus.ENDED))

    def _try(self) -> SourceState:
        """One opening from start to end; the state that follows."""
        self._given_up = [reader for reader in self._given_up if reader.hangs]
        if len(self._given_up) >= _MOST_HANGING:
            return self._retry(SourceError(f"{self.name} hangs; plug it in again or restart it"))
        reader = self._begin()
        try:
            return self._follow(reader)
        finally:
            with self._changed:
                self._reader = None
            self._given_up.append(reader)

    def _begin(self) -> _Reader:
        reader = _Reader(time.monotonic())
        reader.thread = Thread(target=self._read, args=(reader,), name=f"reader of {self.camera}", daemon=True)
        with self._changed:
            self._reader = None if self._closed else reader
        reader.thread.start()
        return reader

    def _follow(self, reader: _Reader) -> SourceState:
        """Watches the reader to its end or its stall; the state that follows."""
        patience_s = self._options.connect_timeout_s + self._options.stall_after_s
        if not self._wait(reader, lambda: reader.began_s + patience_s, lambda: reader.first_s is not None):
            return self._retry(SourceError(f"{self.name} gives no picture within {patience_s:g} s; restart it"))
        if reader.first_s is not None and not self._closed:
            self._turn(SourceState(SourceStatus.LIVE))
            stalled = not self._wait(reader, lambda: reader.newest_s + self._options.stall_after_s)
            if reader.newest_s - reader.first_s > self._options.retry_most_s:
                self._backoff.reset()
            if stalled:
                reason = f"no new picture from {self.name} for {self._options.stall_after_s:g} s"
                return SourceState(SourceStatus.STALLED, reason, self._backoff.pause_s())
        return self._after(reader)

    def _wait(
        self, reader: _Reader, limit_s: Callable[[], float], ready: Callable[[], bool] = lambda: False
    ) -> bool:
        """Until the reader is `ready` or over, or the source closed; False when `limit_s` passes first,
        which it does not for recordings."""
        with self._changed:
            while not (ready() or reader.over or self._closed):
                left_s = None if self._recording else limit_s() - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return False
                self._changed.wait(left_s)
        return True

    def _after(self, reader: _Reader) -> SourceState:
        """The state that follows a reader that is over, or a source that was closed."""
        if self._closed:
            return SourceState(SourceStatus.ENDED)
        if self._recording and (reader.fault is None or isinstance(reader.fault, DamagedError)):
            return SourceState(SourceStatus.ENDED, str(reader.fault or ""))
        return self._retry(reader.fault or SourceError(f"{self.name} ended its stream"))

    def _retry(self, fault: SourceError) -> SourceState:
        pause_s = self._backoff.pause_s(refused=fault.refused)
        return SourceState(SourceStatus.RETRYING, str(fault), pause_s)

    def _turn(self, state: SourceState) -> None:
        with self._changed:
            self._state = state
            self._arrived.notify_all()
        self._log(state)
        self._tell(state)

    def _log(self, state: SourceState) -> None:
        """One line a change: tries are silent, and so is a reason that was given since it last was live."""
        if state.status is SourceStatus.LIVE:
            self._told.clear()
            log.info("%s: live from %s", self.camera, self.name)
        elif state.reason and state.reason not in self._told:
            self._told.add(state.reason)
            log.warning("%s: %s", self.camera, state)
        elif state.status is SourceStatus.ENDED:
            log.info("%s: ended", self.camera)
