"""The place where the demo happens: a gate in a wall, the driveway to it, trees, lawn and sky."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.demo.fleet import Colour
from streamer.demo.story import HUMP_M, road_x
from streamer.demo.view import HEIGHT, WIDTH, Points, project
from streamer.types import Picture

GATE_M = 13.0
_OPENING_M = 2.4
_WALL_TOP_M = 1.55
_PILLAR_M = 0.5
_PILLAR_TOP_M = 2.0
_ROAD_HALF_M = 1.75

Light = NDArray[np.float32]
"""Height x width x 3: what every channel is multiplied by, 0-1."""


@dataclass(frozen=True)
class Backdrop:
    """`day` is the empty scene, `before` (height x width, 0 or 255) marks what stands between the
    camera and vehicles beyond the gate, and `night` is the light when dusk has fallen."""

    day: Picture
    before: Picture
    night: Light


def draw_backdrop() -> Backdrop:
    """Draw the scene; the same picture every time."""
    chance = np.random.default_rng(7)
    day = _sky()
    _trees(day, chance)
    _ground(day, chance)
    _driveway(day, chance)
    before = np.zeros((HEIGHT, WIDTH), np.uint8)
    _wall(day, before, chance)
    _gate_leaves(day, before)
    _plants(day, chance)
    _dapple(day, chance)
    return Backdrop(day, before, _night())


def _sky() -> Picture:
    down = np.linspace(0, 1, HEIGHT)[:, None, None] * HEIGHT / 240
    sky = np.array((222, 184, 140)) + np.clip(down, 0, 1) * np.array((2, 38, 86))
    picture = np.broadcast_to(sky, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(picture)


def _trees(picture: Picture, chance: np.random.Generator) -> None:
    """Three rows of leaves, the farther the paler."""
    rows: tuple[tuple[int, int, Colour, float], ...] = (
        (116, 26, (158, 172, 150), 3.0),
        (140, 30, (96, 134, 104), 1.6),
        (186, 26, (62, 102, 74), 0.8),
    )
    for top, size, colour, blur in rows:
        layer = picture.copy()
        hills = top + 16 * np.sin(np.arange(WIDTH) / 170 + top) + 9 * np.sin(np.arange(WIDTH) / 47 + top)
        for _ in range(900):
            x = int(chance.integers(0, WIDTH))
            depth = chance.random()
            y = round(hills[x] + depth * 90)
            tone = 1.16 - 0.42 * depth + 0.1 * chance.standard_normal()
            leaf = np.clip(np.array(colour) * tone, 0, 255).tolist()
            cv2.circle(layer, (x, y), int(chance.integers(size // 3, size)), leaf, -1, cv2.LINE_AA)
        picture[:] = cv2.GaussianBlur(layer, (0, 0), blur)


def _ground(picture: Picture, chance: np.random.Generator) -> None:
    """Street and verge beyond the gate, lawn on this side."""
    _band(picture, 60.0, 26.0, (52, 84, 60), (84, 128, 98))
    _band(picture, 26.0, 15.5, (140, 138, 136), (126, 124, 122))
    _band(picture, 15.5, GATE_M, (88, 134, 104), (84, 132, 102))
    _band(picture, GATE_M, 3.4, (92, 146, 112), (58, 112, 80))
    top = _ground_y(GATE_M)
    rows = np.linspace(0.5, 1, HEIGHT - top)[:, None]
    blades = cv2.GaussianBlur(chance.normal(0, 26, (HEIGHT - top, WIDTH)), (0, 0), 1.1) * rows
    patches = cv2.GaussianBlur(chance.normal(0, 420, (HEIGHT - top, WIDTH)), (0, 0), 26)
    _add(picture[top:], (blades + patches)[..., None] * (0.6, 1.0, 0.7))


def _driveway(picture: Picture, chance: np.random.Generator) -> None:
    depths = np.concatenate([np.linspace(3.2, 14, 60), np.linspace(14, 20, 30)])
    kerb = np.zeros((HEIGHT, WIDTH), np.uint8)
    road = kerb.copy()
    _fill(kerb, _strip(depths, _ROAD_HALF_M + 0.14), 255)
    _fill(road, _strip(depths, _ROAD_HALF_M), 255)
    top = _ground_y(20.0)
    down = np.clip((np.arange(HEIGHT) - top) / (HEIGHT - top), 0, 1)[:, None]
    grain = cv2.GaussianBlur(chance.normal(0, 12, (HEIGHT, WIDTH)), (0, 0), 0.8) * (0.2 + down)
    stains = cv2.GaussianBlur(chance.normal(0, 500, (HEIGHT, WIDTH)), (0, 0), 34)
    asphalt = (np.array((150, 150, 150)) - down[..., None] * (34, 32, 30)) + (grain + stains)[..., None]
    _blend(picture, np.full_like(picture, (176, 182, 186)), kerb)
    _blend(picture, asphalt.clip(0, 255).astype(np.uint8), road)
    _hump(picture)


def _hump(picture: Picture) -> None:
    """The speed hump: a low bar of rubber with pale fields across the driveway."""
    slant = 0.3
    for field in range(9):
        left = -1.62 + field * 0.36
        near, far = HUMP_M - 0.75, HUMP_M - 0.4
        corners = [
            (road_x(z) + left + dx, 0.0, z - (left + dx) * slant)
            for z, dx in ((far, 0.0), (far, 0.36), (near, 0.36), (near, 0.0))
        ]
        colour = (74, 70, 68) if field % 2 else (120, 176, 196)
        _fill(picture, project(corners), colour)
    lip = [(road_x(HUMP_M - 0.75) + x, 0.0, HUMP_M - 0.77 - x * slant) for x in (-1.62, 1.62)]
    cv2.polylines(picture, [_fixed(project(lip))], False, (60, 58, 56), 3, cv2.LINE_AA, 4)


def _wall(picture: Picture, before: Picture, chance: np.random.Generator) -> None:
    """Plastered wall left and right, with coping and two pillars."""
    middle = road_x(GATE_M)
    plaster = cv2.GaussianBlur(chance.normal(0, 160, (HEIGHT, WIDTH)), (0, 0), 12)
    pillars = []
    for side in (-1, 1):
        inner = middle + side * (_OPENING_M + _PILLAR_M)
        outer = side * 9.0
        _upright(picture, before, inner, outer, 0.0, _WALL_TOP_M, (168, 194, 206))
        _upright(picture, before, inner, outer, _WALL_TOP_M, _WALL_TOP_M + 0.09, (128, 146, 156))
        _upright(picture, before, inner, outer, 0.0, 0.22, (132, 152, 162))
        pillars.append((middle + side * _OPENING_M, inner))
    _add(picture, (plaster * (before > 0))[..., None])
    for near, far in pillars:
        left, right = min(near, far), max(near, far)
        _upright(picture, before, left, right, 0.0, _PILLAR_TOP_M, (150, 178, 192))
        _upright(picture, before, left, left + 0.12, 0.0, _PILLAR_TOP_M, (172, 198, 210))
        top = _PILLAR_TOP_M
        _upright(picture, before, left - 0.06, right + 0.06, top, top + 0.1, (118, 136, 146))
        _lantern(picture, before, (left + right) / 2)


def _lantern(picture: Picture, before: Picture, x: float) -> None:
    top = _PILLAR_TOP_M + 0.1
    _upright(picture, before, x - 0.09, x + 0.09, top, top + 0.26, (190, 226, 238))
    _upright(picture, before, x - 0.12, x + 0.12, top + 0.26, top + 0.31, (60, 58, 56))


def _gate_leaves(picture: Picture, before: Picture) -> None:
    """The two leaves stand open, turned to this side."""
    middle = road_x(GATE_M)
    for side in (-1, 1):
        hinge = middle + side * _OPENING_M
        for along in np.linspace(0.06, 1.0, 13):
            x, z = hinge + side * 0.35 * along, GATE_M - 1.9 * along
            bar = project([(x, 0.12, z), (x, 1.3 + 0.2 * along**2, z)])
            for target, colour in ((picture, (64, 66, 54)), (before, (255, 255, 255))):
                cv2.polylines(target, [_fixed(bar)], False, colour, 3, cv2.LINE_AA, 4)
        for height in (0.2, 0.85):
            ends = [(hinge, height, GATE_M), (hinge + side * 0.35, height, GATE_M - 1.9)]
            cv2.polylines(picture, [_fixed(project(ends))], False, (64, 66, 54), 4, cv2.LINE_AA, 4)


def _plants(picture: Picture, chance: np.random.Generator) -> None:
    """Shrubs along the wall and a bed of flowers on the lawn."""
    for left, right, size in ((-4.6, -1.9, 0.26), (4.9, 6.4, 0.24)):
        for _ in range(260):
            x, z = chance.uniform(left, right), chance.uniform(11.8, 12.6)
            height = abs(chance.normal(0, 0.34))
            _blob(picture, chance, (x, height, z), size, (58, 112, 70), height / 0.9)
    for _ in range(620):
        x, z = 1.75 + chance.normal(0, 0.22), chance.uniform(4.4, 5.6)
        height = abs(chance.normal(0, 0.12))
        _blob(picture, chance, (x + (z - 5) * 0.32, height, z), 0.05, (52, 112, 66), height / 0.3)
    blossoms: tuple[Colour, ...] = ((120, 96, 214), (236, 232, 240), (86, 190, 240), (176, 110, 196))
    for _ in range(90):
        x, z = 1.75 + chance.normal(0, 0.2), chance.uniform(4.4, 5.6)
        middle = (x + (z - 5) * 0.32, abs(chance.normal(0.2, 0.08)), z)
        _blob(picture, chance, middle, 0.024, blossoms[chance.integers(len(blossoms))], 0.4)


def _blob(
    picture: Picture,
    chance: np.random.Generator,
    middle: tuple[float, float, float],
    size: float,
    colour: Colour,
    light: float,
) -> None:
    x, y = project(middle)
    tone = 0.62 + 0.5 * min(light, 1.0) + 0.1 * chance.standard_normal()
    radius = max(1, round(1500 * size * chance.uniform(0.3, 0.7) / middle[2]))
    leaf = np.clip(np.array(colour) * tone, 0, 255).tolist()
    cv2.circle(picture, (round(x), round(y)), radius, leaf, -1, cv2.LINE_AA)


def _dapple(picture: Picture, chance: np.random.Generator) -> None:
    """The shadow of a tree that stands left of the camera."""
    shade = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(150):
        centre = int(chance.normal(120, 190)), int(chance.normal(600, 70))
        axes = int(chance.integers(14, 60)), int(chance.integers(6, 18))
        cv2.ellipse(shade, centre, axes, 0, 0, 360, 255, -1)
    shade[: _ground_y(GATE_M)] = 0
    dark = 1 - 0.3 * cv2.GaussianBlur(shade, (0, 0), 6).astype(np.float32)[..., None] / 255
    picture[:] = (picture * dark).astype(np.uint8)


def _night() -> Light:
    """Blue dusk with a warm glow over the trees and under the two lanterns."""
    down = np.arange(HEIGHT, dtype=np.float32)[:, None]
    sky = np.exp(-(((down - 150) / 90) ** 2)) * np.ones((1, WIDTH), np.float32)
    light = np.array((0.47, 0.40, 0.37)) + sky[..., None] * np.array((0.02, 0.10, 0.22))
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    for side in (-1, 1):
        x, y = project((road_x(GATE_M) + side * (_OPENING_M + 0.25), _PILLAR_TOP_M + 0.2, GATE_M - 0.3))
        distance = np.hypot(columns - x, (rows - y) * 0.8)
        light += np.exp(-distance / 90)[..., None] * np.array((0.20, 0.46, 0.62))
    return np.asarray(light.clip(0, 1), np.float32)


def _upright(
    picture: Picture, before: Picture, left: float, right: float, low: float, high: float, colour: Colour
) -> None:
    """Fill an upright box in the plane of the wall and mark it as standing before the street."""
    corners = project([(x, y, GATE_M) for x, y in ((left, high), (right, high), (right, low), (left, low))])
    _fill(picture, corners, colour)
    _fill(before, corners, 255)


def _band(picture: Picture, far: float, near: float, at_far: Colour, at_near: Colour) -> None:
    """Fill the ground between two depths with a gradient."""
    top, bottom = _ground_y(far), _ground_y(near)
    colours = np.linspace(at_far, at_near, bottom - top)
    picture[top:bottom] = colours[:, None].astype(np.uint8)


def _ground_y(depth: float) -> int:
    return min(HEIGHT, round(float(project((0.0, 0.0, depth))[1])))


def _strip(depths: NDArray[np.float64], half: float) -> Points:
    """The outline in the picture of the driveway, `half` metres to either side of its middle."""
    left = [(road_x(z) - half, 0.0, z) for z in depths]
    right = [(road_x(z) + half, 0.0, z) for z in depths[::-1]]
    return project(left + right)


def _fill(picture: Picture, points: Points, colour: Colour | int) -> None:
    cv2.fillPoly(picture, [_fixed(points)], colour, cv2.LINE_AA, 4)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.round(points * 16).astype(np.int32)


def _add(picture: Picture, change: NDArray[Any]) -> None:
    picture[:] = np.clip(picture + change, 0, 255).astype(np.uint8)


def _blend(picture: Picture, over: Picture, mask: Picture) -> None:
    share = mask[..., None].astype(np.float32) / 255
    picture[:] = (picture * (1 - share) + over * share).astype(np.uint8)
