"""The virtual camera: from metres on a road to pixels of its picture.

World points are x, y, z in metres: right of the camera, above the road, away from the camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 1280, 720
NEAREST = 0.4
"""Metres before the camera from which on something is drawn."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Mounting:
    """How cameras of a kind are put up: ranges in metres of their `height`, how far `aside` of the lane's middle they
    stand and the distance of the place that they look at (`aim`); the width in pixels that a plate of 0.4 m has there
    (`plate_px`); from where on plates count (`far`, metres); the speed that they are meant for (`top_kmh`)."""

    height: tuple[float, float]
    aside: tuple[float, float]
    aim: tuple[float, float]
    plate_px: tuple[float, float]
    far: float
    top_kmh: float


GATE = Mounting((1.6, 2.6), (1.6, 2.8), (5.5, 8.0), (110, 150), 14.0, 30.0)
STREET = Mounting((2.4, 4.0), (2.5, 4.0), (11.0, 13.0), (100, 130), 26.0, 60.0)
ROAD = Mounting((2.8, 5.0), (3.0, 5.0), (15.0, 18.0), (100, 125), 36.0, 130.0)
"""Gates are watched at 4 to 8 m from 0.6 to 2.4 m above the ground, streets at 12 m, roads from 3 to 6 m above the
ground; no plate further aside than 30 degrees (installers' guides of GateIQ, AxxonSoft, parkingequipmentguide.com). The
lens is set so that a European plate is 130 to 195 pixels wide there, an American one 76 to 114: README.md asks for 90
and 75. On 1280 pixels these are fields of view of 12 to 42 degrees, as plate cameras' lenses of 8 to 32 mm have."""


def mounting_for(kmh: float) -> Mounting:
    """What somebody would put up where vehicles are so fast."""
    return next((some for some in (GATE, STREET) if kmh <= some.top_kmh), ROAD)


@dataclass(frozen=True)
class View:
    """A pinhole camera `height` metres above the road's x = z = 0. It looks at `target`, level; `focal` is in pixels."""

    height: float
    target: tuple[float, float, float]
    focal: float

    @classmethod
    def drawn(cls, rng: Random, mounting: Mounting, lane_m: float, closer: float = 1.0) -> View:
        """A camera of that kind for the lane whose middle is `lane_m` to its right; `closer` multiplies its lens."""
        aim = rng.uniform(*mounting.aim)
        focal = rng.uniform(*mounting.plate_px) * aim / 0.4 * closer
        return cls(rng.uniform(*mounting.height), (lane_m, 0.6, aim), focal)

    @cached_property
    def eye(self) -> Points:
        return np.array([0.0, self.height, 0.0])

    @cached_property
    def axes(self) -> Points:
        """Right, down and forward, a row each."""
        forward = np.array(self.target) - self.eye
        forward /= np.linalg.norm(forward)
        right = np.array([forward[2], 0.0, -forward[0]])
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    def seen_from(self, world: ArrayLike) -> Points:
        """World points (..., 3) as metres right of, below and before the camera."""
        points = np.asarray(world, np.float64) - self.eye
        return np.asarray(points @ (self.axes * np.array([[1.0], [-1.0], [1.0]])).T)

    def project(self, world: ArrayLike) -> Points:
        """World points (..., 3) before the camera as picture points (..., 2) in pixels."""
        return self.picture(self.seen_from(world))

    def picture(self, seen: Points) -> Points:
        """The same for points by `seen_from`."""
        middle = np.array([WIDTH / 2, HEIGHT / 2])
        return middle + self.focal * seen[..., :2] / np.maximum(seen[..., 2:], 1e-3)

    @property
    def horizon(self) -> float:
        """The horizon's row in pixels; it may lie above the picture."""
        _, _, forward = self.axes
        return HEIGHT / 2 + self.focal * float(forward[1] / np.hypot(forward[0], forward[2]))

    def motion(self, before: ArrayLike, after: ArrayLike) -> Points:
        """How far a point moves in the picture, pixels right and down, between two places in the world."""
        return self.project(after) - self.project(before)
