"""Pictures of the network engine's steps, for people who tune a camera by looking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from streamer.annotate import Label, annotate
from streamer.detect import Step
from streamer.neural.ctc import ALPHABET, BLANK, Distribution
from streamer.neural.finder import Candidate, Sight
from streamer.neural.reader import Reading
from streamer.types import Picture

if TYPE_CHECKING:
    from streamer.network import Search

ENLARGED = 4
"""Crops are shown so many times as large as the reader gets them."""
BAR = 16
"""Width of a column's bar, pixels: 40 of them are as wide as an enlarged crop."""
HEIGHT = 96
"""Height of a bar of probability 1."""
INK, FILL, EMPTY, GROUND = (30, 30, 30), (96, 200, 80), (215, 215, 215), (250, 250, 250)


def pictures_of(picture: Picture, search: Search, readings: Sequence[Reading]) -> tuple[Step, ...]:
    """The steps in the order in which they were done. Nothing of the search is changed."""
    return (
        Step(
            "finder",
            "The picture as the finder sees it; red where it takes something for the middle of a plate.",
            with_scores(search.overview, search.sight),
        ),
        Step(
            "candidates",
            "What the first look found, with scores. A plate without a frame is too small, blurred or hidden.",
            with_frames(picture, search.first),
        ),
        Step(
            "second look",
            "The same after a closer look at each; what is green is read, what is amber has too low a score.",
            with_frames(picture, search.second, len(readings)),
        ),
        *(step for number, reading in enumerate(readings, 1) for step in steps_of(number, reading)),
    )


def steps_of(number: int, reading: Reading) -> Iterator[Step]:
    """How one plate was straightened and read."""
    size = (reading.crop.shape[1] * ENLARGED, reading.crop.shape[0] * ENLARGED)
    crop = cv2.resize(reading.crop, size, interpolation=cv2.INTER_CUBIC)
    outcome = f"read as {reading.text} ({reading.confidence:.0%})" if reading.text else "nothing to read"
    yield Step(
        f"crop {number}",
        f"Straightened by its corners: {outcome}; readable for a person: {reading.readable:.0%}.",
        np.asarray(crop, np.uint8),
    )
    yield Step(
        f"columns {number}",
        "What the reader sees in each column, from left to right: the likeliest character and how sure it "
        "is; grey is none.",
        bars(reading.distribution),
    )


def with_scores(overview: Picture, sight: Sight) -> Picture:
    """The overview, dimmed, and a red glow over every place that has a score."""
    around = cv2.dilate(sight.scores, np.ones((3, 3), np.uint8))
    glow = cv2.resize(around, (overview.shape[1], overview.shape[0]), interpolation=cv2.INTER_LINEAR)
    glow = np.clip(glow, 0, 1)[..., None]
    red = np.array([40, 40, 255], np.float32)
    return np.asarray(0.6 * overview * (1 - glow) + red * glow, np.uint8)


def with_frames(picture: Picture, candidates: Sequence[Candidate], sure: int = 0) -> Picture:
    """The picture with the candidates and their scores; the first ones, the `sure`, in another colour."""
    return annotate(
        picture,
        [
            Label(candidate.corners, f"{candidate.score:.0%}", number < sure)
            for number, candidate in enumerate(candidates)
        ],
    )


def bars(distribution: Distribution) -> Picture:
    """A row of bars for each line that has characters, at least one."""
    written = [line for line in distribution if (line.argmax(axis=1) != BLANK).any()] or [distribution[0]]
    return np.vstack([row_of_bars(line) for line in written])


def row_of_bars(line: Distribution) -> Picture:
    """A bar for every column (40 x 37), as high as its likeliest symbol is probable, with its character."""
    height = HEIGHT + 2 * BAR
    canvas: Picture = np.full((height, BAR * len(line), 3), GROUND, np.uint8)
    for column, probabilities in enumerate(line):
        symbol = int(probabilities.argmax())
        left, top = column * BAR, height - round(float(probabilities[symbol]) * HEIGHT)
        colour = EMPTY if symbol == BLANK else FILL
        cv2.rectangle(canvas, (left + 1, top), (left + BAR - 2, height), colour, cv2.FILLED)
        if symbol != BLANK:
            cv2.putText(
                canvas,
                ALPHABET[symbol - 1],
                (left, top - 4),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.6,
                INK,
                1,
                cv2.LINE_AA,
            )
    return canvas
