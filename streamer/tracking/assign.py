"""The cheapest way to pair rows with columns."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[int, int]


def cheapest_pairs(costs: Mapping[Pair, float], unpaired: float) -> list[Pair]:
    """Pairs rows with columns so that the sum of costs is least; each is in one pair at most.

    `costs` holds the pairs that are possible, each below `unpaired`, the cost of leaving a row alone.
    """
    cheapest: dict[int, tuple[float, int]] = {}
    for (row, column), cost in costs.items():
        if row not in cheapest or (cost, column) < cheapest[row]:
            cheapest[row] = cost, column
    if len({column for _, column in cheapest.values()}) == len(cheapest):
        return [(row, column) for row, (_, column) in cheapest.items()]
    return _hungarian(costs, unpaired)


def _hungarian(costs: Mapping[Pair, float], unpaired: float) -> list[Pair]:
    """The Hungarian method by shortest augmenting paths (Jonker and Volgenant, 1987).

    Each row has a column of its own for staying alone, so there is always a complete assignment.
    """
    rows = sorted({row for row, _ in costs})
    columns = sorted({column for _, column in costs})
    width = len(columns) + len(rows)
    never = 1e6 * unpaired
    matrix = [
        [costs.get((row, column), never) for column in columns]
        + [unpaired if other == row else never for other in rows]
        for row in rows
    ]
    row_price = [0.0] * (len(rows) + 1)
    column_price = [0.0] * (width + 1)
    owner = [0] * (width + 1)  # row (from 1) that has the column (from 1); column 0 is the start of a path
    for row in range(1, len(rows) + 1):
        _augment(matrix, row, row_price, column_price, owner)
    return [
        (rows[owner[j] - 1], column)
        for j, column in enumerate(columns, start=1)
        if owner[j] and (rows[owner[j] - 1], column) in costs
    ]


def _augment(
    matrix: list[list[float]],
    row: int,
    row_price: list[float],
    column_price: list[float],
    owner: list[int],
) -> None:
    """Gives one more row a column, moving earlier rows along the shortest path."""
    size = len(owner)
    least = [float("inf")] * size
    came_from = [0] * size
    done = [False] * size
    owner[0] = row
    column = 0
    while owner[column]:
        done[column] = True
        current = owner[column]
        costs, price = matrix[current - 1], row_price[current]
        step, following = float("inf"), 0
        for j in range(1, size):
            if done[j]:
                continue
            reduced = costs[j - 1] - price - column_price[j]
            if reduced < least[j]:
                least[j], came_from[j] = reduced, column
            if least[j] < step:
                step, following = least[j], j
        for j in range(size):
            if done[j]:
                row_price[owner[j]] += step
                column_price[j] -= step
            else:
                least[j] -= step
        column = following
    while column:
        owner[column] = owner[came_from[column]]
        column = came_from[column]
