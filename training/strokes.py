"""Fonts drawn with a pen of constant width, as plate dies are: every letter a few strokes.

Skeletons lie on a grid 8 wide (0-8) and 12 high (0-c), x then y; `r` rounds that corner, `z` closes
the stroke. A font picks one of a character's skeletons, a width, a pen and a roundness.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from training.glyph import Mask

CAP = 96
"""Pixels from the top to the foot of a capital."""
PAD = 8
"""Empty rows above and below."""

_SKELETONS: dict[str, tuple[str, ...]] = {
    "0": ("00r 80r 8cr 0cr z",),
    "1": ("13 40 4c", "23 40 4c,1c 7c", "40 4c,22 40", "40 4c"),
    "2": ("02 00r 80r 86r 0c 8c", "02 00r 80r 85r 07r 0c 8c", "01 10r 70r 84r 0c 8c"),
    "3": ("02 00r 80r 86r 26,36 86r 8cr 0cr 0a", "00 80 45 85r 8cr 0cr 0a", "00 80 35 66r 8cr 0cr 09"),
    "4": ("6c 60 09 89", "20 08 88,65 6c", "50 08 88,64 6c", "00 07 87,60 6c"),
    "5": ("80 00 05 85r 8cr 0cr 0a", "70 10 05 64r 8cr 0cr 09"),
    "6": ("82 80r 00r 0cr 8cr 85r 05", "60 06r 0cr 8cr 86r 07r", "70 00r 0cr 8cr 85r 05"),
    "7": ("00 80 3c", "00 80 46 3c", "02 00 80 83 3c", "00 80r 2c"),
    "8": ("10r 70r 76r 16r z,06r 86r 8cr 0cr z", "00r 80r 86r 06r z,06r 86r 8cr 0cr z"),
    "9": ("0a 0cr 8cr 80r 00r 07r 87", "2c 86r 80r 00r 06r 85r", "1c 8cr 80r 00r 07r 87"),
    "A": ("0c 40 8c,19 79", "0c 30 50 8c,19 79", "0c 00r 80r 8c,07 87", "0c 04 40 84 8c,08 88"),
    "B": ("06 00 70r 76r 06 86r 8cr 0c 06", "06 00 80r 86r 06 86r 8cr 0c 06"),
    "C": ("83 80r 00r 0cr 8cr 89", "82 80r 00r 0cr 8cr 8a"),
    "D": ("00 80r 8cr 0c z", "00 60r 84r 88r 6cr 0c z"),
    "E": ("80 00 0c 8c,06 66", "80 00 0c 8c,06 86"),
    "F": ("80 00 0c,06 66", "80 00 0c,06 86"),
    "G": ("83 80r 00r 0cr 8cr 87 47", "82 80r 00r 0cr 8cr 87 57,87 8c"),
    "H": ("00 0c,80 8c,06 86",),
    "I": ("40 4c", "40 4c", "20 60,40 4c,2c 6c"),
    "J": ("80 8cr 0cr 08", "80 8cr 0cr 0a", "20 80 8cr 0cr 09"),
    "K": ("00 0c,80 07,35 8c", "00 0c,80 06 8c", "00 0c,80 36 8c,06 36"),
    "L": ("00 0c 8c",),
    "M": ("0c 00 46 80 8c", "0c 00 4c 80 8c", "0c 00 48 80 8c"),
    "N": ("0c 00 8c 80",),
    "O": ("00r 80r 8cr 0cr z",),
    "P": ("0c 00 80r 87r 07", "0c 00 80r 86r 06"),
    "Q": ("00r 80r 8cr 0cr z,58 8c", "00r 80r 8cr 0cr z,69 9d", "00r 80r 8cr 0cr z,49 4d"),
    "R": ("0c 00 80r 86r 06,46 8c", "0c 00 80r 87r 07,37 8c", "0c 00 80r 86r 06,56 88r 8c"),
    "S": ("82 80r 00r 06r 86r 8cr 0cr 0a", "81 70r 00r 05r 87r 8cr 1cr 0b"),
    "T": ("00 80,40 4c",),
    "U": ("00 0cr 8cr 80",),
    "V": ("00 4c 80", "00 3c 5c 80"),
    "W": ("00 2c 40 6c 80", "00 2c 45 6c 80", "00 0c 46 8c 80", "00 1c 43 7c 80"),
    "X": ("00 8c,80 0c",),
    "Y": ("00 46 80,46 4c", "00 06r 86r 80,46 4c"),
    "Z": ("00 80 0c 8c",),
}
_NARROW = frozenset("1I")
_WIDE = frozenset("MW")


@dataclass(frozen=True)
class Pen:
    """One font: widths and pen in cap heights, roundness 0 (sharp) to 1; `skeletons` picks the shapes."""

    width: float
    wide: float
    pen: float
    roundness: float
    flat: bool
    skeletons: int

    @classmethod
    def drawn(cls, rng: Random) -> Pen:
        """A random font."""
        width = rng.uniform(0.36, 0.66)
        pen = rng.uniform(0.06, min(0.19, 0.32 * width))
        return cls(
            width=width,
            wide=rng.uniform(1.0, 1.3) + 2 * max(0.0, pen - 0.13),
            pen=pen,
            roundness=rng.choice((0.25, 0.5, 0.75, 1.0, 1.0)),
            flat=rng.random() < 0.6,
            skeletons=rng.randrange(1000),
        )

    def glyph(self, character: str) -> Mask:
        """The character's ink: CAP + 2 PAD rows, ink 255."""
        shapes = _SKELETONS[character]
        shape = shapes[(self.skeletons * 7 + ord(character) * self.skeletons // 3) % len(shapes)]
        width = self.width * (self.wide if character in _WIDE else 1.0)
        reach = CAP * (1 - self.pen)
        corner = CAP * self.pen / 2 + PAD
        scale = np.array([CAP * max(width - self.pen, 0.15) / 8, reach / 12])
        columns = round(CAP * max(width, self.pen + 0.15)) + 2 * PAD
        canvas = np.zeros((CAP + 2 * PAD, columns), np.uint8)
        for stroke in shape.split(","):
            points, closed = self._path(stroke, scale)
            whole = np.round((points + corner) * 16).astype(np.int32)
            cv2.polylines(canvas, [whole], closed, 255, max(1, round(self.pen * CAP)), cv2.LINE_AA, 4)
        if self.flat:
            canvas[: PAD + 1] = canvas[-PAD - 1 :] = 0
        return canvas

    def _path(self, stroke: str, scale: np.ndarray) -> tuple[np.ndarray, bool]:
        """The stroke as points in pixels, rounded corners as arcs, and whether it is closed."""
        tokens = stroke.split()
        closed = tokens[-1] == "z"
        tokens = tokens[:-1] if closed else tokens
        points = [np.array([int(t[0], 16), int(t[1], 16)]) * scale for t in tokens]
        path: list[np.ndarray] = []
        for index, (token, corner) in enumerate(zip(tokens, points, strict=True)):
            if token.endswith("r"):
                path += _arc(points[index - 1], corner, points[(index + 1) % len(points)], self.roundness)
            else:
                path.append(corner)
        return np.array(path), closed


def _arc(before: np.ndarray, corner: np.ndarray, after: np.ndarray, roundness: float) -> list[np.ndarray]:
    """Points of a curve that replaces the corner, starting and ending on its two sides."""
    inward, outward = before - corner, after - corner
    lengths = float(np.hypot(*inward)), float(np.hypot(*outward))
    radius = roundness * min(lengths) / 2
    start, end = corner + inward / lengths[0] * radius, corner + outward / lengths[1] * radius
    steps = np.linspace(0, 1, 7)[:, None]
    curve = (
        (1 - steps) ** 2 * start
        + 2 * steps * (1 - steps) * (0.25 * (start + end) / 2 + 0.75 * corner)
        + steps**2 * end
    )
    return list(curve)
