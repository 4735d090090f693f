"""The founding procedure: outlines of plates as contours with four corners.

resize, grey, bilateral filter, Canny, contours, the 30 largest, those with four corners, mask.
It works where a plate's edge is clear, and its corners are then exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import imutils
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from streamer.types import Corners

WIDTH = 640
"""Wider pictures are brought to this width: fine texture would only add contours."""
MOST_CONTOURS = 30
SIDES = (1.3, 8.0)
"""A plate is between so many times as wide as high."""

SHARE = (0.33, 0.85)
"""The line of characters fills so much of its plate: 0.4 on US and Brazilian plates, 0.6 on European."""


@dataclass(frozen=True)
class Outlines:
    """Every step's result, all in the small picture; `corners` are in the picture that was given."""

    grey: MatLike
    filtered: MatLike
    edges: MatLike
    contours: tuple[MatLike, ...]
    corners: tuple[Corners, ...]


def find_outlines(grey: MatLike) -> Outlines:
    """The outlines in a grey picture that could be a plate's, the largest first."""
    small = shrink(grey)
    filtered = smooth(small)
    edges = edges_of(filtered)
    contours = largest_contours(edges)
    quadrilaterals = [quad for contour in contours if (quad := four_corners(contour))]
    zoom = grey.shape[1] / small.shape[1]
    corners = tuple(scaled(quad, zoom) for quad in quadrilaterals if is_plate_shaped(quad))
    return Outlines(small, filtered, edges, contours, corners)


def shrink(grey: MatLike) -> MatLike:
    """The picture at `WIDTH`; as it is when it is narrower or so flat that nothing would be left."""
    height, width = grey.shape
    if width <= WIDTH or height * WIDTH < width:
        return grey
    small: MatLike = imutils.resize(grey, width=WIDTH)
    return small


def smooth(grey: MatLike) -> MatLike:
    """Without noise, edges kept: bilateral filter."""
    return cv2.bilateralFilter(grey, 7, 17, 17)


def edges_of(filtered: MatLike) -> MatLike:
    """Edges in white on black: Canny."""
    return cv2.Canny(filtered, 30, 200)


def largest_contours(edges: MatLike) -> tuple[MatLike, ...]:
    """The `MOST_CONTOURS` largest contours by area."""
    found = imutils.grab_contours(cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE))
    return tuple(sorted(found, key=cv2.contourArea, reverse=True)[:MOST_CONTOURS])


def four_corners(contour: MatLike) -> Corners | None:
    """The corners of a contour that is a convex quadrilateral, else None."""
    polygon = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
    if len(polygon) != 4 or not cv2.isContourConvex(polygon):
        return None
    return in_reading_order(polygon.reshape(4, 2).astype(float))


def in_reading_order(points: NDArray[np.float64]) -> Corners:
    """Top left, top right, bottom right, bottom left of four points in any order."""
    upper_two, lower_two = np.split(points[np.argsort(points[:, 1], kind="stable")], 2)
    top_left, top_right = sorted(map(tuple, upper_two.tolist()))
    bottom_left, bottom_right = sorted(map(tuple, lower_two.tolist()))
    return top_left, top_right, bottom_right, bottom_left


def is_plate_shaped(corners: Corners) -> bool:
    """Whether the sides have the proportions of a plate that is not tilted by more than 30 degrees."""
    top_left, top_right, bottom_right, bottom_left = map(np.array, corners)
    width = (np.linalg.norm(top_right - top_left) + np.linalg.norm(bottom_right - bottom_left)) / 2
    height = (np.linalg.norm(bottom_left - top_left) + np.linalg.norm(bottom_right - top_right)) / 2
    across, down = top_right - top_left
    return bool(height > 0 and SIDES[0] <= width / height <= SIDES[1] and abs(down) <= 0.58 * across)


def scaled(corners: Corners, factor: float) -> Corners:
    """Corners in a picture that is `factor` times as large."""
    (a, b), (c, d), (e, f), (g, h) = corners
    return (
        (a * factor, b * factor),
        (c * factor, d * factor),
        (e * factor, f * factor),
        (g * factor, h * factor),
    )


def outline_around(outlines: Sequence[Corners], inner: Corners) -> Corners | None:
    """The smallest outline that holds a line of characters with a plate's room around it, or None."""
    fitting = [outline for outline in outlines if fits_around(outline, inner)]
    return min(fitting, key=area, default=None)


def fits_around(outline: Corners, inner: Corners) -> bool:
    """Whether every corner of `inner` is inside and fills a `SHARE` of the outline."""
    polygon = np.array(outline, np.float32)
    slack = 0.02 * cv2.arcLength(polygon, True)
    holds = all(cv2.pointPolygonTest(polygon, point, True) >= -slack for point in inner)
    least, most = SHARE
    return holds and least <= area(inner) / max(area(outline), 1.0) <= most


def area(corners: Corners) -> float:
    """The area in square pixels."""
    return float(cv2.contourArea(np.array(corners, np.float32)))
