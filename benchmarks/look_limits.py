"""From which size, light and blur on plates can be read: the limits of streamer/lookquality.py.

    python -m benchmarks.look_limits [--plates 200]

Rendered plates (training/) are spoiled step by step, as a camera spoils them, and read by the network engine's
reader at their true corners. Writes its table into benchmarks/README.md. A minute and a half on one core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, median

import click
import cv2
import numpy as np

from benchmarks.page import write_section
from streamer.lookquality import (
    BRIGHT_ABOVE,
    DARK_BELOW,
    LEAST_CHARACTER_PX,
    LEAST_SHARPNESS,
    LookQuality,
    quality_of,
)
from streamer.neural.models import Net
from streamer.neural.reader import OUTPUTS, Reader
from streamer.places import MODELS
from streamer.types import Corners, Picture, Reason
from training import fonts
from training.plates import plate_with_alpha

CHARACTER_PX = 20
"""How high the characters of plates are before they are spoiled, pixels; those that are shrunk begin larger."""

NOISE, JPEG = 2.0, 85
"""What every camera does: sensor noise (sigma, 0-255) and its JPEG's quality."""


@dataclass(frozen=True)
class Posed:
    """A rendered plate in a picture, its corners there and its text."""

    picture: Picture
    corners: Corners
    text: str


def posed(count: int) -> Iterator[Posed]:
    """The same plates each time, straight from the front."""
    rng, faces = Random(2), fonts.load()
    for _ in range(count):
        mounted = plate_with_alpha(rng, 40, faces)
        a, b, c, d = ((float(x), float(y)) for x, y in mounted.corners)
        yield Posed(mounted.image, (a, b, c, d), "".join(mounted.plate.text))


def shrunk(one: Posed, character_px: float) -> Posed:
    """The plate with characters about so many pixels high."""
    scale = character_px / quality_of(one.picture, one.corners).character_px
    rows, columns = one.picture.shape[:2]
    size = max(8, round(columns * scale)), max(8, round(rows * scale))
    small = np.asarray(cv2.resize(one.picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    a, b, c, d = ((x * size[0] / columns, y * size[1] / rows) for x, y in one.corners)
    return Posed(small, (a, b, c, d), one.text)


def dimmed(one: Posed, level: float) -> Posed:
    """With so many levels between black and white."""
    return _spoiled(one, lambda picture: picture.astype(np.float32) * level / 255)


def flooded(one: Posed, gain: float) -> Posed:
    """With so much light that the sensor is full."""
    return _spoiled(one, lambda picture: np.clip(picture.astype(np.float32) * gain, 0, 255))


def blurred(one: Posed, share: float) -> Posed:
    """Out of focus by a share of the characters' height."""
    return _spoiled(one, lambda picture: cv2.GaussianBlur(picture, (0, 0), share * CHARACTER_PX))


def smeared(one: Posed, share: float) -> Posed:
    """Moved along by a share of the characters' height while the shutter was open."""
    return _spoiled(one, lambda picture: cv2.blur(picture, (max(1, round(share * CHARACTER_PX)), 1)))


def _spoiled(one: Posed, how: Callable[[Picture], np.ndarray]) -> Posed:
    ready = shrunk(one, CHARACTER_PX)
    return replace(ready, picture=how(ready.picture).astype(np.uint8))


def taken(picture: Picture, chance: np.random.Generator) -> Picture:
    """As a camera takes it."""
    noisy = np.clip(picture + chance.normal(0, NOISE, picture.shape), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@dataclass(frozen=True)
class Row:
    """One step of one fault: how many plates are read, how they measure, how many are called faulty."""

    read: float
    measured: float
    called: float


def measure(
    reader: Reader, plates: Sequence[Posed], reason: Reason, value: Callable[[LookQuality], float]
) -> Row:
    chance = np.random.default_rng(1)
    pictures = [taken(one.picture, chance) for one in plates]
    qualities = [quality_of(picture, one.corners) for picture, one in zip(pictures, plates, strict=True)]
    texts = [
        reader.read_plates(picture, [[one.corners]])[0].text
        for picture, one in zip(pictures, plates, strict=True)
    ]
    return Row(
        fmean(text == one.text for text, one in zip(texts, plates, strict=True)),
        median(map(value, qualities)),
        fmean(quality.fault is reason for quality in qualities),
    )


@click.command()
@click.option("--plates", "count", default=200, show_default=True)
def main(count: int) -> None:
    cv2.setNumThreads(1)
    reader = Reader(Net(MODELS / "reader.onnx", OUTPUTS, 1))
    fresh = list(posed(count))
    lines = [_HEAD.format(count=count)]
    for title, reason, amounts, spoil, value in FAULTS:
        lines += [f"\n| {title} | read right | measured | called {reason} |", "| --: | --: | --: | --: |"]
        for amount in amounts:
            row = measure(reader, [spoil(one, amount) for one in fresh], reason, value)
            lines.append(f"| {amount:g} | {row.read:.0%} | {row.measured:.2f} | {row.called:.0%} |")
            click.echo(lines[-1])
    write_section("look limits", "\n".join(lines))


_HEAD = f"""## From which look on plates can be read

`python -m benchmarks.look_limits`, {{count}} rendered plates, spoiled step by step and read by the network engine's reader
at their true corners. The limits are {LEAST_CHARACTER_PX:g} pixels, {DARK_BELOW:g} and {BRIGHT_ABOVE:g} of 255, sharpness {LEAST_SHARPNESS:g}."""


FAULTS: tuple[
    tuple[str, Reason, tuple[float, ...], Callable[[Posed, float], Posed], Callable[[LookQuality], float]], ...
] = (
    (
        "characters, pixels high",
        Reason.TOO_SMALL,
        (20, 14, 10, 8, 7, 6, 5, 4),
        shrunk,
        lambda quality: quality.character_px,
    ),
    (
        "levels of light",
        Reason.TOO_DARK,
        (255, 80, 40, 24, 16, 12, 8, 5),
        dimmed,
        lambda quality: quality.bright,
    ),
    (
        "times the light",
        Reason.OVEREXPOSED,
        (1, 2, 4, 6, 8, 12, 16, 24),
        flooded,
        lambda quality: quality.dark,
    ),
    (
        "blur / character height",
        Reason.TOO_BLURRED,
        (0.02, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3),
        blurred,
        lambda quality: quality.sharpness,
    ),
    (
        "smear / character height",
        Reason.TOO_BLURRED,
        (0.1, 0.3, 0.5, 0.7, 0.9, 1.2, 1.5),
        smeared,
        lambda quality: quality.sharpness,
    ),
)


if __name__ == "__main__":
    main()
