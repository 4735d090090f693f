"""Day, rain and night: what light there is, and the shutter that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Light:
    """`surroundings`, `body` and `plate` are gains of what is drawn as by day; `fades` says that the light comes from
    beside the camera and fades with the distance. `haze` (0-1) veils, `noise` is the sensor's standard deviation in
    grey levels, `glow` (0-1) how bright headlights shine into the camera; `shutter_s` is the exposure, `softness` the
    standard deviation in pixels of what the lens blurs."""

    name: str
    surroundings: float
    body: float
    plate: float
    haze: float
    noise: float
    shutter_s: float
    softness: float
    fades: bool = False
    grey: bool = False
    glow: float = 0.0
    rain: bool = False


def longest_shutter(kmh: float) -> float:
    """The longest exposure in seconds that Milestone's manual for plate recognition allows for that speed."""
    return 1 / (11 * kmh)


def day(rng: Random, top_kmh: float) -> Light:
    gain = rng.uniform(0.75, 1.05)
    return Light("day", gain, gain, gain * rng.uniform(0.9, 1.05), 0.0, rng.uniform(1, 2.5),
                 longest_shutter(top_kmh) * rng.uniform(0.2, 0.8), rng.uniform(0.45, 0.8))  # fmt: skip


def rain(rng: Random, top_kmh: float) -> Light:
    """Overcast and wet: less contrast, more noise, the longest shutter, streaks."""
    gain = rng.uniform(0.55, 0.8)
    return Light("rain", gain, gain, gain, rng.uniform(0.08, 0.28), rng.uniform(2, 4.5),
                 longest_shutter(top_kmh) * rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0), rain=True)  # fmt: skip


def infrared(rng: Random, top_kmh: float) -> Light:
    """Lit by the camera: plates throw the light back, all else is dim; grey. The shutter stays short."""
    return Light("infrared", rng.uniform(0.2, 0.4), rng.uniform(0.25, 0.5), rng.uniform(0.75, 1.1), 0.0,
                 rng.uniform(3, 6), longest_shutter(top_kmh) * rng.uniform(0.4, 1.0), rng.uniform(0.5, 0.9),
                 fades=True, grey=True, glow=rng.uniform(0.2, 0.5))  # fmt: skip


def headlights(rng: Random, top_kmh: float) -> Light:
    """Street lamps and headlights alone: dark, noisy, and the shutter twice as long as it should be."""
    return Light("headlights", rng.uniform(0.12, 0.25), rng.uniform(0.2, 0.35), rng.uniform(0.4, 0.65), 0.0,
                 rng.uniform(4, 7), longest_shutter(top_kmh) * rng.uniform(1.0, 2.0), rng.uniform(0.6, 0.9),
                 glow=rng.uniform(0.5, 0.9))  # fmt: skip
