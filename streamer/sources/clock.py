"""Time stamps -> media time, and media time -> the pace of a camera."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace

from streamer.sources.base import DamagedError, Shot, Shots, log

_LATE_S = 1.0
"""A paced recording that is later than this goes on from where it is instead of hurrying after."""


class MediaClock:
    """Seconds since the first time stamp of one opening, never going back.

    A time stamp that is missing, goes back, or jumps ahead by more than `most_step_s` counts as one
    `interval_s` after the one before.
    """

    def __init__(self, interval_s: float, most_step_s: float = math.inf) -> None:
        self._interval_s = interval_s
        self._most_step_s = most_step_s
        self._stamp_s: float | None = None
        self._time_s = -interval_s

    def at(self, stamp_s: float | None) -> float:
        """The media time of the next picture, whose time stamp is `stamp_s` seconds."""
        self._time_s = max(0.0, self._time_s + self._step(stamp_s))
        self._stamp_s = stamp_s
        return self._time_s

    def _step(self, stamp_s: float | None) -> float:
        if stamp_s is None or self._stamp_s is None:
            return self._interval_s
        step_s = stamp_s - self._stamp_s
        return step_s if 0 <= step_s <= self._most_step_s else self._interval_s


def looped(shots: Shots) -> Iterator[Shot]:
    """The same recording for ever, its times going on as if it were one. A damaged end is no reason
    to stop, and is told once."""
    start_s = 0.0
    told = False
    while True:
        last_s = step_s = 0.0
        try:
            for shot in shots():
                last_s, step_s = shot.time_s, shot.time_s - last_s
                yield replace(shot, time_s=start_s + last_s)
        except DamagedError as damage:
            if not told:
                log.warning("%s", damage)
            told = True
        start_s += last_s + step_s


def paced(shots: Iterator[Shot]) -> Iterator[Shot]:
    """The shots no sooner than their times, as a camera would give them."""
    start_s = time.monotonic()
    for shot in shots:
        early_s = start_s + shot.time_s - time.monotonic()
        if early_s > 0:
            time.sleep(early_s)
        elif early_s < -_LATE_S:
            start_s -= early_s
        yield shot
