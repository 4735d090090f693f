"""The vehicles of the demo: their measures, paints and plates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Colour = tuple[int, int, int]
"""Blue, green, red, 0-255."""

PLATE_WIDTH_M, PLATE_HEIGHT_M = 0.52, 0.11


@dataclass(frozen=True)
class Body:
    """The outline of a vehicle in metres: heights above the ground, depths behind the front plate."""

    width: float
    length: float
    nose_height: float
    bonnet_depth: float
    screen_height: float
    roof_depth: float
    roof_height: float
    roof_width: float
    plate_height: float
    load_height: float = 0.0
    """Top of the load box behind the cab; 0 for vehicles without one."""


HATCHBACK = Body(1.76, 4.0, 0.84, 0.95, 1.02, 1.70, 1.46, 1.24, 0.46)
SALOON = Body(1.82, 4.6, 0.82, 1.15, 0.98, 1.95, 1.42, 1.22, 0.46)
VAN = Body(1.94, 5.0, 1.08, 0.65, 1.24, 1.25, 2.02, 1.66, 0.50)
TRUCK = Body(2.20, 6.5, 1.16, 0.04, 1.24, 0.22, 2.16, 2.04, 0.52, load_height=2.85)


class PlateStyle(Enum):
    """How a plate looks: ground colour, and whether it has the blue strip of the European Union."""

    EUROPEAN = ((238, 240, 240), True)
    YELLOW = ((46, 196, 244), False)

    def __init__(self, ground: Colour, strip: bool) -> None:
        self.ground = ground
        self.strip = strip


@dataclass(frozen=True)
class Vehicle:
    """One vehicle. `plate` is written as on the metal, with its spaces and hyphens."""

    body: Body
    paint: Colour
    plate: str
    style: PlateStyle = PlateStyle.EUROPEAN
