"""A flat sheet to draw on, in metres: the sides of the vehicles and their plates."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.demo.fleet import Colour

_SHIFT = 4
_EDGE = 1

Point = tuple[float, float]
Sheet = NDArray[np.float32]
"""Height x width x 4: blue, green, red times opacity (0-255), opacity (0-1)."""


class Panel:
    """A sheet of `width` x `height` metres, origin top left, transparent until painted."""

    def __init__(self, width: float, height: float, pixels_per_m: float = 320) -> None:
        self.width, self.height, self.scale = width, height, pixels_per_m
        shape = round(height * pixels_per_m), round(width * pixels_per_m)
        self.colour = np.zeros((*shape, 3), np.uint8)
        self.opacity = np.zeros(shape, np.uint8)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        fixed = np.round(np.array(points) * self.scale * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(self.colour, [fixed], colour, cv2.LINE_AA, _SHIFT)
        cv2.fillPoly(self.opacity, [fixed], 255, cv2.LINE_AA, _SHIFT)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, radius: float = 0
    ) -> None:
        """Fill an upright box with round corners."""
        self.polygon(round_box(left, top, right, bottom, radius), colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.box(x - radius, y - radius, x + radius, y + radius, colour, radius)

    def shade(self, top: float, bottom: float, edges: float = 1.0) -> None:
        """Multiply what is painted so far: from `top` to `bottom` downwards, and by `edges` at the
        left and right, as a round surface does."""
        rows, columns = self.opacity.shape
        down = np.linspace(top, bottom, rows)[:, None]
        across = 1 - (1 - edges) * np.abs(np.linspace(-1, 1, columns))[None, :] ** 3
        lit = self.colour * (down * across)[..., None]
        self.colour = np.clip(lit, 0, 255).astype(np.uint8)

    def sheet(self) -> Sheet:
        """The finished drawing, with a transparent edge that keeps its borders smooth when warped."""
        opacity = self.opacity.astype(np.float32)[..., None] / 255
        opacity[:_EDGE] = opacity[-_EDGE:] = opacity[:, :_EDGE] = opacity[:, -_EDGE:] = 0
        return np.concatenate([self.colour * opacity, opacity], axis=2)


def round_box(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    """The outline of an upright box with round corners."""
    quarter = np.linspace(0, np.pi / 2, 9)
    centres = (
        (right - radius, top + radius, -np.pi / 2),
        (right - radius, bottom - radius, 0.0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
    )
    return [
        (x + radius * float(np.cos(start + a)), y + radius * float(np.sin(start + a)))
        for x, y, start in centres
        for a in quarter
    ]
