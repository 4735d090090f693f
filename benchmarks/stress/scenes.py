"""What happens: who drives past the camera, when, how fast, in what light. Number n depends on the seed and n alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

import numpy as np

from benchmarks.stress import light, vehicles
from benchmarks.stress.light import Light
from benchmarks.stress.vehicles import Vehicle
from benchmarks.stress.view import HEIGHT, WIDTH, Mounting, Points, View, mounting_for

FPS = 15
"""Frames a second; the most looks a second that are measured."""
LANE_M = 3.1
"""From the middle of one lane to the next."""
LEAVES_M = 1.2
"""A plate nearer than this has left every picture."""

KINDS = ("day", "infrared", "headlights", "rain", "shaking", "post", "vehicle between", "bumper to bumper", "abreast",
         "convoy of 10", "parked row", "back after 32 s", "back after 10 min")  # fmt: skip
_ROUND = (*KINDS, "day", "rain", "infrared", "shaking", "post", "day", "headlights", "rain", "vehicle between", "abreast",
          "bumper to bumper", "day", "infrared")  # fmt: skip
"""Kinds in the order in which scenes are made: every kind once, then the common ones again."""
_SPEEDS = {"bumper to bumper": (5, 20), "parked row": (5, 11), "convoy of 10": (15, 90), "back after 32 s": (5, 50),
           "back after 10 min": (5, 50), "abreast": (15, 130), "vehicle between": (10, 90)}  # fmt: skip
SLOWEST, FASTEST = 5.0, 130.0


@dataclass(frozen=True)
class Path:
    """A lane: `x` metres right of the camera at `z0` metres, with a slope and a bend (1/m)."""

    x: float
    z0: float
    slope: float = 0.0
    bend: float = 0.0

    def at(self, z: float) -> float:
        return self.x + self.slope * (z - self.z0) + self.bend * (z - self.z0) ** 2

    def turn(self, z: float) -> float:
        """The heading there in radians, 0 straight away from the camera."""
        return float(np.arctan(self.slope + 2 * self.bend * (z - self.z0)))


@dataclass(frozen=True, eq=False)
class Drive:
    """One vehicle on its path: its plate is `start_m` metres away at `start_s` and moves with `speed` (m/s, towards the
    camera if negative). `asked`: the tracker is to read it."""

    vehicle: Vehicle
    path: Path
    start_m: float
    speed: float
    start_s: float = 0.0
    asked: bool = True

    def distance(self, at_s: float) -> float:
        return self.start_m + self.speed * (at_s - self.start_s)

    def to_world(self, local: Points, at_s: float) -> Points:
        """Points of the vehicle (..., 3: right, up, back from its end) at that time."""
        z = self.distance(at_s)
        turn = self.path.turn(z)
        across, up, back = np.moveaxis(local, -1, 0)
        x = self.path.at(z) + across * np.cos(turn) + back * np.sin(turn)
        return np.stack([x, up, z - across * np.sin(turn) + back * np.cos(turn)], axis=-1)

    @property
    def kmh(self) -> float:
        return abs(self.speed) * 3.6


@dataclass(frozen=True)
class Scene:
    """All that a camera sees in `seconds`. `post` is the place on the ground (x, z) and the width of a post in front of
    everything; `shake` how far the picture swings, in pixels."""

    number: int
    kind: str
    mounting: Mounting
    view: View
    light: Light
    drives: tuple[Drive, ...]
    seconds: float
    post: tuple[float, float, float] | None = None
    shake: float = 0.0

    def is_empty(self, at_s: float) -> bool:
        """Whether no plate is near the picture, so that nothing need be rendered; standing vehicles are rendered as
        long as others drive."""
        moving = [drive for drive in self.drives if drive.speed and self._is_on_its_way(drive, at_s)]
        stands = any(not drive.speed for drive in self.drives)
        return not (moving if stands else any(self._is_near(drive, at_s) for drive in moving))

    def _is_on_its_way(self, drive: Drive, at_s: float) -> bool:
        return LEAVES_M <= drive.distance(at_s) <= self.mounting.far

    def _is_near(self, drive: Drive, at_s: float) -> bool:
        """Whether the plate is in the picture or no more than a fifth of it outside."""
        x, y = self.view.project(drive.to_world(drive.vehicle.outline.mean(axis=0), at_s))
        return bool(-0.2 < x / WIDTH < 1.2 and -0.2 < y / HEIGHT < 1.2)


def scenes(seed: int) -> Iterator[Scene]:
    """Scenes without end."""
    return (scene(seed, number) for number in count())


def scene(seed: int, number: int) -> Scene:
    """The scene of that number."""
    rng = Random(f"stress {seed}/{number}")
    kind = _ROUND[number % len(_ROUND)]
    kmh = _speed(rng, kind, number)
    mounting = mounting_for(kmh)
    lit = _light(rng, kind, mounting)
    side = rng.choice((-1, 1))
    lane = side * rng.uniform(*mounting.aside)
    stage = _Stage(rng, kind, mounting, lit, lane, side, kmh / 3.6)
    drives, view = _PLOTS.get(kind, _alone)(stage)
    seconds = max(_over(drive, mounting) for drive in drives) + 0.4
    return Scene(number, kind, mounting, view, lit, drives, seconds, _post(stage, view) if kind == "post" else None,
                 rng.uniform(2, 6) if kind == "shaking" else 0.0)  # fmt: skip


def _speed(rng: Random, kind: str, number: int) -> float:
    """Kilometres an hour, spread evenly over the scenes; low ones a little denser."""
    low, high = _SPEEDS.get(kind, (SLOWEST, FASTEST))
    share = (number // len(_ROUND) * 0.618 + number % len(_ROUND) * 0.29 + rng.uniform(0, 0.1)) % 1
    return float((low**0.5 + share * (high**0.5 - low**0.5)) ** 2)


def _light(rng: Random, kind: str, mounting: Mounting) -> Light:
    makers = {"infrared": light.infrared, "headlights": light.headlights, "rain": light.rain}
    other = rng.choice((light.day, light.day, light.day, light.rain, light.infrared))
    return makers.get(kind, light.day if kind == "day" else other)(rng, mounting.top_kmh)


@dataclass
class _Stage:
    """What a plot is made with. `lane` is the lane's middle right of the camera, metres; `speed` in m/s."""

    rng: Random
    kind: str
    mounting: Mounting
    light: Light
    lane: float
    side: int
    speed: float
    bends: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        bent = self.rng.random() < 0.4
        self.bends = (self.rng.uniform(-0.05, 0.05), self.rng.uniform(-0.004, 0.004) if bent else 0.0)

    def view(self, lane: float | None = None, closer: float = 1.0) -> View:
        return View.drawn(self.rng, self.mounting, self.lane if lane is None else lane, closer)

    def path(self, view: View, beyond: float = 0.0) -> Path:
        """The lane, or one further from the camera."""
        return Path(self.lane + self.side * beyond, view.target[2], *self.bends)

    def vehicle(self, rear: bool | None = None) -> Vehicle:
        return vehicles.drawn(self.rng, self.light.grey, self.rng.random() < 0.35 if rear is None else rear)

    def drive(self, path: Path, start_s: float = 0.0, vehicle: Vehicle | None = None) -> Drive:
        """A pass: towards the camera with the front, away from it with the rear."""
        vehicle = vehicle or self.vehicle()
        start, speed = (LEAVES_M, self.speed) if vehicle.rear else (self.mounting.far, -self.speed)
        return Drive(vehicle, path, start, speed, start_s)


Plot = Callable[[_Stage], tuple[tuple[Drive, ...], View]]


def _alone(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    view = stage.view()
    return (stage.drive(stage.path(view)),), view


def _queue(stage: _Stage, vehicles_: int, gap: tuple[float, float]) -> tuple[tuple[Drive, ...], View]:
    """Vehicles behind each other in one lane; gaps in metres."""
    view = stage.view()
    path, rear, drives, at_s = stage.path(view), stage.rng.random() < 0.3, [], 0.0
    for _ in range(vehicles_):
        drives.append(stage.drive(path, at_s, stage.vehicle(rear)))
        at_s += (drives[-1].vehicle.body.length + stage.rng.uniform(*gap)) / stage.speed
    return tuple(drives), view


def _bumper(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    stage.lane *= 1.25
    return _queue(stage, 2, (1.5, 3.0))


def _convoy(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    gap = 3.0 + 0.5 * stage.speed
    return _queue(stage, 10, (gap, 1.5 * gap))


def _abreast(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    """Two lanes, nearly level with each other."""
    view = stage.view(stage.lane + stage.side * LANE_M / 2, closer=0.72)
    rear, later = stage.rng.random() < 0.35, stage.rng.uniform(0, 1.5) / stage.speed
    near, far = stage.path(view), stage.path(view, LANE_M)
    return (stage.drive(near, later, stage.vehicle(rear)), stage.drive(far, 0.0, stage.vehicle(rear))), view


def _between(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    """The far lane is watched; somebody comes the other way on the near one and hides it for a moment."""
    view = stage.view(stage.lane + stage.side * 0.75 * LANE_M, closer=0.8)
    far, near = stage.path(view, LANE_M), stage.path(view)
    watched = stage.drive(far, 0.0, stage.vehicle(rear=False))
    meet_s = (stage.mounting.far - view.target[2]) / stage.speed
    crossing = view.target[2] * abs(near.at(view.target[2])) / abs(far.at(view.target[2]))
    other = stage.drive(near, meet_s - (crossing - LEAVES_M) / stage.speed, stage.vehicle(rear=True))
    return (watched, other), view


def _parked(stage: _Stage) -> tuple[tuple[Drive, ...], View]:
    """A row of three behind the lane, their plates to the camera, while one car passes."""
    view = stage.view(closer=0.7)
    passing = stage.drive(stage.path(view))
    beyond = view.target[2] + stage.rng.uniform(3.5, 5.0)
    middle = stage.lane * beyond / view.target[2]
    row = [Path(middle + stage.side * (step * 2.6 - 1.0), beyond) for step in (0, 1, 2)]
    return (passing, *(Drive(stage.vehicle(), place, beyond, 0.0, asked=False) for place in row)), view


def _back(stage: _Stage, gap_s: float) -> tuple[tuple[Drive, ...], View]:
    """The same vehicle twice, `gap_s` seconds out of sight in between."""
    view = stage.view()
    path, first = stage.path(view), stage.drive(stage.path(view))
    return (first, stage.drive(path, _over(first, stage.mounting) + gap_s, first.vehicle)), view


_PLOTS: dict[str, Plot] = {
    "bumper to bumper": _bumper,
    "convoy of 10": _convoy,
    "abreast": _abreast,
    "vehicle between": _between,
    "parked row": _parked,
    "back after 32 s": lambda stage: _back(stage, 32.0),
    "back after 10 min": lambda stage: _back(stage, 600.0),
}


def _post(stage: _Stage, view: View) -> tuple[float, float, float]:
    """Between the camera and the place that it looks at."""
    near = stage.rng.uniform(0.45, 0.6)
    x, _, z = view.target
    return x * near, z * near * stage.rng.uniform(0.95, 1.1), stage.rng.uniform(0.1, 0.22)


def _over(drive: Drive, mounting: Mounting) -> float:
    """When a drive is over, in seconds."""
    if not drive.speed:
        return 0.0
    way = mounting.far - LEAVES_M
    return drive.start_s + way / abs(drive.speed)
