"""What happens in the demo clip: who drives in, when and how fast. The truth is worked out from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streamer.demo.fleet import (
    HATCHBACK,
    PLATE_HEIGHT_M,
    PLATE_WIDTH_M,
    SALOON,
    TRUCK,
    VAN,
    PlateStyle,
    Vehicle,
)
from streamer.demo.view import HEIGHT, WIDTH, Points, project

FPS = 15
DURATION_S = 34.0
FRAMES = round(DURATION_S * FPS)
DUSK_S = (25.2, 29.2)
"""From full daylight to dusk, in seconds of the clip."""

HUMP_M = 6.4
"""Where the speed hump lies, in metres from the camera."""

READABLE_PX = 90
_FAR_M, _GONE_M, _STEP_M = 26.0, -8.0, 0.02


@dataclass(frozen=True)
class Passage:
    """A vehicle drives in: it takes the hump at `hump_s` with `speed` metres a second, and is
    three times as fast where it is far from it."""

    vehicle: Vehicle
    hump_s: float
    speed: float
    headlights: bool = False


@dataclass(frozen=True)
class Place:
    """The middle of a vehicle's front on the ground, in metres, and its turn in radians
    (0: it comes straight at the camera)."""

    x: float
    z: float
    yaw: float

    def to_world(self, local: Points) -> Points:
        """Points of the vehicle (..., 3): metres to the right, up, and back from its front."""
        across, up, back = np.moveaxis(local, -1, 0)
        x = self.x + across * np.cos(self.yaw) + back * np.sin(self.yaw)
        z = self.z - across * np.sin(self.yaw) + back * np.cos(self.yaw)
        return np.stack([x, up, z], axis=-1)


@dataclass(frozen=True)
class Pass:
    """The truth about one passage: the plate as a read spells it (A-Z, 0-9), and the seconds of the
    clip of the first and the last frame that show it whole and at least `READABLE_PX` wide. A sharp
    reader can make it out up to two seconds before `first_s`, while it is small and far away."""

    plate: str
    first_s: float
    last_s: float


_BLUE_HATCHBACK = Vehicle(HATCHBACK, (150, 92, 40), "KT 472 MH")

STORY = (
    Passage(_BLUE_HATCHBACK, hump_s=2.8, speed=2.1),
    Passage(Vehicle(VAN, (214, 216, 214), "HN-K 4736"), hump_s=7.0, speed=1.7),
    Passage(Vehicle(SALOON, (44, 40, 158), "LK67 EHN", PlateStyle.YELLOW), hump_s=11.0, speed=2.6),
    Passage(_BLUE_HATCHBACK, hump_s=14.9, speed=2.4),
    Passage(Vehicle(TRUCK, (74, 124, 56), "WA 3479F"), hump_s=19.6, speed=1.3),
    Passage(Vehicle(SALOON, (96, 92, 88), "GR-PE 937"), hump_s=25.5, speed=2.3),
    Passage(Vehicle(HATCHBACK, (60, 120, 196), "NV 846 XP"), hump_s=30.4, speed=1.9, headlights=True),
)


def road_x(z: float) -> float:
    """The middle of the driveway `z` metres from the camera, in metres right of the camera."""
    return -0.6 + 0.3 * (z - 6.0) + 0.1 * max(0.0, z - 14.0) ** 2


def place(passage: Passage, at_s: float) -> Place | None:
    """Where the vehicle is `at_s` seconds into the clip; None before it comes and after it has gone."""
    depths, seconds = _timetable()
    since_start = (at_s - passage.hump_s) * passage.speed
    if not seconds[0] <= since_start <= seconds[-1]:
        return None
    z = float(np.interp(since_start, seconds, depths))
    slope = 0.3 + 0.2 * max(0.0, z - 14.0)
    return Place(road_x(z), z, float(np.arctan(slope)))


def plate_corners(passage: Passage, at_s: float) -> Points | None:
    """The plate's corners (4, 2) in pixels, top left first, clockwise; None if it is behind the
    camera or the vehicle is not there."""
    where = place(passage, at_s)
    if where is None or where.z < 1.0:
        return None
    return project(where.to_world(plate_outline(passage.vehicle)))


def plate_outline(vehicle: Vehicle) -> Points:
    """The plate's corners on its vehicle (4, 3), metres, top left first, clockwise."""
    half, middle = PLATE_WIDTH_M / 2, vehicle.body.plate_height
    top, bottom = middle + PLATE_HEIGHT_M / 2, middle - PLATE_HEIGHT_M / 2
    return np.array([(-half, top, 0), (half, top, 0), (half, bottom, 0), (-half, bottom, 0)])


def dusk(at_s: float) -> float:
    """How far night has come: 0 by day, 1 at the end of dusk."""
    begin, end = DUSK_S
    return float(np.clip((at_s - begin) / (end - begin), 0, 1))


@cache
def _timetable() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Depths in metres, falling, and the seconds before or after the hump at one metre a second there."""
    depths = np.arange(_FAR_M, _GONE_M, -_STEP_M)
    haste = np.clip((np.abs(depths - HUMP_M) - 2.5) / 3.0, 0, 1)
    seconds = np.cumsum(_STEP_M / (1 + 2 * haste**2 * (3 - 2 * haste)))
    return depths, seconds - np.interp(-HUMP_M, -depths, seconds)


def _truth(passage: Passage) -> Pass:
    readable = [i / FPS for i in range(FRAMES) if _is_readable(plate_corners(passage, i / FPS))]
    text = "".join(filter(str.isalnum, passage.vehicle.plate))
    return Pass(text, round(readable[0], 3), round(readable[-1], 3))


def _is_readable(corners: Points | None) -> bool:
    if corners is None:
        return False
    inside = (corners >= 0).all() and (corners <= (WIDTH, HEIGHT)).all()
    return bool(inside and np.linalg.norm(corners[1] - corners[0]) >= READABLE_PX)


DEMO_PASSES = tuple(_truth(passage) for passage in STORY)
"""Every passage of the demo clip in the order of the log."""


def _return_gap(passes: tuple[Pass, ...]) -> float:
    """Seconds between the passes of the plate that comes twice."""
    again = [(a, b) for i, a in enumerate(passes) for b in passes[i + 1 :] if a.plate == b.plate]
    return round(min(b.first_s - a.last_s for a, b in again), 3)


RETURNS_AFTER_S = _return_gap(DEMO_PASSES)
"""Seconds from the last sight of the vehicle that comes back to its next."""
