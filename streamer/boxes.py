"""How boxes lie to one another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from streamer.types import Box, Corners, Picture


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


def apart(items: Iterable[T], most: float) -> list[T]:
    """The first of each place, in their order: those that share less than `most` (0-1) with all kept before."""
    kept: list[T] = []
    for item in items:
        if all(shared_part(item.box, other.box) < most for other in kept):
            kept.append(item)
    return kept
