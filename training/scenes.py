"""The samples that the finder is taught with: pieces of photos with plates, true ones and rendered ones.

As `stream.py` does for the reader: sample n depends on the seed and n alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, log
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.types import Picture
from training import fonts
from training.camera import Conditions, shoot
from training.clutter import clutter
from training.fonts import Fonts
from training.paste import paste
from training.photocrops import WELL_LABELLED
from training.photos import Labelled
from training.plates import plate_with_alpha
from training.pose import Pose, moved
from training.wear import Mounted, Points

WIDTH, HEIGHT = 320, 256
"""A piece's size in pixels. The net works on any size; small pieces teach faster."""
MOST = 8
"""Plates in a piece that are kept; there are hardly ever more."""
NONE, EXACT, BOX, VAGUE = range(4)
"""What is known about a plate: nothing there, its corners, its upright box (given as four corners), or that
nothing is to be taught about it: it is too small or leaves the piece."""
SMALLEST = 9.0
"""Plates narrower than so many pixels are VAGUE."""
NARROW, WIDE = 10.0, 300.0
"""Widths in pixels that plates are brought to."""
LARGEST = 1280
"""Photos are kept with their longest side no longer than this."""

SCENE = np.dtype(
    [
        ("picture", np.uint8, (HEIGHT, WIDTH, 3)),
        ("corners", np.float32, (MOST, 4, 2)),
        ("known", np.int8, (MOST,)),
    ]
)
"""One sample: BGR, corners in its pixels (top left first, clockwise), and what is known of each plate."""

Scenes = NDArray[np.void]
"""n samples of type SCENE."""


@dataclass(frozen=True)
class Photo:
    """A photo with the corners of its plates (n x 4 x 2, pixels) and which of them are true corners (n)."""

    file: Path
    plates: tuple[Labelled, ...]
    complete: bool

    @property
    def picture(self) -> Picture:
        """BGR, the longest side at most LARGEST."""
        return self._scaled[0]

    @cached_property
    def _scaled(self) -> tuple[Picture, float]:
        """The picture, and its size as a share of the file's."""
        whole = cv2.imread(str(self.file))
        if whole is None:
            raise FileNotFoundError(f"{self.file} is no picture that can be read")
        scale = min(1.0, LARGEST / max(whole.shape[:2]))
        if scale < 1:
            whole = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return np.asarray(whole, np.uint8), scale

    @cached_property
    def corners(self) -> Points:
        """n x 4 x 2, pixels of `picture`."""
        quads = [plate.corners or _quad(*plate.box) for plate in self.plates]
        return np.array(quads, np.float32).reshape(-1, 4, 2) * np.float32(self._scaled[1])

    @cached_property
    def known(self) -> NDArray[np.int8]:
        """EXACT or BOX for each plate. Corners that were drawn by hand are rough, as their set says."""
        return np.array([EXACT if plate.corners else BOX for plate in self.plates], np.int8)


def _quad(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def photos(plates: tuple[Labelled, ...], held_out: bool) -> tuple[Photo, ...]:
    """The photos with their plates, those held out or the others."""
    by_file: dict[Path, list[Labelled]] = {}
    for plate in plates:
        if plate.held_out == held_out:
            by_file.setdefault(plate.file, []).append(plate)
    mixed = {plate.file for plate in plates if plate.held_out != held_out}
    return tuple(
        Photo(file, tuple(some), some[0].folder in WELL_LABELLED)
        for file, some in by_file.items()
        if file not in mixed
    )


@dataclass(frozen=True)
class SceneStream:
    """Samples by number. Of the `photos` (not held out) 35% keep their plates, in 40% rendered plates take
    their places, in the others rendered plates are put anywhere."""

    seed: int
    photos: tuple[Photo, ...]
    faces: Fonts | None = None

    def batch(self, index: int, size: int) -> Scenes:
        """Samples `index * size` to `(index + 1) * size - 1`."""
        return np.array([self._scene(number) for number in range(index * size, (index + 1) * size)], SCENE)

    def _scene(self, number: int) -> tuple[object, ...]:
        rng = Random(f"scene {self.seed}/{number}")  # noqa: S311 - pictures need no secrets
        photo = rng.choice(self.photos)
        kind = rng.random()
        picture, corners, known = _piece(rng, photo, anchored=kind < 0.75)
        if 0.35 <= kind < 0.75:
            picture, corners, known = self._replaced(rng, picture, corners, known)
        elif kind >= 0.75:
            picture, corners, known = self._added(rng, picture, corners, known)
        if rng.random() < 0.35:
            picture = clutter(rng, picture, corners, self.faces or fonts.load())
        if rng.random() < 0.6:
            picture = shoot(rng, picture, Conditions.drawn(rng, 12, False))
        if rng.random() < 0.07:
            grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            picture = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
        return picture, *_padded(corners, known)

    def _replaced(
        self, rng: Random, picture: Picture, corners: Points, known: NDArray[np.int8]
    ) -> tuple[Picture, Points, NDArray[np.int8]]:
        """Every plate covered by a rendered one of about its size."""
        quads = []
        for quad in corners:
            picture = wiped(picture, quad)
            low, high = quad.min(axis=0), quad.max(axis=0)
            width = float(high[0] - low[0]) * rng.uniform(0.85, 1.15)
            picture, new = pasted(rng, picture, (low + high) / 2, width, rng.random() < 0.6, self.faces)
            quads.append(new)
        return picture, np.array(quads, np.float32).reshape(-1, 4, 2), np.full(len(quads), EXACT, np.int8)

    def _added(
        self, rng: Random, picture: Picture, corners: Points, known: NDArray[np.int8]
    ) -> tuple[Picture, Points, NDArray[np.int8]]:
        """Up to three rendered plates where none is."""
        for _ in range(rng.choice((1, 1, 2, 3))):
            width = exp(rng.uniform(log(NARROW), log(WIDE)))
            centre = np.array([rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)], np.float32)
            reach = np.array([width, width * 0.7], np.float32) * np.float32(0.8)
            if len(corners) >= MOST or _touches(corners, centre - reach, centre + reach):
                continue
            picture, new = pasted(rng, picture, centre, width, rng.random() < 0.5, self.faces)
            corners, known = np.concatenate([corners, new[None]]), np.append(known, np.int8(EXACT))
        return picture, corners, known


def pasted(
    rng: Random, picture: Picture, centre: Points, width: float, level: bool, faces: Fonts | None
) -> tuple[Picture, Points]:
    """A rendered plate about `centre`, its upright box `width` pixels wide; `level` if it is hardly turned."""
    plate = _mounted(rng, width, faces)
    stance = Pose.drawn(rng)
    if level:
        stance = Pose(stance.yaw * 0.5, stance.pitch * 0.5, stance.roll * 0.3, stance.distance, stance.skew)
    seen = stance.project(plate.corners)
    seen = seen * np.float32(width / max(1.0, float(np.ptp(seen[:, 0])))) + centre
    if not inside(seen, size_of(picture)):
        return picture, seen
    return paste(rng, picture, plate, seen).photo, seen


def _mounted(rng: Random, width: float, faces: Fonts | None) -> Mounted:
    """A plate with characters fit to be shrunk to that width in pixels."""
    return plate_with_alpha(rng, min(40.0, max(9.0, 0.22 * width)), faces)


def size_of(picture: Picture) -> tuple[int, int]:
    """Width and height."""
    return picture.shape[1], picture.shape[0]


def inside(quad: Points, size: tuple[int, int]) -> bool:
    """Whether some of it is in a picture of that width and height."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return bool((high > 4).all() and low[0] < size[0] - 4 and low[1] < size[1] - 4)


def _piece(rng: Random, photo: Photo, anchored: bool) -> tuple[Picture, Points, NDArray[np.int8]]:
    """A piece of the photo, a little turned, perhaps mirrored, with its plates. `anchored`: around one of them;
    so is every piece of a photo in which plates may be unlabelled."""
    source, corners = photo.picture, photo.corners
    rows, columns = source.shape[:2]
    anchor = corners[rng.randrange(len(corners))]
    low, high = anchor.min(axis=0), anchor.max(axis=0)
    scale = exp(rng.uniform(log(NARROW), log(WIDE))) / max(2.0, float(high[0] - low[0]))
    scale = min(2.5, max(rng.choice((0.75, 1.0, 1.0)) * max(WIDTH / columns, HEIGHT / rows), scale))
    size = np.array([WIDTH, HEIGHT], np.float32) / np.float32(scale)
    if anchored or not photo.complete:
        middle = (low + high) / 2 + size * np.array([rng.uniform(-0.45, 0.45), rng.uniform(-0.45, 0.45)])
    else:
        middle = np.array([rng.uniform(0, columns), rng.uniform(0, rows)])
    middle = np.clip(middle, size / 2, np.maximum((columns, rows) - size / 2, size / 2))
    angle = rng.gauss(0, 1.5) if (photo.known == BOX).any() else rng.gauss(0, 4)
    return cut(rng, photo, (WIDTH, HEIGHT), middle, scale, angle)


def cut(
    rng: Random, photo: Photo, size: tuple[int, int], middle: Points, scale: float, angle: float
) -> tuple[Picture, Points, NDArray[np.int8]]:
    """A piece of that size (width, height) around `middle` at that scale, turned by `angle` degrees, perhaps
    mirrored, with the corners of the plates in it (at most MOST) and what is known of each."""
    source, corners, known = photo.picture, photo.corners, photo.known
    if scale < 0.6:
        shrunk = cv2.resize(source, None, fx=scale * 1.3, fy=scale * 1.3, interpolation=cv2.INTER_AREA)
        smaller = shrunk.shape[1] / source.shape[1]
    else:
        shrunk, smaller = source, 1.0
    matrix = cv2.getRotationMatrix2D(
        (float(middle[0]) * smaller, float(middle[1]) * smaller), angle, scale / smaller
    )
    matrix[:, 2] += np.array(size) / 2 - np.asarray(middle, np.float64) * smaller
    if rng.random() < 0.3:
        matrix = np.diag([-1.0, 1.0]) @ matrix + [[0, 0, size[0]], [0, 0, 0]]
        corners = corners[:, [1, 0, 3, 2]]
    beyond = rng.choice((cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE))
    picture = cv2.warpAffine(
        shrunk, matrix, size, borderMode=beyond, borderValue=(float(rng.randrange(256)),) * 3
    )
    whole = np.vstack([matrix @ np.diag([smaller, smaller, 1.0]), [0, 0, 1]])
    seen = moved(corners, whole)
    boxes = known == BOX
    seen[boxes] = _upright(seen[boxes])
    near = np.array([inside(quad, size) for quad in seen], bool)
    return np.asarray(picture, np.uint8), seen[near][:MOST], known[near][:MOST]


def _upright(quads: Points) -> Points:
    """n x 4 x 2: the upright boxes around the quads, of the same height and width as before a small turn."""
    middle = quads.mean(axis=1, keepdims=True)
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    down = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    unit = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) / 2
    return np.asarray(middle + unit * np.stack([across, down], axis=1)[:, None], np.float32)


def wiped(picture: Picture, quad: Points) -> Picture:
    """The plate taken away: each column's colours just above it run into those just below."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    grown = (high - low) * np.float32(0.08) + 1
    width, height = size_of(picture)
    left, top = np.clip(np.floor(low - grown).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(high + grown).astype(int), (left + 1, top + 1), (width, height))
    above = picture[max(0, top - 2), left:right].astype(np.float32)
    below = picture[min(height - 1, bottom + 1), left:right].astype(np.float32)
    share = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None, None]
    out = picture.copy()
    out[top:bottom, left:right] = cv2.blur(above * (1 - share) + below * share, (5, 1))
    return out


def _touches(corners: Points, low: Points, high: Points) -> bool:
    """Whether a box touches one of the quads' boxes."""
    if not len(corners):
        return False
    apart = (corners.max(axis=1) < low) | (corners.min(axis=1) > high)
    return bool((~apart.any(axis=1)).any())


def _padded(corners: Points, known: NDArray[np.int8]) -> tuple[Points, NDArray[np.int8]]:
    """MOST rows; VAGUE where a plate is too small or not whole."""
    table, kinds = np.zeros((MOST, 4, 2), np.float32), np.zeros(MOST, np.int8)
    count = min(MOST, len(corners))
    table[:count], kinds[:count] = corners[:count], known[:count]
    for index in range(count):
        low, high = corners[index].min(axis=0), corners[index].max(axis=0)
        inside = np.clip(high, 0, (WIDTH, HEIGHT)) - np.clip(low, 0, (WIDTH, HEIGHT))
        if high[0] - low[0] < SMALLEST or inside.prod() < 0.7 * (high - low).prod():
            kinds[index] = VAGUE
    return table, kinds
