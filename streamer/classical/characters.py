"""Rows of character-like components: where a picture has four or so strokes of one height in a line.

A pixel is ink when it is darker (or brighter) than the mean around it: the black-hat and top-hat
idea with a box filter, whose cost does not grow with its size. Components of ink that are shaped
like a letter or a digit are chained to their right-hand neighbours of the same height.

Sizes were chosen on photos with boxed plates that are in no benchmark (see benchmarks/README.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from streamer.types import Corners

HEIGHTS = (8, 60)
"""Characters are looked for between these heights, in pixels of the scaled picture."""
NEIGHBOURHOOD = 11
"""Side of the square whose mean a pixel is compared with, in pixels of the scaled picture."""
CONTRAST = 5
"""How far ink is from that mean at the least, in grey levels."""
SCALES = (1.0, 0.5, 0.25)
WIDEST_GAP = 3.0
"""The gap between two words of one line at the most, in character heights."""
FEWEST = 3
"""A row has at least so many characters."""

Boxes = NDArray[np.float32]
"""n x 4: left, top, width, height in pixels."""


@dataclass(frozen=True)
class Row:
    """Characters side by side on one straight line, left to right.

    `boxes` (n x 4: left, top, width, height) are in pixels of the picture, `slope` is the line's
    rise in pixels per pixel to the right (y points down), `dark` says whether the characters are
    darker than their ground, `contrast` (0-1) by how much.
    """

    boxes: Boxes
    slope: float
    dark: bool
    contrast: float

    @property
    def height(self) -> float:
        """The characters' median height in pixels."""
        return float(np.median(self.boxes[:, 3]))

    def frame(self, beside: float, above: float) -> Corners:
        """Corners of a parallelogram around the row, with room in character heights."""
        centres_x, centres_y = centres(self.boxes)
        middle = float(np.median(centres_y - self.slope * centres_x))
        left = float(self.boxes[:, 0].min()) - beside * self.height
        right = float((self.boxes[:, 0] + self.boxes[:, 2]).max()) + beside * self.height
        half = (0.5 + above) * self.height

        def corner(x: float, up: float) -> tuple[float, float]:
            return x + self.slope * up, middle + self.slope * x - up

        return corner(left, half), corner(right, half), corner(right, -half), corner(left, -half)


@dataclass(frozen=True, eq=False)
class Lettering:
    """All rows in a picture, and all boxes that look like a character, in a row or not, by their ink."""

    rows: tuple[Row, ...]
    dark: Boxes
    bright: Boxes

    def reach(self, row: Row) -> float:
        """How long the line of text is that a row belongs to, in character heights.

        Characters of the same ink and height go on with the line as long as the next is not farther
        off than the widest gap between two words.
        """
        starts, ends = on_the_line_of(row, self.dark if row.dark else self.bright)
        start, end = float(row.boxes[:, 0].min()), float((row.boxes[:, 0] + row.boxes[:, 2]).max())
        gap = WIDEST_GAP * row.height
        while True:
            joined = (starts <= end + gap) & (ends >= start - gap)
            longer = min([start, *starts[joined]]), max([end, *ends[joined]])
            if longer == (start, end):
                return (end - start) / row.height
            start, end = longer


def find_lettering(grey: MatLike, longest_side: int, largest_zoom: float) -> Lettering:
    """Characters and rows at every scale, in no order; a plate may be found several times.

    The picture (height x width, grey) is first brought to `longest_side` pixels, enlarged at most
    `largest_zoom` times: small pictures hold small characters.
    """
    base = min(longest_side / max(grey.shape), largest_zoom)
    rows: list[Row] = []
    boxes: dict[bool, list[Boxes]] = {dark: [np.empty((0, 4), np.float32)] for dark in (True, False)}
    for scale in (base * part for part in SCALES):
        if min(grey.shape) * scale <= HEIGHTS[0]:
            continue
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=kind)
        mean = cv2.blur(scaled, (NEIGHBOURHOOD, NEIGHBOURHOOD))
        for dark in (True, False):
            strength = cv2.subtract(mean, scaled) if dark else cv2.subtract(scaled, mean)
            characters = character_like(cv2.threshold(strength, CONTRAST, 255, cv2.THRESH_BINARY)[1])
            found = (straight_row(chain, strength, dark) for chain in chains(characters))
            rows += [replace(row, boxes=row.boxes / scale) for row in found if row is not None]
            boxes[dark].append(characters / scale)
    return Lettering(tuple(rows), np.concatenate(boxes[True]), np.concatenate(boxes[False]))


def character_like(ink: MatLike) -> Boxes:
    """Boxes of the components that could be a letter or digit by their size, shape and filling."""
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    width, height, area = stats[:, 2:].T
    filling = area / (width * height)
    sized = (height >= HEIGHTS[0]) & (height <= HEIGHTS[1])
    stroke = (width >= 0.12 * height) & (width < 0.35 * height) & (filling > 0.5)
    letter = (width >= 0.25 * height) & (width <= 1.1 * height) & (filling > 0.15) & (filling < 0.97)
    return stats[sized & (stroke | letter), :4].astype(np.float32)


def centres(boxes: Boxes) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """x and y of the middles of boxes."""
    return boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2


def chains(boxes: Boxes) -> list[Boxes]:
    """Sets of boxes that are neighbours of neighbours, each sorted left to right."""
    boxes = boxes[np.argsort(centres(boxes)[0])]
    first, second = neighbours(boxes)
    label = np.arange(len(boxes))
    while True:
        lower = np.minimum(label[first], label[second])
        merged = label.copy()
        np.minimum.at(merged, first, lower)
        np.minimum.at(merged, second, lower)
        merged = merged[merged]
        if np.array_equal(merged, label):
            break
        label = merged
    names, sizes = np.unique(label, return_counts=True)
    return [boxes[label == name] for name in names[sizes >= FEWEST]]


def neighbours(boxes: Boxes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Index pairs of boxes (sorted by centre x) that stand beside each other like two characters."""
    x, y = centres(boxes)
    height = boxes[:, 3]
    ends = np.searchsorted(x, x + 2.4 * height, side="right")
    counts = ends - np.arange(len(boxes)) - 1
    first = np.repeat(np.arange(len(boxes)), counts)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)

    size = (height[first] + height[second]) / 2
    apart = x[second] - x[first]
    gap = boxes[second, 0] - boxes[first, 0] - boxes[first, 2]
    beside = (
        (np.abs(height[first] - height[second]) <= 0.2 * size + 1)
        & (np.abs(y[first] - y[second]) <= 0.12 * size + 0.3 * np.minimum(apart, size))
        & (gap >= -0.15 * size)
        & (gap <= 1.3 * size)
        & (apart >= 0.25 * size)
    )
    return first[beside], second[beside]


def straight_row(boxes: Boxes, strength: MatLike, dark: bool) -> Row | None:
    """The boxes that lie on one line and have one height, or None when too few do.

    The slope is the median of the slopes between all pairs (Theil 1950, Sen 1968), which a few
    stray boxes do not move.
    """
    while len(boxes) >= FEWEST:
        x, y = centres(boxes)
        height = np.median(boxes[:, 3])
        first, second = np.triu_indices(len(boxes), 1)
        apart = x[second] - x[first]
        wide = apart > 0.2 * height
        if not wide.any():
            return None
        slope = float(np.median((y[second] - y[first])[wide] / apart[wide]))
        rest = np.abs(y - slope * x - np.median(y - slope * x))
        fits = (rest <= 0.18 * height + 0.5) & (np.abs(boxes[:, 3] - height) <= 0.2 * height + 1)
        if fits.all():
            return Row(boxes, slope, dark, ink_strength(strength, boxes))
        boxes = boxes[fits]
    return None


def ink_strength(strength: MatLike, boxes: Boxes) -> float:
    """How far the boxes' ink is from its surroundings: the 95th percentile, 0-1 of the grey range."""
    pixels = [strength[y : y + h, x : x + w].ravel() for x, y, w, h in boxes.astype(int)]
    return float(np.percentile(np.concatenate(pixels), 95)) / 255


def on_the_line_of(row: Row, boxes: Boxes) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Where the boxes begin and end (x in pixels) that stand on the row's line and are of its height."""
    x, y = centres(row.boxes)
    other_x, other_y = centres(boxes)
    off = other_y - row.slope * other_x - np.median(y - row.slope * x)
    stands = (
        (np.abs(boxes[:, 3] - row.height) <= 0.2 * row.height)
        & (np.abs(off) <= 0.2 * row.height)
        & (boxes[:, 2] > 0.3 * row.height)
    )
    return boxes[stands, 0], boxes[stands, 0] + boxes[stands, 2]
