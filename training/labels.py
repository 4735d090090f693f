"""What the reader is taught: a symbol for each of 40 columns on each of two lines.

A column is 4 pixels of the crop wide. The columns at a character's middle are its own, those between
two characters are BLANK, so that what a net answers can be decoded as CTC's output: `streamer/neural/ctc.py`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from streamer.neural.ctc import ALPHABET, BLANK, COLUMNS, LINES, SYMBOLS, Spelling, spelled, text_of

__all__ = [
    "ALPHABET",
    "BLANK",
    "COLUMN",
    "COLUMNS",
    "IGNORED",
    "LINES",
    "LONGEST",
    "SYMBOLS",
    "Columns",
    "Spelling",
    "columns",
    "folded",
    "spelled",
    "symbols",
    "text_of",
]

IGNORED = -1
"""A column that teaches nothing."""
COLUMN = 4
"""Pixels."""
LONGEST = 16
"""Characters of the longest text; formats end at 11."""
CORE = 0.3
"""A column closer to a character's middle than this share of its width is the character's own: a little
over half of its width, so that blanks remain between narrow ones."""

Columns = NDArray[np.int8]
"""2 x 40: symbols, BLANK, IGNORED."""


def symbols(text: str) -> NDArray[np.uint8]:
    """LONGEST symbols, those behind the text BLANK."""
    row = np.zeros(LONGEST, np.uint8)
    row[: len(text)] = [1 + ALPHABET.index(character) for character in text]
    return row


def columns(
    text: str, quads: NDArray[np.float32], lines: NDArray[np.intp], legible: NDArray[np.bool_]
) -> Columns | None:
    """The columns of a text whose characters are at `quads` (n x 4 x 2, pixels of the crop).

    `lines` (n) is each character's line, 0 or 1; where one is not `legible` (n), its columns are
    IGNORED. None if characters are too close for columns to tell apart.
    """
    taught = np.zeros((LINES, COLUMNS), np.int8)
    row = symbols(text)
    for line in range(LINES):
        own = np.flatnonzero(lines == line)
        middles = quads[own, :, 0].mean(axis=1) / COLUMN
        widths = (quads[own, 1:3, 0].mean(axis=1) - quads[own, [[0], [3]], 0].mean(axis=0)) / COLUMN
        cores = [_core(*place) for place in zip(middles, widths, strict=True)]
        if not _parted(cores, row[own]):
            return None
        for index, (first, last) in zip(own, cores, strict=True):
            taught[line, max(0, first) : last + 1] = row[index]
        edges = _edges(middles, widths)
        for index, (left, right) in zip(own, pairwise(edges), strict=True):
            if not legible[index]:
                taught[line, left:right] = IGNORED
    return taught


def _core(middle: float, width: float) -> list[int]:
    """First and last column of a character, at least the one its middle is in; columns."""
    reach = CORE * width - 0.5
    within = int(middle)
    return [min(within, round(middle - reach - 0.5)), max(within, round(middle + reach - 0.5))]


def _parted(cores: list[list[int]], row: NDArray[np.uint8]) -> bool:
    """Narrows neighbours' cores, in place, until none overlap and equal characters have a blank between
    them; whether that was possible."""
    for (before, after), (symbol, following) in zip(pairwise(cores), pairwise(row), strict=True):
        while after[0] - before[1] < (2 if symbol == following else 1):
            if before[1] - before[0] >= max(1, after[1] - after[0]):
                before[1] -= 1
            elif after[1] > after[0]:
                after[0] += 1
            else:
                return False
    return True


def _edges(middles: NDArray[np.float32], widths: NDArray[np.float32]) -> list[int]:
    """The columns between which each character lies: halfway to its neighbours, a width beyond the last."""
    if not middles.size:
        return [0]
    between = (middles[1:] + middles[:-1]) / 2
    edges = [middles[0] - widths[0], *between, middles[-1] + widths[-1]]
    return [min(COLUMNS, max(0, round(float(edge)))) for edge in edges]


def folded(text: str) -> str:
    """The text with letters that many plates print like digits as these: O as 0, I as 1."""
    return text.replace("O", "0").replace("I", "1")
