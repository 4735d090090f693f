"""What the road does to a plate, and what it is screwed to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.types import Picture
from training.captions import DEALERS
from training.fonts import Fonts
from training.glyph import Mask
from training.layouts import Colour, shade
from training.plate import Boxes, Pressed, paint

Points = NDArray[np.float32]
"""n x 2: x, y in pixels."""


DARK = 300
"""Grounds whose blue, green and red together are less mirror the sky visibly."""


@dataclass(frozen=True)
class Mounted:
    """A worn plate in its frame on a vehicle, flat. `plate` is what was mounted.

    `image` (BGR) holds the plate, its frame and `margin` pixels of the vehicle around it; `alpha`
    (255 on plate and frame) and `ink` are of its size. `corners` are the plate's (without the
    frame), `boxes` the characters', in its pixels.
    """

    image: Picture
    alpha: Mask
    ink: Mask
    corners: Points
    boxes: Boxes
    plate: Pressed


def mount(rng: Random, plate: Pressed, fonts: Fonts, margin: float = 0.35) -> Mounted:
    """Wears the plate and puts it on a vehicle; `margin` in plate heights."""
    image = _worn(rng, plate)
    rows, columns = image.shape[:2]
    edge = round(rows * margin)
    whole = _vehicle(rng, rows + 2 * edge, columns + 2 * edge)
    alpha = np.zeros(whole.shape[:2], np.uint8)
    _frame(rng, whole, alpha, edge, (rows, columns), fonts)
    inner = whole[edge : edge + rows, edge : edge + columns]
    outline = _rounded(rows, columns, round(plate.design.radius * plate.scale))
    cv2.copyTo(image, outline, inner)
    alpha[edge : edge + rows, edge : edge + columns] |= outline
    if rng.random() < (0.3 if rows > 0.4 * columns else 0.1):
        _holder(rng, inner, plate, fonts)
    ink = cv2.copyMakeBorder(plate.ink, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(0.0,))
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) + np.float32(edge)
    mounted = Mounted(whole, alpha, np.asarray(ink, np.uint8), corners, plate.boxes + np.float32(edge), plate)
    return _bent(rng, mounted) if rng.random() < 0.12 else mounted


def _worn(rng: Random, plate: Pressed) -> Picture:
    image = plate.image
    if rng.random() < 0.12:
        _rubbed(rng, image, plate)
    glossy = sum(plate.design.ground) < DARK and rng.random() < 0.4
    if glossy:
        _sheen(rng, image)
    if glossy or rng.random() < 0.5:
        image = _embossed(rng, image, plate.ink)
    if rng.random() < 0.6:
        _bolts(rng, image, plate)
    if rng.random() < 0.3:
        _dirty(rng, image)
    return image


def _embossed(rng: Random, image: Picture, ink: Mask) -> Picture:
    """Light and dark edges where the characters rise from the plate; on some they glint in places, so that
    a stroke looks double."""
    glints = rng.random() < 0.3
    height = rng.uniform(0.3, 1.0) if glints else rng.uniform(0.08, 0.4)
    kernel = np.array(rng.choice(_RELIEFS), np.float32) * height
    relief = cv2.filter2D(ink, cv2.CV_16S, kernel)
    if glints:
        relief = cv2.multiply(relief, _patches(rng, ink.shape, -128, 384), scale=1 / 255, dtype=cv2.CV_16S)
    return np.asarray(cv2.add(image, cv2.merge([relief, relief, relief]), dtype=cv2.CV_8U), np.uint8)


def _sheen(rng: Random, image: Picture) -> None:
    """The sky in dark, glossy paint: where it is bright, embossed edges alone tell a character."""
    level = rng.randint(130, 250)
    paint(image, _patches(rng, image.shape, -250, 230), 0, 0, (min(255, level + 15), level, level))


def _rubbed(rng: Random, image: Picture, plate: Pressed) -> None:
    """The characters' paint is worn off in patches, never all of it."""
    worn = cv2.multiply(plate.ink, _patches(rng, plate.ink.shape, -200, 190), scale=1 / 255, dtype=cv2.CV_8U)
    paint(image, np.asarray(worn, np.uint8), 0, 0, plate.design.ground)


def _patches(rng: Random, size: tuple[int, ...], low: float, high: float) -> Mask:
    """A soft random field of the size (rows, columns): values between `low` and `high`, cut to 0-255."""
    seed = [[min(255, max(0, int(rng.uniform(low, high)))) for _ in range(12)] for _ in range(4)]
    rows, columns = size[:2]
    field = cv2.resize(np.array(seed, np.uint8), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(field, np.uint8)


_RELIEFS = (
    [[1, 1, 0], [1, 0, -1], [0, -1, -1]],
    [[0, 1, 0], [0, 0, 0], [0, -1, 0]],
    [[0, -1, 0], [0, 0, 0], [0, 1, 0]],
    [[0, 1, 1], [-1, 0, 1], [-1, -1, 0]],
)


def _bolts(rng: Random, image: Picture, plate: Pressed) -> None:
    """Two or four bolts or their holes at usual places; rust under some."""
    rows, columns = image.shape[:2]
    inset = rng.uniform(0.04, 0.3)
    heights = (0.1, 0.9) if rows > 0.35 * columns else (0.5, 0.5)
    if plate.design.style in ("id", "free", "truck"):
        heights = (rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9))
    radius = max(1, round(rows * rng.uniform(0.02, 0.05)))
    colour = shade(rng, rng.choice(("silver", "black", "grey", "yellow", "white")))
    for share in heights:
        for x in (inset, 1 - inset):
            at = round(x * columns), round(share * rows)
            if any(b[0] - radius < at[0] < b[2] + radius and b[1] < at[1] < b[3] for b in plate.boxes):
                continue
            if rng.random() < 0.15:
                cv2.circle(image, at, radius * 2, (50, 80, 130), -1)
            cv2.circle(image, at, radius, colour, -1)
            cv2.circle(image, (at[0], at[1] + 1), max(1, radius - 1), (60, 60, 60), 1)


def _dirty(rng: Random, image: Picture) -> None:
    """Mud, dust or rust in patches, more of it below; never opaque."""
    seed = [[min(150, max(0, int(rng.uniform(-180, 130) + 20 * row))) for _ in range(8)] for row in range(5)]
    size = image.shape[1], image.shape[0]
    amount = cv2.resize(np.array(seed, np.uint8), size, interpolation=cv2.INTER_LINEAR)
    paint(image, np.asarray(amount, np.uint8), 0, 0, rng.choice(_DIRT))


_DIRT: tuple[Colour, ...] = ((60, 85, 110), (90, 105, 115), (40, 45, 50), (150, 165, 175))


def _vehicle(rng: Random, rows: int, columns: int) -> Picture:
    """Paint, grilles and shadows around the plate."""
    name = rng.choice(
        ("black", "black", "silver", "white", "grey", "red", "blue", "navy", "green", "cream", "brown")
    )
    base = shade(rng, name)
    coarse = np.array([[_lit(rng, base) for _ in range(3)] for _ in range(4)], np.uint8)
    image = np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)
    for _ in range(rng.choice((0, 1, 2, 4))):
        y, pen = rng.randrange(rows), rng.randint(1, max(2, rows // 12))
        slope = round(rows * rng.uniform(-0.1, 0.1))
        cv2.line(image, (0, y), (columns, y + slope), _lit(rng, base), pen)
    return image


def _lit(rng: Random, colour: Colour) -> Colour:
    light = rng.uniform(0.4, 1.25)
    blue, green, red = (min(255, int(part * light)) for part in colour)
    return blue, green, red


def _frame(rng: Random, image: Picture, alpha: Mask, edge: int, size: tuple[int, int], fonts: Fonts) -> None:
    """A holder around the plate, often with the dealer's name below or above."""
    if rng.random() < 0.35:
        return
    rows, columns = size
    side = rng.uniform(0.02, 0.09) * rows
    left, right = edge - side, edge + columns + side
    top, bottom = edge - side * rng.uniform(0.8, 2.2), edge + rows + rng.uniform(0.02, 0.22) * rows
    start, end = (round(left), round(top)), (round(right), round(bottom))
    colour = shade(rng, rng.choice(("black", "black", "black", "silver", "white", "grey", "red")))
    cv2.rectangle(image, start, end, colour, -1)
    cv2.rectangle(alpha, start, end, (255.0,), -1)
    space = bottom - edge - rows
    face = fonts.caption(rng, "words")
    if face is not None and space * 0.6 >= 3 and rng.random() < 0.6:
        word = face.word(rng.choice(DEALERS), round(space * 0.6))
        ink = (225, 225, 225) if sum(colour) < 380 else (40, 40, 60)
        paint(
            image,
            word[:, :columns],
            round(edge + (columns - word.shape[1]) / 2),
            round(bottom - 0.85 * space),
            ink,
        )


def _holder(rng: Random, inner: Picture, plate: Pressed, fonts: Fonts) -> None:
    """A wide frame that covers the plate's upper and lower edges and what is printed there, with a name on
    either bar; the text stays free."""
    rows, columns = inner.shape[:2]
    colour = shade(rng, rng.choice(("black", "black", "silver", "white", "grey", "red", "blue", "cream")))
    inks = ("white", "silver", "yellow") if sum(colour) < DARK else ("black", "navy", "red")
    ink = shade(rng, rng.choice(inks))
    free = max(0.0, float(plate.boxes[:, 1].min())), max(0.0, rows - float(plate.boxes[:, 3].max()))
    upper, lower = (round(min(rng.uniform(0.08, 0.22) * rows, rng.uniform(0.6, 1) * room)) for room in free)
    side = round(min(0.025 * columns, max(0.0, float(plate.boxes[:, 0].min()))))
    inner[:, :side], inner[:, columns - side :] = colour, colour
    for top, height in ((0, upper), (rows - lower, lower)):
        inner[top : top + height] = colour
        face = fonts.caption(rng, "words")
        if face is not None and height >= 5 and rng.random() < 0.75:
            word = face.word(rng.choice(DEALERS), round(height * rng.uniform(0.5, 0.75)))[:, :columns]
            paint(inner, word, (columns - word.shape[1]) // 2, top + (height - word.shape[0]) // 2, ink)


def _rounded(rows: int, columns: int, radius: int) -> Mask:
    """A plate's outline with rounded corners, 255 inside."""
    mask = np.full((rows, columns), 255, np.uint8)
    radius = min(radius, rows // 3)
    if radius > 1:
        square = mask[:radius, :radius]
        square[:] = 0
        cv2.circle(square, (radius, radius), radius, (255.0,), -1)
        mask[:radius, -radius:] = square[:, ::-1]
        mask[-radius:, :radius] = square[::-1]
        mask[-radius:, -radius:] = square[::-1, ::-1]
    return mask


def _bent(rng: Random, flat: Mounted) -> Mounted:
    """The plate curved along a sine, the light with it."""
    rows, columns = flat.ink.shape
    reach, phase, waves = rng.uniform(0.02, 0.07) * rows, rng.uniform(0, 6.28), rng.uniform(2.0, 5.0)

    def rise(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(reach * np.sin(phase + waves * x / columns), np.float32)

    xs = np.tile(np.arange(columns, dtype=np.float32), (rows, 1))
    ys = np.arange(rows, dtype=np.float32)[:, None] - rise(xs[:1])
    image, alpha, ink = (
        np.asarray(cv2.remap(layer, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        for layer in (flat.image, flat.alpha, flat.ink)
    )
    corners, boxes = flat.corners.copy(), flat.boxes.copy()
    corners[:, 1] += rise(corners[:, 0])
    boxes[:, 1::2] += rise((boxes[:, :1] + boxes[:, 2:3]) * np.float32(0.5))
    return Mounted(image, alpha, ink, corners, boxes, flat.plate)
