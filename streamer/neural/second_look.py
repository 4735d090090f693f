"""A closer look at what the first look found: the plate's corners, and a second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from streamer.boxes import apart, overlap
from streamer.neural.finder import SAME_PLATE, Candidate, as_corners, is_quadrilateral
from streamer.neural.models import Net
from streamer.neural.view import TILE, tile
from streamer.types import Picture

OUTPUTS = ("corners", "plate")
MOST_TILES = 12
"""So many candidates get a second look, the best first."""
UNCONFIRMED = 0.5
"""What is left of the score of a candidate in whose place no four corners are seen, or none around a place in
the picture: beyond its edge a tile repeats it."""
ELSEWHERE = 0.6
"""A plate that shares less than this part (0-1) of the larger of its box and its candidate's was not in the
middle of its tile, or much larger or smaller than it should be there: it is looked at once more."""


class SecondLook:
    """The net that frames candidates."""

    def __init__(self, net: Net) -> None:
        self._net = net

    def at(self, picture: Picture, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The best of the candidates (in a BGR picture) framed, the surest first, each plate once.

        Their corners are the second look's, their scores the geometric means of both looks'.
        """
        best = candidates[:MOST_TILES]
        framed = self._framed(picture, best, best)
        off = [index for index, one in enumerate(framed) if _is_elsewhere(one, best[index])]
        again = self._framed(picture, [framed[index] for index in off], [best[index] for index in off])
        for index, one in zip(off, again, strict=True):
            framed[index] = one
        return tuple(apart(sorted(framed, key=lambda one: one.score, reverse=True), SAME_PLATE))

    def _framed(
        self, picture: Picture, places: Sequence[Candidate], candidates: Sequence[Candidate]
    ) -> list[Candidate]:
        """The candidates as they are seen in tiles around `places`."""
        if not places:
            return []
        views = [tile(picture, place.box) for place in places]
        corners, plate = self._net(np.stack([view.of(picture) for view in views]))
        height, width = picture.shape[:2]
        framed = []
        for candidate, view, quad, sure in zip(candidates, views, corners, plate, strict=True):
            inward = as_corners(quad)
            outward = view.outward(inward)
            if is_quadrilateral(inward, *TILE) and is_quadrilateral(outward, width, height):
                framed.append(Candidate(outward, (candidate.score * float(sure)) ** 0.5))
            else:
                framed.append(replace(candidate, score=UNCONFIRMED * candidate.score))
        return framed


def _is_elsewhere(framed: Candidate, before: Candidate) -> bool:
    """Whether the plate is not about where and as large as the candidate was."""
    return overlap(framed.box, before.box) < ELSEWHERE
