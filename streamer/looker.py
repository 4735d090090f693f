"""Looks at frames, follows the plates, writes reads and what was rejected into the log, and only then tells."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from streamer.annotate import Label, cut_out, to_jpeg
from streamer.detect import Engine, Rules
from streamer.evidence import Evidence
from streamer.eye import PatientEye
from streamer.records import ReadLog, RejectedLog
from streamer.sampling import Attention, Due
from streamer.track import ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Frame, Read, Rejected
from streamer.watcher import Watcher
from streamer.zones import Zones

CROP_QUALITY = 90
FORGET_IDS_S = 3600.0

NewId = Callable[[float], str]
Tell = Callable[[ReadChange], None]


def read_ids(run_id: str, camera: str) -> NewId:
    """Read ids from the time a read began at: when it was, and a part that no other read has.

    The same run, camera and times give the same ids, so a file that is read again after its camera
    program died writes the same rows and not others.
    """
    given: Counter[float] = Counter()

    def new_id(first_seen: float) -> str:
        for past in [time_s for time_s in given if time_s < first_seen - FORGET_IDS_S]:
            del given[past]
        given[first_seen] += 1
        key = f"{run_id}/{camera}/{first_seen:.3f}/{given[first_seen]}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:6]
        return f"{datetime.fromtimestamp(first_seen):%Y%m%d-%H%M%S}-{digest}"

    return new_id


class Looker:
    """One camera's pipeline behind its frames.

    With `stills` every picture stands for itself, and `rules` alone say how sure a text must be. With
    `attention` looks are spared while nothing happens. `make_engine` is asked again while the engine is
    unavailable. `look` and `pass_time` belong to one thread; `labels` may be asked for by another.
    """

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        make_tracker: Callable[[TrackOptions, Iterable[Read]], Tracker],
        rules: Rules,
        options: TrackOptions,
        zones: Zones,
        stills: bool,
        read_log: ReadLog,
        rejected_log: RejectedLog,
        resume: Iterable[Read],
        tell: Tell,
        attention: Attention | None = None,
    ) -> None:
        if stills:
            options = replace(options, min_looks=1, still_s=0, min_confidence=0)
        self._eye = PatientEye(make_engine, rules, zones)
        self._watcher = Watcher(self._eye, make_tracker(options, resume), None if stills else attention)
        self._stills = stills
        self._log = read_log
        self._rejected_log = rejected_log
        self._evidence = Evidence()
        self._tell = tell
        self._rejected: Counter[str] = Counter()

    @property
    def problem(self) -> str:
        """Why the engine sees nothing, or ""."""
        return self._eye.problem

    @property
    def rejected(self) -> dict[str, int]:
        """What did not become a read, counted by reason."""
        failed = {"the engine failed": self._eye.failures} if self._eye.failures else {}
        return dict(self._rejected) | failed

    def labels(self, media_s: float) -> list[Label]:
        """What to draw on the picture of that time; places without a text would only be noise."""
        views = self._watcher.visible(media_s)
        return [Label(view.corners, view.text, view.told) for view in views if view.text]

    def look(self, due: Due) -> int:
        """Finds, reads and follows the plates of a frame that is due, and of those before it that are worth it;
        how many were looked at."""
        looks = 0
        for seen in self._watcher.watch(due):
            looks += seen.looked
            self._record(seen.frame, seen.changes)
            self._reject(seen.rejected)
            self._evidence.see(seen.frame, seen.undecided)
        if self._stills:
            self.finish()
        return looks

    def pass_time(self, wall_s: float, media_s: float) -> None:
        """No frame came: vehicles that have left are settled all the same, those last in view when nothing has
        come for long."""
        self._note(*self._watcher.pass_time(wall_s, media_s))

    def finish(self) -> None:
        """The source has ended: settles every read."""
        self._note(*self._watcher.finish())

    def _note(self, changes: Iterable[ReadChange], rejected: Iterable[Rejected]) -> None:
        self._record(None, changes)
        self._reject(rejected)

    def _record(self, frame: Frame | None, changes: Iterable[ReadChange]) -> None:
        for change in changes:
            crop = self._evidence.picture(change.undecided)
            if frame is not None and change.plate is not None:
                cut = cut_out(frame.image, change.plate.box)
                crop = to_jpeg(cut, CROP_QUALITY) if cut.size else None
            self._tell(replace(change, read=self._log.record(change.read, crop)))

    def _reject(self, tracks: Iterable[Rejected]) -> None:
        """Noise is only counted, unless there is no more than one look at anything."""
        for track in tracks:
            rejected, crop = self._evidence.judge(track)
            self._rejected[rejected.reason] += 1
            if self._stills or not rejected.is_noise:
                self._rejected_log.record(rejected, crop)
