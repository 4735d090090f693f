"""Which frames are looked at."""

from __future__ import annotations


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
