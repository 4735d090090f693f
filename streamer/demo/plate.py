"""The licence plates, drawn with OpenCV's built-in font: Rubik, under the SIL Open Font License 1.1."""

from __future__ import annotations

import cv2
import numpy as np

from streamer.demo.fleet import PLATE_HEIGHT_M, PLATE_WIDTH_M, Vehicle
from streamer.demo.panel import Panel, Sheet

_INK = (28, 24, 22)
_STRIP = (150, 62, 16)
_STRIP_M = 0.042
_TEXT_HEIGHT_M = 0.072
_WEIGHT = 500


def draw_plate(vehicle: Vehicle) -> Sheet:
    """The vehicle's plate, 1600 pixels a metre."""
    panel = Panel(PLATE_WIDTH_M, PLATE_HEIGHT_M, pixels_per_m=1600)
    panel.box(0, 0, PLATE_WIDTH_M, PLATE_HEIGHT_M, _INK)
    panel.box(0.004, 0.004, PLATE_WIDTH_M - 0.004, PLATE_HEIGHT_M - 0.004, vehicle.style.ground, 0.008)
    left = 0.016
    if vehicle.style.strip:
        panel.box(0.004, 0.004, _STRIP_M, PLATE_HEIGHT_M - 0.004, _STRIP, 0.006)
        for angle in np.arange(0, 2 * np.pi, np.pi / 6):
            panel.disc(0.023 + 0.012 * np.cos(angle), 0.034 + 0.012 * np.sin(angle), 0.002, (80, 210, 250))
        left += _STRIP_M
    _emboss(panel, vehicle.plate, left, PLATE_WIDTH_M - 0.018)
    return panel.sheet()


def _emboss(panel: Panel, text: str, left: float, right: float) -> None:
    """Set the text between `left` and `right` metres, as tall as plates have it."""
    face = cv2.FontFace("sans")
    canvas = np.full((400, 2400, 3), 255, np.uint8)
    cv2.putText(canvas, text, (100, 300), (0, 0, 0), face, 200, _WEIGHT)
    rows, columns = (np.flatnonzero((canvas < 128).any(axis=(1 - axis, 2))) for axis in (0, 1))
    letters = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, :1] / 255

    scale = panel.scale
    height = round(_TEXT_HEIGHT_M * scale)
    natural = letters.shape[1] * height / letters.shape[0]
    width = round(min(natural, (right - left) * scale))
    small = cv2.resize(letters, (width, height), interpolation=cv2.INTER_AREA)[..., None]
    x = round((left + right) / 2 * scale - width / 2)
    y = (panel.colour.shape[0] - height) // 2
    ground = panel.colour[y : y + height, x : x + width]
    ground[:] = (ground * small + np.array(_INK) * (1 - small)).astype(np.uint8)
