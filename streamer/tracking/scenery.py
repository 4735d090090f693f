"""Texts that stand in the picture while vehicles come and go: signs, shop names, parked cars."""

from __future__ import annotations

from dataclasses import dataclass

from streamer.likeness import distance
from streamer.tracking.follow import Track
from streamer.tracking.passes import forgiven
from streamer.tracking.vote import Verdict
from streamer.types import Box

MOST_FIXTURES = 500
"""So many are remembered, the ones seen last."""

MANY_PASSES = 5
"""What has stood while so many vehicles drove by belongs to the scenery."""

HIDDEN_S = 120.0
"""What stands where it stood so long ago has been hidden meanwhile, by a bus, say. Whoever comes back later
and is only seen when it stands again is told again: a read too many is better than one that is missing."""

GONE_S = 3600.0
"""The same of what belongs to the scenery, or was standing there for that long. What was not seen for longer
may have left and come back."""

OFF = 0.25
"""How far off, in parts of its longer side, the edges may be found of what has not moved."""


@dataclass(eq=False)
class Fixture:
    """A text that stood at a place. `read_id` is the read that told it, or "", `passes` how many other vehicles
    drove by since it was first seen; times are the tracker's, in seconds."""

    box: Box
    verdict: Verdict
    read_id: str
    passes: int
    first_s: float
    last_s: float

    @property
    def is_scenery(self) -> bool:
        """Whether vehicles come and go and this stays."""
        return self.passes >= MANY_PASSES

    def is_at(self, box: Box, verdict: Verdict) -> bool:
        """Whether what is seen there may be this."""
        return _is_same_place(self.box, box) and _is_same_text(self.verdict, verdict)

    def stays_until(self) -> float:
        """Until when it may be seen again without having left."""
        stays = self.is_scenery or self.last_s - self.first_s >= GONE_S
        return self.last_s + (GONE_S if stays else HIDDEN_S)


class Scenery:
    """What was seen standing in a camera's picture for `still_s` seconds; nothing is standing if that is 0. Its
    memory is bounded."""

    def __init__(self, still_s: float) -> None:
        self._still_s = still_s
        self._fixtures: list[Fixture] = []
        self._passed = 0
        self._passed_before: dict[int, int] = {}

    def appears(self, track: Track) -> None:
        """A track is in view; vehicles that drive by are counted from now on."""
        self._passed_before.setdefault(track.serial, self._passed)

    def passed(self, verdict: Verdict) -> None:
        """A vehicle with this text has driven by."""
        self._passed += 1
        for one in self._fixtures:
            if not _is_same_text(one.verdict, verdict):
                one.passes += 1

    def fixture(self, track: Track) -> Fixture | None:
        """What a track is that has not moved, if that has stood there since it was a read."""
        if track.moved:
            return None
        told = (one for one in self._fixtures if one.read_id and track.halted_s <= one.stays_until())
        return next((one for one in told if one.is_at(track.plate.box, track.ballot.verdict)), None)

    def over(self, track: Track, verdict: Verdict, read_id: str) -> None:
        """A track is over, with that verdict and read, "" if there is none: remembers what it has shown
        standing, and forgets what has moved away. What was a read by one look may be a sign that flickers."""
        passes = self._passed - self._passed_before.pop(track.serial)
        if not verdict.text or not self._still_s:
            return
        if track.moved:
            self._left(track.start.box, verdict)
            self._left(track.halt.box, verdict)
        flickers = track.looks == 1 and read_id
        if flickers or track.stood_s >= self._still_s or self.fixture(track):
            self._stood(Fixture(track.halt.box, verdict, read_id, passes, track.halted_s, track.seen_s))

    def _stood(self, seen: Fixture) -> None:
        before = [one for one in self._fixtures if one.is_at(seen.box, seen.verdict)]
        for one in before:
            if seen.first_s <= one.stays_until():
                seen.read_id = one.read_id or seen.read_id
                seen.passes = max(seen.passes, one.passes)
                seen.first_s = min(seen.first_s, one.first_s)
        others = [one for one in self._fixtures if one not in before]
        self._fixtures = [*others, seen][-MOST_FIXTURES:]

    def _left(self, box: Box, verdict: Verdict) -> None:
        self._fixtures = [one for one in self._fixtures if not one.is_at(box, verdict)]


def _is_same_place(one: Box, other: Box) -> bool:
    size = max(one[2] - one[0], one[3] - one[1], 1.0)
    return all(abs(a - b) <= OFF * size for a, b in zip(one, other, strict=True))


def _is_same_text(one: Verdict, other: Verdict) -> bool:
    """Whether it is one text, misread."""
    return distance(one.text, other.text) <= forgiven(one, other)
