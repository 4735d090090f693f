"""A rendered plate put into a photo, with the photo's light."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from streamer.types import Picture
from training.pose import moved
from training.wear import Mounted, Points


@dataclass(frozen=True)
class Pasted:
    """The photo with the plate in it. `corners` (4 x 2) are the plate's, `quads` (n x 4 x 2) its
    characters', in pixels of the photo."""

    photo: Picture
    corners: Points
    quads: Points


def paste(rng: Random, photo: Picture, plate: Mounted, corners: Points) -> Pasted:
    """Puts the plate where `corners` (4 x 2, in the photo; top left first, clockwise) say.

    `Pose.project(plate.corners)`, scaled and moved, gives corners of the right perspective.
    """
    matrix = np.asarray(cv2.getPerspectiveTransform(plate.corners, corners.astype(np.float32)), np.float64)
    outline = moved(_outline(plate), matrix)
    rows, columns = photo.shape[:2]
    left, top = np.clip(np.floor(outline.min(axis=0)).astype(int) - 3, 0, (columns - 1, rows - 1))
    right, bottom = np.clip(np.ceil(outline.max(axis=0)).astype(int) + 4, (left + 1, top + 1), (columns, rows))
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    size = (int(right - left), int(bottom - top))
    image, alpha = _shrunk(plate, matrix)
    smaller = np.diag([plate.image.shape[1] / image.shape[1], plate.image.shape[0] / image.shape[0], 1.0])
    patch = cv2.warpPerspective(image, shift @ matrix @ smaller, size, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(alpha, shift @ matrix @ smaller, size)
    blur = rng.uniform(0.35, 0.9)
    patch, mask = cv2.GaussianBlur(patch, (0, 0), blur), cv2.GaussianBlur(mask, (0, 0), blur)
    out = photo.copy()
    under = out[top:bottom, left:right]
    lit = patch.astype(np.float32) * _light(rng, under)
    amount = mask[..., None].astype(np.float32) / 255
    under[:] = np.clip(under + (lit - under) * amount, 0, 255)
    quads = plate.boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
    return Pasted(out, corners.astype(np.float32), moved(quads, matrix))


def _outline(plate: Mounted) -> Points:
    """The picture's four corners."""
    rows, columns = plate.ink.shape
    return np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)


def _shrunk(plate: Mounted, matrix: np.ndarray) -> tuple[Picture, Picture]:
    """Picture and alpha at most 1.5 times as large as they will be, so that warping does not alias."""
    whole = _outline(plate)
    seen = moved(whole, matrix)
    factor = 1.5 * float(np.hypot(*(seen[1] - seen[0]))) / float(whole[1, 0])
    if factor >= 1:
        return plate.image, plate.alpha
    size = max(8, round(plate.image.shape[1] * factor)), max(8, round(plate.image.shape[0] * factor))
    image, alpha = (
        cv2.resize(layer, size, interpolation=cv2.INTER_AREA) for layer in (plate.image, plate.alpha)
    )
    return np.asarray(image, np.uint8), np.asarray(alpha, np.uint8)


def _light(rng: Random, under: Picture) -> np.ndarray:
    """Blue, green and red gain that make a white plate as light as what is bright around it."""
    bright = np.percentile(under[::3, ::3].reshape(-1, 3), 85, axis=0)
    level = float(bright.mean()) + 20
    tint = (bright + 30) / (bright.mean() + 30)
    return np.asarray(np.clip(level / 215 * rng.uniform(0.75, 1.5), 0.15, 1.15) * tint, np.float32)
