"""Which frames are looked at, and which are kept for a moment in case they are worth it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from streamer.area import area_around
from streamer.motion import Motion, MotionGate
from streamer.types import Box, Frame, Part
from streamer.zones import Zones


class Sampler:
    """Chooses `sample_fps` frames a second of the source's own time, evenly."""

    def __init__(self, sample_fps: float) -> None:
        self._period_s = 1 / sample_fps
        self._next_s: float | None = None

    def is_due(self, media_s: float) -> bool:
        """Whether the frame of this time is to be looked at; ask once a frame. A clock set back begins anew."""
        if self._next_s is not None and self._period_s / 20 < self._next_s - media_s <= self._period_s:
            return False
        on_time = self._next_s is not None and abs(media_s - self._next_s) <= self._period_s
        self._next_s = (self._next_s if on_time and self._next_s is not None else media_s) + self._period_s
        return True


MOST_BEFORE = 5
"""So many frames are kept at most, those of 0.2 s at 30 a second: at 1080p each is 3 MB."""


@dataclass(frozen=True)
class Due:
    """A frame that is due, and some of those that came after the last one that was, the oldest first."""

    frame: Frame
    before: tuple[Frame, ...] = ()


class Gatherer:
    """Gives out `sample_fps` frames a second, each with those between that make it `burst_fps`, at most
    MOST_BEFORE; none where `burst_fps` is no more than `sample_fps`."""

    def __init__(self, sample_fps: float, burst_fps: float) -> None:
        self._sampler = Sampler(sample_fps)
        self._between = Sampler(burst_fps) if burst_fps > sample_fps else None
        self._before: deque[Frame] = deque(maxlen=MOST_BEFORE)

    def take(self, frame: Frame) -> Due | None:
        """To be given every frame of the source in order; what is due now, if anything is."""
        is_kept = self._between is not None and self._between.is_due(frame.media_s)
        if self._sampler.is_due(frame.media_s):
            due = Due(frame, tuple(self._before))
            self._before.clear()
            return due
        if is_kept:
            self._before.append(frame)
        return None


class Attention:
    """Chooses of the frames that are due those that are worth a look: while something moves where the `zones`
    say that plates count and for `awake_s` after that, and one every `full_look_every_s`; and of those the part
    that the look is for. Times in seconds."""

    def __init__(self, zones: Zones, awake_s: float, full_look_every_s: float) -> None:
        self._gate = MotionGate(zones)
        self._awake_s = awake_s
        self._full_look_every_s = full_look_every_s
        self._awake_until_s = self._looked_s = self._whole_s = 0.0
        self._motion = Motion()

    def wants(self, frame: Frame, in_view: bool, settled: bool) -> bool:
        """Whether to look at this frame; to be asked of every one that is due. `in_view` says whether a plate
        is, `settled` whether all that is in view was seen well enough."""
        self._motion = self._gate.see(frame.luma, frame.media_s, in_view, (frame.width, frame.height))
        if self._motion:
            self._awake_until_s = frame.media_s + self._awake_s
        since_s = frame.media_s - self._looked_s
        wanted = not settled or frame.media_s <= self._awake_until_s or since_s >= self._full_look_every_s
        if wanted:
            self._looked_s = frame.media_s
        return wanted

    def part_of(self, frame: Frame, in_view: Iterable[Box]) -> Part | None:
        """What to look at of a frame that is wanted: where something moves and around the plates that are
        `in_view` (pixels); None for all of it, once every `full_look_every_s` at least."""
        part = None
        if self._motion.boxes and frame.media_s - self._whole_s < self._full_look_every_s:
            part = area_around((*self._motion.boxes, *in_view), frame.width, frame.height)
        if part is None:
            self._whole_s = frame.media_s
        return part
