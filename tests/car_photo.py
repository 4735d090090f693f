"""One photo with one plate, and a few faces, for the tests of what finder and second look are taught with."""

from __future__ import annotations

from pathlib import Path
from random import Random

import cv2
import numpy as np

from streamer.types import Corners
from training.fonts import PENS, Face, Fonts
from training.photos import Labelled
from training.scenes import Photo
from training.strokes import Pen

BOX = (200.0, 300.0, 280.0, 320.0)
CORNERS: Corners = ((200.0, 300.0), (280.0, 300.0), (280.0, 320.0), (200.0, 320.0))
"""Where the plate is: 80 x 20 pixels."""


def few_faces() -> Fonts:
    """Six pens, which need no files."""
    pens = tuple(Face(f"pen-{seed}", Pen.drawn(Random(seed))) for seed in range(min(6, PENS)))
    return Fonts(pens, pens, (), (), {})


def car_photo(folder: Path, corners: Corners | None) -> Photo:
    """A grey photo with one red plate in BOX, whose `corners` are known or not."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    picture[300:320, 200:280] = (0, 0, 255)
    file = folder / "car.png"
    cv2.imwrite(str(file), picture)
    return Photo(file, (Labelled("kaggle_cars433", file, BOX, corners, "", "car"),), complete=True)
