"""Parts of a picture in the sizes that the finder takes, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from streamer.neural.finder import STRIDE
from streamer.types import Box, Corners, Part, Picture

AREA = 640 * 360
"""Pixels of a whole picture as the finder sees it, at most (but for the rounding of its sides)."""
LARGEST_ZOOM = 2.0
"""Small pictures are not enlarged more than this."""
LARGE = 300 * 200
"""Pixels of a picture whose edge may lose a row or a column: less than a two hundredth of it."""
TILE = (160, 96)
"""Width and height of a tile, pixels."""
PLATE_IN_TILE = (80, 56)
"""A candidate fills a tile to this width or height, whichever comes first, pixels."""


@dataclass(frozen=True)
class View:
    """The `part` of a picture, resized to fill the `place` in a picture of that `size` (width, height).

    Around the place the part's edges are repeated.
    """

    part: Part
    place: Part
    size: tuple[int, int]

    def of(self, picture: Picture) -> Picture:
        """What is seen of that picture, height x width x 3."""
        left, top, right, bottom = self.part
        x, y, x_end, y_end = self.place
        shown = resized(picture[top:bottom, left:right], (x_end - x, y_end - y))
        around = (y, self.size[1] - y_end, x, self.size[0] - x_end)
        if not any(around):
            return shown
        return np.asarray(cv2.copyMakeBorder(shown, *around, cv2.BORDER_REPLICATE), np.uint8)

    def outward(self, corners: Corners) -> Corners:
        """Corners in the view -> the same in the picture. Whole numbers are the middles of pixels."""
        left, top, right, bottom = self.part
        x, y, x_end, y_end = self.place
        across, down = (right - left) / (x_end - x), (bottom - top) / (y_end - y)
        a, b, c, d = (
            (left + (u - x + 0.5) * across - 0.5, top + (v - y + 0.5) * down - 0.5) for u, v in corners
        )
        return a, b, c, d


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture in that size (width, height): halved while it is more than twice as large, then bilinear.

    Averages every pixel in, as INTER_AREA does, in a fifth of its time. An odd last row or column of a LARGE
    picture is left out: with it a half takes twenty times as long.
    """
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        width, height = picture.shape[1] // 2, picture.shape[0] // 2
        if picture.shape[0] * picture.shape[1] > LARGE:
            picture = picture[: 2 * height, : 2 * width]
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def whole(picture: Picture) -> View:
    """All of the picture, in sides that the net takes; a little uneven, perhaps."""
    height, width = picture.shape[:2]
    scale = min(LARGEST_ZOOM, (AREA / (width * height)) ** 0.5)
    size = _side(width * scale), _side(height * scale)
    return View((0, 0, width, height), (0, 0, *size), size)


def part(picture: Picture, where: Part) -> View:
    """A part of the picture as it is, or shrunk where it is too large: it is a part because the picture has
    pixels enough."""
    left, top, right, bottom = where
    scale = min(1.0, (AREA / ((right - left) * (bottom - top))) ** 0.5)
    size = _side((right - left) * scale), _side((bottom - top) * scale)
    return View(where, (0, 0, *size), size)


def _side(pixels: float) -> int:
    """The nearest multiple of STRIDE; a strip of one pixel's height does not become a huge picture."""
    return min(max(round(pixels / STRIDE), 1), AREA // STRIDE // STRIDE) * STRIDE


def tile(picture: Picture, box: Box) -> View:
    """The picture around a box whose middle is in it, so that the box has a plate's size in the tile."""
    height, width = picture.shape[:2]
    across, down = max(box[2] - box[0], 1.0), max(box[3] - box[1], 1.0)
    scale = min(PLATE_IN_TILE[0] / across, PLATE_IN_TILE[1] / down)
    left, right, x, x_end = _span((box[0] + box[2]) / 2, TILE[0], scale, width)
    top, bottom, y, y_end = _span((box[1] + box[3]) / 2, TILE[1], scale, height)
    return View((left, top, right, bottom), (x, y, x_end, y_end), TILE)


def _span(middle: float, side: int, scale: float, end: int) -> tuple[int, int, int, int]:
    """Along one axis: what a side of a tile at that scale shows of the picture's 0 to `end`, and where."""
    start = middle - side / 2 / scale
    first, last = max(0, int(start)), min(end, int(start + side / scale) + 1)
    begin = max(0, round((first - start) * scale))
    return first, last, begin, max(begin + 1, min(side, round((last - start) * scale)))
