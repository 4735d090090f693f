"""Plates of successive looks -> tracks: which plate of this look is which plate of the last one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from streamer.boxes import shared_part
from streamer.likeness import is_farther, similarity
from streamer.tracking.assign import cheapest_pairs
from streamer.tracking.direction import Trail
from streamer.tracking.vote import Ballot
from streamer.types import Corners, Plate

ALIKE = 0.6
"""Texts at least this similar may be one plate read twice."""

ROUNDING = 1e-6
"""Texts that are less than this from being ALIKE are looked at closely."""

REACH = 0.75
"""How far from the predicted place, in plate lengths, a plate may turn up whatever its text: less than
a plate's length, so it overlaps, and two vehicles cannot do that."""

BLANK_SPEED, BLANK_MOST = 3.0, 2.0
"""Plate lengths a second, and at most, that a plate may stray further from the prediction when a look
shows no text."""

ALIKE_SPEED = 20.0
"""The same when the texts are alike: about 40 km/h across the picture with a plate of half a metre."""

SAME_SPEED = 60.0
"""The same when the texts are the same: no other vehicle has it, however far it came between two looks."""

SUCCESSOR_AFTER_S = 1.0
"""A different text at the same place within this time is a misread, later it is another vehicle."""

GROWTH = (0.4, 1.0)
"""How much the logarithm of the size may be off the prediction: at once, and more for every second."""

VELOCITY_GAIN = 0.6
"""The part of a newly measured velocity in the estimate; the rest is the estimate before."""

MOVED = 1.5
"""A track has moved when it has gone so many plate lengths, or is so many times as wide and as high."""

STRIDE, STRIDES, DRIFT, DETOUR = 0.14, 3, 0.4, 1.25
"""It has also moved when so many strides of STRIDE have led DRIFT away, in plate lengths or as the logarithm of
size, and were together no more than DETOUR times the straight way. Vehicles that drive up slowly do that,
signs whose frames flicker do not."""

RESTED_S = 2.0
"""What has been standing for so long is not moved by a single look without a text: that is something else, a
lamp or a badge of a vehicle that passes before it."""

STOOD = 0.25
"""A track stands as long as it is not further away than this from where it came to a stand."""

INTERRUPTED_S = 30.0
"""With so long between two looks the source was interrupted, and a track does not wait for the next one."""

DOUBLE = 0.5
"""Two plates of one look are the same one if they share this part of the smaller one's box."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Moment:
    """A time by both clocks, in seconds: Unix time and the source's own time."""

    wall_s: float
    media_s: float


@dataclass(eq=False)
class Track:
    """The same plate followed over looks.

    `start` is the first look, `surest` the one whose text is the surest and `plate` the newest, `seen_s` its
    time by the follower's clock, `missed` whether there was a look since that did not show it. `entered` says
    whether a look showed it where plates count; looks elsewhere have no vote. `velocity` is in pixels a
    second, `growth` the size's change of logarithm a second. `beside` are the serial numbers of tracks that
    were seen in one look with this one, so are other plates. `good_s` is the follower's time of the first look
    that was good enough for a read, for who decides that. `halt` is the look since which it has been standing
    if it does, `halted_s` its time by the follower's clock, `read_s` that of the newest look with a reading.
    `trail` is what tells its direction. `before` is the look before the newest, `before_s` its time.
    """

    serial: int
    start: Plate
    plate: Plate
    seen_s: float
    first: Moment
    last: Moment
    ballot: Ballot
    looks: int = 1
    missed: bool = False
    velocity: tuple[float, float] | None = None
    growth: float = 0.0
    moved: bool = False
    entered: bool = False
    good_s: float | None = None
    beside: set[int] = field(default_factory=set)
    surest: Plate = field(init=False)
    trail: Trail = field(init=False)
    halt: Plate = field(init=False)
    halted_s: float = field(init=False)
    read_s: float = field(init=False)
    before: Plate | None = None
    before_s: float = 0.0
    _way: list[Plate] = field(init=False)

    def __post_init__(self) -> None:
        self.surest = self.halt = self.start
        self.trail = Trail.of(self.start)
        self.halted_s = self.read_s = self.seen_s
        self._way = [self.start]

    def add(self, plate: Plate, now_s: float, moment: Moment) -> None:
        """One more look at this plate."""
        self.surest = max(self.surest, plate, key=lambda one: one.confidence)
        self.trail = self.trail.then(Trail.of(plate))
        elapsed = now_s - self.seen_s
        if elapsed > 0:
            self._measure(plate, elapsed)
        rested = self.stood_s >= RESTED_S
        if elapsed > 0:
            self.before, self.before_s = self.plate, self.seen_s
        self.plate, self.seen_s, self.last = plate, now_s, moment
        self.missed = False
        if not plate.kept:
            self.looks += 1
            self.read_s = now_s
        if plate.text or not rested:
            self.moved = self.moved or self._has_moved(plate)
        if _stride(self.halt, plate) > STOOD:
            self.halt, self.halted_s = plate, now_s

    def stay(self, seconds: float) -> None:
        """Time in which nobody looked does not count."""
        self.seen_s += seconds
        self.halted_s += seconds
        self.read_s += seconds

    @property
    def stood_s(self) -> float:
        """How long it had been standing when it was seen last, seconds."""
        return self.seen_s - self.halted_s

    def _has_moved(self, plate: Plate) -> bool:
        """Whether this look shows it somewhere else than the first one, or steadily on its way there."""
        if max(_way(self.start, plate), _stretch(self.start, plate)) > MOVED:
            return True
        if _stride(self._way[-1], plate) < STRIDE:
            return False
        self._way = [*self._way[-STRIDES:], plate]
        strides = [_stride(a, b) for a, b in pairwise(self._way)]
        straight = _stride(self._way[0], plate, bent=False)
        return len(strides) == STRIDES and straight >= DRIFT and sum(strides) <= DETOUR * straight

    def _measure(self, plate: Plate, elapsed: float) -> None:
        (x, y), (old_x, old_y) = _centre(plate), _centre(self.plate)
        measured = (x - old_x) / elapsed, (y - old_y) / elapsed
        before = self.velocity or measured
        self.velocity = (
            before[0] + VELOCITY_GAIN * (measured[0] - before[0]),
            before[1] + VELOCITY_GAIN * (measured[1] - before[1]),
        )
        rate = math.log(_size(plate) / _size(self.plate)) / elapsed
        self.growth += VELOCITY_GAIN * (rate - self.growth)

    def place(self, ahead_s: float) -> tuple[float, float, float]:
        """Where the centre is (x, y) and how large the plate is, pixels, that long after the last look."""
        x, y = _centre(self.plate)
        vx, vy = self.velocity or (0.0, 0.0)
        return x + vx * ahead_s, y + vy * ahead_s, _size(self.plate) * self._grown(ahead_s)

    def corners(self, ahead_s: float) -> Corners:
        """Where the corners are that long after the last look."""
        x, y = _centre(self.plate)
        new_x, new_y, _ = self.place(ahead_s)
        grown = self._grown(ahead_s)
        a, b, c, d = ((new_x + (u - x) * grown, new_y + (v - y) * grown) for u, v in self.plate.corners)
        return a, b, c, d

    def _grown(self, ahead_s: float) -> float:
        return math.exp(min(max(self.growth * ahead_s, -1.0), 1.0))


class Follower:
    """Joins the plates of every look to tracks by place, motion, size and text, all at once."""

    def __init__(self, lost_after_s: float, new_ballot: Callable[[], Ballot] = Ballot) -> None:
        self.tracks: list[Track] = []
        self._lost_after_s = lost_after_s
        self._new_ballot = new_ballot
        self._serials = count(1)
        self._gone: set[int] = set()

    def lose(self, now_s: float) -> list[Track]:
        """Takes out the tracks that were not seen for too long, and missed: looks may be rare. Those that were
        beside them remember it until the next time: what becomes of a track depends on it."""
        lost = [track for track in self.tracks if self._is_lost(track, now_s - track.seen_s)]
        for track in self.tracks:
            track.beside -= self._gone
        self._gone = {track.serial for track in lost}
        if lost:
            self.tracks = [track for track in self.tracks if track.serial not in self._gone]
        return lost

    def look(self, now_s: float, moment: Moment, plates: Sequence[Plate]) -> list[Track]:
        """One look's plates: the tracks that were seen, in the order of the plates. The others were missed."""
        for one in self.tracks:
            one.missed = True
        return self.glance(now_s, moment, plates)

    def glance(self, now_s: float, moment: Moment, plates: Sequence[Plate]) -> list[Track]:
        """The same of a look that was at some places only: nobody is missed by it."""
        plates = _distinct(plates)
        owners = self.owners(now_s, plates)
        seen = []
        for column, plate in enumerate(plates):
            track = owners.get(column)
            if track is None:
                track = Track(next(self._serials), plate, plate, now_s, moment, moment, self._new_ballot())
                self.tracks.append(track)
            else:
                track.add(plate, now_s, moment)
            if plate.in_zone:
                track.entered = True
            if plate.in_zone and not plate.kept:
                track.ballot.add(plate)
            seen.append(track)
        serials = {track.serial for track in seen}
        for track in seen:
            track.beside |= serials - {track.serial}
        return seen

    def owners(self, now_s: float, plates: Sequence[Plate]) -> dict[int, Track]:
        """Whose the plates of a look are, by their indices; those that are nobody's are left out."""
        return {column: self.tracks[row] for row, column in cheapest_pairs(self._costs(now_s, plates), 1.0)}

    def _is_lost(self, track: Track, unseen_s: float) -> bool:
        return unseen_s > (self._lost_after_s if track.missed else max(self._lost_after_s, INTERRUPTED_S))

    def _costs(self, now_s: float, plates: Sequence[Plate]) -> dict[tuple[int, int], float]:
        """Cost, 0 to 1, of every pair of track and plate that is possible."""
        if not self.tracks or not plates:
            return {}
        elapsed = [now_s - track.seen_s for track in self.tracks]
        ways, stretches = self._apart(elapsed, plates)
        farthest = REACH + SAME_SPEED * np.array(elapsed)[:, None]
        texts = [track.ballot.text for track in self.tracks]
        nears = [REACH + min(BLANK_SPEED * one, BLANK_MOST) for one in elapsed]
        costs = {}
        possible = (ways <= farthest) & (stretches < 1)
        pairs = (each.tolist() for each in (*np.nonzero(possible), ways[possible], stretches[possible]))
        for row, column, way, stretch in zip(*pairs, strict=True):
            text, other, near = texts[row], plates[column].text, nears[row]
            if way > near and _is_unlike(text, other):
                continue
            likeness, reach = _text_says(text, other, elapsed[row])
            if way < reach:
                costs[row, column] = (way / reach + stretch + 2 * (1 - likeness)) / 4
        return costs

    def _apart(self, elapsed: Sequence[float], plates: Sequence[Plate]) -> tuple[Numbers, Numbers]:
        """Tracks x plates: how far a plate is from where the track should be, in lengths of the larger one, and
        how much its size differs from what it should be, 1 being too much."""
        due = np.array([track.place(ahead) for track, ahead in zip(self.tracks, elapsed, strict=True)])
        found = np.array([(*_centre(plate), _size(plate)) for plate in plates])
        x, y, size = due.T[:, :, None]
        plate_x, plate_y, plate_size = found.T[:, None, :]
        ways = np.hypot(plate_x - x, plate_y - y) / np.maximum(size, plate_size)
        allowed = GROWTH[0] + GROWTH[1] * np.array(elapsed)[:, None]
        return ways, np.abs(np.log(plate_size / size)) / allowed


def _text_says(text: str, other: str, elapsed: float) -> tuple[float, float]:
    """How alike two texts are, 0 to 1, and how many plate lengths apart they may be one plate."""
    if not text or not other:
        return 0.5, REACH + min(BLANK_SPEED * elapsed, BLANK_MOST)
    likeness = similarity(text, other)
    if likeness >= ALIKE:
        return likeness, REACH + (SAME_SPEED if text == other else ALIKE_SPEED) * elapsed
    return likeness, REACH if elapsed <= SUCCESSOR_AFTER_S else 0.0


@lru_cache(maxsize=65536)
def _is_unlike(text: str, other: str) -> bool:
    """Whether two texts are not ALIKE, told sooner than how alike they are."""
    longest = max(len(text), len(other))
    return bool(text and other) and is_farther(text, other, (1 - ALIKE) * longest + ROUNDING)


def _distinct(plates: Sequence[Plate]) -> list[Plate]:
    """Of plates that overlap, the surest one: a finder may mark one plate twice."""
    kept: list[Plate] = []
    for plate in sorted(plates, key=lambda plate: plate.score * plate.confidence, reverse=True):
        if not any(shared_part(plate.box, other.box) > DOUBLE for other in kept):
            kept.append(plate)
    return kept


def _way(plate: Plate, other: Plate) -> float:
    """How far apart two plates are, in lengths of the larger one."""
    return math.dist(_centre(plate), _centre(other)) / max(_size(plate), _size(other))


def _stride(plate: Plate, other: Plate, bent: bool = True) -> float:
    """How differently two plates lie: by place, in lengths of the larger one, and by the logarithm of size.
    With `bent`, sides that do not grow alike count as well."""
    left, top, right, bottom = plate.box
    other_left, other_top, other_right, other_bottom = other.box
    wider = math.log(max(other_right - other_left, 1.0) / max(right - left, 1.0))
    higher = math.log(max(other_bottom - other_top, 1.0) / max(bottom - top, 1.0))
    grown = min(abs(wider), abs(higher)) if wider * higher > 0 else 0.0
    return math.hypot(_way(plate, other), grown, wider - higher if bent else 0.0)


def _stretch(plate: Plate, other: Plate) -> float:
    """How many times as wide, or as high if this is less, the larger box is."""
    left, top, right, bottom = plate.box
    other_left, other_top, other_right, other_bottom = other.box
    wider = (right - left) / max(other_right - other_left, 1.0)
    higher = (bottom - top) / max(other_bottom - other_top, 1.0)
    return max(min(wider, higher), 1.0 / max(wider, higher, 1e-6))


def _centre(plate: Plate) -> tuple[float, float]:
    left, top, right, bottom = plate.box
    return (left + right) / 2, (top + bottom) / 2


def _size(plate: Plate) -> float:
    """The longer side of the box, pixels, 1 or more."""
    left, top, right, bottom = plate.box
    return max(right - left, bottom - top, 1.0)
