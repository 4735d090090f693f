"""Plates over looks -> one read a pass: when it is told, what it says, what belongs to it.

A read begins when enough looks of a track agree with enough confidence. It stays open as long as a
track of it is in view and for the repeat window after that. Tracks that begin meanwhile belong to it
- at once if they read the same text;
- after some looks, or when they are over, if their text is still alike and they were never seen in one
  look with it.
A track that is over and did not begin a read is rejected, with the reason. So is what has not moved and is at
the very place where the same text was read before: it has been hidden for a while (see scenery).

Alike is decided by the weighted distance of the texts (see likeness): the surer both sides are, the
less is forgiven. A hazy AB12ACD is taken for the AB123CD of before; an AB124CD that further looks make
certain is another vehicle of the fleet. Two texts in one look are two plates, however alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from streamer.boxes import box_around
from streamer.likeness import distance, is_farther
from streamer.tracking.direction import Trail
from streamer.tracking.follow import Follower, Moment, Track
from streamer.tracking.judge import UNSETTLED, Judge
from streamer.tracking.options import TrackOptions
from streamer.tracking.passes import BETTER_PICTURE, MOST_FORGIVEN, Pass, forgiven, picture_worth
from streamer.tracking.scenery import Scenery
from streamer.tracking.vote import Verdict
from streamer.tracking.way import Way, onward, ways_to
from streamer.types import Box, Corners, Direction, Plate, Read, Reason, Rejected

DOUBT_LOOKS = 6
"""A track that is alike an open read has this many looks to prove that it is another vehicle."""

GROWTH_EVERY_S = 5.0
"""A standing vehicle's read is updated at most this often when only its end and its looks grow."""

READ_AGAIN_S = 2.0
"""A plate that stands is read again after so long, in case that it is another one after all."""

CERTAIN, CERTAIN_LOOKS, CERTAIN_AGAIN_S = 0.95, 4, 1.0
"""A read with this confidence, on which so many looks agree, is seen in every look and read again after so long
only: there is no more to be won, and reading is what looks cost."""

MOST_DOUBTED = 20
"""What is not certain after so many looks will hardly be by looks in between."""

SURELY_READ = 0.9
"""Only a read with this confidence does not need to be read with every look."""

PATIENCE_S = 10.0
"""What stands for so long and is not read surely is not read better while the picture stays as it is."""

SOURCE_GAP_S = 5.0
"""When a source's time falls this far behind Unix time, it was interrupted and Unix time counts."""

CLOCKS_APART_S = 5.0
"""How far ahead a neighbour's clock may be. What it saw later than that was before a clock was set back."""

ROUNDING_S = 1e-6
"""Times that are so near to one another are the same."""

PREDICT_S = 0.5
"""How far ahead of its last look a plate's place is predicted."""

SHOWN_S = 1.0
"""How long after its last look a plate is drawn; after that its vehicle may be anywhere."""


Elsewhere = Callable[[float, float], Iterable[Read]]
"""The reads that other cameras saw last between two Unix times."""


class Change(StrEnum):
    """What happened to a read: first told; text, picture or times changed; over for good."""

    READ = "read"
    UPDATED = "updated"
    SETTLED = "settled"


@dataclass(frozen=True)
class ReadChange:
    """A read as it is now. `plate` is the plate of this look if its picture is the best so far. A read that was
    decided on when its plate was out of view was `undecided` under that id until now."""

    change: Change
    read: Read
    plate: Plate | None = None
    undecided: str = ""


@dataclass(frozen=True)
class TrackView:
    """A track as it is to be drawn; `told` if it has become a read."""

    corners: Corners
    text: str
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
    left open; vehicles that are still or again in view go on with them. `elsewhere` gives what the other
    cameras of its group have read; it is asked when a read is about to begin.
    """

    def __init__(
        self,
        camera: str,
        source: str,
        options: TrackOptions,
        new_id: Callable[[float], str],
        resume: Iterable[Read] = (),
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._elsewhere = elsewhere
        self._camera = camera
        self._source = source
        self._options = options
        self._judge = Judge(options)
        self._new_id = new_id
        self._follower = Follower(options.lost_after_s, options.new_ballot)
        self._passes = [Pass.resumed(read, options.new_ballot()) for read in resume]
        self._owners: dict[int, Pass] = {}
        self._scenery = Scenery(options.still_s)
        self._rejected: list[Rejected] = []
        self._now_s = 0.0
        self._moment: Moment | None = None

    def update(self, wall_s: float, media_s: float, plates: Sequence[Plate]) -> list[ReadChange]:
        """One look; to be called for looks without plates, too, because time passes."""
        return self._see(Moment(wall_s, media_s), plates, self._follower.look)

    def glance(self, wall_s: float, media_s: float, plates: Sequence[Plate]) -> list[ReadChange]:
        """A look at some places only: nobody whose plate it does not show was missed."""
        return self._see(Moment(wall_s, media_s), plates, self._follower.glance)

    def _see(
        self,
        moment: Moment,
        plates: Sequence[Plate],
        join: Callable[[float, Moment, Sequence[Plate]], list[Track]],
    ) -> list[ReadChange]:
        changes = self._go_on(moment)
        tracks = join(self._now_s, moment, plates)
        grown = [(one, track.plate) for track in tracks if (one := self._seen(track))]
        return changes + self._tell_all(grown + [(one, None) for one in self._overdue()])

    def pass_time(self, wall_s: float, media_s: float) -> list[ReadChange]:
        """There was no look. Nobody has been missed by it: sources may be slow, or interrupted for a while."""
        changes = self._go_on(Moment(wall_s, media_s))
        return changes + self._tell_all((one, None) for one in self._overdue())

    def unchanged(self, wall_s: float, media_s: float) -> list[ReadChange]:
        """A look that was spared, because nothing moves: what the last one showed is still there."""
        there = [replace(track.plate, kept=True) for track in self._follower.tracks if not track.missed]
        return self.update(wall_s, media_s, there)

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

    def known(self, media_s: float) -> list[Plate]:
        """The plates and signs that need not be read in a look at that time of the source, where they should be
        then: those that stand and were surely read not long ago, and those of certain reads."""
        since_look = self._since_look(media_s)
        known = []
        for track in self._follower.tracks:
            unread_s = self._now_s + abs(since_look) - track.read_s + ROUNDING_S
            stands = unread_s < READ_AGAIN_S and self._stands_surely_read(track)
            if stands or (unread_s < CERTAIN_AGAIN_S and self._is_certain(track)):
                known.append(replace(track.plate, corners=self._due(track, since_look)))
        return known

    def expected(self, media_s: float) -> list[Plate]:
        """The plates in view that were ever read, where they should be at that time of the source."""
        now_s = self._now_s + self._since_look(media_s)
        return [
            way.at(now_s) if (way := onward(track)) else track.plate
            for track in self._follower.tracks
            if track.surest.text and not track.missed
        ]

    def ways(self, media_s: float, plates: Sequence[Plate]) -> tuple[list[Way], list[Plate]]:
        """What lies between the last look and a search at that time of the source that found `plates`: the ways
        of those plates that a look more may tell something of, and the plates with a text that are new."""
        now_s = self._now_s + self._since_look(media_s)
        ways, new = ways_to(
            plates, now_s, self._follower.tracks, self._follower.owners(now_s, plates), self._may_be_doubted
        )
        return [way.later(media_s - now_s) for way in ways], new

    def _may_be_doubted(self, track: Track) -> bool:
        stands = track.stood_s >= self._options.still_s
        return track.looks < MOST_DOUBTED and not stands and not self._is_certain(track)

    @property
    def certain(self) -> bool:
        """Whether everything in view is a read that further looks will hardly change, or stands and was read;
        what was such a read and has not been seen lately as well."""
        return all(
            self._is_certain(one) or self._stands_surely_read(one) or (one.missed and self._is_told_surely(one))
            for one in self._follower.tracks
        )

    @property
    def in_view(self) -> bool:
        """Whether there is a plate that has not left."""
        return bool(self._follower.tracks)

    @property
    def settled(self) -> bool:
        """Whether further looks at a picture that does not change would tell no more."""
        return all(
            not track.missed and (self._stands_surely_read(track) or track.stood_s >= PATIENCE_S)
            for track in self._follower.tracks
        )

    def visible(self, media_s: float) -> list[TrackView]:
        """The tracks in view, their corners where they should be at that time of the source.

        Tracks are shown until the prediction ends, those of the newest look for SHOWN_S: looks may be rare.
        """
        since_look = self._since_look(media_s)
        views = []
        for track in self._follower.tracks:
            ahead = self._now_s + since_look - track.seen_s
            if ahead > (PREDICT_S if track.seen_s < self._now_s else SHOWN_S):
                continue
            owner = self._owner(track)
            text = owner.read.plate if owner else track.ballot.text
            views.append(TrackView(self._due(track, since_look), text, owner is not None))
        return views

    def places(self, media_s: float) -> list[Box]:
        """Where all plates that have not left should be at that time of the source, those that the last look
        missed as well."""
        since_look = self._since_look(media_s)
        return [box_around(self._due(track, since_look)) for track in self._follower.tracks]

    def _since_look(self, media_s: float) -> float:
        """Seconds from the last look to that time of the source."""
        return media_s - self._moment.media_s if self._moment else 0.0

    def _due(self, track: Track, since_look: float) -> Corners:
        """Where a track should be, so many seconds after the last look."""
        ahead = self._now_s + since_look - track.seen_s
        return track.corners(min(max(ahead, 0.0), PREDICT_S))

    def _go_on(self, moment: Moment) -> list[ReadChange]:
        """It is later: tracks and passes that are over."""
        self._advance(moment)
        over = [one for track in self._follower.lose(self._now_s) if (one := self._end(track))]
        return self._tell_all((one, None) for one in over) + self._settle()

    def _advance(self, moment: Moment) -> None:
        """Moves the clock on by the source's time, or by Unix time where the source was interrupted."""
        if self._moment is None:
            for one in self._passes:
                one.seen_s = one.told_s = min(0.0, one.read.last_seen - moment.wall_s)
        else:
            step = moment.media_s - self._moment.media_s
            wall_step = moment.wall_s - self._moment.wall_s
            if step < 0:
                step = max(wall_step, 0.0)
            elif wall_step - step > SOURCE_GAP_S:
                self._stay(wall_step - step)
                step = wall_step
            self._now_s += step
        self._moment = moment

    def _stay(self, seconds: float) -> None:
        """Unix time is so much later and the source's is not: it was interrupted, or a clock was set. Who was
        standing there may be standing there still, which the next look says."""
        for track in self._follower.tracks:
            if track.stood_s >= self._options.still_s:
                track.stay(seconds)
                if one := self._owner(track):
                    one.seen_s = max(one.seen_s, track.seen_s)

    def _stands_surely_read(self, track: Track) -> bool:
        said = self._said(track) if track.stood_s >= self._options.still_s else None
        return said is not None and track.plate.text == said.text and said.confidence >= SURELY_READ

    def _is_certain(self, track: Track) -> bool:
        """Whether it is a read that further looks will hardly change, and the newest look says so, too."""
        one = self._owner(track)
        is_seen_so = one is not None and not track.missed and track.plate.text == one.read.plate
        return is_seen_so and self._is_told_surely(track)

    def _is_told_surely(self, track: Track) -> bool:
        """Whether further looks at it will hardly change the read that it belongs to."""
        one = self._owner(track)
        if one is None:
            return False
        said = one.ballot.verdict
        return said.text == one.read.plate and said.confidence >= CERTAIN and said.looks >= CERTAIN_LOOKS

    def _owner(self, track: Track) -> Pass | None:
        return self._owners.get(track.serial)

    def _said(self, track: Track) -> Verdict | None:
        """What more looks at a track that stands need not say again: its read, or that it is a sign."""
        if one := self._owner(track):
            return Verdict(one.read.plate, one.read.confidence)
        verdict = track.ballot.verdict
        return verdict if self._judge.is_sign(track, verdict) else None

    def _seen(self, track: Track) -> Pass | None:
        """The pass of a track that this look shows, if it has one already or gets one now."""
        if one := self._owner(track):
            one.frames += one.seen_s < self._now_s
            one.see(track)
            one.trail = one.trail.then(Trail.of(track.plate))
            return one
        self._scenery.appears(track)
        if track.good_s is None and self._judge.is_good(track.plate):
            track.good_s = self._now_s
        one = self._with_text(track.ballot.text)
        if one is None and self._judge.may_begin(track) and not self._why_not(track, track.ballot.verdict):
            alike = self._alike(track) or self._seen_elsewhere(track)
            one = self._surely(alike, track) if alike else self._begin(track, track.ballot.verdict)
        if one:
            self._take(one, track)
        return one

    def _overdue(self) -> list[Pass]:
        """The passes of tracks that one sure look has to be enough for, because nobody can wait longer."""
        latest_s = self._now_s - self._options.decide_after_s + ROUNDING_S
        begun = []
        for track in self._follower.tracks:
            waits = track.serial not in self._owners and track.good_s is not None and track.good_s <= latest_s
            if (
                waits
                and self._is_sure_glimpse(track)
                and not (self._alike(track) or self._cut_off(track) or self._seen_elsewhere(track))
            ):
                begun.append(one := self._begin(track, track.ballot.verdict))
                self._take(one, track)
        return begun

    def _take(self, one: Pass, track: Track) -> None:
        """A track that is in view belongs to a pass from now on."""
        if one.frames:
            one.repeats[track.serial] = track.ballot.verdict
        one.join(track)
        one.live.add(track.serial)
        self._owners[track.serial] = one
        track.ballot, track.beside = one.ballot, one.beside

    def _end(self, track: Track) -> Pass | None:
        """A track is over; the pass that it only now turns out to be or to have been part of."""
        owner = self._owner(track)
        one = self._finished(track)
        if of := owner or one:
            self._scenery.over(track, self._current(of), of.read.read_id)
        else:
            self._scenery.over(track, track.ballot.verdict, "")
        return one

    def _finished(self, track: Track) -> Pass | None:
        """The same, and what is rejected."""
        if one := self._owners.pop(track.serial, None):
            one.live.remove(track.serial)
            if said := one.repeats.pop(track.serial, None):
                self._reject(track, said, Reason.REPEAT, one.read.read_id)
            return None
        verdict, fixture = track.ballot.verdict, self._scenery.fixture(track)
        reason = None if self._is_sure_glimpse(track) else self._why_not(track, verdict)
        if reason in UNSETTLED and (partly := self._judge.partly_certain(track, fixture)):
            verdict, reason = partly, None
        one = self._alike(track)
        if one is None and reason is None:
            if whole := self._cut_off(track):
                self._reject(track, verdict, Reason.REPEAT, whole.read.read_id)
                return None
            one = self._seen_elsewhere(track)
        if one:
            self._reject(track, verdict, Reason.REPEAT, one.read.read_id)
        elif reason:
            self._reject(track, verdict, reason, fixture.read_id if fixture else "")
            return None
        else:
            one = self._begin(track, verdict)
        one.join(track)
        return one

    def _why_not(self, track: Track, verdict: Verdict) -> Reason | None:
        return self._judge.why_not(track, verdict, self._scenery.fixture(track))

    def _is_sure_glimpse(self, track: Track) -> bool:
        fixture = self._scenery.fixture(track)
        return fixture is None and self._judge.is_sure_glimpse(track, self._follower.tracks)

    def _reject(self, track: Track, verdict: Verdict, reason: Reason, read_id: str = "") -> None:
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
            read_id=read_id,
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
        near = [
            (far, -one.seen_s, index)
            for index, one in enumerate(self._passes)
            if (far := self._apart(one, track)) is not None
        ]
        return self._passes[min(near)[2]] if near else None

    def _cut_off(self, track: Track) -> Pass | None:
        """The open pass whose plate may have been seen in a single look, cut by the picture's edge: what is
        left of it is read as surely as a whole one, and has no vote."""
        text = track.ballot.verdict.text if track.looks == 1 else ""
        told = (one for one in self._passes if text and track.serial not in one.beside)
        whole = [one for one in told if one.read.plate.startswith(text) or one.read.plate.endswith(text)]
        return max(whole, key=lambda one: one.seen_s, default=None)

    def _apart(self, one: Pass, track: Track) -> float | None:
        """The distance of a track's text from a pass's, if the track must be of the same vehicle."""
        verdict = track.ballot.verdict
        if not verdict.text or track.serial in one.beside:
            return None
        told, text = one.read.plate, one.ballot.text
        if _is_far(told, verdict.text) and (text == told or _is_far(text, verdict.text)):
            return None
        current = self._current(one)
        far = distance(current.text, verdict.text)
        return far if far <= forgiven(current, verdict) else None

    def _surely(self, alike: Pass, track: Track) -> Pass | None:
        """The pass that a track is alike; None while it may still prove that it is another vehicle."""
        sure = track.looks >= DOUBT_LOOKS or alike.read.plate == track.ballot.verdict.text
        return alike if sure else None

    def _seen_elsewhere(self, track: Track) -> Pass | None:
        """What another camera of the group has read of the same vehicle, as a pass that this one repeats."""
        if self._elsewhere is None or self._moment is None:
            return None
        known = {one.read.read_id for one in self._passes}
        now = self._moment.wall_s
        for read in self._elsewhere(now - self._options.repeat_after_s, now + CLOCKS_APART_S):
            if read.read_id in known or _is_far(read.plate, track.ballot.verdict.text):
                continue
            one = Pass.resumed(read, self._options.new_ballot())
            if self._apart(one, track) is not None:
                one.is_elsewhere, one.seen_s = True, self._now_s
                one.last = Moment(read.last_seen, self._moment.media_s)
                self._passes.append(one)
                return one
        return None

    def _begin(self, track: Track, verdict: Verdict) -> Pass:
        if track.moved:
            self._scenery.passed(verdict)
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
            characters=verdict.sureness,
        )
        one = Pass(read, self._options.new_ballot(), first, 0, begun_as=self._rejected_id(track))
        self._passes.append(one)
        return one

    def _tell_all(self, grown: Iterable[tuple[Pass, Plate | None]]) -> list[ReadChange]:
        return [change for one, plate in dict(grown).items() if (change := self._tell(one, plate))]

    def _tell(self, one: Pass, plate: Plate | None) -> ReadChange | None:
        """The change to tell of a pass that has grown, if it is worth it. `plate` is this look's."""
        if one.is_elsewhere:
            return None
        first = one.read.revision == 0
        due = first or self._now_s - one.told_s >= GROWTH_EVERY_S
        verdict = self._current(one) if due or one.ballot.text != one.read.plate else None
        text = verdict.text if verdict else one.read.plate
        quality = picture_worth(plate, text) if plate else 0.0
        better = first or quality > BETTER_PICTURE * one.picture
        direction = self._direction(one)
        if not (better or due or text != one.read.plate or direction != one.read.direction):
            return None
        one.read = one.revised(verdict or self._current(one), direction)
        one.told_s = self._now_s
        if better:
            one.picture = quality
        change, shown = Change.READ if first else Change.UPDATED, plate if better else None
        return ReadChange(change, one.read, shown, one.begun_as if first and not plate else "")

    def _settle(self, everything: bool = False) -> list[ReadChange]:
        """Closes the passes that are out of view and past their repeat window."""
        oldest = math.inf if everything else self._now_s - self._options.repeat_after_s
        over = [one for one in self._passes if not one.live and one.seen_s < oldest]
        if over:
            self._passes = [one for one in self._passes if one not in over]
        mine = (one for one in over if not one.is_elsewhere)
        return [
            ReadChange(Change.SETTLED, one.revised(self._current(one), self._direction(one), settled=True))
            for one in mine
        ]

    def _direction(self, one: Pass) -> Direction:
        return one.trail.direction(self._options.approaching, one.read.direction)

    def _current(self, one: Pass) -> Verdict:
        """What a pass's vote says; what it said before while it is uncertain of something else."""
        verdict, read = one.ballot.verdict, one.read
        if verdict.text == read.plate or self._judge.doubt(verdict) is None:
            return verdict
        return Verdict(read.plate, read.confidence, one.frames)


def _is_far(text: str, other: str) -> bool:
    """Whether two texts are further apart than is ever forgiven."""
    return is_farther(text, other, MOST_FORGIVEN)
