"""The `read` command: pictures, folders, clips and URLs, complete and in order -> plates and reads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

from streamer.answers import plate_json, read_json, rejected_json
from streamer.assembly import ALONE, gatherer_from, picture_rules_from, watcher_from
from streamer.capture import CaptureOptions, Source, SourceError, open_source
from streamer.demo import demo_clip
from streamer.detect import Engine, Rules, read_picture, told
from streamer.evidence import Evidence
from streamer.settings import DEMO_SOURCE, Settings
from streamer.sources.stills import is_many, is_picture
from streamer.spelling import spelt, unread
from streamer.track import Change, ReadChange
from streamer.types import Picture, Plate, Read, Rejected

log = logging.getLogger(__name__)

CLIP_SUFFIXES = frozenset((".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm", ".ts", ".mpg", ".mpeg", ".3gp"))

Progress = Callable[[float, float | None], None]
"""Takes what is done and the whole, in one unit; the whole is None where nobody knows it."""


@dataclass(frozen=True)
class PictureResult:
    """The plates in one picture; `ms` is the engine's time, without opening the file."""

    source: str
    plates: tuple[Plate, ...]
    ms: float

    def as_json(self) -> dict[str, Any]:
        plates = [plate_json(plate) for plate in self.plates]
        return {"source": self.source, "plates": plates, "ms": round(self.ms, 1)}


@dataclass(frozen=True)
class ClipResult:
    """The reads in one clip, and the tracks that were rejected, both in order of their first look.

    `ms` is the whole time it took.
    """

    source: str
    reads: tuple[Read, ...]
    rejected: tuple[Rejected, ...]
    frames: int
    ms: float
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        reads = [read_json(read) for read in self.reads]
        rejected = [rejected_json(one) for one in self.rejected]
        answer = {
            "source": self.source,
            "reads": reads,
            "rejected": rejected,
            "frames": self.frames,
            "ms": round(self.ms, 1),
        }
        return {**answer, "error": self.fault} if self.fault else answer


@dataclass(frozen=True)
class Failure:
    """A source that could not be read, and why, in a sentence."""

    source: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"source": self.source, "error": self.reason}


Result = PictureResult | ClipResult | Failure


def expand(targets: Iterable[str]) -> Iterator[str]:
    """The sources that the arguments name, sorted: a folder stands for the pictures and clips below it."""
    for target in targets:
        path = Path(target)
        if "://" in target:
            yield target
        elif target == DEMO_SOURCE and not path.exists():
            yield str(demo_clip())
        elif path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and not _is_hidden(file, path))
            wanted = [str(file) for file in files if is_picture(file) or file.suffix.lower() in CLIP_SUFFIXES]
            yield from wanted or [target]
        elif is_many(path):
            yield from sorted(glob(target, recursive=True)) or [target]
        else:
            yield target


def _is_hidden(file: Path, folder: Path) -> bool:
    """Whether the file, or a folder on the way to it, has a name that begins with a dot."""
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def read_source(
    target: str, engine: Engine, settings: Settings, progress: Progress, crops: bool = False
) -> Iterator[Result]:
    """Reads one picture, clip or URL whole. A source that cannot be read gives a Failure.

    With `crops` each picture is one plate; clips and URLs are refused.
    """
    options = CaptureOptions(complete=True, **settings.capture.model_dump())
    try:
        source = open_source(target, ALONE, options)
        if source.stills:
            look = partial(_read_crop if crops else read_picture, engine, rules=picture_rules_from(settings))
            yield from _read_pictures(source, look, progress)
        elif crops:
            yield Failure(target, "--crops is for pictures that are plates; read clips and URLs without it")
        else:
            yield _read_clip(source, engine, settings, progress)
    except SourceError as error:
        yield Failure(target, str(error))
    except Exception as error:
        log.debug("%s", target, exc_info=True)
        yield Failure(target, f"the engine failed on it: {error}")


def _read_pictures(
    source: Source, look: Callable[[Picture], tuple[Plate, ...]], progress: Progress
) -> Iterator[PictureResult]:
    for done, frame in enumerate(source.frames(), 1):
        picture = frame.image
        started_s = time.perf_counter()
        plates = look(picture)
        yield PictureResult(str(source.paths[frame.index]), plates, 1000 * (time.perf_counter() - started_s))
        progress(done, len(source.paths))


def _read_crop(engine: Engine, crop: Picture, rules: Rules) -> tuple[Plate, ...]:
    """No rule leaves a plate out that somebody has cut out."""
    plate = engine.read_crop(crop)
    if not plate.text:
        return (unread(plate),)
    return (told(spelt(plate, rules.grammar) if rules.grammar else plate, rules),)


def _read_clip(source: Source, engine: Engine, settings: Settings, progress: Progress) -> ClipResult:
    camera = settings.cameras[0]
    gatherer, watcher = gatherer_from(settings, camera), watcher_from(settings, camera, source.name, engine)
    whole_s = source.extent.seconds if source.extent else None
    evidence = Evidence()
    settled: list[Read] = []
    rejected: list[Rejected] = []
    frames = 0
    started_s = time.perf_counter()
    for frame in source.frames():
        frames += 1
        if due := gatherer.take(frame):
            for seen in watcher.watch(due):
                settled += _settled(seen.changes)
                rejected += _judged(seen.rejected, evidence)
                evidence.see(seen.frame, seen.undecided)
            progress(frame.media_s, whole_s)
    changes, over = watcher.finish()
    settled += _settled(changes)
    rejected += _judged(over, evidence)
    reads = tuple(sorted(settled, key=lambda read: read.first_media_s))
    others = tuple(sorted(rejected, key=lambda track: track.first_media_s))
    ms = 1000 * (time.perf_counter() - started_s)
    return ClipResult(source.name, reads, others, frames, ms, source.state.reason)


def _settled(changes: Iterable[ReadChange]) -> list[Read]:
    return [change.read for change in changes if change.change is Change.SETTLED]


def _judged(tracks: Iterable[Rejected], evidence: Evidence) -> list[Rejected]:
    return [evidence.judge(track)[0] for track in tracks]
