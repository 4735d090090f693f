"""A character's ink, and how a face cuts and shrinks it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
"""Height x width, 0 (ground) to 255 (ink)."""


@dataclass(frozen=True)
class Glyph:
    """Ink without empty columns. Row `cap_top` is the top of a capital; pixels."""

    ink: Mask
    cap_top: int

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.ink.shape[1])


def trimmed(canvas: Mask, cap_top: int) -> Glyph:
    """The canvas without empty columns on its sides."""
    columns = np.flatnonzero(canvas.max(axis=0) > 40)
    if not columns.size:
        return Glyph(canvas[:, :1], cap_top)
    return Glyph(np.ascontiguousarray(canvas[:, columns[0] : columns[-1] + 1]), cap_top)


def shrunk(glyph: Glyph, factor: float) -> Glyph:
    """The same ink at `factor` (0-1) of its size."""
    rows, columns = glyph.ink.shape
    size = max(1, round(columns * factor)), max(1, round(rows * factor))
    ink = cv2.resize(glyph.ink, size, interpolation=cv2.INTER_AREA)
    return Glyph(np.asarray(ink, np.uint8), round(glyph.cap_top * factor))


def marked_zero(glyph: Glyph, cap: int, slash: float) -> Glyph:
    """A zero with a slash that reaches `slash` (0-0.5) of it to either side, or with a dot if that is 0."""
    ink = glyph.ink.copy()
    middle = glyph.width // 2, glyph.cap_top + cap // 2
    pen = max(2, round(cap * 0.09))
    if slash:
        reach = round(glyph.width * slash), round(cap * slash)
        ends = (middle[0] - reach[0], middle[1] + reach[1]), (middle[0] + reach[0], middle[1] - reach[1])
        cv2.line(ink, *ends, 255, pen, cv2.LINE_AA)
    else:
        cv2.circle(ink, middle, round(pen * 0.8), 255, -1, cv2.LINE_AA)
    return Glyph(ink, glyph.cap_top)
