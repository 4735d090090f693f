"""The demo's camera: from metres in front of the gate to pixels of the picture.

World points are x, y, z in metres: right of the camera, above the ground, away from the camera.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 1280, 720
HORIZON_PX = 170
FOCAL_PX = 1500
CAMERA_HEIGHT_M = 1.9

Points = NDArray[np.float64]


def project(world: ArrayLike) -> Points:
    """World points (..., 3) in metres, z > 0, as picture points (..., 2) in pixels."""
    x, y, z = np.moveaxis(np.asarray(world, dtype=np.float64), -1, 0)
    across = WIDTH / 2 + FOCAL_PX * x / z
    down = HORIZON_PX + FOCAL_PX * (CAMERA_HEIGHT_M - y) / z
    return np.stack([across, down], axis=-1)
