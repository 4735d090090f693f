"""From settings to parts: the one place that knows how each part is made from its settings."""

from __future__ import annotations

from streamer import machine
from streamer.calibration import Measured, measured
from streamer.capture import CaptureOptions, Source, open_source
from streamer.demo import demo_clip
from streamer.detect import Engine, Rules, make_engine
from streamer.eye import EngineEye
from streamer.looker import read_ids
from streamer.records import PICTURES, LogOptions, Neighbours, ReadLog, RejectedLog
from streamer.sampling import Attention, Gatherer
from streamer.settings import DEMO_SOURCE, Camera, Settings
from streamer.sources.base import StateListener
from streamer.track import Elsewhere, Tracker
from streamer.tracking.options import TrackOptions
from streamer.watcher import Watcher

ALONE = "read"
"""The name of the camera whose reads belong to no camera program's."""


def engine_from(settings: Settings) -> Engine:
    """The engine that is set. Raises EngineUnavailable."""
    options = settings.of_engine.model_dump(exclude={"min_look_confidence"})
    if options.get("threads") == "auto":
        options["threads"] = threads_for(machine.cores(), len(settings.cameras))
    return make_engine(settings.engine.name, **options)


def threads_for(cores: int, cameras: int) -> int:
    """How many threads each camera's nets run on: half of the cores are shared out, the others decode. The nets
    are too small for more than four."""
    return max(1, min(4, cores // (2 * cameras)))


def rules_from(settings: Settings) -> Rules:
    """For looks that are yet to vote. What the network engine takes for a plate is followed although it is not
    read: it has `network.min_score` behind it, and a reason to be told."""
    sure = settings.of_engine.min_look_confidence
    if settings.engine.name == "network":
        return Rules(min_score_unread=settings.network.min_score, min_confidence=sure)
    return Rules(min_confidence=sure)


def picture_rules_from(settings: Settings) -> Rules:
    """For pictures that stand for themselves."""
    return Rules(
        min_confidence=settings.of_engine.min_look_confidence,
        grammar=settings.grammar_of(),
        calibration=_calibrations(settings).look,
    )


def _calibrations(settings: Settings) -> Measured:
    """What the engine's confidences are worth; of the classic engine's nobody knows."""
    return measured() if settings.engine.name == "network" else Measured()


def source_from(settings: Settings, camera: Camera, on_state: StateListener | None = None) -> Source:
    """The camera's source. Raises SourceError if its `source` or `detect_source` cannot be one."""
    spec = str(demo_clip()) if camera.source == DEMO_SOURCE else camera.source
    options = CaptureOptions(realtime=camera.realtime, loop=camera.loop, **settings.capture.model_dump())
    return open_source(spec, camera.name, options, on_state, camera.detect_source)


def track_options_from(settings: Settings, camera: Camera) -> TrackOptions:
    tracking = settings.tracking_of(camera)
    return TrackOptions(
        min_looks=tracking.min_looks,
        sure_look=tracking.sure_look,
        decide_after_s=tracking.decide_after_s,
        lost_after_s=tracking.lost_after_s,
        repeat_after_s=tracking.repeat_after_s,
        min_confidence=settings.engine.min_confidence,
        grammar=settings.grammar_of(camera),
        calibration=_calibrations(settings).vote,
        most_unknown=tracking.most_unknown,
        approaching=camera.approaching or "",
    )


def attention_from(settings: Settings, camera: Camera) -> Attention | None:
    """What spares looks while nothing happens; None where that is not wanted."""
    if not settings.motion.gate:
        return None
    awake_s = settings.tracking_of(camera).lost_after_s
    return Attention(camera.zones, awake_s, settings.motion.full_look_every_s)


def gatherer_from(settings: Settings, camera: Camera) -> Gatherer:
    """What says which frames are due."""
    tracking = settings.tracking_of(camera)
    return Gatherer(tracking.sample_fps, tracking.burst_fps)


def watcher_from(settings: Settings, camera: Camera, source: str, engine: Engine) -> Watcher:
    """What watches a source of that name that is read by one program alone."""
    options = track_options_from(settings, camera)
    tracker = Tracker(ALONE, source, options, read_ids(source, ALONE))
    return Watcher(
        EngineEye(engine, rules_from(settings), camera.zones), tracker, attention_from(settings, camera)
    )


def elsewhere_from(settings: Settings, camera: Camera) -> Elsewhere | None:
    """What the other cameras of its group read; None without any."""
    others = settings.group_of(camera)
    return Neighbours(settings.log.folder, others).reads_between if others else None


def log_from(settings: Settings) -> ReadLog:
    return ReadLog(LogOptions(**settings.log.model_dump(exclude={"keep_rejected_h"})))


def rejected_log_from(settings: Settings) -> RejectedLog:
    log = settings.log
    return RejectedLog(log.folder, log.folder / PICTURES, log.keep_rejected_h, log.pictures)
