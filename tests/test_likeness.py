from __future__ import annotations

import random
from itertools import product

import pytest

from streamer.likeness import CONFUSED, EDGE, UNKNOWN, alike, at_least, distance, is_farther, similarity


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


def test_texts_of_one_length_cost_what_the_whole_table_says() -> None:
    chance = random.Random(4)
    for _ in range(2000):
        a = "".join(chance.choices("AB8O0?", k=chance.randint(1, 5)))
        b = "".join(chance.choices("AB8O0?", k=len(a)))
        assert distance(a, b) == pytest.approx(_by_table(a, b))


def test_whether_texts_are_far_apart_is_what_their_distance_says() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        a, b = ("".join(chance.choices("AB8O0X17?", k=chance.randint(0, 8))) for _ in "ab")
        most = chance.choice((0.0, 0.3, 0.6, 1.0, 2.0, 2.8))
        assert is_farther(a, b, most) == (distance(a, b) > most)


def _by_table(a: str, b: str) -> float:
    """The edit distance without a short cut: the table of Wagner and Fischer."""
    table = {(0, 0): 0.0}
    for row, column in product(range(len(a) + 1), range(len(b) + 1)):
        ways = []
        if row:
            ways.append(table[row - 1, column] + (EDGE if row in (1, len(a)) else 1.0))
        if column:
            ways.append(table[row, column - 1] + (EDGE if column in (1, len(b)) else 1.0))
        if row and column:
            one, other = a[row - 1], b[column - 1]
            same = one == other or UNKNOWN in (one, other)
            ways.append(table[row - 1, column - 1] + (0.0 if same else CONFUSED if alike(one, other) else 1.0))
        if ways:
            table[row, column] = min(ways)
    return table[len(a), len(b)]
