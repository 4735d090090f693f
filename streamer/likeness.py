"""How alike two plate texts are, when either may be misread."""

from __future__ import annotations

import math
from functools import lru_cache

CONFUSABLE = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "4A", "7T", "UV", "VY")
"""Characters that readers take for each other. The first six groups are the ones that
ALPR-Database-Community matches by; the others have nearly the same strokes in plate fonts."""

PRINTED_ALIKE = ("0O", "1I")
"""Characters that many plates print alike: only a country's syntax tells them apart."""

TWIN = {pair[this]: pair[1 - this] for pair in PRINTED_ALIKE for this in (0, 1)}
"""For each of them the other one of its pair."""

CONFUSED = 0.3
"""What a swap within a group costs; any other swap costs 1."""

UNKNOWN = "?"
"""Stands in a text where nobody can tell the character; it may be any."""

EDGE = 0.5
"""What a missing or additional first or last character costs: plates are cut by the picture's edge,
and frames and bolts look like an I. Anywhere else it costs 1."""

_ALIKE = frozenset((a, b) for group in CONFUSABLE for a in group for b in group)
_SAME = frozenset((a, b) for pair in PRINTED_ALIKE for a in pair for b in pair)
_ANY_OF = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "4A", "7T", "UVY")
"""The groups, those that have a character in common as one."""
_KIND = {character: group[0] for group in _ANY_OF for character in group}
_BITS = 12


def alike(a: str, b: str) -> bool:
    """Whether readers take the two characters for each other; one is not taken for itself."""
    return a != b and (a, b) in _ALIKE


def printed_alike(a: str, b: str) -> bool:
    """Whether many plates print the two characters alike, or they are the same."""
    return a == b or (a, b) in _SAME


@lru_cache(maxsize=8192)
def distance(a: str, b: str) -> float:
    """What it costs to turn one text into the other: 0 for equal ones, about 1 a real difference.

    The edit distance of Wagner and Fischer (1974) with the weights above.
    """
    return _edited(a, b, math.inf)


def is_farther(a: str, b: str, most: float) -> bool:
    """Whether the `distance` is larger than `most`, told sooner than how large it is."""
    return at_least(a, b) > most or _edited(a, b, most) > most


@lru_cache(maxsize=65536)
def _edited(a: str, b: str, most: float) -> float:
    """The distance, or something that is larger than `most` as it is."""
    if a == b:
        return 0.0
    if len(a) == len(b) and (swapped := _swapped(a, b)) <= 2 * EDGE:
        return swapped
    above = _skipped(b)
    drops_from_b = [EDGE if column in (1, len(b)) else 1.0 for column in range(1, len(b) + 1)]
    for row, (character, skipped) in enumerate(zip(a, _skipped(a)[1:], strict=True), start=1):
        here = [left := skipped]
        drop_from_a = EDGE if row in (1, len(a)) else 1.0
        for column, other in enumerate(b):
            best = above[column]
            if character != other and UNKNOWN not in (character, other):
                best += CONFUSED if (character, other) in _ALIKE else 1.0
            dropped, left = above[column + 1] + drop_from_a, left + drops_from_b[column]
            best = dropped if dropped < best else best
            left = best if best < left else left
            here.append(left)
        above = here
        if min(above) > most:
            break
    return max(above[-1], min(above))


def _swapped(a: str, b: str) -> float:
    """What it costs to swap characters alone, in texts of one length. Anything else leaves out one of each at
    least."""
    cost = 0.0
    for character, other in zip(a, b, strict=True):
        if character != other and UNKNOWN not in (character, other):
            cost += CONFUSED if (character, other) in _ALIKE else 1.0
    return cost


def at_least(a: str, b: str) -> float:
    """What `distance` is at least, told in no time: by the characters that one text has nothing like of.

    Each of them has to be replaced or left out; no more than two of a text are at its ends.
    """
    if a == b or UNKNOWN in a or UNKNOWN in b or max(len(a), len(b)) > _BITS:
        return 0.0
    kinds, others = _kinds(a), _kinds(b)
    most = max((kinds & ~others).bit_count(), (others & ~kinds).bit_count())
    return most - (1.0 - EDGE) * min(most, 2)


@lru_cache(maxsize=8192)
def similarity(a: str, b: str) -> float:
    """From 0 (nothing in common) to 1 (equal)."""
    return max(0.0, 1.0 - distance(a, b) / max(len(a), len(b), 1))


@lru_cache(maxsize=8192)
def _kinds(text: str) -> int:
    """As many bits of each kind as the text has characters of it; look-alikes are of one kind."""
    bits = 0
    for character in text:
        bit = 1 << _BITS * ord(_KIND.get(character, character))
        while bits & bit:
            bit <<= 1
        bits |= bit
    return bits


def _skipped(text: str) -> list[float]:
    """The costs of leaving out the first characters: none of them, one, two, ..."""
    costs = [0.0]
    for position in range(len(text)):
        costs.append(costs[-1] + (EDGE if position in (0, len(text) - 1) else 1.0))
    return costs
