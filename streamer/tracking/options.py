"""When tracks become reads: what a camera's settings say of it."""

from __future__ import annotations

from dataclasses import dataclass

from streamer.calibration import AS_IT_IS, Calibration
from streamer.grammar import EVERYWHERE, Grammar
from streamer.tracking.vote import Ballot
from streamer.types import Direction


@dataclass(frozen=True)
class TrackOptions:
    """When tracks become reads.

    A read is told when `min_looks` looks agree and the vote's confidence (0-1) is `min_confidence`. When they
    do not, one look is enough that is as sure as `sure_look` (0-1; above 1: never), once the track is over or
    its first look with a confidence of `min_confidence` is `decide_after_s` ago.
    A track is over when it was not seen for `lost_after_s` and in at least one look; a plate that comes
    back within `repeat_after_s` after it was last seen extends its read. A track that has not moved yet
    must have been seen for `still_s` before it is told; 0 if looks have nothing to do with each other. Texts
    are spelt by the `grammar`; if that is strict, what does not fit it is no read. Confidences are what the
    `calibration` says of the votes. When a track is over that is certain but for `most_unknown` characters at
    most, it is told with `?` for these. Whoever comes nearer to the camera goes in the direction of
    `approaching`, if there is one and no line says otherwise.
    """

    min_looks: int = 2
    lost_after_s: float = 1.5
    repeat_after_s: float = 30.0
    min_confidence: float = 0.5
    sure_look: float = 0.8
    decide_after_s: float = 1.0
    still_s: float = 4.0
    grammar: Grammar = EVERYWHERE
    calibration: Calibration = AS_IT_IS
    most_unknown: int = 1
    approaching: Direction = ""

    def new_ballot(self) -> Ballot:
        """For the looks at one plate."""
        return Ballot(self.grammar, self.calibration)
