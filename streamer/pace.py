"""How many pictures a second a viewer gets, also when there is too much to do. No clock in here."""

from __future__ import annotations

_RESERVE = 1.5
"""Pictures that may be due at once: what comes a little early is taken all the same."""

_LATE, _ON_TIME = 0.9, 0.97
"""Shares of the wanted looks: below the first viewers get less, from the second on more again."""
_DOWN, _UP = 0.8, 1.15
"""By so much a report: from 15 pictures a second to 2 in ten, and back in fifteen."""
LEAST_FPS = 2.0
"""So many are left to viewers: enough to see who is there."""


class Allowance:
    """Lets through `per_second` of what comes, evenly, and all of what comes no faster than that."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._left = _RESERVE
        self._last_s: float | None = None

    def takes(self, at_s: float) -> bool:
        """Whether what comes at this time, in seconds, is let through; ask once for each."""
        if self._last_s is not None:
            self._left = min(_RESERVE, self._left + max(0.0, at_s - self._last_s) * self.per_second)
        self._last_s = at_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class ViewersPace:
    """Viewers give way to the looks: while these do not keep up, pictures get fewer, and more again after."""

    def __init__(self, most_fps: float) -> None:
        self._most_fps = most_fps
        self._least_fps = min(LEAST_FPS, most_fps)
        self.fps = most_fps

    def update(self, health: float) -> None:
        """Hears, once a report, which share of the wanted looks was taken, 0-1."""
        if health < _LATE:
            self.fps = max(self._least_fps, self.fps * _DOWN)
        elif health >= _ON_TIME:
            self.fps = min(self._most_fps, self.fps * _UP)

    @property
    def in_words(self) -> str:
        """What viewers should know; nothing while they get what they ask for."""
        if self.fps >= self._most_fps:
            return ""
        return f"too much to do, viewers get {self.fps:.0f} pictures a second"
