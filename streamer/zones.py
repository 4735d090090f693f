"""What is drawn on a camera's picture: where plates count, and the line that vehicles cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from streamer.line import Line, Point
from streamer.types import Plate

Polygon = tuple[Point, ...]
"""Three corners or more: x and y as shares (0-1) of the picture's width and height."""


@dataclass(frozen=True)
class Zones:
    """Plates count whose middle is in one of `include` (anywhere if there is none) and in none of `exclude`.
    A vehicle whose plate's middle crosses the `line` goes in or out.
    """

    include: tuple[Polygon, ...] = ()
    exclude: tuple[Polygon, ...] = ()
    line: Line | None = None

    def __bool__(self) -> bool:
        """Whether there is a place where plates do not count."""
        return bool(self.include or self.exclude)

    def holds(self, x: float, y: float) -> bool:
        """Whether a plate with its middle there counts; x and y are shares of the picture's sides."""
        included = not self.include or any(_inside(polygon, x, y) for polygon in self.include)
        return included and not any(_inside(polygon, x, y) for polygon in self.exclude)

    def marked(self, plates: Iterable[Plate], width: int, height: int) -> tuple[Plate, ...]:
        """The plates of a picture of that size in pixels, with whether they count and where the line is."""
        if not (self or self.line):
            return tuple(plates)
        return tuple(self._marked(plate, width, height) for plate in plates)

    def _marked(self, plate: Plate, width: int, height: int) -> Plate:
        left, top, right, bottom = plate.box
        middle = (left + right) / 2 / width, (top + bottom) / 2 / height
        to_line = self.line.to(middle, width, height) if self.line else None
        return replace(plate, in_zone=self.holds(*middle), to_line=to_line)


def _inside(polygon: Polygon, x: float, y: float) -> bool:
    """Whether a ray from the point to the right crosses the polygon's edges an odd number of times."""
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise((*polygon, polygon[0])):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1
