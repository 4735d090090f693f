"""Looks at frames, follows the plates, writes reads and what was rejected into the log, and only then tells."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from streamer.annotate import Label, cut_out, to_jpeg
from streamer.detect import Engine, EngineUnavailable, Rules, read_picture
from streamer.evidence import Evidence
from streamer.records import ReadLog, RejectedLog
from streamer.redact import redact
from streamer.sampling import Attention
from streamer.track import ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Frame, Plate, Read, Rejected
from streamer.zones import Zones

log = logging.getLogger(__name__)

CROP_QUALITY = 90
ENGINE_RETRY_S = 10.0
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

    `make_engine` is asked again every ENGINE_RETRY_S seconds while the engine is unavailable, so that
    installing what is missing is enough. With `stills` every picture stands for itself, and `rules`
    alone say how sure a text must be. With `attention` looks are spared while nothing happens. `look`
    and `pass_time` belong to one thread; `labels` may be asked for by another.
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
        self._make_engine = make_engine
        self._rules = rules
        self._engine: Engine | None = None
        self._engine_tried_s = -ENGINE_RETRY_S
        self._zones = zones
        self._stills = stills
        self._attention = None if stills else attention
        self._log = read_log
        self._rejected_log = rejected_log
        self._evidence = Evidence()
        self._tell = tell
        self._tracking = threading.Lock()
        if stills:
            options = replace(options, min_looks=1, still_s=0, min_confidence=0)
        self._tracker = make_tracker(options, resume)
        self._rejected: Counter[str] = Counter()
        self.problem = ""

    @property
    def rejected(self) -> dict[str, int]:
        """What did not become a read, counted by reason."""
        with self._tracking:
            return dict(self._rejected)

    def labels(self, media_s: float) -> list[Label]:
        """What to draw on the picture of that time; places without a text would only be noise."""
        with self._tracking:
            views = self._tracker.visible(media_s)
        return [Label(view.corners, view.text, view.told) for view in views if view.text]

    def look(self, frame: Frame) -> bool:
        """Finds, reads and follows the plates of one frame; False if that was spared: nothing happens."""
        wanted = self._is_wanted(frame)
        plates = self._plates(frame) if wanted else ()
        with self._tracking:
            if wanted:
                changes = self._tracker.update(frame.wall_s, frame.media_s, plates)
            else:
                changes = self._tracker.unchanged(frame.wall_s, frame.media_s)
            rejected, undecided = self._tracker.take_rejected(), self._tracker.undecided()
        self._record(frame, changes)
        self._reject(rejected)
        self._evidence.see(frame, undecided)
        if self._stills:
            self.finish()
        return wanted

    def pass_time(self, wall_s: float, media_s: float) -> None:
        """No frame came: vehicles that have left are settled all the same, those last in view when nothing has
        come for long."""
        with self._tracking:
            changes = self._tracker.pass_time(wall_s, media_s)
            rejected = self._tracker.take_rejected()
        self._record(None, changes)
        self._reject(rejected)

    def finish(self) -> None:
        """The source has ended: settles every read."""
        with self._tracking:
            changes = self._tracker.finish()
            rejected = self._tracker.take_rejected()
        self._record(None, changes)
        self._reject(rejected)

    def _is_wanted(self, frame: Frame) -> bool:
        if self._attention is None:
            return True
        with self._tracking:
            in_view, settled = self._tracker.in_view, self._tracker.settled
        return self._attention.wants(frame, in_view, settled)

    def _plates(self, frame: Frame) -> tuple[Plate, ...]:
        engine = self._engine or self._try_engine()
        if engine is None:
            return ()
        with self._tracking:
            known = [] if self._stills else self._tracker.known(frame.media_s)
            in_view = self._tracker.places(frame.media_s)
        part = self._attention.part_of(frame, in_view) if self._attention else None
        try:
            picture = frame.image
            plates = read_picture(engine, picture, self._rules, known, part)
        except Exception as error:
            with self._tracking:
                self._rejected["the engine failed"] += 1
            self._note_failure(error)
            return ()
        self.problem = ""
        return self._zones.marked(plates, picture.shape[1], picture.shape[0])

    def _note_failure(self, error: Exception) -> None:
        """Says what is wrong once, however many looks it spoils."""
        problem = f"The engine fails on this camera's pictures: {redact(str(error)) or type(error).__name__}"
        if problem != self.problem:
            log.error("%s", problem, exc_info=error)
        self.problem = problem

    def _try_engine(self) -> Engine | None:
        now = time.monotonic()
        if now - self._engine_tried_s < ENGINE_RETRY_S:
            return None
        self._engine_tried_s = now
        try:
            self._engine = self._make_engine()
        except EngineUnavailable as error:
            if str(error) != self.problem:
                log.error("%s", error)
            self.problem = str(error)
        else:
            self.problem = ""
        return self._engine

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
            with self._tracking:
                self._rejected[rejected.reason] += 1
            if self._stills or not rejected.is_noise:
                self._rejected_log.record(rejected, crop)
