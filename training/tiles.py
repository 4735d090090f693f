"""The samples that the second look is taught with: what surrounds a candidate, as the engine cuts it out.

As `stream.py` does for the reader: sample n depends on the seed and n alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.neural.view import PLATE_IN_TILE, TILE
from streamer.types import Picture
from training import fonts
from training.camera import Conditions, shoot
from training.clutter import clutter
from training.fonts import Fonts
from training.scenes import BOX, EXACT, NONE, VAGUE, Photo, cut, pasted, wiped
from training.wear import Points

OFF = 0.12
"""The standard deviation of how far a candidate's middle is from the plate's, as a share of its size."""
LARGER = 0.22
"""The standard deviation of the logarithm of how much larger a plate is than its candidate."""
NO_PLATE, OWN_PLATE = 0.22, 0.3
"""Shares of tiles without a plate and with the photo's own; in the others a rendered one takes its place."""
WHOLE = 0.85
"""A plate of which less is in the tile is not taught."""

TILE_SAMPLE = np.dtype(
    [
        ("picture", np.uint8, (TILE[1], TILE[0], 3)),
        ("corners", np.float32, (4, 2)),
        ("known", np.int8),
    ]
)
"""One sample: BGR, the plate's corners in its pixels (top left first, clockwise), and what is known of it, one
of `scenes`' NONE (no plate), EXACT, BOX and VAGUE."""

Tiles = NDArray[np.void]
"""n samples of type TILE_SAMPLE."""


@dataclass(frozen=True)
class TileStream:
    """Samples by number, from these photos."""

    seed: int
    photos: tuple[Photo, ...]
    faces: Fonts | None = None

    def batch(self, index: int, size: int) -> Tiles:
        """Samples `index * size` to `(index + 1) * size - 1`."""
        return np.array([self._tile(number) for number in range(index * size, (index + 1) * size)], TILE_SAMPLE)

    @cached_property
    def _complete(self) -> list[Photo]:
        return [photo for photo in self.photos if photo.complete]

    def _tile(self, number: int) -> tuple[object, ...]:
        rng = Random(f"tile {self.seed}/{number}")  # noqa: S311 - pictures need no secrets
        kind = rng.random()
        if kind < NO_PLATE and self._complete:
            picture, corners, known = self._without(rng)
        else:
            picture, corners, known = self._with(rng, kind < NO_PLATE + OWN_PLATE)
        return self._seen(rng, picture), corners, known

    def _without(self, rng: Random) -> tuple[Picture, Points, int]:
        """Anything but a plate: a part of a photo, often with lettering."""
        photo = rng.choice(self._complete)
        rows, columns = photo.picture.shape[:2]
        scale = max(TILE[0] / columns, TILE[1] / rows) * exp(rng.uniform(0, 1.6))
        middle = np.array([rng.uniform(0, columns), rng.uniform(0, rows)], np.float32)
        picture, corners, _ = cut(rng, photo, TILE, middle, scale, rng.gauss(0, 5))
        for quad in corners:
            picture = wiped(picture, quad)
        if rng.random() < 0.7:
            picture = clutter(rng, picture, np.zeros((0, 4, 2), np.float32), self.faces or fonts.load())
        return picture, np.zeros((4, 2), np.float32), NONE

    def _with(self, rng: Random, own: bool) -> tuple[Picture, Points, int]:
        """A plate about where and as large as the first look's candidate would have it."""
        photo = rng.choice(self.photos)
        picture, quad, known = _around(rng, photo, rng.randrange(len(photo.corners)))
        if not own:
            picture = wiped(picture, quad)
            low, high = quad.min(axis=0), quad.max(axis=0)
            width = PLATE_IN_TILE[0] * exp(rng.gauss(0, LARGER)) * rng.choice((1, 1, 1, 0.8))
            picture, quad = pasted(rng, picture, (low + high) / 2, width, rng.random() < 0.5, self.faces)
            known = EXACT
        return picture, quad, known if _share_inside(quad) >= WHOLE else VAGUE

    def _seen(self, rng: Random, picture: Picture) -> Picture:
        """As a camera shows it that may have far fewer pixels than the tile."""
        if rng.random() < 0.4:
            smaller = rng.uniform(0.25, 0.9)
            little = cv2.resize(picture, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
            picture = np.asarray(cv2.resize(little, TILE, interpolation=cv2.INTER_LINEAR), np.uint8)
        if rng.random() < 0.7:
            conditions = Conditions.drawn(rng, 14, False)
            picture = shoot(rng, picture, conditions.eased() if rng.random() < 0.6 else conditions)
        return picture


def _around(rng: Random, photo: Photo, index: int) -> tuple[Picture, Points, int]:
    """The tile around one of the photo's plates, as a candidate that is a little off has it."""
    low, high = photo.corners[index].min(axis=0), photo.corners[index].max(axis=0)
    size = np.maximum(high - low, 2)
    scale = float(min(PLATE_IN_TILE / size)) * exp(rng.gauss(0, LARGER))
    off = np.array([rng.gauss(0, OFF), rng.gauss(0, OFF)], np.float32) * np.array(PLATE_IN_TILE) / scale
    angle = rng.gauss(0, 1.5) if photo.known[index] == BOX else rng.gauss(0, 5)
    picture, corners, known = cut(rng, photo, TILE, (low + high) / 2 + off, scale, angle)
    if not len(corners):
        return picture, np.zeros((4, 2), np.float32), VAGUE
    nearest = int(np.abs(corners.mean(axis=1) - np.array(TILE) / 2).sum(axis=1).argmin())
    return picture, corners[nearest], int(known[nearest])


def _share_inside(quad: Points) -> float:
    """How much of the upright box around the quad is in the tile, 0-1."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    kept = np.clip(high, 0, TILE) - np.clip(low, 0, TILE)
    return float(kept.prod() / max(1.0, float((high - low).prod())))
