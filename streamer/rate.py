"""How often something happens."""

from __future__ import annotations

import time
from collections import deque

WINDOW_S = 5.0


class Rate:
    """Events a second over the last WINDOW_S seconds. `count` belongs to one thread."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=1000)

    def count(self) -> None:
        self._times.append(time.monotonic())

    def per_second(self) -> float:
        """0 when nothing happened in the window."""
        now = time.monotonic()
        recent = [at for at in tuple(self._times) if now - at < WINDOW_S]
        if len(recent) < 2:
            return 0.0
        return (len(recent) - 1) / max(now - recent[0], 1e-3)
