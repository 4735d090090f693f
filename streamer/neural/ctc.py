"""The reader's columns -> a text and its probability, as CTC has it (Graves et al. 2006).

For each column of the crop the reader says how probable each symbol is. Runs of the same symbol are one
character, blanks fall away; line 2 follows line 1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_uppercase, digits

import numpy as np
from numpy.typing import NDArray

from streamer.likeness import PRINTED_ALIKE

ALPHABET = digits + ascii_uppercase
"""The characters; symbol n is ALPHABET[n - 1]."""
BLANK = 0
SYMBOLS = 1 + len(ALPHABET)
LINES, COLUMNS = 2, 40

NAMED = 0.002
"""A character that is less probable than this is not named."""

WAVERING = 0.05
"""From this probability of a character on, on both lines in one column, it may be the same one."""

SILENT = 0.9999
"""Of columns in a row that are blank as surely as this only the first is looked at: that saves half of the
time, and no text of 120 plates became more or less probable by more than 0.0002."""

_ALIKE = [(1 + ALPHABET.index(pair[0]), 1 + ALPHABET.index(pair[1])) for pair in PRINTED_ALIKE]
"""The symbols of each two that are PRINTED_ALIKE."""

_FIRST_OF_ALIKE = np.arange(SYMBOLS)
for _one, _other in _ALIKE:
    _FIRST_OF_ALIKE[_other] = _one

Distribution = NDArray[np.float32]
"""Lines x columns x SYMBOLS, 2 x 40 x 37 as the reader gives it: probabilities, each column's sum is 1."""


def text_of(row: Sequence[int] | NDArray[np.integer]) -> str:
    """The text of symbols, blanks left out."""
    return "".join(ALPHABET[symbol - 1] for symbol in row if symbol != BLANK)


@dataclass(frozen=True)
class Spelling:
    """A text as decoded; `lines` are its one or two parts. One a character: `confidences` (0-1), the
    highest probability in its run of columns, and `others`, what it may be instead with probabilities of the
    same kind, the likeliest first."""

    lines: tuple[str, ...]
    confidences: tuple[float, ...]
    others: tuple[tuple[tuple[str, float], ...], ...]

    @property
    def text(self) -> str:
        """Both lines together."""
        return "".join(self.lines)


def spelled(distribution: Distribution) -> Spelling:
    """The text of the best path; of logits, too, if confidences do not matter.

    A character whose columns waver between two that are PRINTED_ALIKE is one and not two: which of them, the
    more probable one says.
    """
    lines: list[str] = []
    confidences: list[float] = []
    others: list[tuple[tuple[str, float], ...]] = []
    for line in distribution:
        best = _FIRST_OF_ALIKE[line.argmax(axis=1)]
        starts = np.flatnonzero(np.diff(best, prepend=BLANK))
        stretches = [(start, end) for start, end in pairwise([*starts, len(best)]) if best[start] != BLANK]
        runs = [line[start:end].max(axis=0) for start, end in stretches]
        symbols = [int(run[1:].argmax()) + 1 for run in runs]
        lines.append(text_of(symbols))
        confidences += [float(run[symbol]) for run, symbol in zip(runs, symbols, strict=True)]
        others += [_others(run, symbol) for run, symbol in zip(runs, symbols, strict=True)]
    return Spelling(tuple(line for line in lines if line), tuple(confidences), tuple(others))


def _others(highest: NDArray[np.float32], best: int) -> tuple[tuple[str, float], ...]:
    """What else a character may be by the highest probability of each symbol in its columns."""
    named = [symbol for symbol in np.flatnonzero(highest >= NAMED).tolist() if symbol not in (BLANK, best)]
    likely = sorted(((float(highest[symbol]), ALPHABET[symbol - 1]) for symbol in named), reverse=True)
    return tuple((character, probability) for probability, character in likely)


def folded(distribution: Distribution) -> Distribution:
    """The distribution with the probability of both for each of two that are PRINTED_ALIKE: a text's
    probability by it is that it is right but for these. Columns may sum to more than 1."""
    both = distribution.copy()
    for first, second in _ALIKE:
        both[..., first] += distribution[..., second]
        both[..., second] = both[..., first]
    return both


def log_probability(text: str, distribution: Distribution) -> float:
    """The natural logarithm of the text's probability: the sum over all paths that spell it.

    CTC's forward algorithm over the text's characters with a blank before, between and behind them. Of SILENT
    columns in a row the first is gone through.
    """
    columns = distribution.reshape(-1, SYMBOLS)
    silent = columns[:, BLANK] > SILENT
    again = np.append(False, silent[1:] & silent[:-1])
    path = [BLANK, *(symbol for one in text for symbol in (1 + ALPHABET.index(one), BLANK))]
    jumps = [
        0.0,
        0.0,
        *(float(now not in (BLANK, before)) for before, now in zip(path, path[2:], strict=False)),
    ]
    forward = [1.0] + [0.0] * (len(path) - 1)
    for column in columns[~again][:, path].tolist():
        forward = [
            (stays + steps + allowed * jumps_here) * share
            for stays, steps, jumps_here, allowed, share in zip(
                forward, [0.0, *forward], [0.0, 0.0, *forward], jumps, column, strict=False
            )
        ]
    silence = float(columns[again, BLANK].prod(dtype=np.float64))
    return math.log(max(silence * sum(forward[-2:]), sys.float_info.min))


@dataclass(frozen=True)
class Layout:
    """How the characters may lie: `distribution` is lines x 40 x 37, `log_share` the natural logarithm of the
    probability that the columns allow it."""

    distribution: Distribution
    log_share: float


def layouts(distribution: Distribution) -> tuple[Layout, ...]:
    """The columns (2 x 40 x 37) as they are and, if the reader holds a character possible on both lines of a
    column, as one line."""
    as_it_is = Layout(distribution, 0.0)
    written = 1 - distribution[..., BLANK]
    return (as_it_is, as_one_line(distribution)) if (written.min(axis=0) > WAVERING).any() else (as_it_is,)


def as_one_line(distribution: Distribution) -> Layout:
    """All characters on one line (1 x 40 x 37), whichever the reader holds them to be on.

    Allowed where in every column both lines have the same character, or one of them none. Of plates between
    whose characters and the crop's edges there is much room, the reader is not sure of the line, and has them
    on both.
    """
    first, second = distribution.astype(np.float64)
    joint = first * second[:, BLANK, None] + first[:, BLANK, None] * second + first * second
    joint[:, BLANK] = first[:, BLANK] * second[:, BLANK]
    shares = joint.sum(axis=1, keepdims=True).clip(min=1e-30)
    return Layout((joint / shares)[None].astype(np.float32), float(np.log(shares).sum()))


def log_likelihood(text: str, distribution: Distribution) -> float:
    """The natural logarithm of the text's probability in its likeliest layout."""
    return _log_likelihood(text, layouts(distribution))


def likeliest_spelling(distribution: Distribution) -> Spelling:
    """The best path's text in the layout in which it is likeliest."""
    possible = layouts(distribution)
    if len(possible) == 1:
        return spelled(distribution)
    spellings = [spelled(layout.distribution) for layout in possible]
    return max(spellings, key=lambda spelling: _log_likelihood(spelling.text, possible))


def _log_likelihood(text: str, possible: Sequence[Layout]) -> float:
    return max(log_probability(text, layout.distribution) + layout.log_share for layout in possible)
