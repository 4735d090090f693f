"""Boxes and texts onto a copy of a picture, and the card that stands in for a picture that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cv2
import numpy as np

from streamer.line import Line
from streamer.types import Box, Corners, Picture
from streamer.zones import Zones

_FONT = cv2.FontFace("sans")
_SURE = (96, 200, 80)
_UNSURE = (60, 170, 250)
_INK = (20, 20, 20)
_PALE = (225, 225, 225)
_DIMMED = 0.45
"""What is left of the light where plates do not count."""
_INNER = "in"
"""Stands on the inner side of the line."""


@dataclass(frozen=True)
class Label:
    """What to draw for one plate; `sure` plates are drawn in green, others in amber."""

    corners: Corners
    text: str
    sure: bool = True


def shrink_to(picture: Picture, width: int) -> Picture:
    """The picture, no wider than `width` pixels; the same array if it is not wider."""
    if picture.shape[1] <= width:
        return picture
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cast(Picture, cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR))


def annotate(picture: Picture, labels: Iterable[Label], scale: float = 1.0) -> Picture:
    """A copy of the picture (BGR) with a box and a text for each label, corners times `scale`."""
    drawn = picture.copy()
    draw(drawn, labels, scale)
    return drawn


def draw(picture: Picture, labels: Iterable[Label], scale: float = 1.0) -> None:
    """A box and a text for each label onto the picture (BGR) itself, corners times `scale`."""
    size = max(14, round(picture.shape[0] / 26))
    for label in labels:
        colour = _SURE if label.sure else _UNSURE
        points = np.array(label.corners, np.float64) * scale
        cv2.polylines(picture, [points.round().astype(np.int32)], True, colour, max(2, size // 10), cv2.LINE_AA)
        if label.text:
            _tag(picture, label.text, points, colour, size)


def dimmed(picture: Picture, zones: Zones) -> Picture:
    """The picture (BGR) with what is outside the zones dark: a copy, or the same array if nothing is."""
    if not zones:
        return picture
    dark = cv2.convertScaleAbs(picture, alpha=_DIMMED)
    return cast(Picture, cv2.copyTo(picture, _mask(zones, picture.shape[1], picture.shape[0]), dark))


@lru_cache(maxsize=16)
def _mask(zones: Zones, width: int, height: int) -> Picture:
    """Height x width: 255 where plates count."""
    mask = np.full((height, width), 0 if zones.include else 255, np.uint8)
    for polygons, value in ((zones.include, 255.0), (zones.exclude, 0.0)):
        for polygon in polygons:
            points = np.array(polygon) * (width, height)
            cv2.fillPoly(mask, [points.round().astype(np.int32)], (value,))
    return mask


def draw_line(picture: Picture, line: Line | None) -> None:
    """The line, if there is one, thinly onto the picture (BGR) itself, and an arrow to the inner side."""
    if line is None:
        return
    height, width = picture.shape[:2]
    size = max(14, height // 26)
    start, end = np.array((line.start, line.end)) * (width, height)
    inwards = np.array(line.inwards(width, height))
    middle = (start + end) / 2
    tip = middle + 1.5 * size * inwards
    for colour, thickness in ((_INK, 3), (_PALE, 1)):
        cv2.line(picture, _point(start), _point(end), colour, thickness, cv2.LINE_AA)
        cv2.arrowedLine(picture, _point(middle), _point(tip), colour, thickness, cv2.LINE_AA, tipLength=0.3)
    _, _, word_width, _ = cv2.getTextSize((0, 0), _INNER, (0, 0), _FONT, size, weight=500)
    left, baseline = tip + 0.8 * size * inwards + (-word_width / 2, size * 0.35)
    for offset, colour in ((1, _INK), (0, _PALE)):
        place = _point((left + offset, baseline + offset))
        cv2.putText(picture, _INNER, place, colour, _FONT, size, weight=500)


def _point(place: Sequence[float] | np.ndarray) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def _tag(picture: Picture, text: str, points: np.ndarray, colour: tuple[int, int, int], size: int) -> None:
    """A filled tag with the text above the plate, or below it where there is no room above."""
    _, _, text_width, _ = cv2.getTextSize((0, 0), text, (0, 0), _FONT, size, weight=600)
    pad = size // 3
    width, height = text_width + 2 * pad, size + 2 * pad
    left = int(np.clip(points[:, 0].min(), 0, max(0, picture.shape[1] - width)))
    top = int(points[:, 1].min()) - height - pad
    if top < 0:
        top = int(points[:, 1].max()) + pad
    cv2.rectangle(picture, (left, top), (left + width, top + height), colour, cv2.FILLED)
    cv2.putText(picture, text, (left + pad, top + pad + round(size * 0.8)), _INK, _FONT, size, weight=600)


def cut_out(picture: Picture, box: Box, margin: float = 0.15) -> Picture:
    """The part of the picture in the box, with a margin (a fraction of the box's width) on every side;
    nothing if it is beyond the edge."""
    left, top, right, bottom = box
    room = margin * (right - left)
    x0, x1 = max(0, int(left - room)), max(0, int(right + room) + 1)
    y0, y1 = max(0, int(top - room)), max(0, int(bottom + room) + 1)
    return picture[y0:y1, x0:x1]


def state_card(name: str, text: str, width: int, height: int) -> Picture:
    """A dark picture that says why there is no live one."""
    card: Picture = np.full((height, width, 3), 38, np.uint8)
    size = max(14, height // 22)
    for line, (words, colour) in enumerate(((name, _PALE), (text, _UNSURE))):
        _, _, text_width, _ = cv2.getTextSize((0, 0), words, (0, 0), _FONT, size, weight=500)
        fitting = min(size, max(9, int(size * (width - 2 * size) / max(1, text_width))))
        x = max(size, (width - text_width * fitting // size) // 2)
        y = height // 2 + round((line - 0.3) * 1.8 * size)
        cv2.putText(card, words, (x, y), colour, _FONT, fitting, weight=500)
    return card


def to_jpeg(picture: Picture, quality: int) -> bytes:
    """JPEG of a picture; quality 0-100."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as JPEG")
    return data.tobytes()
