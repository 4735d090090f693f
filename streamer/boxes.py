"""How large boxes are, and how they lie to one another."""

from __future__ import annotations

from collections.abc import Iterable
from math import dist
from typing import Protocol, TypeVar

from streamer.types import Box, Corners, Picture

TWO_LINES_UNDER = 2.6
"""A plate that is less than so many times as wide as high has its characters on two lines."""

CHARACTER_SHARE = {1: 0.65, 2: 0.36}
"""A character's part of the plate's height, by the number of lines."""


class Boxed(Protocol):
    """Something with a place."""

    @property
    def box(self) -> Box:
        """The upright box around it."""


T = TypeVar("T", bound=Boxed)


def box_around(corners: Corners) -> Box:
    """The upright box around four corners."""
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def sides_of(corners: Corners) -> tuple[float, float]:
    """How wide and how high a plate is, pixels, however it is turned."""
    top_left, top_right, bottom_right, bottom_left = corners
    width = (dist(top_left, top_right) + dist(bottom_left, bottom_right)) / 2
    height = (dist(top_left, bottom_left) + dist(top_right, bottom_right)) / 2
    return width, height


def character_px_of(corners: Corners) -> float:
    """How high a plate's characters are, pixels."""
    width, height = sides_of(corners)
    return height * CHARACTER_SHARE[2 if width < TWO_LINES_UNDER * height else 1]


def frame_of(picture: Picture) -> Corners:
    """The corners of the picture itself."""
    height, width = map(float, picture.shape[:2])
    return (0.0, 0.0), (width, 0.0), (width, height), (0.0, height)


def shared_part(a: Box, b: Box) -> float:
    """The area two boxes share as a part of the smaller one, 0-1."""
    if a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]:
        return 0.0
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / smaller


def overlap(a: Box, b: Box) -> float:
    """The area two boxes share as a part of the larger one, 0-1."""
    smaller, larger = sorted((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return shared_part(a, b) * smaller / larger if larger else 0.0


def apart(items: Iterable[T], most: float) -> list[T]:
    """The first of each place, in their order: those that share less than `most` (0-1) with all kept before."""
    kept: list[T] = []
    for item in items:
        if all(shared_part(item.box, other.box) < most for other in kept):
            kept.append(item)
    return kept
