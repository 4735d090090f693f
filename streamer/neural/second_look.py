"""A closer look at what the first look found: the plate's corners, and a second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from streamer.boxes import apart
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
LIKELY = 0.3
"""What has this score (0-1) is looked at once more, in a tile around its own frame: there it is in the middle
and as large as the net was taught. Of 366 held-out plates 295 were read exactly in the first frame, 301 in the
second, 309 where the finder's own corners were tried beside it in case of doubt."""


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
        likely = [index for index, one in enumerate(framed) if one.score >= LIKELY]
        again = self._framed(picture, [framed[index] for index in likely], [best[index] for index in likely])
        for index, one in zip(likely, again, strict=True):
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
            outward = view.outward(as_corners(quad))
            if is_quadrilateral(quad, *TILE) and is_quadrilateral(np.array(outward), width, height):
                framed.append(Candidate(outward, (candidate.score * float(sure)) ** 0.5))
            else:
                framed.append(replace(candidate, score=UNCONFIRMED * candidate.score))
        return framed
