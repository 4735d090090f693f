"""One camera's frames in, what becomes of its plates out: which frames are searched, which are only glanced at,
and which are spared. No clock, no file.

A search looks for plates, and reads those that are not known. It is what looks cost most, so it is taken
- when something moves, or what is in view is not settled (see `Attention`),
- no more often than every SEARCH_S while a plate is in view, and every CERTAIN_S while all are certain.
A glance looks only where plates should be. While all are certain, frames that are due between two searches are
glanced at. All other frames between are kept until the next search, and then those are looked at that help:
plates that are not certain are glanced at, and what the search finds anew is traced back through them. So a
vehicle that is soon gone is seen as often as the source shows it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from streamer.sampling import MOST_BEFORE, Attention, Due
from streamer.stopwatch import GATE, TRACK, stage
from streamer.track import ReadChange, Tracker, TrackView, Undecided
from streamer.types import Frame, Part, Plate, Rejected

SEARCH_S, CERTAIN_S = 0.2, 0.4
"""Seconds between two searches while a plate is in view, and while all that are in view are certain."""
EARLY_S = 0.075
"""A search may be taken so much before its time: frames do not come on the dot. The next one is not earlier for
it."""


class Eye(Protocol):
    """What looks at frames."""

    @property
    def glances(self) -> bool:
        """Whether a look at a known place costs much less than searching the picture."""

    def search(self, frame: Frame, known: Sequence[Plate], part: Part | None) -> tuple[Plate, ...]:
        """All plates in a frame or a part of it; those that are `known` are not read again."""

    def glance(self, frame: Frame, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        """The plates that should be at those places; those that are `known` are not read again."""


@dataclass(frozen=True)
class Seen:
    """What a frame changed: reads, rejected tracks, and the tracks that are undecided after it. `looked` is
    false where the engine was spared."""

    frame: Frame
    looked: bool
    changes: list[ReadChange]
    rejected: list[Rejected]
    undecided: list[Undecided]


class Watcher:
    """Watches with an eye, follows with a tracker. Without `attention` every frame that is due is searched.

    `watch` belongs to one thread; `visible` may be asked for by another.
    """

    def __init__(self, eye: Eye, tracker: Tracker, attention: Attention | None = None) -> None:
        self._eye, self._tracker, self._attention = eye, tracker, attention
        self._kept: list[Frame] = []
        self._searched_s = 0.0
        self._told_s = -math.inf
        self._tracking = threading.Lock()

    def watch(self, due: Due) -> Iterator[Seen]:
        """What the frame that is due changed, and those before it that were worth a glance, in order. Nothing
        if the frame is kept for the next search."""
        frame, before = due.frame, self._not_passed(due)
        if self._eye.glances:
            self._kept += before
        if self._is_between_searches(frame):
            if self._is_certain():
                self._kept = []
                yield self._glance(frame)
            else:
                self._kept.append(frame)
            return
        kept, self._kept = [one for one in self._kept if one.media_s < frame.media_s][-MOST_BEFORE:], []
        if self._is_wanted(frame):
            plates = self._search(frame)
            yield from self._looked_back(kept, frame, plates)
            yield self._followed(frame, plates, self._tracker.update)
        else:
            yield self._spared(frame)

    def pass_time(self, wall_s: float, media_s: float) -> tuple[list[ReadChange], list[Rejected]]:
        """No frame came: reads that change and tracks that are over all the same."""
        self._told_s, self._kept = media_s, []
        with self._tracking:
            return self._tracker.pass_time(wall_s, media_s), self._tracker.take_rejected()

    def finish(self) -> tuple[list[ReadChange], list[Rejected]]:
        """The source has ended: every read is settled."""
        with self._tracking:
            return self._tracker.finish(), self._tracker.take_rejected()

    def visible(self, media_s: float) -> list[TrackView]:
        """What to draw at that time of the source."""
        with self._tracking:
            return self._tracker.visible(media_s)

    def _not_passed(self, due: Due) -> tuple[Frame, ...]:
        """The frames before one that is due, but for those that time has gone past: when a source comes back,
        what it gave before is told already to be long ago."""
        told_s, self._told_s = self._told_s, due.frame.media_s
        return tuple(one for one in due.before if told_s < one.media_s < due.frame.media_s)

    def _is_between_searches(self, frame: Frame) -> bool:
        early_s = self._search_due_s() - frame.media_s
        with self._tracking:
            if not self._eye.glances or not self._tracker.in_view or self._tracker.settled:
                return False
        return EARLY_S < early_s <= CERTAIN_S + EARLY_S

    def _search_due_s(self) -> float:
        """When the next search is due while a plate is in view, by the source's time."""
        return self._searched_s + (CERTAIN_S if self._is_certain() else SEARCH_S)

    def _is_certain(self) -> bool:
        with self._tracking:
            return self._tracker.certain

    def _is_wanted(self, frame: Frame) -> bool:
        if self._attention is None:
            return True
        with self._tracking:
            in_view, settled = self._tracker.in_view, self._tracker.settled
        with stage(GATE):
            return self._attention.wants(frame, in_view, settled)

    def _search(self, frame: Frame) -> tuple[Plate, ...]:
        due_s = self._search_due_s()
        self._searched_s = due_s if frame.media_s < due_s <= frame.media_s + EARLY_S else frame.media_s
        with self._tracking:
            known, places = self._tracker.known(frame.media_s), self._tracker.places(frame.media_s)
        part = self._attention.part_of(frame, places) if self._attention else None
        return self._eye.search(frame, known, part)

    def _looked_back(self, before: Sequence[Frame], frame: Frame, plates: Sequence[Plate]) -> Iterator[Seen]:
        """Of each of the frames before a search: what is doubtful on its way to what the search found, and what
        the search found anew, traced back."""
        if not before:
            return
        with self._tracking:
            ways, new = self._tracker.ways(frame.media_s, plates)
        for earlier, traced in zip(before, self._traced(before, new), strict=True):
            places = [way.at(earlier.media_s) for way in ways]
            seen = (*traced, *self._eye.glance(earlier, places, ())) if places else traced
            if seen:
                yield self._followed(earlier, seen, self._tracker.glance)

    def _traced(self, before: Sequence[Frame], plates: Sequence[Plate]) -> list[tuple[Plate, ...]]:
        """Those plates in each of the frames before, followed back from the last one."""
        found: list[tuple[Plate, ...]] = [()] * len(before)
        for index in reversed(range(len(before))):
            if not plates:
                break
            found[index] = plates = self._eye.glance(before[index], plates, ())
        return found

    def _glance(self, frame: Frame) -> Seen:
        with self._tracking:
            expected, known = self._tracker.expected(frame.media_s), self._tracker.known(frame.media_s)
        plates = self._eye.glance(frame, expected, known) if expected else ()
        return self._followed(frame, plates, self._tracker.glance)

    def _spared(self, frame: Frame) -> Seen:
        with self._tracking, stage(TRACK):
            changes = self._tracker.unchanged(frame.wall_s, frame.media_s)
            return Seen(frame, False, changes, self._tracker.take_rejected(), self._tracker.undecided())

    def _followed(
        self,
        frame: Frame,
        plates: Sequence[Plate],
        follow: Callable[[float, float, Sequence[Plate]], list[ReadChange]],
    ) -> Seen:
        with self._tracking, stage(TRACK):
            changes = follow(frame.wall_s, frame.media_s, plates)
            return Seen(frame, True, changes, self._tracker.take_rejected(), self._tracker.undecided())
