"""Simulated looks at plates for the tests of tracking, and a tracker with its clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from streamer.track import Change, Elsewhere, ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Character, Plate, Read, Rejected

START = 1_790_000_000.0
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def plate(text: str, x: float, y: float = 300.0, width: float = 100.0, confidence: float = 0.8) -> Plate:
    """An upright plate with its upper left corner at x, y, five times as wide as high."""
    corners = ((x, y), (x + width, y), (x + width, y + width / 5), (x, y + width / 5))
    return Plate(corners, 0.9, text, confidence, tuple(Character(letter, confidence) for letter in text))


@dataclass
class Camera:
    """A tracker with its clock and everything that it told."""

    options: TrackOptions = TrackOptions()  # noqa: RUF009 - frozen
    fps: float = 5.0
    resume: Sequence[Read] = ()
    start: float = START
    elsewhere: Elsewhere | None = None
    name: str = "gate"

    def __post_init__(self) -> None:
        numbers = count(1)
        own = "" if self.name == "gate" else f"{self.name}-"
        self.tracker = Tracker(
            self.name,
            "clip.mp4",
            self.options,
            lambda _: f"{own}r{next(numbers)}",
            self.resume,
            self.elsewhere,
        )
        self.told: list[ReadChange] = []
        self._rejected: list[Rejected] = []
        self.looks = 0

    @property
    def media_s(self) -> float:
        return self.looks / self.fps

    def look(self, *plates: Plate) -> list[ReadChange]:
        changes = self.tracker.update(self.start + self.media_s, self.media_s, plates)
        self.looks += 1
        self.told += changes
        return changes

    def watch(self, looks: Iterable[Sequence[Plate]]) -> None:
        for plates in looks:
            self.look(*plates)

    def wait(self, seconds: float) -> None:
        self.watch([()] * round(seconds * self.fps))

    def settled(self) -> list[Read]:
        self.told += self.tracker.finish()
        return [told.read for told in self.told if told.change is Change.SETTLED]

    def rejected(self) -> list[Rejected]:
        """Everything that was rejected so far."""
        self._rejected += self.tracker.take_rejected()
        return self._rejected

    def texts(self) -> list[str]:
        return [read.plate for read in self.settled()]


def passing(text: str, looks: int, step: float, y: float = 300.0, start: float = 0.0) -> list[list[Plate]]:
    """A vehicle that crosses the picture, `step` pixels a look."""
    return [[plate(text, start + index * step, y)] for index in range(looks)]
