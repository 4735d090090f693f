"""Pairing is compared with trying every way."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from streamer.tracking.assign import Pair, cheapest_pairs

UNPAIRED = 1.0


def least_cost(costs: dict[Pair, float], rows: int, columns: int) -> float:
    """The least sum over every way to give each row a column or none."""
    choices = [*range(columns), *([None] * rows)]
    return min(
        sum(costs.get((row, choice), UNPAIRED) for row, choice in enumerate(way))
        for way in set(permutations(choices, rows))
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_sum_of_costs_is_the_least(seed: int) -> None:
    chance = random.Random(seed)
    rows, columns = chance.randint(1, 4), chance.randint(1, 4)
    costs = {
        (row, column): chance.random()
        for row in range(rows)
        for column in range(columns)
        if chance.random() < 0.7
    }
    pairs = cheapest_pairs(costs, UNPAIRED)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    total = sum(costs[pair] for pair in pairs) + UNPAIRED * (rows - len(pairs))
    assert total == pytest.approx(least_cost(costs, rows, columns))


def test_the_nearest_is_given_up_for_the_sum() -> None:
    costs = {(0, 0): 0.1, (0, 1): 0.2, (1, 0): 0.15, (1, 1): 0.9}
    assert sorted(cheapest_pairs(costs, UNPAIRED)) == [(0, 1), (1, 0)]


def test_nothing_possible_pairs_nothing() -> None:
    assert cheapest_pairs({}, UNPAIRED) == []
