"""The road and what stands beside it: drawn once a scene, by day."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.stress.scenes import LANE_M, Scene
from benchmarks.stress.vehicles import shade
from benchmarks.stress.view import HEIGHT, WIDTH, View
from streamer.types import Picture
from training import fonts
from training.layouts import Colour
from training.plate import paint

_PER_M = 24
"""Pixels a metre of the ground's picture."""
_HALF_M, _FAR_M = 14.0, 60.0
_WORDS = (
    "NO PARKING",
    "ENTRANCE",
    "24 H",
    "0800 730412",
    "SLOW",
    "PRIVATE",
    "CCTV",
    "P 250 M",
    "LOADING BAY 3",
)
SIGNS = tuple(words.replace(" ", "") for words in _WORDS)
"""What a reader makes of the signs beside the road."""


def backdrop(rng: Random, scene: Scene) -> Picture:
    """The picture without vehicles, 720 x 1280 x 3."""
    picture = _behind(rng, scene.view)
    ground = _ground(rng, scene)
    corners = np.array([(-_HALF_M, 0, _FAR_M), (_HALF_M, 0, _FAR_M), (_HALF_M, 0, 1.5), (-_HALF_M, 0, 1.5)])
    flat = np.array([(0, 0), (ground.shape[1], 0), ground.shape[1::-1], (0, ground.shape[0])], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, scene.view.project(corners).astype(np.float32))
    lying = cv2.warpPerspective(ground, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(ground.shape[:2], 255, np.uint8), matrix, (WIDTH, HEIGHT))
    cv2.copyTo(lying, mask, picture)
    for _ in range(rng.choice((0, 1, 1, 2))):
        _sign(rng, picture, scene)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), scene.light.softness + 0.3), np.uint8)


def _ground(rng: Random, scene: Scene) -> Picture:
    """Asphalt with lines between verges, from above, the far end first."""
    size = round((_FAR_M - 1.5) * _PER_M / 2), round(2 * _HALF_M * _PER_M)
    image = np.full((*size, 3), shade((70, 100, 90), rng.uniform(0.7, 1.2)), np.uint8)
    lane, beyond = scene.view.target[0], np.sign(scene.view.target[0]) or 1
    path = scene.drives[0].path
    asphalt, line = shade((112, 110, 108), rng.uniform(0.6, 1.2)), (205, 210, 210)
    lanes = sorted((lane - beyond * 0.55 * LANE_M, lane + beyond * 1.55 * LANE_M))
    _strip(image, path.slope, lanes[0], lanes[1], asphalt, path.z0)
    for x in lanes:
        _strip(image, path.slope, x - 0.07, x + 0.07, line, path.z0)
    grain = _grain(rng, size)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)


def _strip(image: Picture, slope: float, left: float, right: float, colour: Colour, z0: float) -> None:
    """A band of the ground between two x at the distance `z0`."""
    rows = image.shape[0]
    ends = [
        (x + slope * (z - z0) + _HALF_M, row) for z, row in ((_FAR_M, 0), (1.5, rows)) for x in (left, right)
    ]
    points = (
        np.array([(x * _PER_M, row) for x, row in (ends[0], ends[1], ends[3], ends[2])])
        .round()
        .astype(np.int32)
    )
    cv2.fillConvexPoly(image, points, colour, cv2.LINE_AA)


def _grain(rng: Random, size: tuple[int, int]) -> NDArray[np.float32]:
    """Stains and grit: noise of several scales, rows x columns x 1."""
    dice = np.random.default_rng(rng.randrange(1 << 30))
    field = dice.normal(0, 7, size).astype(np.float32)
    for scale, strength in ((8, 7.0), (40, 9.0)):
        coarse = dice.normal(0, strength, (size[0] // scale + 2, size[1] // scale + 2)).astype(np.float32)
        field += cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(field[..., None])


def _behind(rng: Random, view: View) -> Picture:
    """Sky, and houses, hedges and trees on the horizon."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    top, low = np.array((225, 205, 185)), np.array((235, 230, 226))
    picture[:] = (top + (low - top) * np.linspace(0, 1, HEIGHT)[:, None, None]).astype(np.uint8)
    foot, x = max(0, round(view.horizon)) + 30, -60
    scale = view.focal / 1800
    while x < WIDTH:
        width, height = round(rng.uniform(60, 320) * scale), round(rng.uniform(60, 420) * scale)
        if rng.random() < 0.5:
            _house(rng, picture, x, foot, width, height)
        else:
            _tree(rng, picture, x, foot, width, height)
        x += round(width * rng.uniform(0.7, 1.1))
    return picture


def _house(rng: Random, picture: Picture, x: int, foot: int, width: int, height: int) -> None:
    wall = shade(
        rng.choice(((150, 170, 190), (120, 130, 160), (190, 195, 200), (95, 105, 140))), rng.uniform(0.6, 1.1)
    )
    cv2.rectangle(picture, (x, foot - height), (x + width, foot), wall, -1)
    step, glass = max(18, height // 4), shade((90, 85, 75), rng.uniform(0.6, 1.3))
    for top in range(foot - height + step // 3, foot - step // 2, step):
        for left in range(x + step // 3, x + width - step // 2, step):
            cv2.rectangle(picture, (left, top), (left + step // 2, top + step // 2), glass, -1)


def _tree(rng: Random, picture: Picture, x: int, foot: int, width: int, height: int) -> None:
    for _ in range(40):
        at = x + round(rng.uniform(0, width)), foot - round(rng.uniform(0, height))
        leaves = shade((60, 95, 75), rng.uniform(0.4, 1.2))
        cv2.circle(picture, at, round(rng.uniform(0.08, 0.22) * width) + 2, leaves, -1, cv2.LINE_AA)


def _sign(rng: Random, picture: Picture, scene: Scene) -> None:
    """A board with words on a pole: no plate, and not to be read as one."""
    x, z = scene.view.target[0], scene.view.target[2] * rng.uniform(1.1, 1.8)
    foot = scene.view.project(np.array([x + np.sign(x or 1) * rng.uniform(2.5, 5.5), 0.0, z]))
    face = fonts.load().caption(rng, "words")
    if face is None:
        return
    word = face.word(rng.choice(_WORDS), rng.randint(12, 24))
    metre = scene.view.focal / z
    left, top = (
        round(float(foot[0])) - word.shape[1] // 2,
        round(float(foot[1]) - rng.uniform(1.0, 1.8) * metre),
    )
    ground, ink = rng.choice(
        (((235, 235, 235), (40, 40, 40)), ((140, 70, 20), (240, 240, 240)), ((30, 30, 180), (240,) * 3))
    )
    edge = 10
    cv2.line(
        picture,
        (round(float(foot[0])), top),
        (round(float(foot[0])), round(float(foot[1]))),
        (120, 120, 120),
        6,
    )
    cv2.rectangle(
        picture,
        (left - edge, top - edge),
        (left + word.shape[1] + edge, top + word.shape[0] + edge),
        ground,
        -1,
    )
    paint(picture, word, left, top, ink)
