"""The drawn sides of a vehicle, each with its place on the vehicle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from streamer.demo.fleet import Body, Colour, Vehicle
from streamer.demo.panel import Panel, Sheet
from streamer.demo.plate import draw_plate
from streamer.demo.story import plate_outline
from streamer.demo.view import Points

_GLASS: Colour = (70, 60, 52)
_DARK: Colour = (34, 32, 30)
_TYRE: Colour = (30, 29, 28)
_CHROME: Colour = (196, 194, 190)
_SILL_M = 0.24
_WHEEL_M = 0.32
_LAMP_M = (0.20, 0.145)
_LOAD: Colour = (226, 230, 232)
_CAB_M, _LOAD_FLOOR_M = 1.8, 0.75


@dataclass(frozen=True)
class Face:
    """A flat side: its drawing and its corners (4, 3) on the vehicle in metres, as drawn: top left,
    top right, bottom right, bottom left."""

    sheet: Sheet
    corners: Points

    @cached_property
    def levels(self) -> list[Sheet]:
        """The drawing, and it halved again and again."""
        levels = [self.sheet]
        while min(levels[-1].shape[:2]) > 16:
            rows, columns = levels[-1].shape[:2]
            half = cv2.resize(levels[-1], (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
            levels.append(half.astype(np.float32))
        return levels


def draw_vehicle(vehicle: Vehicle) -> list[Face]:
    """Every side of the vehicle that the camera can see, in the order to paint them."""
    body = vehicle.body
    half = body.width / 2
    faces = [Face(draw_plate(vehicle), plate_outline(vehicle))]
    faces.append(_level(_front(vehicle), half, half, (body.nose_height, 0.0), (_SILL_M, 0.0)))
    faces.append(_level(_wheels_ahead(body), half, half, (0.5, 0.1), (0.0, 0.1)))
    nose, screen = (body.nose_height, 0.0), (body.screen_height, body.bonnet_depth)
    roof = (body.roof_height, body.roof_depth)
    faces.append(_level(_bonnet(vehicle), half, half, screen, nose))
    faces.append(_level(_windscreen(vehicle), body.roof_width / 2, half, roof, screen))
    faces += _sides(vehicle)
    back = (body.roof_height - 0.03, _cab_length(body) - 0.5)
    faces.append(_level(_roof(vehicle), body.roof_width / 2, body.roof_width / 2, back, roof))
    if body.load_height:
        faces += _load(body)
    return faces[::-1]


def headlights(body: Body) -> Points:
    """The middles of the two headlights (2, 3), metres on the vehicle."""
    x, y = body.width / 2 - _LAMP_M[0], body.nose_height - _LAMP_M[1]
    return np.array([(-x, y, 0.0), (x, y, 0.0)])


def _level(
    sheet: Sheet, top_half: float, bottom_half: float, top: tuple[float, float], bottom: tuple[float, float]
) -> Face:
    """A face across the vehicle; `top` and `bottom` are its edges' heights and depths."""
    corners = [(-top_half, *top), (top_half, *top), (bottom_half, *bottom), (-bottom_half, *bottom)]
    return Face(sheet, np.array(corners))


def _front(vehicle: Vehicle) -> Sheet:
    body = vehicle.body
    width, height = body.width, body.nose_height - _SILL_M
    panel = Panel(width, height)
    panel.box(0, 0, width, height, vehicle.paint, 0.05)
    panel.shade(1.12, 0.78, edges=0.72)
    _lamp(panel, _LAMP_M[0], 1)
    _lamp(panel, width - _LAMP_M[0], -1)
    panel.box(0.5, 0.07, width - 0.5, 0.19, _DARK, 0.03)
    panel.box(0.52, 0.125, width - 0.52, 0.137, _CHROME)
    plate_y = body.nose_height - body.plate_height
    panel.box(width / 2 - 0.31, plate_y - 0.085, width / 2 + 0.31, plate_y + 0.085, _DARK, 0.02)
    panel.box(0.3, height - 0.12, width - 0.3, height - 0.035, _DARK, 0.03)
    for x in (0.2, width - 0.2):
        panel.disc(x, height - 0.1, 0.045, _DARK)
        panel.disc(x, height - 0.1, 0.032, _CHROME)
    return panel.sheet()


def _lamp(panel: Panel, x: float, inwards: int) -> None:
    """A headlight with its main lamp at `x`; `inwards` is 1 where the vehicle's middle is to the right."""
    outline = [(-0.14, 0.07), (0.06, 0.06), (0.25, 0.12), (0.23, 0.19), (0.04, 0.23), (-0.11, 0.22)]
    panel.polygon([(x + inwards * dx, y) for dx, y in outline], (60, 58, 56))
    panel.disc(x, _LAMP_M[1], 0.062, (206, 208, 206))
    panel.disc(x, _LAMP_M[1], 0.04, (248, 250, 250))
    panel.disc(x + inwards * 0.14, _LAMP_M[1] + 0.005, 0.036, (190, 192, 190))


def _wheels_ahead(body: Body) -> Sheet:
    panel = Panel(body.width, 0.5)
    panel.box(0.1, 0.1, body.width - 0.1, 0.36, (22, 22, 22))
    for left in (0.05, body.width - 0.27):
        panel.box(left, 0.0, left + 0.22, 0.495, _TYRE, 0.04)
    return panel.sheet()


def _bonnet(vehicle: Vehicle) -> Sheet:
    width = vehicle.body.width
    panel = Panel(width, 1.0)
    panel.box(0, 0, width, 1.0, vehicle.paint, 0.03)
    panel.shade(1.12, 1.3, edges=0.84)
    lighter = tuple(min(255, round(c * 1.42 + 6)) for c in vehicle.paint)
    for x in (0.32, width - 0.34):
        panel.box(x, 0.05, x + 0.02, 0.97, (lighter[0], lighter[1], lighter[2]))
    panel.box(0, 0, width, 0.05, _DARK)
    return panel.sheet()


def _windscreen(vehicle: Vehicle) -> Sheet:
    width, height = vehicle.body.width, 0.8
    panel = Panel(width, height)
    panel.box(0, 0, width, height, vehicle.paint, 0.04)
    panel.box(0.09, 0.06, width - 0.09, height, _GLASS, 0.06)
    panel.shade(1.0, 1.0, edges=0.85)
    for x in (0.42, width - 0.72):
        panel.box(x, 0.34, x + 0.32, height, (48, 42, 38), 0.1)
        panel.box(x + 0.07, 0.2, x + 0.25, 0.36, (48, 42, 38), 0.05)
    panel.polygon([(0.3, 0.06), (0.78, 0.06), (0.36, height), (0.1, height), (0.1, 0.5)], (104, 92, 80))
    panel.polygon([(0.9, 0.06), (1.02, 0.06), (0.62, height), (0.5, height)], (92, 80, 70))
    panel.box(width / 2 - 0.12, 0.08, width / 2 + 0.12, 0.14, (26, 24, 24), 0.02)
    for x in (0.2, width / 2):
        panel.polygon([(x, 0.76), (x + 0.62, 0.7), (x + 0.62, 0.715), (x, 0.785)], (24, 24, 24))
    return panel.sheet()


def _roof(vehicle: Vehicle) -> Sheet:
    panel = Panel(1.4, 2.0, pixels_per_m=200)
    panel.box(0, 0, 1.4, 2.0, vehicle.paint, 0.1)
    panel.shade(1.05, 1.25, edges=0.85)
    return panel.sheet()


def _sides(vehicle: Vehicle) -> list[Face]:
    """The side that the camera sees: mirror, lower body and, leaning inwards, the cabin."""
    body = vehicle.body
    half, belt, end = body.width / 2, body.screen_height, _cab_length(body)
    cabin_end = _cab_length(body) - (0.12 if _is_upright(body) else 0.35)
    cabin = np.array(
        [
            (body.roof_width / 2, body.roof_height, body.bonnet_depth),
            (body.roof_width / 2, body.roof_height, cabin_end),
            (half, belt, cabin_end),
            (half, belt, body.bonnet_depth),
        ]
    )
    lower = np.array([(half, belt, 0), (half, belt, end), (half, 0, end), (half, 0, 0)])
    back = body.bonnet_depth + 0.28
    mirror = _level(_mirror(vehicle), 0.11, 0.11, (belt + 0.18, back), (belt + 0.02, back))
    outside = half + 0.08
    mirrors = [Face(mirror.sheet, mirror.corners + np.array((x, 0, 0))) for x in (-outside, outside)]
    return [*mirrors, *_sliced(_cabin(vehicle, cabin_end), cabin), *_sliced(_flank(vehicle), lower)]


def _mirror(vehicle: Vehicle) -> Sheet:
    panel = Panel(0.22, 0.16)
    panel.box(0.01, 0.01, 0.21, 0.15, vehicle.paint, 0.05)
    panel.shade(1.1, 0.7)
    return panel.sheet()


def _flank(vehicle: Vehicle) -> Sheet:
    """The lower side, from the front (left) to the rear, down to the ground."""
    body = vehicle.body
    length = _cab_length(body)
    panel = Panel(length, body.screen_height, pixels_per_m=200)
    fall = body.screen_height - body.nose_height
    bottom = body.screen_height - _SILL_M
    panel.polygon(
        [(0.0, fall), (body.bonnet_depth, 0), (length, 0), (length, bottom), (0.0, bottom)],
        vehicle.paint,
    )
    panel.shade(0.86, 0.5)
    seam = tuple(round(c * 0.4) for c in vehicle.paint)
    for x in (body.bonnet_depth + 0.25, body.bonnet_depth + 1.3):
        panel.box(x, 0.02, x + 0.015, bottom - 0.04, (seam[0], seam[1], seam[2]))
    for x in (0.75,) if body.load_height else (0.75, length - 0.8):
        _wheel(panel, x)
    return panel.sheet()


def _wheel(panel: Panel, x: float) -> None:
    y = panel.height - _WHEEL_M
    panel.disc(x, y, _WHEEL_M + 0.05, (20, 20, 20))
    panel.disc(x, y, _WHEEL_M, _TYRE)
    panel.disc(x, y, _WHEEL_M * 0.6, (150, 150, 150))
    panel.disc(x, y, _WHEEL_M * 0.2, (90, 90, 90))


def _cabin(vehicle: Vehicle, end: float) -> Sheet:
    """Windows and pillars beside the seats."""
    body = vehicle.body
    length, height = end - body.bonnet_depth, body.roof_height - body.screen_height
    panel = Panel(length, height, pixels_per_m=200)
    rise = body.roof_depth - body.bonnet_depth
    tail = 0.02 if _is_upright(body) else 0.4
    panel.polygon([(rise, 0), (length - tail, 0), (length, height), (0, height)], vehicle.paint)
    panel.shade(0.9, 0.8)
    windows_end = rise + 0.9 if _is_upright(body) else length - 0.25
    panel.polygon(
        [(rise + 0.06, 0.06), (windows_end - 0.2, 0.06), (windows_end, height), (0.14, height)], _GLASS
    )
    panel.box(rise + 0.55, 0.04, rise + 0.62, height, _DARK)
    return panel.sheet()


def _load(body: Body) -> list[Face]:
    """The load box behind a truck's cab: its front above the cab, and its side with the rear wheel."""
    half, top = body.width / 2 + 0.08, body.load_height
    front = Panel(2 * half, top - _LOAD_FLOOR_M)
    front.box(0, 0, front.width, front.height, _LOAD, 0.03)
    front.shade(1.0, 0.82, edges=0.9)
    side = Panel(body.length - _CAB_M, top, pixels_per_m=160)
    side.box(0, 0, side.width, top - _LOAD_FLOOR_M, _LOAD, 0.03)
    side.box(0, 1.35, side.width, 1.6, (120, 150, 92))
    side.box(0, top - _LOAD_FLOOR_M, side.width, top - 0.42, _DARK)
    side.shade(0.84, 0.6)
    _wheel(side, side.width - 1.2)
    corners = [(half, top, _CAB_M), (half, top, body.length), (half, 0, body.length), (half, 0, _CAB_M)]
    level = _level(front.sheet(), half, half, (top, _CAB_M), (_LOAD_FLOOR_M, _CAB_M))
    return [level, *_sliced(side.sheet(), np.array(corners))]


def _cab_length(body: Body) -> float:
    """Length of the painted body: all of it, or a truck's cab, in metres."""
    return _CAB_M - 0.1 if body.load_height else body.length


def _is_upright(body: Body) -> bool:
    """Vans and trucks, with no slope at the rear."""
    return body.roof_height > 1.8


def _sliced(sheet: Sheet, corners: Points, parts: int = 5) -> list[Face]:
    """Cut a long side into parts, so that those behind the camera can be left out."""
    cuts = np.linspace(0, 1, parts + 1)
    columns = np.round(cuts * sheet.shape[1]).astype(int)
    top, bottom = (a + (b - a) * cuts[:, None] for a, b in (corners[:2], corners[[3, 2]]))
    return [
        Face(sheet[:, columns[i] : columns[i + 1]], np.array([top[i], top[i + 1], bottom[i + 1], bottom[i]]))
        for i in range(parts)
    ]
