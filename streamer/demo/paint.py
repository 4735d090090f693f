"""Puts vehicles into a picture: perspective, shadow on the ground, light of the headlights."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.demo.faces import Face, draw_vehicle, headlights
from streamer.demo.fleet import Body, Vehicle
from streamer.demo.panel import Sheet
from streamer.demo.story import Place
from streamer.demo.view import HEIGHT, WIDTH, Points, project
from streamer.types import Picture

_NEAREST_M = 0.35
_SHADOW_SCALE = 8


def paint_vehicle(picture: Picture, vehicle: Vehicle, where: Place) -> None:
    """Draw the vehicle and its shadow onto `picture`."""
    _paint_shadow(picture, vehicle.body, where)
    for face in _faces(vehicle):
        world = where.to_world(face.corners)
        if world[:, 2].min() > _NEAREST_M:
            _paint_face(picture, face, project(world))


def paint_headlights(picture: Picture, body: Body, where: Place) -> None:
    """Add the glow of the vehicle's headlights."""
    world = where.to_world(headlights(body))
    if world[:, 2].min() < 1.0:
        return
    for (x, y), depth in zip(project(world), world[:, 2], strict=True):
        _add_glow(picture, float(x), float(y), 900 / float(depth))


@cache
def _faces(vehicle: Vehicle) -> list[Face]:
    return draw_vehicle(vehicle)


def _paint_face(picture: Picture, face: Face, corners: Points) -> None:
    """Warp the face onto the picture; nothing where it is out of view or turned away."""
    if _area(corners) <= 1:
        return
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, (WIDTH, HEIGHT))
    if left >= right or top >= bottom:
        return
    sheet = _fitting(face, corners)
    rows, columns = sheet.shape[:2]
    inner = np.array([(1, 1), (columns - 1, 1), (columns - 1, rows - 1), (1, rows - 1)], np.float32) - 0.5
    target = (corners - (left, top)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(inner, target)
    warped = cv2.warpPerspective(sheet, matrix, (int(right - left), int(bottom - top)))
    part = picture[top:bottom, left:right]
    part[:] = (part * (1 - warped[..., 3:]) + warped[..., :3] + 0.5).astype(np.uint8)


def _fitting(face: Face, corners: Points) -> Sheet:
    """The drawing at about the size that it has in the picture, against flicker."""
    width = np.linalg.norm(corners[1] - corners[0])
    height = np.linalg.norm(corners[3] - corners[0])
    fitting = face.levels[0]
    for level in face.levels[1:]:
        if level.shape[1] < 0.8 * width or level.shape[0] < 0.8 * height:
            break
        fitting = level
    return fitting


def _area(corners: Points) -> float:
    """Positive if the corners run clockwise in the picture: the face looks at the camera."""
    x, y = corners.T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


def _paint_shadow(picture: Picture, body: Body, where: Place) -> None:
    half, back = body.width / 2, body.length
    ground = np.array([(-half, 0, 0.05), (half + 0.55, 0, 0.25), (half + 0.55, 0, back), (-half, 0, back)])
    world = where.to_world(ground)
    world[:, 2] = np.maximum(world[:, 2], _NEAREST_M)
    small = np.zeros((HEIGHT // _SHADOW_SCALE, WIDTH // _SHADOW_SCALE), np.uint8)
    outline = np.clip(project(world) / _SHADOW_SCALE * 16, -30000, 30000).astype(np.int32)
    cv2.fillPoly(small, [outline], 150, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(small, (0, 0), 0.6 + 9 / max(where.z, 1.5))
    dark = cv2.resize(soft, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(picture, cv2.merge([255 - dark] * 3), picture, scale=1 / 255)


@cache
def _halo() -> NDArray[np.float32]:
    """A soft round light, 257 x 257 pixels, 0-1."""
    distance = np.hypot(*np.mgrid[-1:1:257j, -1:1:257j])
    light = np.exp(-((distance / 0.07) ** 2)) + 0.3 * np.clip(1 - distance, 0, 1) ** 4
    return np.asarray(light.clip(0, 1), np.float32)


def _add_glow(picture: Picture, x: float, y: float, radius: float) -> None:
    left, top = max(0, int(x - radius)), max(0, int(y - radius))
    part = picture[top : int(y + radius) + 1, left : int(x + radius) + 1]
    if not part.size:
        return
    scale = radius / 128
    matrix = np.array([(scale, 0, x - radius - left), (0, scale, y - radius - top)])
    light = cv2.warpAffine(_halo(), matrix, part.shape[1::-1])
    part[:] = cv2.add(part, (light[..., None] * (200, 240, 255)).astype(np.uint8))
