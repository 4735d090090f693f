"""Engine 1: plates by contours, rows of characters and Tesseract, without any trained model.

The founding procedure (resize, grey, bilateral filter, Canny, contours, the 30 largest, four
corners, mask, Tesseract) finds plates whose edge is clear: `outlines.py`. In real photos most
plates are found by their rows of characters: `characters.py`. The best candidates are straightened
and cleaned (`crops.py`) and all are read by one Tesseract process (`tesseract.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from cv2.typing import MatLike

from streamer.boxes import box_around, frame_of, shared_part
from streamer.classical import tesseract
from streamer.classical.characters import FEWEST, Lettering, Row, centres, find_lettering
from streamer.classical.crops import Crop, cut
from streamer.classical.outlines import Outlines, find_outlines, outline_around
from streamer.classical.steps import pictures_of
from streamer.detect import EngineUnavailable, Explanation
from streamer.known import read_unknown
from streamer.stopwatch import stage
from streamer.types import Corners, Part, Picture, Plate

BESIDE, ABOVE = 0.55, 0.4
"""Where no outline tells a plate's edge: it is so far from the characters, in character heights. A
European plate has 0.2 above, a US one 0.6."""

LONGEST = 10.0
"""A line of text longer than this many character heights is a clock, a caption or a shop sign: 1% of the
lines that are on plates look like one, most of them Indian."""


@dataclass(frozen=True)
class ClassicOptions:
    """What can be tuned.

    A picture is searched with its longest side at `longest_side` pixels, but never enlarged more
    than `largest_zoom` times: less is faster and misses small plates. At most `most_readings`
    candidates with a score of at least `least_score` (0-1) go to Tesseract.
    """

    longest_side: int = 1600
    largest_zoom: float = 3.0
    most_readings: int = 6
    least_score: float = 0.1


@dataclass(frozen=True, eq=False)
class Candidate:
    """A row of characters in the photo, cut out, and how sure it is that a plate bears it (0-1)."""

    row: Row
    crop: Crop
    score: float
    corners: Corners


@dataclass(frozen=True, eq=False)
class Search:
    """What looking through one grey picture gave: outlines, all rows, the candidates, best first."""

    grey: MatLike
    outlines: Outlines
    rows: tuple[Row, ...]
    candidates: tuple[Candidate, ...]


class ClassicEngine:
    """Finds plates by contours and rows of characters, reads them with Tesseract."""

    name = "classic"

    def __init__(self, options: ClassicOptions = ClassicOptions()) -> None:
        """Raises EngineUnavailable where the program `tesseract` is missing."""
        if not tesseract.is_installed():
            raise EngineUnavailable(
                "The classic engine reads with Tesseract, which is not installed; "
                f"install it with: {tesseract.INSTALL}"
            )
        self.options = options

    def find_and_read(
        self, picture: Picture, known: Sequence[Plate] = (), where: Part | None = None
    ) -> tuple[Plate, ...]:
        """All plates in the picture or, with `where`, in a part of it, the surest first, corners in pixels of
        the picture. Those that lie where `known` ones should be are not read again."""
        left, top, right, bottom = where or (0, 0, picture.shape[1], picture.shape[0])
        with stage("find"):
            candidates = search(picture[top:bottom, left:right], self.options).candidates
        inward = [_moved(plate, -left, -top) for plate in known]
        return tuple(_moved(plate, left, top) for plate in read_unknown(candidates, inward, read))

    def explain(self, picture: Picture) -> Explanation:
        """The same plates, and a picture of every step on the way."""
        found = search(picture, self.options)
        plates = read(found.candidates)
        return Explanation(plates, pictures_of(found, plates))

    def read_crop(self, crop: Picture) -> Plate:
        """The one plate that fills the picture: the surest text in it."""
        frame = frame_of(crop)
        nothing = Plate(frame, 1.0, "", 0.0)
        surest = max(self.find_and_read(crop), key=lambda plate: plate.confidence, default=nothing)
        return replace(surest, corners=frame, score=1.0)


def _moved(plate: Plate, x: float, y: float) -> Plate:
    a, b, c, d = ((u + x, v + y) for u, v in plate.corners)
    return replace(plate, corners=(a, b, c, d))


def search(picture: Picture, options: ClassicOptions) -> Search:
    """Find what may be plates, without reading."""
    grey = to_grey(picture)
    outlines = find_outlines(grey)
    lettering = find_lettering(grey, options.longest_side, options.largest_zoom)
    best = best_rows(lettering, options)
    candidates = tuple(candidate_of(grey, row, score, outlines.corners) for row, score in best)
    return Search(grey, outlines, lettering.rows, candidates)


def to_grey(picture: Picture) -> MatLike:
    """Height x width, grey."""
    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def best_rows(lettering: Lettering, options: ClassicOptions) -> list[tuple[Row, float]]:
    """The rows to read with their scores: the best of each place, the best first, no long texts."""
    scored = sorted(((row, plate_score(row)) for row in lettering.rows), key=lambda pair: pair[1], reverse=True)
    kept: list[tuple[Row, float]] = []
    for row, score in scored:
        if score < options.least_score or len(kept) == options.most_readings:
            break
        place = box_around(row.frame(BESIDE, ABOVE))
        if all(shared_part(place, box_around(k.frame(BESIDE, ABOVE))) < 0.3 for k, _ in kept):
            kept.append((row, score))
    return [(row, score) for row, score in kept if lettering.reach(row) <= LONGEST]


def plate_score(row: Row) -> float:
    """The probability (0-1) that a plate bears this row.

    Logistic regression on 24,900 rows of 1,587 photos with boxed plates (six openly licensed sets
    that are in no benchmark): the true row is the first in 89%, among the first six in 99% of the
    photos in which it is among the rows.
    """
    count = len(row.boxes)
    x, y = centres(row.boxes)
    evidence = (
        1.17 * min(count, 7)
        - 0.84 * max(count - 8, 0)
        - 19.9 * float(np.std(row.boxes[:, 3])) / row.height
        - 26.0 * float(np.std(y - row.slope * x)) / row.height
        + 6.1 * row.contrast
        + 1.7 * row.dark
        - 7.2
    )
    return 1 / (1 + math.exp(-evidence))


def candidate_of(grey: MatLike, row: Row, score: float, outlines: Sequence[Corners]) -> Candidate:
    """Cut the row out; its plate is the outline around it, or else what the characters suggest."""
    crop = cut(grey, row)
    complete = crop.characters >= max(FEWEST, len(row.boxes))
    line = crop.corners if complete else row.frame(0, 0)
    corners = outline_around(outlines, line) or widened(line, BESIDE, ABOVE)
    return Candidate(row, crop, score, corners)


def widened(line: Corners, beside: float, above: float) -> Corners:
    """The corners moved outward along the sides, by parts of the left side's length."""
    top_left, top_right, _, bottom_left = points = np.array(line)
    down = bottom_left - top_left
    height = float(np.linalg.norm(down))
    along = (top_right - top_left) / float(np.linalg.norm(top_right - top_left)) * height
    outward = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    moved = points + outward[:, :1] * beside * along + outward[:, 1:] * above * down
    a, b, c, d = ((float(x), float(y)) for x, y in moved)
    return a, b, c, d


def read(candidates: Sequence[Candidate]) -> tuple[Plate, ...]:
    """Read all candidates with one Tesseract process; what has no characters is not sent."""
    readable = [candidate for candidate in candidates if candidate.crop.characters >= FEWEST]
    with stage("read"):
        texts = dict(zip(readable, tesseract.read_lines([c.crop.line for c in readable]), strict=True))
    return tuple(plate_of(candidate, texts.get(candidate)) for candidate in candidates)


def plate_of(candidate: Candidate, text: tesseract.Text | None) -> Plate:
    """The plate of a candidate that was read, or that could not be."""
    if text is None:
        return Plate(candidate.corners, candidate.score, "", 0.0)
    return Plate(candidate.corners, candidate.score, str(text), text.confidence, text.characters)
