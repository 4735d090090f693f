"""Whether what was seen of a track is enough for a read, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable

from streamer.boxes import shared_part
from streamer.likeness import UNKNOWN
from streamer.tracking.clock import may_be_time
from streamer.tracking.follow import Track
from streamer.tracking.options import TrackOptions
from streamer.tracking.scenery import Fixture
from streamer.tracking.vote import Verdict
from streamer.types import Plate, Reason

GLIMPSE_LOOKS = 2
"""Whoever wants more looks than this to agree does not want one to be enough."""

STILL_PART = 1 / 2
"""A track that has not moved is told if this part of its looks agree: clocks, signs and badges stand
still as well, but are read differently from look to look or not for long."""

UNSETTLED = (Reason.TOO_FEW_LOOKS, Reason.NOT_CERTAIN)
"""Why a track is no read if no character wins somewhere; it may be one with `?` there."""

LEAST_KNOWN = 4
"""A text with `?` has so many other characters at least."""


class Judge:
    """Decides by the options alone."""

    def __init__(self, options: TrackOptions) -> None:
        self._options = options

    def doubt(self, verdict: Verdict, min_looks: int | None = None) -> Reason | None:
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

    def why_not(self, track: Track, verdict: Verdict, fixture: Fixture | None) -> Reason | None:
        """Why a track is no read with this text, or not yet; None if it is one. `fixture` is what it is, if
        that stood there before."""
        if not track.entered:
            return Reason.OUTSIDE
        if fixture:
            return Reason.STATIC_TEXT if fixture.is_scenery else Reason.REPEAT
        if doubt := self.doubt(verdict):
            return doubt
        is_steady = verdict.looks >= STILL_PART * track.looks and self._has_been_seen_long(track)
        stands = is_steady and not self.is_sign(track, verdict)
        return None if track.moved or stands else Reason.STATIC_TEXT

    def is_sign(self, track: Track, verdict: Verdict) -> bool:
        """Whether it has never moved and is a clock by its text, or no plate. Where owners choose the text, it
        may be any other; of looks that have nothing to do with each other nobody knows what has moved."""
        if track.moved or not self._options.still_s:
            return False
        return may_be_time(verdict.text) or not (verdict.fits or self._options.grammar.owners_choose)

    def may_begin(self, track: Track) -> bool:
        """Whether it is worth while to count what the looks at a track say."""
        return track.looks >= self._options.min_looks and (track.moved or self._has_been_seen_long(track))

    def is_good(self, plate: Plate) -> bool:
        """Whether a look alone is as sure as a read has to be."""
        return plate.in_zone and bool(plate.text) and plate.confidence >= self._options.min_confidence

    def is_sure_glimpse(self, track: Track, tracks: Iterable[Track]) -> bool:
        """Whether a track that cannot wait any longer has one look that is sure enough alone; `tracks` are all
        that are followed. What is no plate by its text is lettering: who has one look has not moved."""
        verdict, surest = track.ballot.verdict, track.surest
        return (
            self._options.min_looks <= GLIMPSE_LOOKS
            and surest.confidence >= self._options.sure_look
            and (_is_alone(track, tracks) if track.looks == 1 else track.moved and surest.text == verdict.text)
            and track.entered
            and self.doubt(verdict, min_looks=1) is None
            and not self.is_sign(track, verdict)
        )

    def partly_certain(self, track: Track, fixture: Fixture | None) -> Verdict | None:
        """The text of a track that is over, if it is certain with `?` for a few characters. It must have moved:
        clocks stand still and change a character now and then."""
        verdicts = track.ballot.with_unknown(self._options.most_unknown) if track.moved else ()
        certain = (one for one in verdicts if self.why_not(track, one, fixture) is None)
        return next((one for one in certain if len(one.text.replace(UNKNOWN, "")) >= LEAST_KNOWN), None)

    def _has_been_seen_long(self, track: Track) -> bool:
        return track.last.media_s - track.first.media_s >= self._options.still_s


def _is_alone(track: Track, tracks: Iterable[Track]) -> bool:
    """Whether nothing else stands where a track is, as which it may have been read before or since."""
    others = (one for one in tracks if one is not track and one.looks > 1 and not one.moved)
    return not any(shared_part(one.plate.box, track.plate.box) for one in others)
