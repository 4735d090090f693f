"""What one camera costs on this machine: each stage of the work on a source, in processor time.

The stages run one after the other in one thread, as they do in the camera program, so that what each takes can
be told. Processor time leaves out waiting, for a network camera as for other programs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from streamer.annotate import Label, annotate, shrink_to, to_jpeg
from streamer.assembly import gatherer_from, picture_rules_from, watcher_from
from streamer.capture import Source
from streamer.detect import Engine, read_picture
from streamer.evidence import Evidence
from streamer.settings import Camera, Settings
from streamer.stopwatch import CONVERT, GATE, TRACK, Stopwatch, stage
from streamer.types import Frame
from streamer.watcher import Seen

DECODE, DRAW = "decode", "draw and encode"
ENGINE = ("find", "second look", "read")
STAGES = (DECODE, GATE, CONVERT, *ENGINE, TRACK, DRAW)
"""In the order of the work. Drawing and encoding is done only while somebody watches."""

Progress = Callable[[float], None]
"""Takes the part that is done, 0-1."""


@dataclass(frozen=True)
class Cost:
    """What a stage takes: milliseconds of processor time whenever it runs, median and 95th percentile, how
    often it runs in a second of the source, and the milliseconds of that second that it takes."""

    stage: str
    median_ms: float
    most_ms: float
    times: float
    ms: float


@dataclass(frozen=True)
class Measured:
    """What a source costs.

    Its pictures are `width` x `height`, `fps` a second of which `due_fps` are due for a look; `looks_fps` are
    looked at because something moves, with those in between more than are due. Pictures that stand for
    themselves count as one a second. `costs` are those of every second, whoever watches, `viewing` is what
    comes on top while somebody does.
    """

    stills: bool
    frames: int
    looks: int
    width: int
    height: int
    fps: float
    due_fps: float
    looks_fps: float
    costs: tuple[Cost, ...]
    viewing: Cost

    @property
    def ms(self) -> float:
        """Milliseconds of processor time that a second of the source takes."""
        return sum(cost.ms for cost in self.costs)

    @property
    def frames_per_second(self) -> float:
        """What one core does."""
        return 1000 * self.fps / self.ms

    def share(self, *stages: str) -> float:
        """The part of `ms` that these stages are, 0-1."""
        return sum(cost.ms for cost in self.costs if cost.stage in stages) / self.ms


def measure(
    source: Source,
    engine: Engine,
    settings: Settings,
    camera: Camera,
    for_s: float,
    progress: Progress = lambda _: None,
) -> Measured | None:
    """Watches the source as the camera's program would, for so many seconds or to its end; None if it has fewer
    than two pictures. Raises SourceError."""
    watch, work = Stopwatch(), _Work(source, engine, settings, camera)
    until_s = time.monotonic() + for_s
    first = last = None
    count = 0
    with watch.running():
        for frame in _decoded(source):
            first, last, count = first or frame, frame, count + 1
            work.on(frame)
            watch.lap()
            left_s = until_s - time.monotonic()
            progress(1 - max(0.0, left_s) / for_s)
            if left_s <= 0 and count > 1:
                break
    source.close()
    if first is None or last is None or count < 2:
        return None
    seconds = (last.media_s - first.media_s) * count / (count - 1)
    return _measured(
        source.stills, first, (count, work.due, work.looks), seconds, watch.laps, settings.live.fps
    )


class _Work:
    """What is done with each frame of a camera. `due` counts those to look at, `looks` those worth it."""

    def __init__(self, source: Source, engine: Engine, settings: Settings, camera: Camera) -> None:
        self._engine, self._live = engine, settings.live
        self._gatherer = gatherer_from(settings, camera)
        self._stills = source.stills
        self._rules = picture_rules_from(settings)
        self._watcher = watcher_from(settings, camera, source.name, engine)
        self._evidence = Evidence()
        self.due = self.looks = 0

    def on(self, frame: Frame) -> None:
        if self._stills:
            self.due, self.looks = self.due + 1, self.looks + 1
            with stage(CONVERT):
                picture = frame.image
            read_picture(self._engine, picture, self._rules)
            self._draw(frame)
        elif due := self._gatherer.take(frame):
            self.due += 1
            looked = [seen for seen in self._watcher.watch(due) if self._note(seen).looked]
            self.looks += len(looked)
            if looked:
                self._draw(frame)

    def _note(self, seen: Seen) -> Seen:
        with stage(TRACK):
            for one in seen.rejected:
                self._evidence.judge(one)
            self._evidence.see(seen.frame, seen.undecided)
        return seen

    def _draw(self, frame: Frame) -> None:
        with stage(DRAW):
            picture = shrink_to(frame.image, self._live.width)
            views = self._watcher.visible(frame.media_s)
            labels = [Label(view.corners, view.text, view.told) for view in views if view.text]
            to_jpeg(annotate(picture, labels, picture.shape[1] / frame.width), self._live.quality)


def _decoded(source: Source) -> Iterator[Frame]:
    frames = source.frames()
    while True:
        with stage(DECODE):
            frame = next(frames, None)
        if frame is None:
            return
        yield frame


def _measured(
    stills: bool,
    frame: Frame,
    counts: tuple[int, int, int],
    seconds: float,
    laps: dict[str, list[float]],
    live_fps: float,
) -> Measured:
    """`counts` are the frames, those that were due, and the looks."""
    costs = {name: _cost(name, laps[name], seconds) for name in STAGES if name in laps}
    fps, due_fps, looks_fps = (count / seconds for count in counts)
    drawn_fps = min(live_fps, fps)
    drawing = costs.pop(DRAW)
    # a picture that is looked at is converted already
    converting = costs[CONVERT].ms / looks_fps * max(0.0, drawn_fps - looks_fps)
    ms = drawing.ms / drawing.times * drawn_fps + converting
    viewing = Cost(DRAW, drawing.median_ms, drawing.most_ms, drawn_fps, ms)
    size, rates = (frame.width, frame.height), (fps, due_fps, looks_fps)
    return Measured(stills, counts[0], counts[2], *size, *rates, tuple(costs.values()), viewing)


def _cost(name: str, ms: list[float], seconds: float) -> Cost:
    """The first time is left out of what it takes: files are opened in it, and memory is got."""
    warm = ms[1:] or ms
    most = quantiles(warm, n=20)[-1] if len(warm) > 1 else warm[0]
    return Cost(name, median(warm), most, len(ms) / seconds, fmean(warm) * len(ms) / seconds)
