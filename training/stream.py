"""The samples that the reader is taught with: one endless stream that anybody can enter at any place.

Sample n depends on the seed and n alone, not on which process makes it or what came before. So any
number of workers make the same stream, and training that was interrupted goes on with the next sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from streamer.types import Box
from training.fonts import Fonts
from training.labels import COLUMNS, IGNORED, LINES, LONGEST, columns, symbols
from training.looks import STYLES
from training.photocrops import WELL_LABELLED, other_crop, plain_crop, varied_crop
from training.photos import Labelled
from training.plates import LEGIBLE, SIZE, Sample, crops

RECORD = np.dtype(
    [
        ("crop", np.uint8, (SIZE[1], SIZE[0], 3)),
        ("columns", np.int8, (LINES, COLUMNS)),
        ("target", np.uint8, (LONGEST,)),
        ("spelled", np.int8),
        ("readable", np.int8),
        ("style", np.int8),
    ]
)
"""One sample, 30,819 bytes. `crop` is 64 x 160 x 3, BGR. `columns` are symbols for every column, `target`
those of the whole text; `spelled` is 1 if the target is to be taught. `readable` 0 or 1 and `style` (an
index of `looks.STYLES`) are IGNORED where unknown."""

Records = NDArray[np.void]
"""n samples of type RECORD."""
LOOKS_EACH = 2
"""Looks at each rendered plate, next to each other in the stream: a plate costs more than a look."""

RENDERED, PHOTOS = "rendered", "photos"
"""Names of validation sets."""


class Source(Protocol):
    """Where batches come from."""

    def batch(self, index: int, size: int) -> Records:
        """Samples `index * size` to `(index + 1) * size - 1`."""


@dataclass(frozen=True)
class Stream:
    """Rendered plates, a share of `photos` (0-1) from true ones (`plates`, those not held out) and a share
    of `others` from places in their photos that are no plates. `faces` None: what `data/fonts` has."""

    seed: int
    plates: tuple[Labelled, ...] = ()
    photos: float = 0.05
    others: float = 0.03
    faces: Fonts | None = None

    def batch(self, index: int, size: int) -> Records:
        """`size` samples (even) of batch `index`."""
        if size % LOOKS_EACH:
            raise ValueError(f"a batch of {size} samples: it has to be a multiple of {LOOKS_EACH}")
        first, count = index * size // LOOKS_EACH, size // LOOKS_EACH
        return np.concatenate([self._looks(number) for number in range(first, first + count)])

    def _looks(self, number: int) -> Records:
        """LOOKS_EACH samples of one kind."""
        rng = Random(f"{self.seed}/{number}")  # noqa: S311 - pictures need no secrets
        kind = rng.random()
        if kind < self.photos and self._spelled:
            return np.array([self._true(rng) for _ in range(LOOKS_EACH)], RECORD)
        if self.photos <= kind < self.photos + self.others and self._well_labelled:
            return np.array([self._other(rng) for _ in range(LOOKS_EACH)], RECORD)
        looks = islice(crops(rng, SIZE, self.faces, LOOKS_EACH), LOOKS_EACH)
        return np.array([rendered(sample) for sample in looks], RECORD)

    def _true(self, rng: Random) -> tuple[object, ...]:
        plate = rng.choice(self._spelled)
        return photographed(varied_crop(rng, plate), plate.text)

    def _other(self, rng: Random) -> tuple[object, ...]:
        file, boxes = rng.choice(self._well_labelled)
        nothing = np.zeros((LINES, COLUMNS), np.int8)
        return other_crop(rng, file, boxes), nothing, symbols(""), 0, 0, IGNORED

    @cached_property
    def _spelled(self) -> list[Labelled]:
        return [plate for plate in self.plates if plate.text and not plate.held_out]

    @cached_property
    def _well_labelled(self) -> list[tuple[Path, tuple[Box, ...]]]:
        """Photos of which every plate's box is known, with their boxes."""
        known: dict[Path, tuple[Box, ...]] = {}
        for plate in self.plates:
            if plate.folder in WELL_LABELLED and not plate.held_out:
                known[plate.file] = (*known.get(plate.file, ()), plate.box)
        return list(known.items())


def rendered(sample: Sample) -> tuple[object, ...]:
    """A rendered plate as a RECORD. Only what a person can read is taught: of a text that is not readable
    as a whole, the characters that are."""
    text = "".join(sample.text)
    taught = columns(text, sample.quads, sample.rows, sample.clarity >= LEGIBLE)
    spelled = taught is not None and sample.readable
    if taught is None:
        taught = np.full((LINES, COLUMNS), IGNORED, np.int8)
    return (sample.image, taught, symbols(text), spelled, sample.readable, STYLES.index(sample.style))


def photographed(crop: NDArray[np.uint8], text: str) -> tuple[object, ...]:
    """A true plate that a person read as a RECORD; where its characters are is unknown."""
    return crop, np.full((LINES, COLUMNS), IGNORED, np.int8), symbols(text), 1, 1, IGNORED


def held_out(
    seed: int, plates: tuple[Labelled, ...], count: int, faces: Fonts | None = None
) -> dict[str, Records]:
    """What is never trained on, by set: RENDERED, `count` (even) samples of another seed; the folders' true
    plates, and all of these together as PHOTOS."""
    sets = {RENDERED: Stream(-1 - seed, photos=0, others=0, faces=faces).batch(0, count)}
    for folder in dict.fromkeys(plate.folder for plate in plates):
        kept = [plate for plate in plates if plate.folder == folder and plate.text and plate.held_out]
        if kept:
            sets[folder] = np.array([photographed(plain_crop(plate), plate.text) for plate in kept], RECORD)
    if len(sets) > 1:
        sets[PHOTOS] = np.concatenate([records for name, records in sets.items() if name != RENDERED])
    return sets
