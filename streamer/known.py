"""Plates that are known from earlier pictures, and need not be read again where they should be now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from streamer.boxes import box_around, overlap
from streamer.types import Corners, Plate

THERE = 0.6
"""A candidate is a known plate if their boxes share this part of the larger one, 0-1: two plates that are both
seen do not lie so."""


class Found(Protocol):
    """A place that may be a plate, before it is read."""

    @property
    def corners(self) -> Corners:
        """In pixels of the picture."""

    @property
    def score(self) -> float:
        """How sure it is that this is a plate, 0-1."""


C = TypeVar("C", bound=Found)


def read_unknown(
    candidates: Iterable[C], known: Sequence[Plate], read: Callable[[list[C]], tuple[Plate, ...]]
) -> tuple[Plate, ...]:
    """The candidates as plates, the surest first: those that are `known` as they were read, the others as they
    are now."""
    kept, fresh = keep(candidates, known)
    plates = (*kept, *read(fresh))
    return tuple(sorted(plates, key=lambda plate: plate.score, reverse=True)) if kept else plates


def keep(candidates: Iterable[C], known: Sequence[Plate]) -> tuple[list[Plate], list[C]]:
    """The known plates that are still there, framed as the candidates are, and the candidates that have to be
    read."""
    pairs, fresh, _ = _matched(candidates, known)
    kept = [replace(plate, corners=one.corners, score=one.score, kept=True) for plate, one in pairs]
    return kept, fresh


def keep_shape(candidates: Iterable[C], known: Sequence[Plate]) -> tuple[list[Plate], list[C], list[Plate]]:
    """Of candidates that are framed roughly: the known plates that are there, moved to where they are now, the
    other candidates, and the known plates that were not found."""
    pairs, fresh, left = _matched(candidates, known)
    return [replace(plate, corners=_moved(plate, one.corners), kept=True) for plate, one in pairs], fresh, left


def _matched(
    candidates: Iterable[C], known: Sequence[Plate]
) -> tuple[list[tuple[Plate, C]], list[C], list[Plate]]:
    """Known plates with the candidates that show them, the other candidates, and the other known plates."""
    pairs, fresh, left = [], [], list(known)
    for candidate in candidates:
        place = box_around(candidate.corners)
        plate = max(left, key=lambda one: overlap(one.box, place), default=None)
        if plate and overlap(plate.box, place) >= THERE:
            left.remove(plate)
            pairs.append((plate, candidate))
        else:
            fresh.append(candidate)
    return pairs, fresh, left


def _moved(plate: Plate, to: Corners) -> Corners:
    """The plate's corners, their middle where the other corners have it."""
    (x, y), (new_x, new_y) = _middle(plate.corners), _middle(to)
    a, b, c, d = ((u + new_x - x, v + new_y - y) for u, v in plate.corners)
    return a, b, c, d


def _middle(corners: Corners) -> tuple[float, float]:
    xs, ys = zip(*corners, strict=True)
    return sum(xs) / 4, sum(ys) / 4
