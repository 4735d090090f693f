"""Texts that stand in the picture while vehicles come and go: clocks, signs, shop names, parked cars."""

from __future__ import annotations

from dataclasses import dataclass

from streamer.boxes import shared_part
from streamer.likeness import distance
from streamer.tracking.passes import forgiven
from streamer.tracking.vote import Verdict
from streamer.types import Box

MOST_FIXTURES = 50
"""So many are remembered, the ones seen last."""

MANY_PASSES = 5
"""What has stood while so many vehicles drove by belongs to the scenery."""

HIDDEN_S = 600.0
"""What stands where it stood so long ago has been hidden meanwhile."""

GONE_S = 3600.0
"""The same of what belongs to the scenery, or was standing there for that long. What was not seen for longer
may have left and come back."""

OFF = 0.25
"""How far off, in parts of its longer side, the edges may be found of what has not moved."""

COVERED = 0.5
"""Two things cannot both stand at places that share this part of the smaller one."""


@dataclass(eq=False)
class Fixture:
    """A text that stood at a place. `read_id` is the read that told it, or "", `passes` how many vehicles drove
    by since it was first seen; times are the tracker's, in seconds."""

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
    """What was seen standing in a camera's picture. Its memory is bounded."""

    def __init__(self) -> None:
        self._fixtures: list[Fixture] = []

    def told(self, box: Box, verdict: Verdict, now_s: float) -> Fixture | None:
        """What stands there is this, if it has been a read already."""
        return next(
            (
                one
                for one in self._fixtures
                if one.read_id and now_s <= one.stays_until() and one.is_at(box, verdict)
            ),
            None,
        )

    def stood(self, seen: Fixture) -> None:
        """Something that was standing is out of view. What stood there before and is not this has left."""
        before = [one for one in self._fixtures if one.is_at(seen.box, seen.verdict)]
        for one in before:
            if seen.first_s <= one.stays_until():
                seen.read_id = one.read_id or seen.read_id
                seen.passes = max(seen.passes, one.passes)
                seen.first_s = min(seen.first_s, one.first_s)
        others = [one for one in self._fixtures if shared_part(one.box, seen.box) < COVERED]
        self._fixtures = [*(one for one in others if one not in before), seen][-MOST_FIXTURES:]

    def left(self, box: Box, verdict: Verdict) -> None:
        """What was standing there has moved away."""
        self._fixtures = [one for one in self._fixtures if not one.is_at(box, verdict)]

    def passed(self) -> None:
        """A vehicle has driven by."""
        for one in self._fixtures:
            one.passes += 1


def _is_same_place(one: Box, other: Box) -> bool:
    size = max(one[2] - one[0], one[3] - one[1], 1.0)
    return all(abs(a - b) <= OFF * size for a, b in zip(one, other, strict=True))


def _is_same_text(one: Verdict, other: Verdict) -> bool:
    """Whether it is one text, misread, or a clock's at two times."""
    if distance(one.text, other.text) <= forgiven(one, other):
        return True
    same = sum(map(str.__eq__, one.text, other.text))
    is_near = len(one.text) == len(other.text) and 2 * same >= len(one.text)
    return is_near and _is_clock(one.text) and _is_clock(other.text)


def _is_clock(text: str) -> bool:
    """Whether a text is of digits, but for one in five."""
    return 5 * sum(map(str.isdigit, text)) >= 4 * len(text)
