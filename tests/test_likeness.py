from __future__ import annotations

import random

import pytest

from streamer.likeness import CONFUSED, EDGE, distance, similarity


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("ABC123", "ABC123", 0),
        ("ABC123", "A8C123", CONFUSED),
        ("ABC123", "ABC124", 1),
        ("ABC123", "BC123", EDGE),
        ("ABC123", "ABC1231", EDGE),
        ("ABC123", "AB123", 1),
        ("AB123CD", "AB124CD", 1),
        ("O0I1", "0OL1", 3 * CONFUSED),
        ("", "", 0),
        ("", "AB", 2 * EDGE),
        ("", "ABC", 2 * EDGE + 1),
    ],
)
def test_distance(a: str, b: str, expected: float) -> None:
    assert distance(a, b) == pytest.approx(expected)


def test_an_unknown_character_is_any() -> None:
    assert distance("AB1?23", "AB1C23") == 0
    assert distance("AB1?23", "AB1C24") > 0


def test_distance_does_not_depend_on_the_order() -> None:
    chance = random.Random(1)
    for _ in range(300):
        a, b = ("".join(chance.choices("AB80O1I", k=chance.randint(0, 7))) for _ in range(2))
        assert distance(a, b) == pytest.approx(distance(b, a))
        assert 0 <= similarity(a, b) <= 1


def test_similarity_tells_a_misread_from_another_plate() -> None:
    assert similarity("ABC123", "A8C12") > 0.8
    assert similarity("ABC123", "XYZ987") == 0
