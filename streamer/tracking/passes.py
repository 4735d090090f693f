"""An open read: what it is decided on, what belongs to it, and which of its pictures is the best."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from streamer.alternatives import left_of
from streamer.tracking.direction import Trail
from streamer.tracking.follow import Moment, Track
from streamer.tracking.vote import Ballot, Verdict
from streamer.types import Alternative, Direction, Plate, Read

MOST_RESUMED = 20
"""A resumed read votes as so many looks at most: who stands is seen thousands of times and read rarely."""

BETTER_PICTURE = 1.2
"""A picture has to be this many times as good as the one before to replace it."""

ENOUGH_PIXELS = 250
"""Plates wider than this are not read any better (Plate Recognizer's advice for cameras)."""

AWAY_S = 5.0
"""Who was out of view for so long has come again: how large the plate was then says nothing of its way now."""

MOST_FORGIVEN = 2.0
"""Texts that are further apart are never on the same plate, however misread."""


@dataclass(eq=False)
class Pass:
    """An open read and what it is decided on.

    `read` is what was told last, revision 0 before that. `last` and `frames` go on from there; `seen_s`
    and `told_s` are by the tracker's clock. `live` are the tracks in view, by their serial numbers,
    `beside` those that were seen in one look with one of them. `repeats` are the live tracks that did
    not begin it, with what they said themselves. `trail` is what tells its direction. With `is_elsewhere` it is
    another camera's, and told there. `begun_as` is the id under which the track that began it was undecided.
    """

    read: Read
    ballot: Ballot
    last: Moment
    frames: int
    seen_s: float = 0.0
    told_s: float = 0.0
    picture: float = 0.0
    live: set[int] = field(default_factory=set)
    beside: set[int] = field(default_factory=set)
    repeats: dict[int, Verdict] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)
    is_elsewhere: bool = False
    begun_as: str = ""

    @classmethod
    def resumed(cls, read: Read, ballot: Ballot) -> Pass:
        """A read that was left open; its times by the tracker's clock are set with the first look. No vote
        is in the `ballot` yet."""
        ballot.add_verdict(Verdict(read.plate, read.confidence, min(read.frames, MOST_RESUMED)))
        last = Moment(read.last_seen, read.last_media_s)
        picture = math.inf if read.image else 0.0
        return cls(read, ballot, last, read.frames, picture=picture, trail=Trail(read.direction))

    def see(self, track: Track) -> None:
        """A track of this pass was in view."""
        if track.seen_s >= self.seen_s:
            self.seen_s, self.last = track.seen_s, track.last

    def join(self, track: Track) -> None:
        """What was seen of a track until now becomes part of this pass."""
        self.ballot.add_all(track.ballot)
        if track.first.wall_s - self.last.wall_s > AWAY_S:
            self.trail = self.trail.away()
        self.trail = self.trail.then(track.trail)
        self.beside |= track.beside
        self.frames += track.looks
        self.see(track)

    def revised(self, verdict: Verdict, direction: Direction, settled: bool = False) -> Read:
        """The read's next revision; it does not end before it began if the wall clock was set back."""
        return replace(
            self.read,
            plate=verdict.text,
            confidence=round(verdict.confidence, 6),
            characters=verdict.sureness or self.read.characters,
            alternatives=self.ballot.alternatives(verdict) or self._told_before(verdict),
            last_seen=max(self.last.wall_s, self.read.first_seen),
            last_media_s=self.last.media_s,
            frames=self.frames,
            settled=settled,
            revision=self.read.revision + 1,
            direction=direction,
        )

    def _told_before(self, verdict: Verdict) -> tuple[Alternative, ...]:
        """What is left of the alternatives that were told, of which a resumed ballot knows nothing."""
        read = self.read
        same = verdict.text == read.plate
        return left_of(read.alternatives, read.confidence, verdict.confidence) if same else ()


def forgiven(one: Verdict, other: Verdict) -> float:
    """The largest distance at which two verdicts are on the same plate, misread.

    When both are quite sure, less than one real difference but a confusable character or a missing
    edge; two real differences when one of them is a guess; never more than a third of the text.
    """
    certainty = min(one.confidence, other.confidence)
    return min(0.6 + 3.0 * (1.0 - certainty), len(other.text) / 3, MOST_FORGIVEN)


def picture_worth(plate: Plate, text: str | None = None) -> float:
    """How good a picture of a plate this look is; half as good if it does not show the `text` that is asked.

    A look that was not read has some worth: it may be the only one.
    """
    left, _, right, _ = plate.box
    worth = min(right - left, ENOUGH_PIXELS) * plate.score * (0.2 + plate.confidence)
    return worth if text in (None, plate.text) else worth / 2
