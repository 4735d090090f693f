"""A closer look at what the first look found: better corners, and a second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamer.boxes import apart, shared_part
from streamer.neural.finder import SAME_PLATE, Candidate, Finder
from streamer.neural.view import tile
from streamer.types import Picture

MOST_TILES = 12
"""So many candidates get a second look, the best first."""
UNCONFIRMED = 0.5
"""What is left of the score of a candidate that the second look does not find."""


def look_again(finder: Finder, picture: Picture, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The best candidates with the second look's corners and the geometric mean of both scores.

    One that is not seen again keeps its corners and half of its score.
    """
    if not candidates:
        return ()
    views = [tile(picture, candidate.box) for candidate in candidates[:MOST_TILES]]
    sights = finder.see([view.of(picture) for view in views])
    closer = []
    for candidate, view, sight in zip(candidates, views, sights, strict=False):
        seen = [replace(peak, corners=view.outward(peak.corners)) for peak in sight.candidates]
        closer.append(_confirmed(candidate, seen))
    return tuple(apart(sorted(closer, key=lambda one: one.score, reverse=True), SAME_PLATE))


def _confirmed(candidate: Candidate, seen: Sequence[Candidate]) -> Candidate:
    """The candidate as the best of what was seen in its place."""
    for peak in seen:
        if shared_part(peak.box, candidate.box) >= SAME_PLATE:
            return replace(peak, score=(peak.score * candidate.score) ** 0.5)
    return replace(candidate, score=UNCONFIRMED * candidate.score)
