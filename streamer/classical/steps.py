"""Pictures of the classic engine's steps, for people who tune a camera by looking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from cv2.typing import MatLike

from streamer.detect import Step
from streamer.types import Corners, Plate

if TYPE_CHECKING:
    from streamer.classic import Candidate, Search

GREEN, BLUE, ORANGE = (80, 200, 80), (230, 160, 40), (40, 140, 240)


def pictures_of(search: Search, plates: Iterable[Plate]) -> tuple[Step, ...]:
    """The steps in the order in which they were done. Nothing of the search is changed."""
    outlines = search.outlines
    found = [candidate.corners for candidate in search.candidates]
    crops = (crop_step(n, *pair) for n, pair in enumerate(zip(search.candidates, plates, strict=True), 1))
    return (
        step("grey", "The picture without colour, small.", outlines.grey),
        step("filtered", "Noise is smoothed, edges are kept (bilateral filter).", outlines.filtered),
        step("edges", "Where brightness changes sharply (Canny).", outlines.edges),
        step(
            "contours",
            "The 30 largest contours.",
            drawn_contours(outlines.grey, outlines.contours),
        ),
        step(
            "four corners",
            "Contours with four corners and the proportions of a plate.",
            drawn_frames(search.grey, outlines.corners, ORANGE),
        ),
        step(
            "characters",
            "Rows of shapes that could be characters: dark ones blue, bright ones orange.",
            drawn_characters(search),
        ),
        step(
            "candidates",
            "The likeliest plates, the best first; these are read.",
            drawn_frames(search.grey, found, GREEN, numbered=True),
        ),
        step("mask", "All but the candidates covered.", masked(search.grey, found)),
        *crops,
    )


def step(name: str, help: str, picture: MatLike) -> Step:
    """A step with its picture in the type that travels."""
    return Step(name, help, np.asarray(picture, np.uint8))


def crop_step(number: int, candidate: Candidate, plate: Plate) -> Step:
    """A candidate as it was cut, as ink, and as the line that was read, one below the other."""
    crop = candidate.crop
    parts = (crop.straight, cv2.bitwise_not(crop.ink), crop.line)
    width = max(part.shape[1] for part in parts)
    stacked = np.vstack([widened_to(part, width) for part in parts])
    outcome = f"read as {plate.text} ({plate.confidence:.0%})" if plate.text else "not read"
    return step(
        f"crop {number}",
        f"Straightened, ink by Otsu's threshold, only characters left: {outcome}.",
        stacked,
    )


def widened_to(picture: MatLike, width: int) -> MatLike:
    """The picture in the middle of a grey strip of that width."""
    room = width - picture.shape[1]
    return cv2.copyMakeBorder(picture, 2, 2, room // 2, room - room // 2, cv2.BORDER_CONSTANT, value=128)


def drawn_contours(grey: MatLike, contours: Iterable[MatLike]) -> MatLike:
    """The contours on the dimmed picture."""
    canvas = dimmed(grey)
    cv2.drawContours(canvas, list(contours), -1, ORANGE, 1, cv2.LINE_AA)
    return canvas


def drawn_frames(
    grey: MatLike, frames: Iterable[Corners], colour: tuple[int, int, int], numbered: bool = False
) -> MatLike:
    """Quadrilaterals on the dimmed picture, with their numbers if wanted."""
    canvas = dimmed(grey)
    for number, frame in enumerate(frames, 1):
        points = np.array(frame).round().astype(np.int32)
        cv2.polylines(canvas, [points], True, colour, line_width(grey), cv2.LINE_AA)
        if numbered:
            size = line_width(grey) / 2.5
            place = (int(points[0, 0]), int(points[0, 1]) - 4)
            cv2.putText(canvas, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 2, cv2.LINE_AA)
    return canvas


def drawn_characters(search: Search) -> MatLike:
    """The boxes of all rows on the dimmed picture."""
    canvas = dimmed(search.grey)
    for row in search.rows:
        for x, y, w, h in row.boxes.round().astype(int).tolist():
            cv2.rectangle(canvas, (x, y), (x + w, y + h), BLUE if row.dark else ORANGE, 1)
    return canvas


def masked(grey: MatLike, frames: Iterable[Corners]) -> MatLike:
    """The picture where the quadrilaterals are, black elsewhere."""
    mask = np.zeros_like(grey)
    cv2.fillPoly(mask, [np.array(frame).round().astype(np.int32) for frame in frames], 255)
    return cv2.bitwise_and(grey, mask)


def dimmed(grey: MatLike) -> MatLike:
    """The grey picture at half its brightness, as a colour picture to draw on."""
    return cv2.cvtColor(grey // 2, cv2.COLOR_GRAY2BGR)


def line_width(grey: MatLike) -> int:
    """Pixels, so that a line is seen when the picture is shown small."""
    return max(1, int(grey.shape[1]) // 500)
