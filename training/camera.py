"""What light, lens, sensor and compression do to a picture of a plate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, radians, sin
from random import Random

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from streamer.types import Picture

Light = NDArray[np.float32]
"""Height x width x 3, BGR, about 0-255 but not limited."""


@dataclass(frozen=True)
class Conditions:
    """One look of one camera.

    `gain` is exposure (1 = the plate's own colours), `balance` its share for blue, green and red;
    `unevenness` of the light 0-1; `glare` 0-1; `haze` 0-1; `blur` is the defocus's standard
    deviation and `motion` the path's length in pixels, its `direction` in degrees; `noise` is the
    standard deviation in grey levels; `sharpening` 0-1; `quality` JPEG's, 100 for none, `video` for
    a codec that smooths its blocks.
    """

    gain: float
    balance: tuple[float, float, float]
    unevenness: float
    shadow: bool
    glare: float
    haze: float
    blur: float
    motion: float
    direction: float
    noise: float
    grey: bool
    rain: bool
    sharpening: float
    quality: int
    video: bool

    @classmethod
    def drawn(cls, rng: Random, cap: float, infrared: bool) -> Conditions:
        """Day, dusk and night; the blur suits characters `cap` pixels high."""
        dark = infrared or rng.random() < 0.22
        tint = rng.choice((0.04, 0.04, 0.04, 0.08, 0.2))
        still = rng.random() < 0.85
        return cls(
            gain=_gain(rng, dark, infrared),
            balance=(_share(rng, tint), _share(rng, tint), _share(rng, tint)),
            unevenness=rng.uniform(0, 0.35) if rng.random() < 0.8 else rng.uniform(0.3, 0.7),
            shadow=not dark and rng.random() < 0.15,
            glare=rng.uniform(0.2, 1) if rng.random() < (0.3 if dark else 0.08) else 0.0,
            haze=rng.uniform(0.05, 0.5) if rng.random() < 0.18 else 0.0,
            blur=min(rng.choice((0.3, 0.4, 0.5, 0.7, 1.0, 1.5)) * rng.uniform(0.7, 1.3), 0.05 + 0.1 * cap),
            motion=0.0 if still else rng.uniform(0.08, 0.35) * cap,
            direction=rng.gauss(0, 15) if rng.random() < 0.7 else rng.uniform(-90, 90),
            noise=rng.uniform(0.5, 5) if not dark else rng.uniform(2, 14),
            grey=infrared or rng.random() < 0.07,
            rain=rng.random() < 0.03,
            sharpening=rng.uniform(0.3, 1.5) if rng.random() < 0.5 else 0.0,
            quality=_quality(rng),
            video=rng.random() < 0.4,
        )

    def eased(self) -> Conditions:
        """The same look by a good camera in fair light: half of the blur, noise and unevenness, little glare
        and haze, no rain, and nothing so dark or so compressed that strokes vanish."""
        return replace(
            self,
            gain=max(0.5, self.gain),
            unevenness=0.5 * self.unevenness,
            glare=0.3 * self.glare,
            haze=0.5 * self.haze,
            blur=0.5 * self.blur,
            motion=0.0,
            noise=0.5 * self.noise,
            rain=False,
            quality=max(50, self.quality),
        )

    @property
    def spread(self) -> float:
        """Defocus and motion together as one standard deviation in pixels."""
        return float(np.hypot(self.blur, self.motion / 3.46))


def _share(rng: Random, tint: float) -> float:
    return max(0.3, rng.gauss(1, tint))


def _gain(rng: Random, dark: bool, infrared: bool) -> float:
    if infrared:
        return rng.uniform(0.55, 1.25)
    if dark:
        return rng.uniform(0.12, 0.8)
    return rng.uniform(0.55, 1.1) if rng.random() < 0.92 else rng.uniform(1.1, 1.6)


def _quality(rng: Random) -> int:
    return rng.choice((100, rng.randint(70, 95), rng.randint(45, 80), rng.randint(25, 60), rng.randint(12, 35)))


def shoot(rng: Random, scene: MatLike, seen: Conditions) -> Picture:
    """The scene (BGR, uint8) as the camera delivers it, of the same size."""
    light = _lit(rng, scene, seen)
    if seen.rain:
        _rain(rng, light)
    picture = _sensed(rng, _blurred(light, seen), seen)
    if seen.grey:
        picture = np.asarray(
            cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
        )
    return _compressed(picture, seen) if seen.quality < 100 else picture


def _sensed(rng: Random, light: Light, seen: Conditions) -> Picture:
    """Noise, more of it where it is bright, and sharpening."""
    noise = _noise(rng, light.shape, seen.grey)
    noisy: MatLike = cv2.multiply(light, noise * np.float32(0.4 / 128 * seen.noise) + np.float32(1))
    noisy = cv2.scaleAdd(noise, 0.6 * seen.noise, noisy)
    soft = cv2.GaussianBlur(noisy, (3, 3), 0.8) if seen.sharpening else noisy
    sharp = cv2.addWeighted(noisy, 1 + seen.sharpening, soft, -seen.sharpening, 0, dtype=cv2.CV_8U)
    return np.asarray(sharp, np.uint8)


def _lit(rng: Random, scene: MatLike, seen: Conditions) -> Light:
    """Uneven light, shadow, glare and haze; exposure and colour balance."""
    size = scene.shape[1], scene.shape[0]
    spread = seen.unevenness
    field = np.array(
        [[rng.uniform(1 - spread, 1 + spread / 2) for _ in range(3)] for _ in range(3)], np.float32
    )
    tint = np.array(seen.balance, np.float32) * np.float32(seen.gain * (1 - seen.haze))
    gains = cv2.resize(field[..., None] * tint, size, interpolation=cv2.INTER_LINEAR)
    if seen.shadow:
        _shadow(rng, gains)
    light = np.asarray(cv2.multiply(scene, gains, dtype=cv2.CV_32F), np.float32)
    if seen.haze:
        light += np.float32(seen.haze * rng.uniform(70, 200))
    if seen.glare:
        light += _glare(rng, size, seen.glare)[..., None]
    return light


def _shadow(rng: Random, gains: MatLike) -> None:
    """Half of the picture behind a straight edge is darker."""
    rows, columns = gains.shape[:2]
    x, lean = rng.uniform(0, columns), rng.uniform(-columns, columns) * 0.5
    side = 0 if rng.random() < 0.5 else columns
    shape = np.array([[x, 0], [x + lean, rows], [side, rows], [side, 0]], np.float32).round().astype(np.int32)
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(mask, [shape], (255.0,))
    dark = np.asarray(gains, np.float32) * np.float32(rng.uniform(0.35, 0.75))
    cv2.copyTo(dark, mask, gains)


def _glare(rng: Random, size: tuple[int, int], strength: float) -> NDArray[np.float32]:
    """One soft bright spot: a lamp's reflection or a headlight beside the plate. Height x width."""
    columns, rows = 16, 10
    x, y = rng.uniform(-2, columns + 2), rng.uniform(-2, rows + 2)
    reach = rng.uniform(1.0, 5.0)
    across = np.exp(-0.5 * ((np.arange(columns, dtype=np.float32) - x) / reach) ** 2)
    down = np.exp(-0.5 * ((np.arange(rows, dtype=np.float32) - y) / reach) ** 2)
    spot = np.outer(down, across) * np.float32(strength * 260)
    return np.asarray(cv2.resize(spot, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _rain(rng: Random, light: Light) -> None:
    """Pale streaks."""
    rows, columns = light.shape[:2]
    lean = rng.uniform(-0.3, 0.3)
    for _ in range(rng.randint(3, 14)):
        x, y, length = rng.uniform(0, columns), rng.uniform(0, rows), rng.uniform(0.1, 0.5) * rows
        start, end = (round(x), round(y)), (round(x + lean * length), round(y + length))
        cv2.line(light, start, end, (rng.uniform(120, 220),) * 3, 1, cv2.LINE_AA)


def _blurred(light: Light, seen: Conditions) -> Light:
    out: MatLike = light
    if seen.motion > 1:
        out = cv2.filter2D(out, -1, _path(round(seen.motion * 2) / 2, round(seen.direction / 5) * 5))
    if seen.blur > 0.35:
        side = 2 * int(seen.blur * 2 + 0.5) + 1
        out = cv2.GaussianBlur(out, (side, side), seen.blur)
    return np.asarray(out, np.float32)


@lru_cache(maxsize=4096)
def _path(length: float, direction: int) -> NDArray[np.float32]:
    """A motion's kernel: a line of that length (pixels) and direction (degrees), sum 1."""
    reach = int(length / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    step = cos(radians(direction)) * length / 2, sin(radians(direction)) * length / 2
    ends = [(round((reach + sign * step[0]) * 16), round((reach + sign * step[1]) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], (1.0,), 1, cv2.LINE_8, 4)
    return kernel / np.float32(kernel.sum())


_BANK = 1 << 19


@lru_cache(maxsize=1)
def _bank() -> NDArray[np.float32]:
    """Normal noise, to cut pieces from: half a million independent values."""
    return np.random.default_rng(7).standard_normal(_BANK, np.float32)


def _noise(rng: Random, shape: tuple[int, ...], grey: bool) -> NDArray[np.float32]:
    """Height x width x 3 of standard deviation 1, the same in all channels if grey."""
    count = shape[0] * shape[1] * (1 if grey else 3)
    start = rng.randrange(_BANK - count)
    noise = _bank()[start : start + count].reshape(*shape[:2], -1)
    return np.asarray(cv2.merge([noise, noise, noise]), np.float32) if grey else noise


def _compressed(picture: Picture, seen: Conditions) -> Picture:
    """JPEG; for video with the smoothing that a codec's deblocking leaves."""
    _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, seen.quality))
    out: MatLike = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    if seen.video and seen.quality < 60:
        out = cv2.GaussianBlur(out, (3, 3), 0.55)
    return np.asarray(out, np.uint8)
