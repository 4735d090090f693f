"""The reader: straightened crops in, texts out, with all that the net says about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from streamer.neural.crops import cut
from streamer.neural.ctc import Distribution, folded, likeliest_spelling, log_likelihood
from streamer.neural.models import Net
from streamer.types import Character, Corners, Picture

OUTPUTS = ("characters", "readable", "style")
STYLES = "styles"
"""The key of the file's metadata under which the styles' names stand, in the order of their numbers."""
SURE = 0.9
"""A plate whose text has this probability is read once."""
LEGIBLE = 0.5
"""What a person could hardly read, by the net's own word (0-1), is not read again: of 268 readings of held-out
photos with less one was mended by it, and from afar every plate is like that."""
MARGINS = (0.08, 0.04, 0.12, 0.0)
"""A plate is cut with the first margin; if that leaves doubt, in its other frames and with the other margins.
Of 366 held-out plates 295 were read exactly in the second look's frame, 302 with the finder's in doubt, and
two more since a frame that shows fewer characters settles nothing."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One plate as it was read.

    `confidence` (0-1) is the probability of the whole text but for characters that are PRINTED_ALIKE,
    `readable` (0-1) that a person could read it all, `style` the kind of plate that it looks like most.
    `distribution` is 2 x 40 x 37, `crop` 64 x 160 x 3, both of the first reading.
    """

    crop: Picture
    text: str
    confidence: float
    characters: tuple[Character, ...]
    readable: float
    style: str
    distribution: Distribution


class Reader:
    """The net that reads plates."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._styles = net.metadata.get(STYLES, "").split()

    def read_plates(
        self, picture: Picture, places: Sequence[Sequence[Corners]], margins: Sequence[float] = MARGINS
    ) -> list[Reading]:
        """The plates of a BGR picture, each framed by corners in one way or more, the best first. Those that
        leave doubt are read in all frames, and with all margins."""
        readings = self.read_crops([cut(picture, framings[0], margins[0]) for framings in places])
        return [
            self._read_again(picture, reading, framings, margins) if _is_in_doubt(reading) else reading
            for reading, framings in zip(readings, places, strict=True)
        ]

    def _read_again(
        self, picture: Picture, reading: Reading, framings: Sequence[Corners], margins: Sequence[float]
    ) -> Reading:
        """A plate whose first reading leaves doubt: another frame settles it, or all readings together. Fewer
        characters settle nothing: that frame may cut some off."""
        framed = [
            reading,
            *self.read_crops([cut(picture, corners, margins[0]) for corners in framings[1:]]),
        ]
        surest = max(framed, key=lambda one: one.confidence)
        if surest.confidence >= SURE and len(surest.text) >= len(reading.text):
            return surest
        others = self.read_crops([cut(picture, framings[0], margin) for margin in margins[1:]])
        return likeliest([*framed, *others])

    def read_crops(self, crops: Sequence[Picture]) -> list[Reading]:
        """Each crop (64 x 160 x 3, BGR) as it is."""
        if not crops:
            return []
        answers = self._net(np.stack(crops))
        return [self._reading(crop, *answer) for crop, *answer in zip(crops, *answers, strict=True)]

    def _reading(
        self, crop: Picture, distribution: Distribution, readable: np.float32, style: NDArray[np.float32]
    ) -> Reading:
        spelling = likeliest_spelling(distribution)
        return Reading(
            crop,
            spelling.text,
            math.exp(min(0.0, log_likelihood(spelling.text, folded(distribution)))),
            tuple(map(Character, spelling.text, spelling.confidences, spelling.others)),
            float(readable),
            self._style(style),
            distribution,
        )

    def _style(self, probabilities: NDArray[np.float32]) -> str:
        """The likeliest style's name; "" if the model names none."""
        return self._styles[int(probabilities.argmax())] if self._styles else ""


def _is_in_doubt(reading: Reading) -> bool:
    """Whether there is more in the picture than was read surely."""
    return reading.confidence < SURE and reading.readable >= LEGIBLE


def likeliest(readings: Sequence[Reading]) -> Reading:
    """The first reading with the text that is likeliest by all of them together.

    Its confidence is the mean of theirs in it: a crop that clips a character does not outvote the others. Its
    characters are as sure as in the surest reading that has it.
    """
    surest = {reading.text: reading for reading in sorted(readings, key=lambda one: one.confidence)}
    shares = {text: _probability(text, [one.distribution for one in readings]) for text in surest}
    text = max(shares, key=lambda text: shares[text])
    confidence = _probability(text, [folded(one.distribution) for one in readings])
    return replace(readings[0], text=text, confidence=confidence, characters=surest[text].characters)


def _probability(text: str, distributions: Sequence[Distribution]) -> float:
    """The mean of the text's probabilities, 0-1: one of the crops is the right one, and nobody knows which."""
    return fmean(math.exp(min(0.0, log_likelihood(text, one))) for one in distributions)
