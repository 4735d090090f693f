"""The vehicles: flat-shaded bodies, and plates of any country on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from benchmarks.stress.view import Points
from streamer.demo.fleet import HATCHBACK, SALOON, TRUCK, VAN, Body
from training import fonts, looks
from training.layouts import Colour, design, infrared
from training.plate import press
from training.plates import clarity
from training.wear import Mounted, mount

CLEAR = 0.6
"""Clarity that every character of a plate has before a camera sees it: wear is left to others."""
CAP = 49
"""Pixels of the plates' capitals before they are put into the picture."""
NARROWEST_MM = 250
"""Motorcycles' plates are narrower."""

_PAINTS: tuple[Colour, ...] = (
    (30, 28, 28), (60, 58, 56), (150, 150, 148), (205, 207, 206), (228, 230, 230), (120, 70, 30), (90, 45, 25),
    (40, 35, 150), (45, 80, 40), (150, 175, 190), (90, 100, 110))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Vehicle:
    """A body with its paint and a plate on the end that shows: the front, or the `rear`."""

    body: Body
    paint: Colour
    plate: Mounted
    rear: bool

    @property
    def text(self) -> str:
        """The plate's text, A-Z and 0-9, its lines joined."""
        return "".join(self.plate.plate.text)

    @property
    def outline(self) -> Points:
        """The plate's corners on the vehicle (4, 3), metres right, up and back; top left first, clockwise."""
        plate, middle = self.plate.plate.design, self.body.plate_height
        half, rise = plate.width / 2000, plate.height / 2000
        top, bottom = middle + rise, middle - rise
        return np.array(
            [(-half, top, -0.02), (half, top, -0.02), (half, bottom, -0.02), (-half, bottom, -0.02)]
        )

    @property
    def cap(self) -> float:
        """The height of the plate's characters as a share of the plate's."""
        boxes, corners = self.plate.boxes, self.plate.corners
        return float((boxes[:, 3] - boxes[:, 1]).max() / (corners[3, 1] - corners[0, 1]))


def drawn(rng: Random, grey: bool, rear: bool) -> Vehicle:
    """A vehicle with a clear plate, as infrared light shows it if `grey`."""
    body = rng.choice((HATCHBACK, HATCHBACK, SALOON, SALOON, VAN, TRUCK))
    if rear:
        body = replace(body, nose_height=0.98, bonnet_depth=rng.choice((0.05, 0.3)), roof_depth=1.0,
                       plate_height=rng.uniform(0.5, 0.85), load_height=0.0, roof_height=1.5)  # fmt: skip
    return Vehicle(body, rng.choice(_PAINTS), _plate(rng, grey), rear)


def _plate(rng: Random, grey: bool) -> Mounted:
    faces = fonts.load()
    while True:
        plan = design(rng, looks.pick(rng))
        plan = infrared(rng, plan) if grey else plan
        mounted = mount(rng, press(rng, plan, faces, CAP), faces)
        quads = mounted.boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
        enough = 4 <= sum(len(line) for line in mounted.plate.text) <= 10 and plan.width >= NARROWEST_MM
        if enough and clarity(mounted.image, mounted.ink, quads).min() >= CLEAR:
            return mounted


Face = tuple[Points, Colour, bool]
"""Corners (n, 3) in metres right, up and back from the vehicle's end; the colour by day; whether it shines."""


def faces_of(vehicle: Vehicle, near: int) -> Iterator[Face]:
    """What the body shows, in the order in which it is to be painted; `near` is the side next to the camera, -1 left."""
    body, paint = vehicle.body, vehicle.paint
    half, roof = body.width / 2, body.roof_width / 2
    glass = (58, 52, 46)
    tail = max(body.roof_depth + 0.5, body.length - (0.8 if body.length < 5 else 0.1))
    for side in (-near, near):
        s, r = side * half, side * roof
        lower = [(s, 0.22, 0), (s, body.nose_height, 0), (s, body.screen_height, body.bonnet_depth),
                 (s, body.screen_height, body.length), (s, 0.22, body.length)]  # fmt: skip
        windows = [(0.98 * s, body.screen_height, body.bonnet_depth + 0.1), (r, body.roof_height, body.roof_depth),
                   (r, body.roof_height, tail), (0.98 * s, body.screen_height, body.length - 0.15)]  # fmt: skip
        yield np.array(lower), shade(paint, 0.6), False
        yield np.array(windows), shade(glass, 0.8), False
        for back in (0.8, body.length - 0.85):
            yield _disc(1.01 * s, 0.31, back, 0.31), (22, 22, 22), False
            yield _disc(1.02 * s, 0.31, back, 0.18), (130, 130, 130), False
    yield (
        _quad(roof, body.roof_height, tail, roof, body.roof_height, body.roof_depth),
        shade(paint, 1.15),
        False,
    )
    if body.load_height:
        yield _quad(half, body.load_height, 1.6, half, 0.9, 1.6), (205, 205, 200), False
    yield (
        _quad(roof, body.roof_height, body.roof_depth, 0.95 * half, body.screen_height, body.bonnet_depth),
        glass,
        False,
    )
    yield (
        _quad(0.95 * half, body.screen_height, body.bonnet_depth, half, body.nose_height, 0),
        shade(paint, 1.1),
        False,
    )
    yield _quad(half, body.nose_height, 0, half, 0.22, 0), shade(paint, 0.9), False
    yield _quad(half, 0.33, -0.01, 0.96 * half, 0.2, -0.01), (38, 38, 38), False
    yield from _details(vehicle, half)


def _details(vehicle: Vehicle, half: float) -> Iterator[Face]:
    """Grille and lamps."""
    body = vehicle.body
    top = body.nose_height - 0.07
    if not vehicle.rear:
        yield _quad(0.55 * half, top, -0.01, 0.5 * half, top - 0.13, -0.01), (30, 30, 30), False
    lamp = (40, 30, 190) if vehicle.rear else (215, 225, 225)
    for side in (-1, 1):
        across = [0.64 * half * side, 0.95 * half * side]
        corners = [(across[0], top), (across[1], top), (across[1], top - 0.15), (across[0], top - 0.12)]
        yield np.array([(x, y, -0.015) for x, y in corners]), lamp, True


def lamps_of(vehicle: Vehicle) -> Points:
    """The middles of the two lamps (2, 3), in the vehicle's metres."""
    half, height = vehicle.body.width / 2, vehicle.body.nose_height - 0.14
    return np.array([(-0.8 * half, height, -0.02), (0.8 * half, height, -0.02)])


def shadow_of(vehicle: Vehicle) -> Points:
    """The dark ground under the vehicle (4, 3)."""
    half, length = vehicle.body.width / 2 + 0.1, vehicle.body.length + 0.15
    return np.array([(-half, 0, -0.25), (half, 0, -0.25), (half, 0, length), (-half, 0, length)])


def shade(colour: Colour, gain: float) -> Colour:
    blue, green, red = (min(255, max(0, round(part * gain))) for part in colour)
    return blue, green, red


def _quad(half: float, up: float, back: float, half_below: float, below: float, back_below: float) -> Points:
    """A face that is the same on both sides of the middle."""
    return np.array([(-half, up, back), (half, up, back), (half_below, below, back_below),
                     (-half_below, below, back_below)])  # fmt: skip


def _disc(across: float, up: float, back: float, radius: float) -> Points:
    turns = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    return np.stack([np.full(14, across), up + radius * np.sin(turns), back + radius * np.cos(turns)], axis=1)
