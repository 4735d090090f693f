"""Where plates may be, by the finder: a score for each place and four corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamer.boxes import apart, box_around
from streamer.neural.models import Net
from streamer.types import Box, Corners, Picture

OUTPUTS = ("score", "corners")
STRIDE = 32
"""Heights and widths that the net takes are multiples of this, pixels."""
LEAST_SCORE = 0.1
"""Peaks with less are noise, 0-1."""
MOST = 60
"""So many peaks of a picture are looked at, the best first."""
SAME_PLATE = 0.5
"""Two candidates are one plate when their boxes share this part of the smaller one, 0-1."""


@dataclass(frozen=True)
class Candidate:
    """What may be a plate, and how sure the finder is that it is (0-1)."""

    corners: Corners
    score: float

    @cached_property
    def box(self) -> Box:
        """The upright box around the corners."""
        return box_around(self.corners)


@dataclass(frozen=True, eq=False)
class Sight:
    """What the finder saw in one picture.

    `scores` is height/8 x width/8, 0 but at local maxima. `candidates` are the best of each place, the
    best first, corners in pixels of the picture that the net was given.
    """

    scores: NDArray[np.float32]
    candidates: tuple[Candidate, ...]


class Finder:
    """The net that finds plates."""

    def __init__(self, net: Net) -> None:
        self._net = net

    def see(self, pictures: Sequence[Picture]) -> list[Sight]:
        """What is in each of the pictures: BGR, of one size, sides multiples of STRIDE."""
        scores, corners = self._net(np.stack(pictures))
        height, width = pictures[0].shape[:2]
        return [Sight(one, _peaks(one, its, width, height)) for one, its in zip(scores, corners, strict=True)]


def _peaks(
    scores: NDArray[np.float32], corners: NDArray[np.float32], width: int, height: int
) -> tuple[Candidate, ...]:
    """The local maxima, the best of each place; without what is no quadrilateral within the picture."""
    rows, columns = np.nonzero(scores >= LEAST_SCORE)
    best = np.argsort(-scores[rows, columns], kind="stable")[:MOST]
    found = (
        Candidate(as_corners(corners[row, column]), float(scores[row, column]))
        for row, column in zip(rows[best], columns[best], strict=True)
    )
    possible = [one for one in found if is_quadrilateral(one.corners, width, height)]
    return tuple(apart(possible, SAME_PLATE))


def is_quadrilateral(corners: Corners, width: int, height: int) -> bool:
    """Whether the corners go around clockwise and their middle lies in the picture."""
    a, b, c, d = corners
    x, y = (sum(each) / 4 for each in zip(*corners, strict=True))
    turns = (_turn(a, b, c), _turn(b, c, d), _turn(c, d, a), _turn(d, a, b))
    return min(turns) > 0 and 0 <= x < width and 0 <= y < height


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Above 0 where the way from a over b to c turns clockwise."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def as_corners(points: NDArray[np.float32]) -> Corners:
    """4 x 2 -> four corners."""
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
