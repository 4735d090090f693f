from __future__ import annotations

import random

import pytest

from streamer.likeness import CONFUSED, EDGE, at_least, distance, similarity


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


def test_what_it_is_at_least_is_never_more_and_tells_strangers_apart() -> None:
    chance = random.Random(5)
    texts = ["".join(chance.choices("AB8CDO0QU1IL7T45", k=chance.randint(1, 14))) for _ in range(60)]
    texts += [text[1:] for text in texts] + [text[:2] + "X" + text[3:] for text in texts]
    assert all(at_least(a, b) <= distance(a, b) for a in texts for b in texts)
    assert at_least("ABC123", "XYW789") >= 4
    assert at_least("ABC111", "ABC222") == 2
