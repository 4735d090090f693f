"""An engine as one camera uses it: its frames in, the plates that count there out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from streamer.detect import Engine, EngineUnavailable, Glancing, Rules, read_picture, read_places
from streamer.redact import redact
from streamer.stopwatch import CONVERT, stage
from streamer.types import Frame, Part, Picture, Plate
from streamer.zones import Zones

log = logging.getLogger(__name__)

ENGINE_RETRY_S = 10.0


class EngineEye:
    """Looks with an engine, by the rules for looks that are yet to vote, and marks what is in the zones."""

    def __init__(self, engine: Engine, rules: Rules, zones: Zones) -> None:
        self._engine, self._rules, self._zones = engine, rules, zones
        self._glancing = engine if isinstance(engine, Glancing) else None

    @property
    def glances(self) -> bool:
        """Whether a look at a known place costs much less than searching the picture."""
        return self._glancing is not None

    def search(self, frame: Frame, known: Sequence[Plate], part: Part | None) -> tuple[Plate, ...]:
        """All plates in a frame or a part of it; those that are `known` are not read again."""
        plates = read_picture(self._engine, _picture_of(frame), self._rules, known, part)
        return self._zones.marked(plates, frame.width, frame.height)

    def glance(self, frame: Frame, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        """The plates that should be at those places; those that are `known` are not read again."""
        assert self._glancing  # noqa: S101 - see `glances`
        plates = read_places(self._glancing, _picture_of(frame), self._rules, places, known)
        return self._zones.marked(plates, frame.width, frame.height)


def _picture_of(frame: Frame) -> Picture:
    with stage(CONVERT):
        return frame.image


class PatientEye:
    """The same with an engine that may be missing or fail: then nothing is seen, `problem` says why in a
    sentence, and `failures` counts the looks that were spoilt.

    `make_engine` is asked again every ENGINE_RETRY_S seconds while the engine is unavailable, so that
    installing what is missing is enough.
    """

    def __init__(self, make_engine: Callable[[], Engine], rules: Rules, zones: Zones) -> None:
        self._make_engine, self._rules, self._zones = make_engine, rules, zones
        self._eye: EngineEye | None = None
        self._tried_s = -ENGINE_RETRY_S
        self.problem = ""
        self.failures = 0

    @property
    def glances(self) -> bool:
        """Whether a look at a known place costs much less than searching the picture."""
        return self._eye is not None and self._eye.glances

    def search(self, frame: Frame, known: Sequence[Plate], part: Part | None) -> tuple[Plate, ...]:
        """All plates in a frame or a part of it; those that are `known` are not read again."""
        eye = self._eye or self._try_engine()
        return self._patiently(lambda: eye.search(frame, known, part)) if eye else ()

    def glance(self, frame: Frame, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        """The plates that should be at those places; those that are `known` are not read again."""
        eye = self._eye
        return self._patiently(lambda: eye.glance(frame, places, known)) if eye else ()

    def _patiently(self, look: Callable[[], tuple[Plate, ...]]) -> tuple[Plate, ...]:
        """What a look gives; says what is wrong once, however many looks it spoils."""
        try:
            plates = look()
        except Exception as error:
            self.failures += 1
            what = redact(str(error)) or type(error).__name__
            problem = f"The engine fails on this camera's pictures: {what}"
            if problem != self.problem:
                log.error("%s", problem, exc_info=error)
            self.problem = problem
            return ()
        self.problem = ""
        return plates

    def _try_engine(self) -> EngineEye | None:
        now = time.monotonic()
        if now - self._tried_s < ENGINE_RETRY_S:
            return None
        self._tried_s = now
        try:
            self._eye = EngineEye(self._make_engine(), self._rules, self._zones)
        except EngineUnavailable as error:
            if str(error) != self.problem:
                log.error("%s", error)
            self.problem = str(error)
        else:
            self.problem = ""
        return self._eye
