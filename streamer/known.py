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
    """The known plates that are still there, where they are now, and the candidates that have to be read."""
    kept, fresh, left = [], [], list(known)
    for candidate in candidates:
        place = box_around(candidate.corners)
        plate = max(left, key=lambda one: overlap(one.box, place), default=None)
        if plate and overlap(plate.box, place) >= THERE:
            left.remove(plate)
            kept.append(replace(plate, corners=candidate.corners, score=candidate.score, kept=True))
        else:
            fresh.append(candidate)
    return kept, fresh
