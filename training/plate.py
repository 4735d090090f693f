"""A design pressed into metal: flat, straight, clean, and where each character is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from streamer.types import Picture
from training.fonts import HEIGHTS, Face, Fonts
from training.glyph import Glyph, Mask
from training.layouts import Caption, Colour, Design, Line, shade

Boxes = NDArray[np.float32]
"""n x 4: left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class Pressed:
    """A flat plate. `image` is BGR, `ink` where the text is, of the same size.

    `boxes` has a row a character in the order of `text`, `rows` the line (0 or 1) of each. `scale` is
    pixels per millimetre.
    """

    image: Picture
    ink: Mask
    boxes: Boxes
    rows: NDArray[np.intp]
    text: tuple[str, ...]
    scale: float
    design: Design


def press(rng: Random, design: Design, fonts: Fonts, cap: float) -> Pressed:
    """The plate with the text's highest capitals about `cap` pixels high (5 to 49)."""
    scale = cap / design.cap
    size = max(8, round(design.height * scale)), max(8, round(design.width * scale))
    image = _ground(rng, design, size)
    ink = np.zeros(size, np.uint8)
    face = fonts.pick(rng)
    _trim(rng, image, design, fonts, face, scale)
    placed = [_set(rng, image, ink, line, face, design, scale) for line in design.lines]
    boxes = np.concatenate(placed)
    top, bottom = max(0, int(boxes[:, 1].min()) - 4), int(boxes[:, 3].max()) + 5
    paint(image, ink[top:bottom], 0, top, design.ink)
    return Pressed(
        image,
        ink,
        boxes,
        np.repeat([line.row for line in design.lines], [len(boxes) for boxes in placed]),
        _rows(design),
        scale,
        design,
    )


def _rows(design: Design) -> tuple[str, ...]:
    """The bare text of each row."""
    texts = ["", ""]
    for line in design.lines:
        texts[line.row] += "".join(character for character in line.text if character.isalnum())
    return tuple(text for text in texts if text)


def _ground(rng: Random, design: Design, size: tuple[int, int]) -> Picture:
    """The bare plate: its colour, and graphics as US plates have them."""
    image = np.full((*size, 3), design.ground, np.uint8)
    if design.graphics > 0.15:
        soft = np.array([[shade(rng, rng.choice(_SOFT)) for _ in range(3)] for _ in range(4)], np.uint8)
        field = cv2.resize(soft, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
        amount = 0.55 * design.graphics
        cv2.addWeighted(image, 1 - amount, field, amount, 0, dst=image)
    for _ in range(rng.choice((0, 0, 1, 2)) if design.graphics > 0.4 else 0):
        _emblem(rng, image, rng.uniform(0, size[1]), rng.uniform(0, size[0]), size[0] * rng.uniform(0.1, 0.3))
    return image


_SOFT = ("white", "white", "cream", "sky", "pink", "lime", "silver", "yellow")


def _emblem(rng: Random, image: Picture, x: float, y: float, reach: float) -> None:
    """A shape in some colour, half transparent or not."""
    points = [
        (x + reach * rng.uniform(0.3, 1) * np.cos(angle), y + reach * rng.uniform(0.3, 1) * np.sin(angle))
        for angle in np.linspace(0, 6.28, rng.randint(4, 12), endpoint=False)
    ]
    colour = shade(rng, rng.choice(("sky", "lime", "red", "orange", "green", "blue", "silver", "maroon")))
    shape = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(shape, [np.array(points, np.float32).round().astype(np.int32)], rng.choice((60, 110, 255)))
    paint(image, shape, 0, 0, colour)


def _trim(rng: Random, image: Picture, design: Design, fonts: Fonts, face: Face, scale: float) -> None:
    """Bands, border, captions and stickers."""
    for band in design.bands:
        start, end = (
            (round(band.left * scale), round(band.top * scale)),
            (
                round(band.right * scale),
                round(band.bottom * scale),
            ),
        )
        cv2.rectangle(image, start, end, band.colour, -1)
    if design.border is not None:
        inset, pen = max(0, round(rng.uniform(1, 4) * scale)), max(1, round(rng.uniform(1.5, 4) * scale))
        end = image.shape[1] - 1 - inset, image.shape[0] - 1 - inset
        cv2.rectangle(image, (inset, inset), end, design.border, pen)
    for x, y, reach in design.pictures:
        _picture(rng, image, x * scale, y * scale, reach * scale, design.ink)
    for x, y, radius, colour in design.stars:
        cv2.circle(image, (round(x * scale), round(y * scale)), max(1, round(radius * scale)), colour, 1)
    for caption in design.captions:
        if caption.kind == "text":
            cap = _nearest(caption.cap * scale)
            _center(image, _strip(rng, caption.text, face.glyphs(cap), cap)[0], caption, scale)
        else:
            _print(rng, image, caption, fonts, scale)
    if design.style in ("us", "vanity") and rng.random() < 0.7:
        _stickers(rng, image, design, fonts, scale)


def _picture(rng: Random, image: Picture, x: float, y: float, reach: float, ink: Colour) -> None:
    """What stands beside the text of some plates: a wheelchair, or anything that has a few colours."""
    if rng.random() < 0.35:
        _wheelchair(rng, image, x, y, reach, ink)
        return
    for _ in range(rng.randint(1, 4)):
        off = rng.uniform(-0.3, 0.3) * reach, rng.uniform(-0.3, 0.3) * reach
        _emblem(rng, image, x + off[0], y + off[1], 0.75 * reach)


def _wheelchair(rng: Random, image: Picture, x: float, y: float, reach: float, ink: Colour) -> None:
    """The sign of access, 2 `reach` high, in the text's colour or white on blue."""
    if rng.random() < 0.4:
        corner, opposite = (round(x - reach), round(y - reach)), (round(x + reach), round(y + reach))
        cv2.rectangle(image, corner, opposite, shade(rng, "blue"), -1)
        ink, reach = shade(rng, "white"), 0.85 * reach
    pen = max(1, round(0.17 * reach))
    strokes = np.array([(-0.15, -0.6), (-0.05, 0.1), (0.4, 0.1), (0.6, 0.75), (0.8, 0.68)], np.float32)
    arm = np.array([(-0.12, -0.25), (0.35, -0.25)], np.float32)
    for path in (strokes, arm):
        whole = np.round((path * np.float32(reach) + np.array([x, y], np.float32)) * 16).astype(np.int32)
        cv2.polylines(image, [whole], False, ink, pen, cv2.LINE_AA, 4)
    cv2.circle(image, (round(x - 0.18 * reach), round(y - 0.8 * reach)), max(1, round(0.16 * reach)), ink, -1)
    wheel = round(x - 0.05 * reach), round(y + 0.35 * reach)
    cv2.ellipse(image, wheel, (round(0.5 * reach), round(0.5 * reach)), 0, 20, 260, ink, pen, cv2.LINE_AA)


def _print(rng: Random, image: Picture, caption: Caption, fonts: Fonts, scale: float) -> None:
    face = fonts.caption(rng, caption.kind)
    height = round(caption.cap * scale)
    if face is None or height < 2:
        return
    word = face.word(caption.text, height)
    if word.shape[1] > 0.8 * image.shape[1]:
        narrow = int(0.8 * image.shape[1]), word.shape[0]
        word = np.asarray(cv2.resize(word, narrow, interpolation=cv2.INTER_AREA), np.uint8)
    _center(image, word, caption, scale)


def _center(image: Picture, word: Mask, caption: Caption, scale: float) -> None:
    x, y = caption.x * scale - word.shape[1] / 2, caption.y * scale - word.shape[0] / 2
    paint(image, word, round(x), round(y), caption.colour)


def _nearest(cap: float) -> int:
    """The height that faces are cut at that is nearest to `cap` pixels."""
    return min(HEIGHTS, key=lambda height: abs(height - cap))


def _stickers(rng: Random, image: Picture, design: Design, fonts: Fonts, scale: float) -> None:
    """Month and year in the corners, the upper ones more often."""
    width, height = design.width * 0.09, design.height * 0.13
    for left, top, often in ((0.05, 0.07, 0.7), (0.86, 0.07, 0.7), (0.05, 0.8, 0.2), (0.86, 0.8, 0.2)):
        if rng.random() > often:
            continue
        x, y = left * design.width, design.height * (top + rng.uniform(-0.02, 0.02))
        ground = shade(rng, rng.choice(("red", "yellow", "green", "blue", "orange", "white", "sky")))
        corner, opposite = (
            (round(x * scale), round(y * scale)),
            (
                round((x + width) * scale),
                round((y + height) * scale),
            ),
        )
        cv2.rectangle(image, corner, opposite, ground, -1)
        ink = shade(rng, "white" if sum(ground) < 330 else rng.choice(("black", "red", "blue")))
        words = f"{rng.randint(0, 99):02d}" if rng.random() < 0.6 else rng.choice(_MONTHS)
        _print(
            rng, image, Caption(words, x + width / 2, y + height / 2, 0.6 * height, ink, "words"), fonts, scale
        )


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _set(rng: Random, image: Picture, ink: Mask, line: Line, face: Face, design: Design, scale: float) -> Boxes:
    """Sets a line into `ink`; what stands in its gaps goes into `image`. Returns its characters' boxes."""
    cap = _nearest(line.cap * scale)
    strip, edges, gaps = _strip(rng, line.text, dies(face, cap, design), cap)
    room = (line.right - line.left) * scale
    stretch = min(max(room * rng.uniform(0.8, 1.0) / strip.shape[1], 0.5), rng.uniform(0.95, 1.3))
    stretch = min(stretch, room / strip.shape[1])
    width = max(1, round(strip.shape[1] * stretch))
    if width != strip.shape[1]:
        size = width, strip.shape[0]
        strip = np.asarray(cv2.resize(strip, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    slack = max(0.0, room - width)
    left = round(line.left * scale + slack * (0.5 if rng.random() < 0.8 else rng.random()))
    pad = (strip.shape[0] - cap) // 2
    top = min(max(0, round(line.centre * scale - cap / 2) - pad), max(0, ink.shape[0] - strip.shape[0]))
    left = min(max(0, left), max(0, ink.shape[1] - width))
    target = ink[top : top + strip.shape[0], left : left + width]
    np.maximum(target, strip[: target.shape[0], : target.shape[1]], out=target)
    decorated = rng.random() < _DECORATED.get(design.style, 0.06)
    for x in gaps:
        if design.region == "DE" or decorated:
            _seal(rng, image, left + x * width, top + pad + cap * 0.5, cap)
    xs = left + edges * width
    ys = np.full((len(edges), 1), top + pad, np.float32)
    return np.hstack([xs[:, :1], ys, xs[:, 1:], ys + cap]).astype(np.float32)


_DECORATED = {"us": 0.45, "lk": 0.2, "vanity": 0.3, "latin": 0.2, "free": 0.2, "eu": 0.15, "plain": 0.15}
"""How often a style's gaps are filled with a seal, an outline or a sticker that is no part of the text."""


def _seal(rng: Random, image: Picture, x: float, y: float, cap: float) -> None:
    """What stands between two groups of characters: a shape, a sticker, or a sticker above a shape."""
    reach, kind = cap * rng.uniform(0.2, 0.4), rng.random()
    if kind < 0.7:
        _emblem(rng, image, x, y + (0.15 * cap if kind < 0.3 else 0), reach)
    if kind < 0.3 or kind >= 0.7:
        side, middle = cap * rng.uniform(0.14, 0.28), y - (0.25 * cap if kind < 0.3 else 0)
        colour = shade(rng, rng.choice(("red", "yellow", "green", "blue", "orange", "white", "sky")))
        corner, opposite = (round(x - side), round(middle - side)), (round(x + side), round(middle + side))
        cv2.rectangle(image, corner, opposite, colour, -1)


def dies(face: Face, cap: int, design: Design) -> dict[str, Glyph]:
    """The face's glyphs, zero and O as the design has them."""
    glyphs = face.glyphs(cap)
    return glyphs | {"0": glyphs[design.zero], "O": glyphs[design.letter_o]}


def _strip(
    rng: Random, text: str, glyphs: dict[str, Glyph], cap: int
) -> tuple[Mask, NDArray[np.float64], list[float]]:
    """The line's ink, each character's left and right edge and each empty gap's middle as shares of it."""
    space, wide = rng.uniform(0.08, 0.24) * cap, rng.uniform(0.25, rng.choice((0.6, 0.6, 0.9, 1.6))) * cap
    dashes = rng.random() < 0.65
    x, edges, gaps, placed = 1.0, [], [], []
    for character in text:
        if character.isalnum():
            glyph = glyphs[character]
            placed.append((round(x), glyph))
            edges.append((round(x), round(x) + glyph.width))
            x += glyph.width + space
        else:
            if character == " " or not dashes:
                gaps.append(x + (wide - space) / 2)
            else:
                placed.append((round(x), _mark(character, cap, glyphs["0"])))
            x += wide
    total = max(2, round(x - space) + 2)
    strip = np.zeros((glyphs["0"].ink.shape[0], total), np.uint8)
    for start, glyph in placed:
        target = strip[:, start : start + glyph.width]
        np.maximum(target, glyph.ink[:, : target.shape[1]], out=target)
    return strip, np.array(edges, np.float64) / total, [gap / total for gap in gaps]


def _mark(character: str, cap: int, like: Glyph) -> Glyph:
    """A dash, or a point at the foot or in the middle."""
    pen = max(1, round(cap * 0.11))
    width = round(cap * 0.28) if character == "-" else pen + 1
    ink = np.zeros((like.ink.shape[0], max(1, width)), np.uint8)
    middle = like.cap_top + (cap - pen if character == "." else cap // 2)
    ink[middle - pen // 2 : middle - pen // 2 + pen] = 255
    return Glyph(ink, like.cap_top)


def paint(image: Picture, mask: Mask, left: int, top: int, colour: Colour) -> None:
    """Paints the colour where the mask is, the mask's corner at left, top; in place, clipped."""
    y, x = max(0, top), max(0, left)
    roi = image[y : max(0, top + mask.shape[0]), x : max(0, left + mask.shape[1])]
    if roi.size:
        part = mask[y - top : y - top + roi.shape[0], x - left : x - left + roi.shape[1]]
        amount = cv2.merge([part, part, part])
        kept = cv2.multiply(roi, cv2.bitwise_not(amount), scale=1 / 255)
        roi[:] = cv2.add(kept, cv2.LUT(amount, _ramp(colour)))


@lru_cache(maxsize=512)
def _ramp(colour: Colour) -> NDArray[np.uint8]:
    """The colour in 256 steps from black, as a look-up table."""
    return np.asarray(np.arange(256)[:, None, None] * np.array(colour) / 255, np.uint8)
