"""Engine 2: plates by three small nets of our own, which run on the processor.

The finder (`neural/finder.py`) looks at the whole picture, made small; the second look
(`neural/second_look.py`) says of each place closely whether it is a plate and where its four corners are. By
these it is straightened (`neural/crops.py`) and read (`neural/reader.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from streamer.boxes import frame_of, shared_part
from streamer.detect import Explanation
from streamer.known import keep_shape, read_unknown
from streamer.neural import finder, reader, second_look
from streamer.neural.finder import Candidate, Finder, Sight
from streamer.neural.models import Net
from streamer.neural.reader import MARGINS, Reader, Reading
from streamer.neural.second_look import SecondLook
from streamer.neural.steps import pictures_of
from streamer.neural.view import View, part, whole
from streamer.places import MODELS
from streamer.stopwatch import stage
from streamer.types import Part, Picture, Plate

CROP_MARGINS = (0.06, -0.04, 0.12)
"""The margins with which a picture that is a plate already is read; its edges are repeated beyond it. Nobody
knows how closely it was cut, so they reach from a little off to much around."""

WORTH_A_LOOK = 0.25
"""What the first look gives less (0-1) gets no second one. Of 366 held-out texts none is lost by that, nor by
0.3, three by 0.35; of 471 held-out plates four are, all of them narrower than 40 pixels."""


@dataclass(frozen=True)
class NetworkOptions:
    """What can be tuned.

    The nets run on so many `threads`. Of what the finder finds, all with a score of at least
    `min_score` (0-1) is read. `models` is the folder of the model files.
    """

    threads: int = 1
    min_score: float = 0.45
    models: Path = MODELS


@dataclass(frozen=True, eq=False)
class Search:
    """What looking through one picture gave.

    `overview` is the whole picture (BGR) as the finder was given it, `sight` what it saw there, in its
    pixels. `first` are the candidates of the first look, `second` those that had a second one, both the best
    first, in pixels of the picture.
    """

    overview: Picture
    sight: Sight
    first: tuple[Candidate, ...]
    second: tuple[Candidate, ...]


class NetworkEngine:
    """Finds, frames and reads plates."""

    name = "network"

    def __init__(self, options: NetworkOptions = NetworkOptions()) -> None:
        """Raises EngineUnavailable if a model or onnxruntime is missing or broken."""
        self.options = options
        self._finder = Finder(Net(options.models / "finder.onnx", finder.OUTPUTS, options.threads))
        self._second_look = SecondLook(
            Net(options.models / "second_look.onnx", second_look.OUTPUTS, options.threads)
        )
        self._reader = Reader(Net(options.models / "reader.onnx", reader.OUTPUTS, options.threads))

    def find_and_read(
        self, picture: Picture, known: Sequence[Plate] = (), where: Part | None = None
    ) -> tuple[Plate, ...]:
        """All plates in the picture or, with `where`, in a part of it, the surest first, corners in pixels of
        the picture. Those that lie where `known` ones should be are neither framed nor read again."""
        picture = in_colour(picture)
        _, _, first = self._first_look(picture, part(picture, where) if where else whole(picture))
        there, others, missing = keep_shape(self._worth_a_look(first), known)
        candidates = self._framed(picture, others)
        plates = read_unknown(
            candidates, missing, lambda fresh: plates_of(fresh, self._read(picture, fresh, first))
        )
        return tuple(sorted((*there, *plates), key=lambda plate: plate.score, reverse=True))

    def glance(self, picture: Picture, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        """What is there of the plates that should be at those `places`, the surest first: the second look alone
        says. Those that lie where `known` ones should be are not read again, the others once: what one glance
        leaves in doubt the next one tells."""
        picture = in_colour(picture)
        expected = [Candidate(one.corners, one.score) for one in places if _is_in(picture, one)]
        candidates = self._worth_reading(self._second_look_at(picture, expected))
        return read_unknown(candidates, known, lambda fresh: plates_of(fresh, self._read_once(picture, fresh)))

    def _worth_a_look(self, first: Sequence[Candidate]) -> list[Candidate]:
        """Of what the first look found what is worth a second one. A plate's score is the geometric mean of
        both looks': what can never get enough gets none, and is no known plate either."""
        least = max(WORTH_A_LOOK, self.options.min_score**2)
        return [one for one in first if one.score >= least]

    def _framed(self, picture: Picture, first: Sequence[Candidate]) -> list[Candidate]:
        """What is worth a second look, framed, if it is worth reading."""
        return self._worth_reading(self._second_look_at(picture, first)) if first else []

    def explain(self, picture: Picture) -> Explanation:
        """The same plates, and a picture of every step on the way."""
        picture = in_colour(picture)
        found = self.search(picture)
        candidates = self._worth_reading(found.second)
        readings = self._read(picture, candidates, found.first)
        return Explanation(plates_of(candidates, readings), pictures_of(picture, found, readings))

    def read_crop(self, crop: Picture) -> Plate:
        """The one plate that fills the picture, as it is or straightened by its corners: what reads surer."""
        picture = in_colour(crop)
        whole_crop = Candidate(frame_of(picture), 1.0)
        as_it_is = plates_of(
            [whole_crop], self._reader.read_plates(picture, [[whole_crop.corners]], CROP_MARGINS)
        )
        framed = self._second_look.at(picture, [whole_crop])
        straightened = plates_of(framed, self._read(picture, framed, [whole_crop]))
        surest = max((*as_it_is, *straightened), key=lambda plate: (plate.text != "", plate.confidence))
        return replace(surest, score=1.0)

    def search(self, picture: Picture) -> Search:
        """Find what may be plates in a BGR picture, without reading."""
        overview, sight, first = self._first_look(picture, whole(picture))
        return Search(overview, sight, first, self._second_look_at(picture, first))

    def _first_look(self, picture: Picture, view: View) -> tuple[Picture, Sight, tuple[Candidate, ...]]:
        """The picture as the finder is given it, what it saw there, and its candidates in the picture."""
        with stage("find"):
            overview = view.of(picture)
            [sight] = self._finder.see([overview])
            first = tuple(replace(one, corners=view.outward(one.corners)) for one in sight.candidates)
        return overview, sight, first

    def _second_look_at(self, picture: Picture, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        with stage("second look"):
            return self._second_look.at(picture, candidates)

    def _worth_reading(self, framed: Sequence[Candidate]) -> list[Candidate]:
        return [candidate for candidate in framed if candidate.score >= self.options.min_score]

    def _read_once(self, picture: Picture, candidates: Sequence[Candidate]) -> list[Reading]:
        with stage("read"):
            return self._reader.read_plates(picture, [[one.corners] for one in candidates], MARGINS[:1])

    def _read(
        self, picture: Picture, candidates: Sequence[Candidate], first: Sequence[Candidate]
    ) -> list[Reading]:
        """The candidates as they are framed or, in doubt, as the first look saw them."""
        if not candidates:
            return []
        before = [max(first, key=lambda one: shared_part(one.box, framed.box)) for framed in candidates]
        framings = [(one.corners, other.corners) for one, other in zip(candidates, before, strict=True)]
        with stage("read"):
            return self._reader.read_plates(picture, framings)


def _is_in(picture: Picture, plate: Plate) -> bool:
    """Whether the plate's middle is in the picture: a vehicle that drives on is soon expected beyond it."""
    left, top, right, bottom = plate.box
    height, width = picture.shape[:2]
    return 0 <= left + right < 2 * float(width) and 0 <= top + bottom < 2 * float(height)


def in_colour(picture: Picture) -> Picture:
    """Height x width x 3, BGR."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8) if picture.ndim == 2 else picture


def plates_of(candidates: Sequence[Candidate], readings: Sequence[Reading]) -> tuple[Plate, ...]:
    """Candidates and how each was read, as plates."""
    return tuple(
        Plate(
            candidate.corners,
            candidate.score,
            reading.text,
            reading.confidence,
            reading.characters,
            reading.readable,
            reading.style,
            reading.distribution,
        )
        for candidate, reading in zip(candidates, readings, strict=True)
    )
