"""Contact sheets: samples side by side with what is known about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from streamer.types import Picture

if TYPE_CHECKING:
    from training.plates import Sample

COLUMNS = 8
_CAPTION = 14
"""Pixels for the text below a sample."""


def sheet(samples: Sequence[Sample]) -> Picture:
    """Samples of one size in rows of COLUMNS, their text, clarity and character height below them: red
    if it is not to be taught."""
    tiles = [_tile(sample) for sample in samples]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    return np.vstack(rows)


def _tile(sample: Sample) -> Picture:
    rows, columns = sample.image.shape[:2]
    tile = np.zeros((rows + _CAPTION, columns + 2, 3), np.uint8)
    tile[:rows, :columns] = sample.image
    words = f"{'/'.join(sample.text)} {sample.clarity.min():.2f} {sample.cap:.0f}"
    colour = (0, 255, 0) if sample.readable else (0, 0, 255)
    cv2.putText(tile, words, (0, rows + _CAPTION - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.38, colour, 1)
    return tile
