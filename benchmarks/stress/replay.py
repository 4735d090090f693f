"""The looks of a scene, given to the tracker at so many a second: what it reads, and what simpler rules would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from math import dist

from benchmarks.stress.frames import Sight
from benchmarks.stress.looks import Look, Watched
from benchmarks.stress.scenes import FPS
from benchmarks.stress.verdicts import edits
from streamer.boxes import shared_part
from streamer.known import keep
from streamer.sampling import Gatherer, Sampler
from streamer.settings import Tracking
from streamer.track import Change, ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Box, Frame, Part, Picture, Plate, Read, Rejected
from streamer.watcher import Watcher

START = 1_790_000_000.0
"""Unix time of a scene's beginning."""
SAME = 0.4
"""A plate is the true one whose box shares this part of the smaller box."""
GLANCED = 0.5
"""A glance finds a plate whose middle is off by so many of its lengths: that is what its tile shows around it."""
BURST_FPS = Tracking().burst_fps
"""Looks a second, at most, at plates that are in doubt."""


def sampled(watched: Watched, looks_fps: float) -> Iterator[Look]:
    """The looks at that rate, those at the empty road included."""
    sampler = Sampler(looks_fps)
    kept = {round(look.media_s * FPS): look for look in watched.looks}
    for index in range(round(watched.seconds * FPS)):
        if sampler.is_due(index / FPS):
            yield kept.get(index, Look(index / FPS, (), (), ()))


def followed(
    watched: Watched, looks_fps: float, options: TrackOptions
) -> tuple[list[tuple[float, ReadChange]], list[Rejected]]:
    """What the tracker says of the scene, each with the source's time in seconds at which it says so, and what it
    rejected. Looks are taken as in the program, but for the motion gate: searches at the rate that is asked, glances
    between them, and what is known is not read again."""
    numbers = count(1)
    tracker = Tracker("stress", "stress", options, lambda _: f"{next(numbers)}")
    watcher, gatherer = Watcher(_Kept(watched), tracker), Gatherer(looks_fps, BURST_FPS)
    changes: list[tuple[float, ReadChange]] = []
    rejected: list[Rejected] = []
    for index in range(round(watched.seconds * FPS)):
        at_s = index / FPS
        if due := gatherer.take(Frame("stress", index, at_s, START + at_s, 1280, 720, _never)):
            for seen in watcher.watch(due):
                changes += [(at_s, change) for change in seen.changes]
                rejected += seen.rejected
    over, last = watcher.finish()
    return changes + [(watched.seconds, change) for change in over], rejected + last


def _never() -> Picture:
    raise AssertionError("what the engine saw is kept; nobody needs the picture")


class _Kept:
    """Looks with what the engine saw when it searched all frames."""

    glances = True

    def __init__(self, watched: Watched) -> None:
        self._looks = {round(look.media_s * FPS): look for look in watched.looks}

    def search(self, frame: Frame, known: Sequence[Plate], part: Part | None) -> tuple[Plate, ...]:
        look = self._looks.get(frame.index)
        kept, fresh = keep(look.plates if look else (), known)
        return (*kept, *fresh)

    def glance(self, frame: Frame, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        look = self._looks.get(frame.index)
        there = [one for one in look.glanced if any(_is_at(one, place) for place in places)] if look else []
        kept, fresh = keep(there, known)
        return (*kept, *fresh)


def _is_at(plate: Plate, place: Plate) -> bool:
    return dist(_middle(plate.box), _middle(place.box)) <= GLANCED * (place.box[2] - place.box[0])


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def told(watched: Watched, looks_fps: float, options: TrackOptions) -> list[tuple[float, ReadChange]]:
    """What the tracker says of the scene, each with the source's time in seconds at which it says so."""
    return followed(watched, looks_fps, options)[0]


def reads(changes: Iterable[tuple[float, ReadChange]]) -> list[Read]:
    """What is in the log in the end, in its order."""
    settled = [change.read for _, change in changes if change.change is Change.SETTLED]
    return sorted(settled, key=lambda read: read.first_media_s)


def wait(
    watched: Watched,
    looks_fps: float,
    drive: int,
    enough: float,
    changes: Iterable[tuple[float, ReadChange]],
) -> float | None:
    """How many seconds after the first look at a drive's plate with a confidence of `enough` a read like its text is
    told; None if there is no such look or read."""
    text, first = watched.passes[drive].text, _first_good_s(watched, looks_fps, drive, enough)
    if first is None:
        return None
    begun = [(at_s, change.read) for at_s, change in changes if change.change is Change.READ and at_s >= first]
    return next((at_s - first for at_s, read in begun if 2 * edits(text, read.plate) < len(text)), None)


def _first_good_s(watched: Watched, looks_fps: float, drive: int, enough: float) -> float | None:
    for look in sampled(watched, looks_fps):
        for sight in look.sights:
            plate = _on(sight, look.plates) if sight.drive == drive else None
            if plate and plate.text and plate.confidence >= enough:
                return look.media_s
    return None


def texts_of(watched: Watched, looks_fps: float, drive: int) -> list[tuple[str, float]]:
    """Every text (and its confidence) that was read on a drive's plate, in time."""
    found = []
    for look in sampled(watched, looks_fps):
        for sight in look.sights:
            plate = _on(sight, look.plates) if sight.drive == drive else None
            if plate and plate.text:
                found.append((plate.text, plate.confidence))
    return found


def _on(sight: Sight, plates: tuple[Plate, ...]) -> Plate | None:
    """The plate that was found where the true one is."""
    xs, ys = sight.corners[:, 0], sight.corners[:, 1]
    box = float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())
    return max((plate for plate in plates if shared_part(plate.box, box) >= SAME),
               key=lambda plate: shared_part(plate.box, box), default=None)  # fmt: skip


def surest(texts: list[tuple[str, float]]) -> str:
    """The text of the surest look; "" without any."""
    return max(texts, key=lambda text: text[1], default=("", 0.0))[0]


def first(texts: list[tuple[str, float]], enough: float) -> str:
    """The first text that is sure enough; "" without any."""
    return next((text for text, confidence in texts if confidence >= enough), "")
