"""Where in a camera's picture plates count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from streamer.types import Plate

Polygon = tuple[tuple[float, float], ...]
"""Three corners or more: x and y as shares (0-1) of the picture's width and height."""


@dataclass(frozen=True)
class Zones:
    """Plates count whose middle is in one of `include` (anywhere if there is none) and in none of `exclude`."""

    include: tuple[Polygon, ...] = ()
    exclude: tuple[Polygon, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is a place where plates do not count."""
        return bool(self.include or self.exclude)

    def holds(self, x: float, y: float) -> bool:
        """Whether a plate with its middle there counts; x and y are shares of the picture's sides."""
        included = not self.include or any(_inside(polygon, x, y) for polygon in self.include)
        return included and not any(_inside(polygon, x, y) for polygon in self.exclude)

    def marked(self, plates: Iterable[Plate], width: int, height: int) -> tuple[Plate, ...]:
        """The plates of a picture of that size in pixels, those that do not count with `in_zone` False."""
        if not self:
            return tuple(plates)
        return tuple(replace(plate, in_zone=self._holds(plate, width, height)) for plate in plates)

    def _holds(self, plate: Plate, width: int, height: int) -> bool:
        left, top, right, bottom = plate.box
        return self.holds((left + right) / 2 / width, (top + bottom) / 2 / height)


def _inside(polygon: Polygon, x: float, y: float) -> bool:
    """Whether a ray from the point to the right crosses the polygon's edges an odd number of times."""
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise((*polygon, polygon[0])):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1
