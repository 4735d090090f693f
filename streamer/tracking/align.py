"""Two looks of different length at one text: which position of one is which of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Shares = Mapping[str, float]
"""What a position may be and how likely that is, 0-1."""
GAP = 0.2
"""What a position costs that the other look does not have; nothing at the ends, where plates are cut off."""


def aligned(a: Sequence[Shares], b: Sequence[Shares]) -> list[tuple[int, int]]:
    """Pairs of positions (of a, of b) that are alike, in order: the global alignment of Needleman and Wunsch
    (1970) without costs at the ends. Pairs that have nothing in common are left out."""
    likeness = [[_common(one, other) for other in b] for one in a]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            best[i][j] = max(
                best[i - 1][j - 1] + likeness[i - 1][j - 1],
                best[i - 1][j] - (GAP if j < len(b) else 0.0),
                best[i][j - 1] - (GAP if i < len(a) else 0.0),
            )
    return [(i, j) for i, j in _way_back(best, likeness) if likeness[i][j] > 0]


def _way_back(best: list[list[float]], likeness: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs on the best way, first to last."""
    pairs = []
    i, j = len(likeness), len(likeness[0]) if likeness else 0
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + likeness[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i][j] == best[i - 1][j] - (GAP if j < len(best[0]) - 1 else 0.0):
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _common(one: Shares, other: Shares) -> float:
    """The probability that both are the same character, 0-1."""
    return sum(share * other.get(character, 0.0) for character, share in one.items())
