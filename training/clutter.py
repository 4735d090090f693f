"""What looks like a plate and is none: signs, shops, phone numbers, clocks in the picture, badges, grilles."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_uppercase, digits

import cv2
import numpy as np

from streamer.types import Picture
from training.captions import DEALERS, SLOGANS, VANITY
from training.fonts import Fonts
from training.glyph import Mask
from training.pose import Pose
from training.wear import Points

_SIGNS = ("STOP", "ONE WAY", "TAXI", "EXIT", "P", "BUS LANE", "NO PARKING", "SPEED LIMIT", "4X4")


def clutter(rng: Random, picture: Picture, plates: Points, faces: Fonts) -> Picture:
    """The picture with one to four such things beside its plates (n x 4 x 2, pixels)."""
    out = picture.copy()
    for _ in range(rng.choice((1, 2, 2, 3, 4))):
        make = rng.choices((_sign, _lettering, _clock, _grille), (4, 4, 2, 1))[0]
        panel, alpha = make(rng, faces)
        _put(rng, out, panel, alpha, plates, flat=make is _clock)
    return out


def _words(rng: Random) -> str:
    """Words, numbers, or both: not what plates say."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: rng.choice((*DEALERS, *SLOGANS)).upper(),
        lambda: f"{rng.choice(VANITY)} {rng.choice(VANITY)} {rng.choice(VANITY)}",
        lambda: " ".join("".join(rng.choices(digits, k=rng.choice((2, 3, 4)))) for _ in range(3)),
        lambda: f"0{rng.randint(100, 999)} {rng.randint(100000, 999999)}",
        lambda: f"WWW.{rng.choice(VANITY)}{rng.choice(VANITY)}.COM",
        lambda: "".join(rng.choices(ascii_uppercase, k=rng.choice((2, 3)))),
        lambda: str(rng.choice((30, 40, 50, 60, 80, 100, 120))),
        lambda: rng.choice(_SIGNS),
    )
    return rng.choice(kinds)()


def _line(rng: Random, faces: Fonts, height: int) -> Mask:
    """A line of words, its letters `height` pixels high."""
    return faces.pick(rng).word(_words(rng), height)


def _colour(rng: Random, light: bool) -> tuple[int, int, int]:
    level = (120, 255) if light else (0, 110)
    return rng.randint(*level), rng.randint(*level), rng.randint(*level)


def _sign(rng: Random, faces: Fonts) -> tuple[Picture, Mask]:
    """A panel with one to three lines, larger or taller than a plate would be for its letters."""
    lines = [_line(rng, faces, 20) for _ in range(rng.choice((1, 1, 2, 3)))]
    edge = rng.randint(6, 40)
    width = max(line.shape[1] for line in lines) + 2 * edge
    height = sum(line.shape[0] + 4 for line in lines) + 2 * edge
    light = rng.random() < 0.5
    panel = np.full((height, width, 3), _colour(rng, light), np.uint8)
    ink = np.zeros((height, width), np.uint8)
    y = edge
    for line in lines:
        x = (width - line.shape[1]) // 2
        ink[y : y + line.shape[0], x : x + line.shape[1]] = line
        y += line.shape[0] + 4
    return _inked(panel, ink, _colour(rng, not light)), np.full((height, width), 255, np.uint8)


def _lettering(rng: Random, faces: Fonts) -> tuple[Picture, Mask]:
    """Letters straight on what is there: a van's side, a shop, a badge."""
    line = cv2.copyMakeBorder(_line(rng, faces, 24), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(0.0,))
    colour = _colour(rng, rng.random() < 0.5)
    return np.full((*line.shape, 3), colour, np.uint8), np.asarray(line, np.uint8)


def _clock(rng: Random, faces: Fonts) -> tuple[Picture, Mask]:
    """What cameras write into their pictures: white or black, often with an edge or on a bar."""
    words = rng.choice(
        (
            f"20{rng.randint(10, 29)}-{rng.randint(10, 12)}-{rng.randint(10, 28)} {rng.randint(10, 23)}:"
            f"{rng.randint(10, 59)}:{rng.randint(10, 59)}",
            f"CAM {rng.randint(1, 16)}",
            f"{rng.randint(10, 28)}/{rng.randint(10, 12)}/20{rng.randint(10, 29)}",
            f"{rng.randint(10, 120)} KM/H",
        )
    )
    ink = faces.pick(rng).word(words, 20)
    ink = np.asarray(cv2.copyMakeBorder(ink, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=(0.0,)), np.uint8)
    white = rng.random() < 0.75
    panel = np.full((*ink.shape, 3), 0 if white else 255, np.uint8)
    edge = np.asarray(cv2.dilate(ink, np.ones((5, 5), np.uint8)), np.uint8)
    alpha = np.full_like(ink, 255) if rng.random() < 0.3 else edge if rng.random() < 0.6 else ink
    return _inked(panel, ink, (255, 255, 255) if white else (0, 0, 0)), alpha


def _grille(rng: Random, faces: Fonts) -> tuple[Picture, Mask]:
    """Bars, across or down."""
    height, width = rng.randint(30, 70), rng.randint(90, 220)
    period, down = rng.randint(5, 14), rng.random() < 0.5
    place = np.arange(width if down else height) % period < period * rng.uniform(0.3, 0.7)
    bars = np.broadcast_to(place if down else place[:, None], (height, width))
    panel = np.where(bars[..., None], np.uint8(rng.randint(0, 90)), np.uint8(rng.randint(100, 230)))
    return np.repeat(panel, 3, axis=2), np.full((height, width), 255, np.uint8)


def _inked(panel: Picture, ink: Mask, colour: tuple[int, int, int]) -> Picture:
    share = ink[..., None].astype(np.float32) / 255
    return np.asarray(panel + (np.array(colour, np.float32) - panel) * share, np.uint8)


def _put(rng: Random, out: Picture, panel: Picture, alpha: Mask, plates: Points, flat: bool) -> None:
    """Somewhere in the picture, in perspective unless `flat`, if it touches no plate."""
    rows, columns = out.shape[:2]
    height, width = alpha.shape
    size = rng.uniform(0.08, 0.6) * columns / width
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners - np.array([width / 2, height / 2], np.float32) if flat else Pose.drawn(rng).project(corners)
    seen = seen * np.float32(size) + np.array([rng.uniform(0, columns), rng.uniform(0, rows)], np.float32)
    low, high = seen.min(axis=0) - 3, seen.max(axis=0) + 3
    if len(plates) and ((plates.max(axis=1) > low) & (plates.min(axis=1) < high)).all(axis=1).any():
        return
    left, top = np.clip(np.floor(low).astype(int), 0, (columns - 1, rows - 1))
    right, bottom = np.clip(np.ceil(high).astype(int), (left + 1, top + 1), (columns, rows))
    share = min(1.0, 1.5 * size)
    if share < 1:
        small = max(4, round(width * share)), max(4, round(height * share))
        panel = np.asarray(cv2.resize(panel, small, interpolation=cv2.INTER_AREA), np.uint8)
        alpha = np.asarray(cv2.resize(alpha, small, interpolation=cv2.INTER_AREA), np.uint8)
        corners = corners * np.array([small[0] / width, small[1] / height], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, (seen - (left, top)).astype(np.float32))
    area = (int(right - left), int(bottom - top))
    patch = cv2.warpPerspective(panel, matrix, area, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(alpha, matrix, area)[..., None].astype(np.float32) / 255 * rng.uniform(0.7, 1.0)
    under = out[top:bottom, left:right]
    light = np.float32(1 if flat else rng.uniform(0.5, 1.1))
    under[:] = np.clip(under + (patch * light - under) * mask, 0, 255)
