"""Plates over looks -> one read a pass: when it is told, what it says, what belongs to it.

A read begins when enough looks of a track agree with enough confidence. It stays open as long as a
track of it is in view and for the repeat window after that. Tracks that begin meanwhile belong to it
- at once if they read the same text;
- after some looks, or when they are over, if their text is still alike and they were never seen in one
  look with it.
A track that is over and did not begin a read is rejected, with the reason.

Alike is decided by the weighted distance of the texts (see likeness): the surer both sides are, the
less is forgiven. A hazy AB12ACD is taken for the AB123CD of before; an AB124CD that further looks make
certain is another vehicle of the fleet. Two texts in one look are two plates, however alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streamer.calibration import AS_IT_IS, Calibration
from streamer.grammar import EVERYWHERE, Grammar
from streamer.likeness import UNKNOWN, distance
from streamer.tracking.follow import Follower, Moment, Track
from streamer.tracking.passes import BETTER_PICTURE, Pass, forgiven, picture_worth
from streamer.tracking.vote import Ballot, Verdict
from streamer.types import Corners, Plate, Read, Reason, Rejected

DOUBT_LOOKS = 6
"""A track that is alike an open read has this many looks to prove that it is another vehicle."""

GLIMPSE_LOOKS = 2
"""Whoever wants more looks than this to agree does not want one to be enough."""

STILL_PART = 1 / 2
"""A track that has not moved is told if this part of its looks agree: clocks, signs and badges stand
still as well, but are read differently from look to look or not for long."""

UNSETTLED = (Reason.TOO_FEW_LOOKS, Reason.NOT_CERTAIN)
"""Why a track is no read if no character wins somewhere; it may be one with `?` there."""

LEAST_KNOWN = 4
"""A text with `?` has so many other characters at least."""

GROWTH_EVERY_S = 5.0
"""A standing vehicle's read is updated at most this often when only its end and its looks grow."""

SOURCE_GAP_S = 5.0
"""When a source's time falls this far behind Unix time, it was interrupted and Unix time counts."""

PREDICT_S = 0.5
"""How far ahead of its last look a plate's place is predicted."""

SHOWN_S = 1.0
"""How long after its last look a plate is drawn; after that its vehicle may be anywhere."""


@dataclass(frozen=True)
class TrackOptions:
    """When tracks become reads.

    A read is told when `min_looks` looks agree and the vote's confidence (0-1) is `min_confidence`. When a
    track is over before that, one look is enough that is as sure as `sure_look` (0-1; above 1: never).
    A track is over when it was not seen for `lost_after_s` and in at least one look; a plate that comes
    back within `repeat_after_s` after it was last seen extends its read. A track that has not moved yet
    must have been seen for `still_s` before it is told. Texts are spelt by the `grammar`; if that is strict,
    what does not fit it is no read. Confidences are what the `calibration` says of the votes. When a track
    is over that is certain but for `most_unknown` characters at most, it is told with `?` for these.
    """

    min_looks: int = 2
    lost_after_s: float = 1.5
    repeat_after_s: float = 30.0
    min_confidence: float = 0.5
    sure_look: float = 0.95
    still_s: float = 4.0
    grammar: Grammar = EVERYWHERE
    calibration: Calibration = AS_IT_IS
    most_unknown: int = 1

    def new_ballot(self) -> Ballot:
        """For the looks at one plate."""
        return Ballot(self.grammar, self.calibration)


class Change(StrEnum):
    """What happened to a read: first told; text, picture or times changed; over for good."""

    READ = "read"
    UPDATED = "updated"
    SETTLED = "settled"


@dataclass(frozen=True)
class ReadChange:
    """A read as it is now. `plate` is the plate of this look if its picture is the best so far."""

    change: Change
    read: Read
    plate: Plate | None = None


@dataclass(frozen=True)
class TrackView:
    """A track as it is to be drawn; `told` if it has become a read."""

    corners: Corners
    text: str
    confidence: float
    told: bool


@dataclass(frozen=True)
class Undecided:
    """A track in view that may yet be rejected as `rejected_id`; `plate` is what this look shows of it, if
    a picture of it is of use."""

    rejected_id: str
    plate: Plate | None


class Tracker:
    """Turns the looks of one camera into reads. It has no clock: only the times given count.

    `new_id` makes a read's id from its first Unix time. `resume` are reads that an earlier tracker
    left open; vehicles that are still or again in view go on with them.
    """

    def __init__(
        self,
        camera: str,
        source: str,
        options: TrackOptions,
        new_id: Callable[[float], str],
        resume: Iterable[Read] = (),
    ) -> None:
        self._camera = camera
        self._source = source
        self._options = options
        self._new_id = new_id
        self._follower = Follower(options.lost_after_s, options.new_ballot)
        self._passes = [Pass.resumed(read, options.new_ballot()) for read in resume]
        self._rejected: list[Rejected] = []
        self._now_s = 0.0
        self._moment: Moment | None = None

    def update(self, wall_s: float, media_s: float, plates: Sequence[Plate]) -> list[ReadChange]:
        """One look; to be called for looks without plates, too, because time passes."""
        moment = Moment(wall_s, media_s)
        self._advance(moment)
        over = [one for track in self._follower.lose(self._now_s) if (one := self._end(track))]
        changes = self._tell_all((one, None) for one in over) + self._settle()
        tracks = self._follower.look(self._now_s, moment, plates)
        return changes + self._tell_all((one, track.plate) for track in tracks if (one := self._seen(track)))

    def finish(self) -> list[ReadChange]:
        """The source has ended: every open read is settled."""
        over = [one for track in self._follower.lose(math.inf) if (one := self._end(track))]
        return self._tell_all((one, None) for one in over) + self._settle(everything=True)

    def take_rejected(self) -> list[Rejected]:
        """The tracks that are over and did not become a read of their own, since this was last asked."""
        taken, self._rejected = self._rejected, []
        return taken

    def undecided(self) -> list[Undecided]:
        """The tracks in view that are not reads of their own yet."""
        undecided = []
        for track in self._follower.tracks:
            owner = self._owner(track)
            if owner is None or track.serial in owner.repeats:
                of_use = owner is None or track.looks == 1
                shown = of_use and track.seen_s == self._now_s
                undecided.append(Undecided(self._rejected_id(track), track.plate if shown else None))
        return undecided

    def visible(self, media_s: float) -> list[TrackView]:
        """The tracks in view, their corners where they should be at that time of the source.

        Tracks are shown until the prediction ends, those of the newest look for SHOWN_S: looks may be rare.
        """
        since_look = media_s - self._moment.media_s if self._moment else 0.0
        views = []
        for track in self._follower.tracks:
            ahead = self._now_s + since_look - track.seen_s
            if ahead > (PREDICT_S if track.seen_s < self._now_s else SHOWN_S):
                continue
            verdict, owner = track.ballot.verdict, self._owner(track)
            text = owner.read.plate if owner else verdict.text
            corners = track.corners(min(max(ahead, 0.0), PREDICT_S))
            views.append(TrackView(corners, text, verdict.confidence, owner is not None))
        return views

    def _advance(self, moment: Moment) -> None:
        """Moves the clock on by the source's time, or by Unix time where the source was interrupted."""
        if self._moment is None:
            for one in self._passes:
                one.seen_s = one.told_s = min(0.0, one.read.last_seen - moment.wall_s)
        else:
            step = moment.media_s - self._moment.media_s
            wall_step = moment.wall_s - self._moment.wall_s
            if step < 0 or wall_step - step > SOURCE_GAP_S:
                step = max(wall_step, 0.0)
            self._now_s += step
        self._moment = moment

    def _owner(self, track: Track) -> Pass | None:
        return next((one for one in self._passes if track.serial in one.live), None)

    def _seen(self, track: Track) -> Pass | None:
        """The pass of a track that this look shows, if it has one already or gets one now."""
        if one := self._owner(track):
            one.frames += one.seen_s < self._now_s
            one.see(track)
            return one
        verdict = track.ballot.verdict
        one = self._with_text(verdict.text)
        if one is None and not self._why_not(track, verdict):
            alike = self._alike(track)
            if alike is None:
                one = self._begin(track, verdict)
            elif track.looks >= DOUBT_LOOKS:
                one = alike
        if one:
            if one.frames:
                one.repeats[track.serial] = verdict
            one.join(track)
            one.live.add(track.serial)
            track.ballot, track.beside = one.ballot, one.beside
        return one

    def _end(self, track: Track) -> Pass | None:
        """A track is over; the pass that it only now turns out to be or to have been part of."""
        if one := self._owner(track):
            one.live.remove(track.serial)
            if said := one.repeats.pop(track.serial, None):
                self._reject(track, said, Reason.REPEAT, one)
            return None
        verdict = track.ballot.verdict
        reason = None if self._is_sure_glimpse(track) else self._why_not(track, verdict)
        if reason in UNSETTLED and (partly := self._partly_certain(track)):
            verdict, reason = partly, None
        if one := self._alike(track):
            self._reject(track, verdict, Reason.REPEAT, one)
        elif reason:
            self._reject(track, verdict, reason)
            return None
        else:
            one = self._begin(track, verdict)
        one.join(track)
        return one

    def _reject(self, track: Track, verdict: Verdict, reason: Reason, owner: Pass | None = None) -> None:
        rejected = Rejected(
            rejected_id=self._rejected_id(track),
            camera=self._camera,
            reason=reason,
            text=verdict.text,
            confidence=verdict.confidence,
            first_seen=track.first.wall_s,
            last_seen=max(track.last.wall_s, track.first.wall_s),
            first_media_s=track.first.media_s,
            last_media_s=track.last.media_s,
            frames=track.looks,
            source=self._source,
            read_id=owner.read.read_id if owner else "",
        )
        self._rejected.append(rejected)

    def _rejected_id(self, track: Track) -> str:
        """The same for the same track of a file that is read again."""
        return f"{self._camera}-{track.first.wall_s * 1000:.0f}-{track.serial}"

    def _with_text(self, text: str) -> Pass | None:
        same = [one for one in self._passes if text and one.read.plate == text]
        return max(same, key=lambda one: one.seen_s, default=None)

    def _alike(self, track: Track) -> Pass | None:
        """The open pass whose text is so near that the track must be of the same vehicle."""
        verdict = track.ballot.verdict
        if not verdict.text:
            return None
        near = []
        for index, one in enumerate(self._passes):
            current = self._current(one)
            far = distance(current.text, verdict.text)
            if track.serial not in one.beside and far <= forgiven(current, verdict):
                near.append((far, -one.seen_s, index))
        return self._passes[min(near)[2]] if near else None

    def _begin(self, track: Track, verdict: Verdict) -> Pass:
        first = track.first
        read = Read(
            read_id=self._new_id(first.wall_s),
            camera=self._camera,
            plate=verdict.text,
            confidence=verdict.confidence,
            first_seen=first.wall_s,
            last_seen=first.wall_s,
            first_media_s=first.media_s,
            last_media_s=first.media_s,
            frames=0,
            source=self._source,
            revision=0,
            characters=tuple(round(one.confidence, 4) for one in verdict.characters),
        )
        self._passes.append(one := Pass(read, self._options.new_ballot(), first, 0))
        return one

    def _tell_all(self, grown: Iterable[tuple[Pass, Plate | None]]) -> list[ReadChange]:
        return [change for one, plate in dict(grown).items() if (change := self._tell(one, plate))]

    def _tell(self, one: Pass, plate: Plate | None) -> ReadChange | None:
        """The change to tell of a pass that has grown, if it is worth it. `plate` is this look's."""
        verdict = self._current(one)
        first = one.read.revision == 0
        quality = picture_worth(plate, verdict.text) if plate else 0.0
        better = first or quality > BETTER_PICTURE * one.picture
        due = self._now_s - one.told_s >= GROWTH_EVERY_S
        if not (better or due or verdict.text != one.read.plate):
            return None
        one.read = one.revised(verdict)
        one.told_s = self._now_s
        if better:
            one.picture = quality
        return ReadChange(Change.READ if first else Change.UPDATED, one.read, plate if better else None)

    def _settle(self, everything: bool = False) -> list[ReadChange]:
        """Closes the passes that are out of view and past their repeat window."""
        oldest = math.inf if everything else self._now_s - self._options.repeat_after_s
        over = [one for one in self._passes if not one.live and one.seen_s < oldest]
        if over:
            self._passes = [one for one in self._passes if one not in over]
        return [ReadChange(Change.SETTLED, one.revised(self._current(one), settled=True)) for one in over]

    def _current(self, one: Pass) -> Verdict:
        """What a pass's vote says; what it said before while it is uncertain of something else."""
        verdict, read = one.ballot.verdict, one.read
        if verdict.text == read.plate or self._certain(verdict):
            return verdict
        return Verdict(read.plate, read.confidence, one.frames)

    def _certain(self, verdict: Verdict) -> bool:
        return self._doubt(verdict) is None

    def _why_not(self, track: Track, verdict: Verdict) -> Reason | None:
        """Why a track is no read with this text, or not yet; None if it is one."""
        if not track.entered:
            return Reason.OUTSIDE
        if doubt := self._doubt(verdict):
            return doubt
        is_steady = (
            verdict.looks >= STILL_PART * track.looks
            and track.last.media_s - track.first.media_s >= self._options.still_s
        )
        return None if track.moved or is_steady else Reason.STATIC_TEXT

    def _partly_certain(self, track: Track) -> Verdict | None:
        """The text of a track that is over, if it is certain with `?` for a few characters. It must have moved:
        clocks stand still and change a character now and then."""
        verdicts = track.ballot.with_unknown(self._options.most_unknown) if track.moved else ()
        certain = (one for one in verdicts if self._why_not(track, one) is None)
        return next((one for one in certain if len(one.text.replace(UNKNOWN, "")) >= LEAST_KNOWN), None)

    def _is_sure_glimpse(self, track: Track) -> bool:
        """Whether a track that is over was too fast for looks to agree and one look is sure enough alone."""
        verdict, surest = track.ballot.verdict, track.surest
        return (
            self._options.min_looks <= GLIMPSE_LOOKS
            and surest.confidence >= self._options.sure_look
            and (track.looks == 1 or (track.moved and surest.text == verdict.text))
            and track.entered
            and self._doubt(verdict, min_looks=1) is None
        )

    def _doubt(self, verdict: Verdict, min_looks: int | None = None) -> Reason | None:
        """What speaks against a verdict; `min_looks` None: as many looks as are set have to agree."""
        if not verdict.text:
            return Reason.NO_TEXT
        if verdict.looks < (min_looks or self._options.min_looks):
            return Reason.TOO_FEW_LOOKS
        if verdict.confidence < self._options.min_confidence:
            return Reason.NOT_CERTAIN
        if self._options.grammar.strict and not verdict.fits:
            return Reason.FORMAT
        return None
