"""Whether a camera gets the looks that it wants."""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0
FEWEST = 25
"""Before so many looks were wanted nothing is said."""
LATELY_S = 10.0
FEWEST_LATELY = 5
HEALTHY = 0.99


class Health:
    """Looks taken / looks wanted over the last WINDOW_S seconds, by whatever clock the times are.

    Nothing is wanted before the first look was taken: the engine has to be loaded first. `want` and `take` may
    be called by two threads, each by one.
    """

    def __init__(self) -> None:
        self._wanted: deque[float] = deque(maxlen=10_000)
        self._taken: deque[float] = deque(maxlen=10_000)

    def want(self, now_s: float) -> None:
        """A frame was due."""
        if self._taken:
            self._wanted.append(now_s)
            while now_s - self._wanted[0] > 2 * WINDOW_S:
                self._wanted.popleft()

    def take(self, now_s: float) -> None:
        """A frame that was due was looked at, or spared because nothing happened in it."""
        self._taken.append(now_s)
        while now_s - self._taken[0] > 2 * WINDOW_S:
            self._taken.popleft()

    def share(self, now_s: float) -> float:
        """0-1; 1 is all of them. The look that is being taken is not missing."""
        return self._share(now_s, WINDOW_S, FEWEST)

    def lately(self, now_s: float) -> float:
        """The same over the last LATELY_S seconds, for what has to give way soon and may come back soon."""
        return self._share(now_s, LATELY_S, FEWEST_LATELY)

    def problem(self, now_s: float) -> str:
        """What is to be done, or ""."""
        if self.share(now_s) >= HEALTHY:
            return ""
        wanted, taken = self._counts(now_s, WINDOW_S)
        for_s = min(WINDOW_S, now_s - self._wanted[0])
        return (
            f"Looks at {taken / for_s:.1f} of the {wanted / for_s:.1f} pictures a second that it wants: "
            "watch fewer cameras, lower tracking.sample_fps, or use a faster machine"
        )

    def _share(self, now_s: float, window_s: float, fewest: int) -> float:
        wanted, taken = self._counts(now_s, window_s)
        return min(1.0, (taken + 1) / wanted) if wanted >= fewest else 1.0

    def _counts(self, now_s: float, window_s: float) -> tuple[int, int]:
        """How many looks were wanted and taken."""
        wanted = [at_s for at_s in tuple(self._wanted) if now_s - at_s < window_s]
        first_s = wanted[0] if wanted else now_s
        return len(wanted), sum(at_s >= first_s for at_s in tuple(self._taken))
