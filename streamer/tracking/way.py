"""Where a plate is between two looks, or soon after the last: its vehicle drives straight on at one speed.

Then its distance changes evenly, so the inverse of its size in the picture does; and it moves along a straight
line of the picture by as much as its size grows, for both go by the inverse of the distance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import dist

from streamer.tracking.follow import Track
from streamer.types import Corners, Plate

LEAST, MOST = 0.5, 2.0
"""A plate is not taken to be smaller or larger than so many times what it was at the nearer look."""
SAME = 0.02
"""Sizes that differ by less, as a share, say nothing about the distance."""
FAR = 8.0
"""Plate lengths: at 130 km/h a vehicle goes 14 in 0.2 s, but never straight across the picture. What is nearer
may be the same plate, which a look in between tells."""


@dataclass(frozen=True)
class Way:
    """From one look at a plate to another; times in seconds of the source, the second the later."""

    start: Plate
    start_s: float
    end: Plate
    end_s: float

    def at(self, time_s: float) -> Plate:
        """The plate of the nearer look, where it is at that time."""
        share = (time_s - self.start_s) / (self.end_s - self.start_s)
        nearer = self.start if share < 0.5 else self.end
        size, end = _size(self.start.corners), _size(self.end.corners)
        now = size / max(1 - share * (1 - size / end), 1e-3)
        now = min(max(now, LEAST * _size(nearer.corners)), MOST * _size(nearer.corners))
        along = (now - size) / (end - size) if abs(end - size) > SAME * size else share
        x, y = _between(_middle(self.start.corners), _middle(self.end.corners), along)
        return replace(nearer, corners=_placed(nearer.corners, x, y, now / _size(nearer.corners)))

    def later(self, seconds: float) -> Way:
        """The same by a clock that is ahead by so many seconds."""
        return replace(self, start_s=self.start_s + seconds, end_s=self.end_s + seconds)


def onward(track: Track) -> Way | None:
    """How a track goes on, by its last two looks; None if it has one."""
    return Way(track.before, track.before_s, track.plate, track.seen_s) if track.before else None


def ways_to(
    plates: Sequence[Plate],
    now_s: float,
    tracks: Iterable[Track],
    owners: Mapping[int, Track],
    is_doubted: Callable[[Track], bool],
) -> tuple[list[Way], list[Plate]]:
    """The ways from the last look at tracks to the plates of a new one, those of `owners` by their indices, and
    the plates that are new. What is nobody's and has a text comes from the likeliest track that was not found
    again, or is new. Of tracks, those are left out that are not doubted, and those that were never read."""
    found = {track.serial: plates[index] for index, track in owners.items()}
    seen = [track for track in tracks if not track.missed and track.seen_s < now_s]
    ways = [way for track in seen if is_doubted(track) and (way := _way(track, now_s, found.get(track.serial)))]
    lost, new = [track for track in seen if track.serial not in found], []
    for index, plate in enumerate(plates):
        if index not in owners and plate.text:
            if track := _likeliest(lost, plate):
                ways.append(Way(track.plate, track.seen_s, plate, now_s))
            else:
                new.append(plate)
    return ways, new


def _way(track: Track, now_s: float, found: Plate | None) -> Way | None:
    if not track.surest.text and not (found and found.text):
        return None
    return Way(track.plate, track.seen_s, found, now_s) if found else onward(track)


def _likeliest(tracks: Iterable[Track], plate: Plate) -> Track | None:
    """The nearest track that may be this plate, too fast to be joined to it without a look in between."""
    far = {track.serial: (_far(track.plate, plate), track) for track in tracks}
    near = [track for track in far.values() if track[0] <= FAR]
    return min(near, key=lambda one: one[0])[1] if near else None


def _far(plate: Plate, other: Plate) -> float:
    """How far apart two plates are, in lengths of the larger one; endless if their sizes are too different."""
    sizes = sorted((_size(plate.corners), _size(other.corners)))
    if sizes[1] > MOST * sizes[0]:
        return float("inf")
    return dist(_middle(plate.corners), _middle(other.corners)) / sizes[1]


def _size(corners: Corners) -> float:
    """The longer side of the box around, pixels, 1 or more."""
    xs, ys = zip(*corners, strict=True)
    return max(max(xs) - min(xs), max(ys) - min(ys), 1.0)


def _middle(corners: Corners) -> tuple[float, float]:
    xs, ys = zip(*corners, strict=True)
    return sum(xs) / 4, sum(ys) / 4


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _placed(corners: Corners, x: float, y: float, times: float) -> Corners:
    """Corners about another middle, so many times as large."""
    old_x, old_y = _middle(corners)
    a, b, c, d = ((x + times * (u - old_x), y + times * (v - old_y)) for u, v in corners)
    return a, b, c, d
