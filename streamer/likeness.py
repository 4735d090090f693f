"""How alike two plate texts are, when either may be misread."""

from __future__ import annotations

from functools import lru_cache

CONFUSABLE = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "4A", "7T", "UV", "VY")
"""Characters that readers take for each other. The first six groups are the ones that
ALPR-Database-Community matches by; the others have nearly the same strokes in plate fonts."""

PRINTED_ALIKE = ("0O", "1I")
"""Characters that many plates print alike: only a country's syntax tells them apart."""

CONFUSED = 0.3
"""What a swap within a group costs; any other swap costs 1."""

UNKNOWN = "?"
"""Stands in a text where nobody can tell the character; it may be any."""

EDGE = 0.5
"""What a missing or additional first or last character costs: plates are cut by the picture's edge,
and frames and bolts look like an I. Anywhere else it costs 1."""

_ALIKE = frozenset((a, b) for group in CONFUSABLE for a in group for b in group)
_SAME = frozenset((a, b) for pair in PRINTED_ALIKE for a in pair for b in pair)


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
    if a == b:
        return 0.0
    above = [_skipped(b, column) for column in range(len(b) + 1)]
    for row, character in enumerate(a, start=1):
        here = [_skipped(a, row)]
        drop_from_a = EDGE if row in (1, len(a)) else 1.0
        for column, other in enumerate(b, start=1):
            drop_from_b = EDGE if column in (1, len(b)) else 1.0
            here.append(
                min(
                    above[column - 1] + _swap(character, other),
                    above[column] + drop_from_a,
                    here[column - 1] + drop_from_b,
                )
            )
        above = here
    return above[-1]


@lru_cache(maxsize=8192)
def similarity(a: str, b: str) -> float:
    """From 0 (nothing in common) to 1 (equal)."""
    return max(0.0, 1.0 - distance(a, b) / max(len(a), len(b), 1))


def _swap(a: str, b: str) -> float:
    if a == b or UNKNOWN in (a, b):
        return 0.0
    return CONFUSED if alike(a, b) else 1.0


def _skipped(text: str, count: int) -> float:
    """The cost of leaving out the first `count` characters."""
    return sum(EDGE if position in (0, len(text) - 1) else 1.0 for position in range(count))
