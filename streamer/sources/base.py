"""What every kind of source is, to those who use it and to those who write one."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from streamer.redact import redact
from streamer.types import Frame, Picture, SourceState, SourceStatus

log = logging.getLogger("streamer.capture")


@dataclass(frozen=True)
class CaptureOptions:
    """How sources are read; times in seconds.

    `realtime` paces a file like a camera and `loop` starts it again at its end. `complete` gives
    every frame of a URL once and in order, as `read` wants it, instead of watching it live.
    `stall_after_s` is how long a live source may send nothing before it is given up and opened
    again. Pauses between tries grow from `retry_first_s` to `retry_most_s`; after a refused
    password they are `retry_refused_s`, because cameras lock out who asks too often.
    With `one_thread` recordings are decoded in the caller's thread alone, so that its cost can be told.
    `rtsp_transport` is "tcp" or "udp". `hardware` is what decodes: "off" is the processor, "auto" any graphics
    chip, "cuda" and the like a certain kind. `webcam_size` (width, height) is what webcams are asked for.
    """

    realtime: bool = False
    loop: bool = False
    complete: bool = False
    one_thread: bool = False
    connect_timeout_s: float = 10
    read_timeout_s: float = 5
    stall_after_s: float = 3
    retry_first_s: float = 0.5
    retry_most_s: float = 3
    retry_refused_s: float = 30
    rtsp_transport: str = "tcp"
    hardware: str = "off"
    webcam_size: tuple[int, int] = (1920, 1080)


class SourceError(Exception):
    """A source that cannot be read: one sentence with what is wrong, where (without secrets) and
    what to do. `refused` says that the source does not accept the name or password."""

    def __init__(self, sentence: str, *, refused: bool = False) -> None:
        super().__init__(redact(sentence))
        self.refused = refused


class DamagedError(SourceError):
    """Raised after the last shot of a recording of which a part is missing or could not be decoded."""


@dataclass(frozen=True)
class Shot:
    """One decoded picture: seconds since the first shot of this opening (never less than that of
    the shot before), its size in pixels as it is to be looked at, and how to get at it, at its
    brightness alone, and at it in another width and height, where the source has a shorter way to these."""

    time_s: float
    width: int
    height: int
    to_bgr: Callable[[], Picture] = field(repr=False, compare=False)
    to_luma: Callable[[], Picture] | None = field(default=None, repr=False, compare=False)
    to_size: Callable[[int, int], Picture] | None = field(default=None, repr=False, compare=False)


Shots = Callable[[], Iterator[Shot]]
"""Opens a source and gives its shots one by one; raises SourceError. Blocking calls are welcome."""

StateListener = Callable[[SourceState], None]


@dataclass(frozen=True)
class Extent:
    """How long a recording says it is: frames, and seconds where it has times. Both may be estimates."""

    frames: int
    seconds: float | None = None


class Source(ABC):
    """A camera, clip or set of pictures that gives frames, once.

    `name` is the source without secrets. `live` sources give only their newest frame and come back
    by themselves after faults; the others give every frame in order and end. `stills` are pictures
    that have nothing to do with one another; `paths[frame.index]` says which picture a frame is.
    """

    live = False
    stills = False
    paths: tuple[Path, ...] = ()

    def __init__(self, name: str, camera: str, on_state: StateListener | None = None) -> None:
        self.name = redact(name)
        self.camera = camera
        self._on_state = on_state
        self._state = SourceState(SourceStatus.CONNECTING)

    @property
    def state(self) -> SourceState:
        return self._state

    @property
    def extent(self) -> Extent | None:
        """How much there is to come, for a progress bar; None where nobody knows. May open the file."""
        return None

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """The frames. Raises SourceError where a source that is not live cannot be read."""

    @abstractmethod
    def close(self) -> None:
        """Ends `frames()` within a second. May be called from any thread, and more than once."""

    def _tell(self, state: SourceState) -> None:
        """Calls the listener, whose faults are its own."""
        if self._on_state is None:
            return
        try:
            self._on_state(state)
        except Exception:
            log.exception("%s: the listener failed on '%s'", self.camera, state)
