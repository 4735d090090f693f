"""How long to wait before the next try."""

from __future__ import annotations

from random import SystemRandom

from streamer.sources.base import CaptureOptions

_JITTER = 0.25
"""Pauses are shortened by up to this share, so that cameras do not all come back at once."""
_MOST_DOUBLINGS = 30

_random = SystemRandom()


class Backoff:
    """Pauses in seconds that double from try to try, up to a limit."""

    def __init__(self, options: CaptureOptions) -> None:
        self._options = options
        self._tries = 0

    def pause_s(self, *, refused: bool = False) -> float:
        """The next pause; the long one where the source `refused` name or password."""
        pause_s = min(self._options.retry_first_s * 2**self._tries, self._options.retry_most_s)
        self._tries = min(self._tries + 1, _MOST_DOUBLINGS)
        return (self._options.retry_refused_s if refused else pause_s) * _random.uniform(1 - _JITTER, 1)

    def reset(self) -> None:
        self._tries = 0
