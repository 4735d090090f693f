"""What gives way when there is too much to do, in which order, and how many pictures a second a viewer gets. No
clock in here."""

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


class Pace:
    """While the looks that are due do not keep up, viewers get fewer pictures (`fps`), then the looks between
    those that are due are left out (`bursts`); after that looks that are due are missed, as `Health` tells. It
    comes back the other way round."""

    def __init__(self, most_fps: float) -> None:
        self._most_fps = most_fps
        self._least_fps = min(LEAST_FPS, most_fps)
        self.fps = most_fps
        self.bursts = True

    def update(self, health: float, watched: bool) -> None:
        """Hears, once a report, which share of the wanted looks was taken, 0-1, and whether anybody watches."""
        if health < _LATE:
            if watched and self.fps > self._least_fps:
                self.fps = max(self._least_fps, self.fps * _DOWN)
            else:
                self.bursts = False
        elif health >= _ON_TIME:
            if self.bursts:
                self.fps = min(self._most_fps, self.fps * _UP)
            self.bursts = True

    @property
    def in_words(self) -> str:
        """What gives way now; nothing while nothing does."""
        ways = [f"viewers get {self.fps:.0f} pictures a second"] * (self.fps < self._most_fps)
        ways += ["only what is due is looked at"] * (not self.bursts)
        return f"too much to do, {' and '.join(ways)}" if ways else ""
