"""Crops of photos as the finder hands them to the reader: of true plates, and of what is none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

import cv2
import numpy as np

from streamer.neural.crops import patch_around, straightened
from streamer.types import Box, Corners, Picture
from training.camera import Conditions, shoot
from training.photos import Labelled
from training.plates import SIZE
from training.wear import Points

WELL_LABELLED = frozenset(("kaggle_cars433", "openimages350_roboflow", "ccpd_corners"))
"""Sets in which hardly a plate lacks its box, so that what is outside of all boxes is none."""


def plain_crop(plate: Labelled) -> Picture:
    """64 x 160 x 3: the plate with a margin of 8% on each side, for validation."""
    return _cut(plate, [0.08] * 4, np.zeros((4, 2), np.float32))


def varied_crop(rng: Random, plate: Labelled) -> Picture:
    """64 x 160 x 3: other margins, corners and light each time.

    Margins as rendered crops have them; boxes that hug a tilted plate have room of their own. Conditions
    are eased, because a photo brings its own.
    """
    margins = [rng.uniform(0.03, 0.13) if plate.corners else rng.uniform(0.0, 0.1) for _ in range(4)]
    slack = rng.choice((0.008, 0.016, 0.024))
    off = np.array([[rng.gauss(0, slack), rng.gauss(0, slack)] for _ in range(4)], np.float32)
    crop = _cut(plate, margins, off)
    return shoot(rng, crop, Conditions.drawn(rng, 12, False).eased()) if rng.random() < 0.7 else crop


def _cut(plate: Labelled, margins: list[float], off: Points) -> Picture:
    """The plate straightened. `margins` (left, right, above, below) and what each corner is `off` (4 x 2)
    are shares of its size."""
    patch, corners = _patch(plate)
    left, right, above, below = margins
    frame = np.array([[-left, -above], [1 + right, -above], [1 + right, 1 + below], [-left, 1 + below]])
    return straightened(patch, corners, frame + off)


@lru_cache(maxsize=1024)
def _patch(plate: Labelled) -> tuple[Picture, Points]:
    """The photo around the plate, and the plate's corners in it."""
    return patch_around(_photo(plate.file), plate.box, plate.corners or _quad(plate.box))


def _quad(box: Box) -> Corners:
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


@lru_cache(maxsize=8)
def _photo(file: Path) -> Picture:
    photo = cv2.imread(str(file))
    if photo is None:
        raise FileNotFoundError(f"{file} is no picture that can be read")
    return np.asarray(photo, np.uint8)


def other_crop(rng: Random, file: Path, boxes: tuple[Box, ...]) -> Picture:
    """64 x 160 x 3: a piece of the photo that touches no plate's box; the sky's corner if none is free."""
    photo = _photo(file)
    rows, columns = photo.shape[:2]
    for _ in range(20):
        width = rng.uniform(0.08, 0.5) * columns
        height = width / rng.uniform(1.5, 5)
        left, top = rng.uniform(0, columns - width), rng.uniform(0, max(0.0, rows - height))
        if not any(b[0] < left + width and left < b[2] and b[1] < top + height and top < b[3] for b in boxes):
            break
    else:
        left, top, width, height = 0.0, 0.0, 0.1 * columns, 0.05 * rows
    piece = photo[int(top) : int(top + height) + 2, int(left) : int(left + width) + 2]
    return np.asarray(cv2.resize(piece, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
