"""A line across a camera's picture, one side of which is in."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]
"""x and y as shares (0-1) of the picture's width and height."""

NEAR = 0.01
"""Points nearer than this, in shares, are one; a point as near to a line is on it."""


@dataclass(frozen=True)
class Line:
    """From `start` to `end`; the side that the point `inside` is on is in, the other one is out."""

    start: Point
    end: Point
    inside: Point

    @property
    def fault(self) -> str:
        """Why no vehicle could be said to cross it, as a sentence with the mend; "" if nothing is wrong."""
        if math.dist(self.start, self.end) < NEAR:
            return "the two points of line are the same; give its two ends, one on either side of the way"
        if abs(self.to(self.inside, 1, 1)[0]) < NEAR:
            return "inside is on the line, so no side is the inner one; move it clearly to one side"
        return ""

    def to(self, point: Point, width: int, height: int) -> tuple[float, float]:
        """How far inside the line a point of a picture of that size is, in pixels, negative if outside; and
        beside which part of the line, 0 at its start to 1 at its end.
        """
        across, down = self.inwards(width, height)
        dx, dy = self._from_start(self.end, width, height)
        x, y = self._from_start(point, width, height)
        return across * x + down * y, (x * dx + y * dy) / (dx**2 + dy**2)

    def inwards(self, width: int, height: int) -> tuple[float, float]:
        """The way straight to the inner side in a picture of that size, one pixel long."""
        dx, dy = self._from_start(self.end, width, height)
        x, y = self._from_start(self.inside, width, height)
        length = math.hypot(dx, dy) * (1 if dx * y > dy * x else -1)
        return -dy / length, dx / length

    def _from_start(self, point: Point, width: int, height: int) -> tuple[float, float]:
        """In pixels."""
        return (point[0] - self.start[0]) * width, (point[1] - self.start[1]) * height
