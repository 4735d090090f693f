"""The part of a picture that is worth looking at, because something moves there or a plate was there.

Engines shrink a picture to what they can search in time. A part is shrunk less or not at all, so that the same
look finds smaller plates, and a small one takes less time than the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from streamer.types import Box, Part

LEAST = 416, 256
"""Width and height of the smallest part, pixels: a plate with some of its vehicle around it."""
AROUND = 0.25
"""So much is added on each side of what moves, in its widths and heights: it moves on while it is looked at."""
WORTHWHILE = 0.6
"""A part that is larger than this share of the picture is not worth its seams."""


def area_around(boxes: Iterable[Box], width: int, height: int) -> Part | None:
    """The part of a picture of that size that holds the boxes and their surroundings; None for all of it."""
    grown = [_grown(box) for box in boxes]
    if not grown:
        return None
    lefts, tops, rights, bottoms = zip(*grown, strict=True)
    left, right = _span(min(lefts), max(rights), LEAST[0], width)
    top, bottom = _span(min(tops), max(bottoms), LEAST[1], height)
    if (right - left) * (bottom - top) > WORTHWHILE * width * height:
        return None
    return left, top, right, bottom


def _grown(box: Box) -> Box:
    left, top, right, bottom = box
    across, down = AROUND * (right - left), AROUND * (bottom - top)
    return left - across, top - down, right + across, bottom + down


def _span(start: float, end: float, least: int, side: int) -> tuple[int, int]:
    """Along one axis: whole pixels from 0 to `side` that hold start to end, `least` of them or more."""
    lack = max(0.0, least - (end - start)) / 2
    start, end = start - lack, end + lack
    shift = max(0.0, -start) - max(0.0, end - side)
    return max(0, int(start + shift)), min(side, int(end + shift) + 1)
