"""The best look at every track that is not a read yet: a picture of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from streamer.annotate import cut_out, shrink_to, to_jpeg
from streamer.lookquality import quality_of
from streamer.track import Undecided
from streamer.tracking.passes import BETTER_PICTURE, picture_worth
from streamer.types import Frame, Plate, Reason, Rejected

MOST_TRACKS = 100
"""So many tracks have a picture at a time; more than that in view are nobody's vehicles."""

CROP_WIDTH, CROP_QUALITY = 320, 85

DOUBTS = (Reason.NO_TEXT, Reason.TOO_FEW_LOOKS, Reason.NOT_CERTAIN)
"""What comes of a bad look: a fault of the best one is the more basic reason."""


@dataclass(frozen=True)
class _Sight:
    """The best look at a track: how good it is, its JPEG, and why it cannot be read."""

    worth: float
    crop: bytes
    fault: Reason | None


class Evidence:
    """What the looks at undecided tracks showed. Its memory is bounded."""

    def __init__(self) -> None:
        self._sights: dict[str, _Sight] = {}

    def see(self, frame: Frame, undecided: Iterable[Undecided]) -> None:
        """One look: keeps what is better than before, forgets the tracks that have become reads."""
        tracks = list(undecided)[-MOST_TRACKS:]
        known = {one.rejected_id for one in tracks}
        self._sights = {key: sight for key, sight in self._sights.items() if key in known}
        for one in tracks:
            if one.plate and self._is_better(one.rejected_id, one.plate):
                self._keep(one.rejected_id, frame, one.plate)

    def picture(self, rejected_id: str) -> bytes | None:
        """The JPEG of the best look at a track that has become a read after all."""
        sight = self._sights.get(rejected_id)
        return sight.crop if sight else None

    def judge(self, rejected: Rejected) -> tuple[Rejected, bytes | None]:
        """A track that is over, with the most basic reason, and the JPEG of its best look."""
        sight = self._sights.pop(rejected.rejected_id, None)
        if sight and sight.fault and rejected.reason in DOUBTS:
            rejected = replace(rejected, reason=sight.fault)
        return rejected, sight.crop if sight else None

    def _is_better(self, key: str, plate: Plate) -> bool:
        before = self._sights.get(key)
        return before is None or picture_worth(plate) > BETTER_PICTURE * before.worth

    def _keep(self, key: str, frame: Frame, plate: Plate) -> None:
        cut = cut_out(frame.image, plate.box)
        if cut.size:
            crop = to_jpeg(shrink_to(cut, CROP_WIDTH), CROP_QUALITY)
            fault = quality_of(frame.image, plate.corners).fault
            self._sights[key] = _Sight(picture_worth(plate), crop, fault)
