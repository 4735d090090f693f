"""Rendered plates with everything that is known about them, to teach the finder and the reader.

    python -m training.plates --sheet sheet.png     look at them
    python -m training.plates --benchmark           how many a second

The same random state gives the same sample, as long as the same fonts lie in `data/fonts`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from time import process_time

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from streamer.types import Picture
from training import fonts, looks
from training.camera import Conditions, shoot
from training.fonts import HEIGHTS, Fonts
from training.glyph import Mask
from training.layouts import design, infrared
from training.plate import press
from training.pose import Matrix, Pose, moved, view
from training.sheets import sheet
from training.wear import Mounted, Points, mount

FAINT = 4.5
"""Grey levels of texture that are too faint to be told from noise."""
SIZE = (160, 64)
"""Width and height of the reader's crop."""
LEGIBLE = 0.42
"""Clarity from which a person can read a character: judged by eye on sheets sorted by clarity."""
FAIR = 0.55
"""How many of all looks are taken by a good camera in fair light. With none, one rendered crop in four stayed
unread however long a net learnt, and learnt little that clear plates need."""
TIGHT = 0.12
"""How many crops are cut from their picture before they are straightened, as datasets cut them."""
FULL = 12.0
"""Characters of fewer pixels than this need less blur and noise to be read; see `_sample`."""


@dataclass(frozen=True)
class Sample:
    """A picture of one plate, BGR.

    `corners` (4 x 2; top left, top right, bottom right, bottom left as read) are the plate's without
    its frame. `quads` (n x 4 x 2, same order) are the characters of `text`, joined over its one or two
    lines; `rows` (n) says which line each is on. `clarity` (n) is how much of each character is left,
    0 to 1. `cap` is the highest character's height (or 2.2 times its width, if that is less) and `blur` the
    blur's standard deviation, in pixels of the camera before straightening. `style` is one of
    `looks.STYLES`, `region` a code of `streamer.formats` or "".
    """

    image: Picture
    corners: Points
    text: tuple[str, ...]
    quads: Points
    rows: NDArray[np.intp]
    clarity: NDArray[np.float32]
    cap: float
    blur: float
    style: str
    region: str

    @property
    def readable(self) -> bool:
        """Whether a person could read it all; what is not is not to be taught as a text."""
        return bool(self.clarity.min() >= LEGIBLE)


def crop_sample(rng: Random, size: tuple[int, int] = SIZE, faces: Fonts | None = None) -> Sample:
    """A crop (width, height) as the finder hands it to the reader: straightened, with a margin of 4 to
    12% and corners that are a little off; one in five is cut upright instead."""
    return next(crops(rng, size, faces, looks_each=1))


def crops(
    rng: Random, size: tuple[int, int] = SIZE, faces: Fonts | None = None, looks_each: int = 2
) -> Iterator[Sample]:
    """Samples without end; each plate is seen `looks_each` times, from elsewhere in other light."""
    known = faces or fonts.load()
    while True:
        cap = 8.0 * 5.5 ** rng.random()
        dark = rng.random() < 0.1
        mounted = _mounted(rng, known, cap * 1.2, dark)
        for _ in range(looks_each):
            yield _seen(rng, mounted, cap * rng.uniform(0.8, 1.0), dark, size)


def _seen(rng: Random, mounted: Mounted, cap: float, dark: bool, size: tuple[int, int]) -> Sample:
    """One look at the plate, its characters `cap` pixels high in the camera's picture."""
    stance = Pose.drawn(rng)
    seen = view(stance, mounted, cap)
    conditions = Conditions.drawn(rng, cap, dark)
    if rng.random() < FAIR:
        conditions = conditions.eased()
    scene = _through(mounted.image, seen.matrix, seen.size)
    photo = shoot(rng, scene, conditions)
    if rng.random() < TIGHT:
        photo = _hugged(rng, photo, moved(mounted.corners, seen.matrix))
    straight = _straightening(rng, mounted, seen.matrix, stance, size)
    image = _through(photo, straight, size, cv2.INTER_CUBIC if rng.random() < 0.1 else cv2.INTER_LINEAR)
    return _sample(image, mounted, seen.matrix, straight, conditions.spread)


def _through(picture: MatLike, matrix: Matrix, size: tuple[int, int], flags: int = cv2.INTER_LINEAR) -> MatLike:
    """The picture through a homography, its edges continued."""
    return cv2.warpPerspective(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _hugged(rng: Random, photo: Picture, corners: Points) -> Picture:
    """The photo with nothing left beyond the box around the plate, or a little more or less: its edges
    continued, so that places stay where they are."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = [rng.uniform(-0.02, 0.05) * float(side) for side in (high - low) for _ in range(2)]
    left, top = max(0, round(low[0] - room[0])), max(0, round(low[1] - room[2]))
    right, bottom = round(high[0] + room[1]), round(high[1] + room[3])
    inner = photo[top:bottom, left:right]
    rows, columns = photo.shape[:2]
    below, beside = rows - top - inner.shape[0], columns - left - inner.shape[1]
    return np.asarray(cv2.copyMakeBorder(inner, top, below, left, beside, cv2.BORDER_REPLICATE), np.uint8)


def plate_with_alpha(rng: Random, cap: float = 34, faces: Fonts | None = None) -> Mounted:
    """A flat plate in its frame, characters about `cap` pixels high (9 to 49), for `paste.paste`."""
    return _mounted(rng, faces or fonts.load(), cap, dark=False)


def _mounted(rng: Random, faces: Fonts, cap: float, dark: bool) -> Mounted:
    """A plate on a vehicle, with characters of at least `cap` pixels as far as faces have them."""
    plan = design(rng, looks.pick(rng))
    if dark:
        plan = infrared(rng, plan)
    height = next((height for height in HEIGHTS if height >= max(9.0, cap)), HEIGHTS[-1])
    return mount(rng, press(rng, plan, faces, height), faces)


def _straightening(
    rng: Random, mounted: Mounted, matrix: Matrix, stance: Pose, size: tuple[int, int]
) -> Matrix:
    """From the camera's picture to the crop."""
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    low, high = mounted.corners.min(axis=0), mounted.corners.max(axis=0)
    upright = rng.random() < 0.2 and abs(stance.roll) < 12
    if upright:
        seen = moved(mounted.corners, matrix)
        low, high = seen.min(axis=0), seen.max(axis=0)
    width, height = (float(side) for side in high - low)
    left, right = (rng.uniform(0.04, 0.12) * width for _ in range(2))
    above, below = (rng.uniform(0.04, 0.12) * height for _ in range(2))
    slack = 0.0 if upright else rng.choice((0.008, 0.016, 0.024, 0.035))
    off = [rng.gauss(0, slack * side) for _ in range(4) for side in (width, height)]
    quad = np.array(
        [
            [low[0] - left, low[1] - above],
            [high[0] + right, low[1] - above],
            [high[0] + right, high[1] + below],
            [low[0] - left, high[1] + below],
        ],
        np.float32,
    ) + np.array(off, np.float32).reshape(4, 2)
    source = quad if upright else moved(quad, matrix)
    return np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)


def _sample(image: MatLike, mounted: Mounted, camera: Matrix, straight: Matrix, blur: float) -> Sample:
    """What is known about a crop. `camera` leads from the mounted plate to the camera's picture,
    `straight` from there to the crop."""
    picture = np.asarray(image, np.uint8)
    size = (picture.shape[1], picture.shape[0])
    matrix = straight @ camera
    seen = moved(_quads(mounted.boxes), camera)
    quads = moved(seen, straight)
    ink = cv2.warpPerspective(mounted.ink, matrix, size, flags=cv2.INTER_LINEAR)
    caps = _resolution(seen)
    plate = mounted.plate
    return Sample(
        picture,
        moved(mounted.corners, matrix),
        plate.text,
        quads,
        plate.rows,
        clarity(picture, np.asarray(ink, np.uint8), quads) * np.minimum(1, caps / np.float32(FULL)),
        float(caps.max()),
        blur,
        plate.design.style,
        plate.design.region,
    )


def _resolution(quads: Points) -> NDArray[np.float32]:
    """Each character's height; less if the characters are narrower than 1 / 2.2 of it."""
    down, across = quads[:, 3] - quads[:, 0], quads[:, 1] - quads[:, 0]
    heights = np.sqrt((down * down).sum(axis=1))
    widest = np.sqrt((across * across).sum(axis=1)).max()
    return np.asarray(heights * min(1.0, 2.2 * float(widest / heights.max())), np.float32)


def _quads(boxes: NDArray[np.float32]) -> Points:
    """n x 4 corner points of n boxes."""
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]


def clarity(image: Picture, ink: Mask, quads: Points) -> NDArray[np.float32]:
    """How much of each character's strokes can be seen in the picture: 0 (nothing) to 1.

    The correlation of the picture with the characters' ink inside each quad, both without what is
    coarser than half a character; 0 for one that leaves the picture.
    """
    rows, columns = ink.shape
    low = np.floor(quads.min(axis=1)).astype(int) - 1
    high = np.ceil(quads.max(axis=1)).astype(int) + 1
    inside = (low >= -2).all(axis=1) & (high <= (columns + 2, rows + 2)).all(axis=1)
    left, top = np.clip(low, 0, (columns, rows)).T
    right, bottom = np.clip(high, 0, (columns, rows)).T
    side = max(3, int(0.6 * float((bottom - top).max())) | 1)
    seen, true = (_fine(layer, side) for layer in (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), ink))
    sums = cv2.integral(cv2.merge([seen * true, seen * seen, true * true]))
    inner = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    both, seen_power, true_power = inner.T
    both = both if both.sum() >= 0 else -both
    flat = FAINT**2 * (right - left) * (bottom - top)
    found = both / np.sqrt((seen_power + flat) * true_power + 1e-6)
    return np.where(inside, np.clip(found, 0, 1), 0).astype(np.float32)


def _fine(picture: MatLike, side: int) -> NDArray[np.float32]:
    """The picture without what is coarser than `side` pixels."""
    return np.asarray(cv2.subtract(picture, cv2.blur(picture, (side, side)), dtype=cv2.CV_32F), np.float32)


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m training.plates", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--sheet", metavar="FILE", help="write a contact sheet")
    options.add_argument("--count", type=int, default=96, help="pictures on the sheet, crops to time")
    options.add_argument("--benchmark", action="store_true", help="time crops on one core")
    given = options.parse_args()
    cv2.setNumThreads(1)
    if not fonts.load().roads:
        print("No fonts in data/fonts: pens alone are used. Run training/fonts.sh.", file=sys.stderr)
    rng = Random(given.seed)  # noqa: S311 - pictures need no secrets
    if given.sheet:
        cv2.imwrite(given.sheet, sheet(list(islice(crops(rng, looks_each=1), given.count))))
    if given.benchmark:
        benchmark(rng, given.count)


def benchmark(rng: Random, count: int) -> None:
    """Prints crops a second of this program's own processor time, once the faces in use are cut."""
    faces = fonts.load()
    for face in {*faces.plates, *faces.pens}:
        for height in HEIGHTS:
            face.glyphs(height)
    endless = crops(rng)
    for _ in range(count):
        next(endless)
    start = process_time()
    for _ in range(count):
        next(endless)
    each = (process_time() - start) / count
    width, height = SIZE
    print(
        f"{1 / each:.0f} crops of {width}x{height} a second and core, {1000 * each:.2f} ms each ({count} made)"
    )


if __name__ == "__main__":
    main()
