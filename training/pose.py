"""Where the camera stands: the plate's way into the picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from training.wear import Mounted, Points

Matrix = NDArray[np.float64]
"""3 x 3 homography."""


@dataclass(frozen=True)
class Pose:
    """Angles in degrees: `yaw` and `pitch` away from the plate's normal (up to 60 and 40), `roll` in
    the picture; `distance` in plate widths; `skew` in pixels to the right per pixel down, which a
    rolling shutter adds."""

    yaw: float
    pitch: float
    roll: float
    distance: float
    skew: float

    @classmethod
    def drawn(cls, rng: Random) -> Pose:
        """Mostly nearly frontal, a few from far aside."""
        spread = rng.choice((8, 8, 20, 20, 32))
        return cls(
            yaw=_within(rng.gauss(0, spread), 60),
            pitch=_within(rng.gauss(6, 0.5 * spread), 40),
            roll=_within(rng.gauss(0, 0.3 * spread), 30),
            distance=rng.uniform(2.5, 15),
            skew=rng.gauss(0, 0.03) if rng.random() < 0.4 else 0.0,
        )

    def project(self, corners: Points) -> Points:
        """Corners of a plate (n x 2, any unit) into a picture of about the same unit, about its centre."""
        centre = corners.sum(axis=0) / len(corners)
        width = float(corners[1, 0] - corners[0, 0])
        yaw, pitch, roll = radians(self.yaw), radians(self.pitch), radians(self.roll)
        x, y = (corners - centre).T / width
        x, z = x * cos(yaw), x * sin(yaw)
        y, z = y * cos(pitch) - z * sin(pitch), y * sin(pitch) + z * cos(pitch)
        x, y = x * cos(roll) - y * sin(roll), x * sin(roll) + y * cos(roll)
        nearness = self.distance / (self.distance + z)
        x, y = x * nearness, y * nearness
        return np.stack([x + self.skew * y, y], axis=1).astype(np.float32) * np.float32(width)


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


@dataclass(frozen=True)
class View:
    """`matrix` takes the mounted plate's pixels to a picture of `size` (width, height)."""

    matrix: Matrix
    size: tuple[int, int]


WIDEST = 210
"""A plate wider than this many pixels shows no more than the reader's crop can hold."""


def view(pose: Pose, mounted: Mounted, cap: float, margin: float = 0.18) -> View:
    """The picture around a plate whose highest characters are to be `cap` pixels high.

    The margin is a share of the plate's box on each side.
    """
    flat = mounted.corners
    seen = pose.project(flat)
    characters = float(np.max(mounted.boxes[:, 3] - mounted.boxes[:, 1]))
    height = (seen[3, 1] + seen[2, 1] - seen[0, 1] - seen[1, 1]) / 2
    upright = max(0.05, float(height) / float(flat[2, 1] - flat[1, 1]))
    scale = min(cap / (characters * upright), WIDEST / float(np.ptp(seen[:, 0])))
    seen = seen * np.float32(scale)
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = (high - low) * margin + 2
    size = high - low + 2 * room
    matrix = cv2.getPerspectiveTransform(flat, (seen - low + room).astype(np.float32))
    return View(np.asarray(matrix, np.float64), (int(size[0]) + 1, int(size[1]) + 1))


def moved(points: Points, matrix: Matrix) -> Points:
    """Points through a homography; any leading dimensions, x and y last."""
    flat = np.asarray(points, np.float32).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(flat, matrix), np.float32).reshape(points.shape)
