"""What a viewer asks for: width, quality and rate of the pictures, in steps: few encodings serve all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from streamer.settings import Live

WIDTHS = (320, 480, 640, 800, 960, 1280, 1600, 1920, 2560)
QUALITIES = (40, 60, 80)
LEAST_FPS = 0.5
WHOLE_WIDTH = 99_999
"""Wider than any picture: none is made smaller."""
CLEAN_QUALITY = 95
"""Of a JPEG that loses nothing an engine would miss."""


class Size(NamedTuple):
    """One encoding of a camera's picture: its width in pixels, the quality of the JPEG, 20-95, and whether the
    plates and zones are drawn in."""

    width: int
    quality: int
    marks: bool = True


@dataclass(frozen=True)
class View:
    """What one viewer gets: pictures of this width and quality, at most `fps` a second, marked or not."""

    width: int
    quality: int
    fps: float
    marks: bool = True

    @property
    def size(self) -> Size:
        return Size(self.width, self.quality, self.marks)


class ViewError(ValueError):
    """A viewer asks for nonsense; the message is a sentence for whoever asked."""


def widths(most: Live) -> tuple[int, ...]:
    """Every width that there is, the smallest first; the last is that of the settings."""
    return _ladder(WIDTHS, most.width)


def view_asked_for(query: Mapping[str, str], most: Live) -> View:
    """What the `width`, `quality` and `fps` of an address come to: the next rung up, never above the settings,
    which also stand for what it does not say. Raises ViewError."""
    if not _has_marks(query):
        raise ViewError("marks=0 is for snapshot.jpg; a stream always shows what is read.")
    return _view(query, most, marks=True)


def snapshot_asked_for(query: Mapping[str, str], most: Live) -> View:
    """As `view_asked_for`. With `marks=0` it is the frame as it came: the settings limit neither its width nor
    its quality. Raises ViewError."""
    if _has_marks(query):
        return _view(query, most, marks=True)
    clean = most.model_copy(update={"width": WHOLE_WIDTH, "quality": CLEAN_QUALITY})
    return _view(query, clean, marks=False)


def _has_marks(query: Mapping[str, str]) -> bool:
    asked = query.get("marks", "1")
    if asked not in ("0", "1"):
        raise ViewError(f"marks is 0 for a picture without boxes and texts, or 1. It cannot be '{asked[:20]}'.")
    return asked == "1"


def _view(query: Mapping[str, str], most: Live, marks: bool) -> View:
    pixels = f"a whole number of pixels, 1 to {WHOLE_WIDTH}"
    width = _number(query, "width", r"[1-9]\d{0,4}", pixels, most.width)
    quality = _number(query, "quality", r"[1-9]\d?|100", "a whole number, 1 to 100", most.quality)
    rate = f"pictures a second, {LEAST_FPS:g} to 999; for fewer ask for snapshot.jpg"
    fps = _number(query, "fps", r"\d{1,3}(\.\d{1,3})?", rate, most.fps)
    if "fps" in query and fps < LEAST_FPS:
        raise ViewError(f"fps is {rate}. It cannot be '{query['fps']}'.")
    return View(
        _next_rung(widths(most), width),
        _next_rung(_ladder(QUALITIES, most.quality), quality),
        min(fps, most.fps),
        marks,
    )


def _number(query: Mapping[str, str], key: str, pattern: str, meaning: str, otherwise: float) -> float:
    if key not in query:
        return otherwise
    if not re.fullmatch(pattern, query[key], re.ASCII):
        raise ViewError(f"{key} is {meaning}. It cannot be '{query[key][:20]}'.")
    return float(query[key])


def _ladder(rungs: tuple[int, ...], most: int) -> tuple[int, ...]:
    return (*(rung for rung in rungs if rung < most), most)


def _next_rung(ladder: tuple[int, ...], asked: float) -> int:
    return next((rung for rung in ladder if rung >= asked), ladder[-1])
