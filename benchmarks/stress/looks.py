"""What the engine sees in each frame of a scene: asked once, then kept on disk."""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from benchmarks.readers import Worker
from benchmarks.stress.frames import Shot, Sight, shots
from benchmarks.stress.scenes import FPS, scene
from streamer.assembly import rules_from
from streamer.detect import Glancing, Rules, read_picture, read_places
from streamer.places import MODELS
from streamer.types import Plate

RENDERER = 1
"""To be raised when scenes are drawn differently: what is kept of earlier ones is then not used."""
CACHE = Path(__file__).resolve().parents[2] / "data" / "stress"
ASKED_FRAMES, ASKED_CAP = 2, 9.0
"""A pass is asked for if so many frames show its whole plate with characters at least so many pixels high; what shows
less, behind another vehicle or a post, nobody could read."""
WHOLE = 0.97
"""The part of a plate that must show for it to count as whole."""


@dataclass(frozen=True)
class Look:
    """One frame: what was to be seen, what the engine saw when it searched, and what glances at those places saw."""

    media_s: float
    sights: tuple[Sight, ...]
    plates: tuple[Plate, ...]
    glanced: tuple[Plate, ...]


@dataclass(frozen=True)
class Pass:
    """One vehicle's true pass. `first_s` and `last_s` are its first and last look with the whole plate, `width` and
    `blur` (pixels) those of the look at which it is widest. What is not `asked` need not be read, but may be, once."""

    text: str
    kmh: float
    asked: bool
    first_s: float
    last_s: float
    width: float
    blur: float


@dataclass(frozen=True)
class Watched:
    """A scene as the engine saw it: its looks at 15 a second without those at an empty road, and the truth. `passes`
    has one for each of the scene's drives."""

    number: int
    kind: str
    light: str
    seconds: float
    looks: tuple[Look, ...]
    passes: tuple[Pass, ...]

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.passes)


def watched(seed: int, passes: int, processes: int) -> Iterator[Watched]:
    """Scenes in the order of their numbers until so many passes are asked for; at most `processes` at work."""
    job = partial(_watched, seed=seed)
    total = 0
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=Worker.start, initargs=("network",)
    ) as pool:
        waiting = {number: pool.submit(job, number) for number in range(processes)}
        for number in count():
            one = waiting.pop(number).result()
            total += one.asked
            yield one
            if total >= passes:
                break
            waiting[number + processes] = pool.submit(job, number + processes)
        for future in waiting.values():
            future.cancel()


def _watched(number: int, seed: int) -> Watched:
    """The scene from the cache, or rendered and looked at."""
    file = _file(seed, number)
    if file.exists():
        with gzip.open(file) as packed:
            kept: Watched = pickle.load(packed)
            return kept
    one = _look_at(seed, number)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    with gzip.open(unfinished, "wb", 2) as packed:
        pickle.dump(one, packed)
    unfinished.replace(file)
    return one


def _file(seed: int, number: int) -> Path:
    return CACHE / f"renderer-{RENDERER}-engine-{_engine()}-seed-{seed}" / f"{number:04}.pickle.gz"


@cache
def _engine() -> str:
    """What stands for the models and the code that runs them: of others the looks are others."""
    package = MODELS.parent
    code = [package / "network.py", package / "detect.py", *sorted((package / "neural").glob("*.py"))]
    parts = [(MODELS / "sha256.txt").read_bytes(), *(file.read_bytes() for file in code)]
    return sha256(b"".join(parts)).hexdigest()[:12]


def _look_at(seed: int, number: int) -> Watched:
    drawn, rules = scene(seed, number), rules_from(Worker.settings)
    looks = tuple(_look(shot, rules) for shot in shots(drawn, seed))
    passes = tuple(
        _pass(drive.vehicle.text, drive.kmh, drive.asked, [
            (look.media_s, sight) for look in looks for sight in look.sights if sight.drive == index
        ])
        for index, drive in enumerate(drawn.drives)
    )  # fmt: skip
    return Watched(number, drawn.kind, drawn.light.name, drawn.seconds, looks, passes)


def _look(shot: Shot, rules: Rules) -> Look:
    plates = read_picture(Worker.engine, shot.picture, rules)
    glancing = plates and isinstance(Worker.engine, Glancing)
    glanced = read_places(Worker.engine, shot.picture, rules, plates) if glancing else ()
    return Look(shot.media_s, shot.sights, plates, glanced)


def _pass(text: str, kmh: float, asked: bool, seen: list[tuple[float, Sight]]) -> Pass:
    """The truth of one drive from its plate's (seconds, sight)."""
    whole = [(at_s, sight) for at_s, sight in seen if sight.shown >= WHOLE]
    legible = [sight for _, sight in whole if sight.cap >= ASKED_CAP]
    widest = max((sight for _, sight in whole), key=lambda sight: sight.width, default=None)
    times = [at_s for at_s, _ in whole] or [0.0]
    return Pass(text, kmh, asked and len(legible) >= ASKED_FRAMES, times[0], times[-1] + 1 / FPS,
                widest.width if widest else 0.0, widest.blur if widest else 0.0)  # fmt: skip
