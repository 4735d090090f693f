"""Plates cut out of a picture and straightened: what the reader reads."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.boxes import box_around
from streamer.types import Box, Corners, Picture

SIZE = (160, 64)
"""Width and height of a crop, pixels."""
WIDEST = 210.0
"""Plates that are wider in the picture are shrunk to this many pixels first: warping alone would alias."""
ROOM = 0.5
"""What is kept of the picture around a plate, in plate sizes on each side."""

Points = NDArray[np.float32]
"""4 x 2: x, y of top left, top right, bottom right, bottom left."""
UNIT = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
"""A plate's corners in plate sizes."""


def cut(picture: Picture, corners: Corners, margin: float) -> Picture:
    """64 x 160 x 3: the plate of a BGR picture with a margin on each side, a share of its size (0-1).

    Beyond the picture its edge is repeated.
    """
    patch, own = patch_around(picture, box_around(corners), corners)
    return straightened(patch, own, np.where(UNIT > 0, 1 + margin, -margin))


def patch_around(picture: Picture, box: Box, corners: Corners) -> tuple[Picture, Points]:
    """The picture around a plate, at most WIDEST pixels a plate's width, and the plate's corners in it."""
    left, top, right, bottom = box
    across, down = ROOM * (right - left), ROOM * (bottom - top)
    height, width = picture.shape[:2]
    x, y = (min(max(0, int(start)), side - 1) for start, side in ((left - across, width), (top - down, height)))
    patch = picture[y : max(y, int(bottom + down)) + 1, x : max(x, int(right + across)) + 1]
    own = np.array(corners, np.float32) - np.array([x, y], np.float32)
    scale = min(1.0, WIDEST / float(np.hypot(*(own[1] - own[0]))))
    if scale < 1:
        size = max(1, round(patch.shape[1] * scale)), max(1, round(patch.shape[0] * scale))
        patch = np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(patch), own * np.float32(scale)


def straightened(patch: Picture, corners: Points, frame: NDArray[np.floating]) -> Picture:
    """64 x 160 x 3: what lies in the frame, whose corners are given in plate sizes: UNIT is the plate."""
    outward = cv2.getPerspectiveTransform(UNIT, corners)
    quad = cv2.perspectiveTransform(frame.astype(np.float32)[None], outward)[0]
    matrix = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), UNIT * np.array(SIZE, np.float32))
    crop = cv2.warpPerspective(patch, matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)
