"""What is wrong with a look at a plate, by its pixels: too small, too dark, overexposed, too blurred.

The limits are where the network engine's reader gets fewer than one plate in three right:
`python -m benchmarks.look_limits` renders plates, spoils them, and says how many are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from streamer.boxes import character_px_of, sides_of
from streamer.types import Corners, Picture, Reason

LEAST_CHARACTER_PX = 6.0
"""Characters lower than this are too small."""

DARK_BELOW = 10.0
"""Nine tenths of a plate that is too dark are darker than this, 0-255."""

BRIGHT_ABOVE = 245.0
"""Nine tenths of a plate that is overexposed are brighter than this, 0-255."""

LEAST_SHARPNESS = 0.07
"""A plate that is less sharp is too blurred."""

SHARPNESS_AT_PX = 10
"""Sharpness is measured with characters so many pixels high: what is read at that size is sharp enough."""

MOST_PX = 1024


@dataclass(frozen=True)
class LookQuality:
    """How a plate looks.

    `character_px` is how high its characters are, pixels. Of its luma (0-255) one tenth is darker than
    `dark` and one tenth is brighter than `bright`. `sharpness` is the variance of the Laplacian's part
    along or across, whichever is less, by the luma's variance, with characters SHARPNESS_AT_PX high: a
    plate that was smeared along keeps its edges across. 0 without an edge, 1 to 2 on a sharp plate.
    """

    character_px: float
    dark: float
    bright: float
    sharpness: float

    @property
    def fault(self) -> Reason | None:
        """The most basic reason for which such a look cannot be read; None if there is none."""
        if self.character_px < LEAST_CHARACTER_PX:
            return Reason.TOO_SMALL
        if self.bright < DARK_BELOW:
            return Reason.TOO_DARK
        if self.dark > BRIGHT_ABOVE:
            return Reason.OVEREXPOSED
        if self.sharpness < LEAST_SHARPNESS:
            return Reason.TOO_BLURRED
        return None


def quality_of(picture: Picture, corners: Corners) -> LookQuality:
    """How the plate at these corners of a picture looks."""
    width, height = sides_of(corners)
    character_px = character_px_of(corners)
    plate = _straightened(picture, corners, width, height)
    dark, bright = np.percentile(plate, (10, 90))
    return LookQuality(character_px, float(dark), float(bright), _sharpness(plate, character_px))


def _straightened(picture: Picture, corners: Corners, width: float, height: float) -> Picture:
    """The plate's luma as it is in the picture, upright, its pixels as many as they were."""
    columns, rows = (min(max(round(side), 4), MOST_PX) for side in (width, height))
    aim = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(corners, np.float32), aim)
    plate = cv2.warpPerspective(picture, matrix, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    return cast(Picture, cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY) if plate.ndim == 3 else plate)


def _sharpness(plate: Picture, character_px: float) -> float:
    scale = SHARPNESS_AT_PX / max(character_px, 1.0)
    size = max(4, round(plate.shape[1] * scale)), max(4, round(plate.shape[0] * scale))
    small = cv2.resize(plate, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    across, down = (np.diff(small.astype(np.float32), n=2, axis=axis).var() for axis in (1, 0))
    return float(min(across, down) / max(small.var(), 1.0))
