"""The faces that plates are printed in: open fonts that `fonts.sh` fetched, and pens (`strokes.py`).

A face's characters are drawn once, 96 pixels high, and kept at a few sizes for pasting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from random import Random
from string import ascii_uppercase, digits

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.glyph import Glyph, Mask, marked_zero, shrunk, trimmed
from training.strokes import CAP, PAD, Pen

FOLDER = Path(__file__).parent.parent / "data" / "fonts"
HEIGHTS = (5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 34, 41, 49)
"""Cap heights in pixels that texts are pasted at: few, so that each is cut from a face once."""
CHARACTERS = digits + ascii_uppercase
PENS = 120
"""Pens beside the fonts that were fetched."""
ZEROS = {"0/": 0.28, "0//": 0.42, "0.": 0.0}
"""Names of the marked zeros in a face's glyphs, and how far their slashes reach."""

_ROADS = ("RG2014", "OSP-DIN", "routed-gothic", "NationalPark-Heavy", "NationalPark-Regular")
_SCRIPTS = ("lobster", "pacifico")
_FOREIGN = {"ar": "-arabic-", "th": "-thai-", "cn": "wqy-"}
_WEIGHTS = ("400", "500", "600", "700", "800")
_WORD = 24
"""Pixels that a caption's capitals are kept at."""
_HEAVY_ENOUGH = 0.07
"""The least pen of a usable face, in cap heights."""


@dataclass(frozen=True)
class Face:
    """One font: a file or a pen."""

    name: str
    source: Path | Pen

    @cached_property
    def large(self) -> dict[str, Glyph]:
        """Every character at CAP pixels, marked zeros included."""
        glyphs = {character: trimmed(self._canvas(character), PAD) for character in CHARACTERS}
        return glyphs | {name: marked_zero(glyphs["0"], CAP, slash) for name, slash in ZEROS.items()}

    @cache  # noqa: B019 - faces live as long as the program
    def glyphs(self, height: int) -> dict[str, Glyph]:
        """Every character with capitals `height` pixels high."""
        return {name: shrunk(glyph, height / CAP) for name, glyph in self.large.items()}

    def word(self, text: str, height: int) -> Mask:
        """A caption with capitals `height` pixels high (1 to 24), no empty columns."""
        return shrunk(Glyph(self._word(text), 0), height / _WORD).ink

    @cache  # noqa: B019
    def _word(self, text: str) -> Mask:
        if isinstance(self.source, Path):
            canvas = _drawn(text, self.source)
        else:
            gap = np.zeros((CAP + 2 * PAD, 14), np.uint8)
            parts = [self.large[c].ink if c in self.large else np.tile(gap, 3) for c in text.upper()]
            canvas = np.hstack([strip for part in parts for strip in (part, gap)])
        return shrunk(trimmed(canvas, PAD), _WORD / CAP).ink

    def _canvas(self, character: str) -> Mask:
        return _drawn(character, self.source) if isinstance(self.source, Path) else self.source.glyph(character)


@lru_cache(maxsize=512)
def _font(path: Path) -> ImageFont.FreeTypeFont:
    """The font at the size that makes an H CAP pixels high."""
    trial = ImageFont.truetype(str(path), 200)
    box = trial.getbbox("H", anchor="ls")
    return ImageFont.truetype(str(path), round(200 * CAP / max(1.0, -box[1])))


def _drawn(text: str, path: Path) -> Mask:
    """The text on CAP + 2 PAD rows; descenders are cut off below them."""
    font = _font(path)
    left, _, right, _ = font.getbbox(text, anchor="ls")
    image = Image.new("L", (int(right - left) + 8, CAP + 2 * PAD))
    ImageDraw.Draw(image).text((4 - left, PAD + CAP), text, fill=255, font=font, anchor="ls")
    return np.asarray(image)


@dataclass(frozen=True)
class Fonts:
    """All faces by use: `plates`, `pens` and `roads` (signs) for texts and captions, `scripts` for
    state names, `foreign` by script for characters that are no part of the text."""

    plates: tuple[Face, ...]
    pens: tuple[Face, ...]
    roads: tuple[Face, ...]
    scripts: tuple[Face, ...]
    foreign: dict[str, tuple[Face, ...]]

    def pick(self, rng: Random) -> Face:
        """A face for a text: pens, road signs' and others."""
        return rng.choice(rng.choice((self.pens, self.plates, self.plates, self.roads or self.plates)))

    def caption(self, rng: Random, kind: str) -> Face | None:
        """A face for small print of that kind; None if no fetched font has its characters."""
        faces = self.foreign.get(kind, self.scripts if kind == "scripts" else self.plates[::34])
        return rng.choice(faces or self.pens) if faces or kind not in self.foreign else None


@lru_cache(maxsize=1)
def load(folder: Path = FOLDER) -> Fonts:
    """The pens and whatever fonts lie in the folder, in an order that does not depend on the machine."""
    found = [Face(path.stem, path) for path in sorted(folder.glob("*/**/*")) if path.suffix in _SUFFIXES]
    pens = tuple(Face(f"pen-{seed}", Pen.drawn(Random(seed))) for seed in range(PENS))  # noqa: S311
    roads = tuple(face for face in found if face.name.startswith(_ROADS) and "italic" not in face.name)
    latin = tuple(face for face in found if "-latin-" in face.name and not face.name.startswith(_SCRIPTS))
    plain = tuple(face for face in latin if face.name.split("-")[-2] in _WEIGHTS and _heavy(face))
    scripts = tuple(face for face in found if face.name.startswith(_SCRIPTS))
    foreign = {script: tuple(face for face in found if name in face.name) for script, name in _FOREIGN.items()}
    return Fonts(plain + roads or pens, pens, roads, scripts, foreign)


_SUFFIXES = frozenset((".ttf", ".otf", ".ttc", ".woff"))


def _heavy(face: Face) -> bool:
    """Whether the face's pen is heavy enough for a plate: the l's width says it."""
    stem = _drawn("l", face.source) if isinstance(face.source, Path) else face.source.glyph("I")
    return trimmed(stem, PAD).width >= _HEAVY_ENOUGH * CAP
