"""Looks of different length side by side."""

from __future__ import annotations

import pytest

from streamer.tracking.align import aligned


def sure(text: str) -> list[dict[str, float]]:
    return [{character: 1.0} for character in text]


@pytest.mark.parametrize(
    ("a", "b", "pairs"),
    [
        ("ABC123", "ABC123", [(n, n) for n in range(6)]),
        ("ABC123", "BC123", [(n + 1, n) for n in range(5)]),
        ("ABC123", "ABC12", [(n, n) for n in range(5)]),
        ("ABC123", "1ABC1234", [(n, n + 1) for n in range(6)]),
        ("ABC123", "AB123", [(0, 0), (1, 1), (3, 2), (4, 3), (5, 4)]),
        ("ABC123", "ABC9123", [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (5, 6)]),
        ("ABC123", "ABX123", [(0, 0), (1, 1), (3, 3), (4, 4), (5, 5)]),
        ("ABC", "XYZ", []),
        ("ABC", "", []),
        ("", "ABC", []),
    ],
)
def test_positions_are_paired(a, b, pairs):
    assert aligned(sure(a), sure(b)) == pairs


def test_what_a_position_may_be_counts():
    """Neither A nor B is sure, but the 8 of one look is where the other one holds an 8 possible."""
    doubtful = [{"A": 1.0}, {"B": 0.6, "8": 0.4}, {"C": 1.0}]
    assert aligned(doubtful, sure("8C")) == [(1, 0), (2, 1)]
