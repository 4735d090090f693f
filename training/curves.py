"""Learning curves: a table and a drawing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from streamer.types import Picture
from training.files import replaced

_SIZE = (960, 540)
_EDGE = 60
_COLOURS = ((180, 90, 20), (30, 120, 230), (60, 150, 40), (40, 40, 200), (150, 60, 150), (120, 120, 20),
            (20, 20, 20), (200, 150, 60))  # fmt: skip


def write_curves(history: Sequence[dict[str, float]], names: Sequence[str], folder: Path) -> None:
    """`curve.csv` with a row a validation, and `curve.png` of the named columns, which are 0-1."""
    if not history:
        return
    with replaced(folder / "curve.csv") as unfinished, unfinished.open("w", newline="") as out:
        table = csv.DictWriter(out, list(history[-1]))
        table.writeheader()
        table.writerows({name: f"{value:.6g}" for name, value in row.items()} for row in history)
    cv2.imwrite(str(folder / "curve.png"), _drawn(history, names))


def _drawn(history: Sequence[dict[str, float]], names: Sequence[str]) -> Picture:
    """The named values over samples seen, BGR."""
    image = np.full((_SIZE[1], _SIZE[0], 3), 255, np.uint8)
    across, down = _SIZE[0] - 4 * _EDGE, _SIZE[1] - 2 * _EDGE
    last = max(1.0, history[-1]["samples"])
    for tenth in range(0, 11, 2):
        y = _EDGE + round(down * (1 - tenth / 10))
        cv2.line(image, (_EDGE, y), (_EDGE + across, y), (220, 220, 220), 1)
        _write(image, f"{tenth * 10}%", (10, y + 5), (90, 90, 90))
    _write(image, "0", (_EDGE, _SIZE[1] - 25), (90, 90, 90))
    _write(image, f"{last:,.0f} samples", (_EDGE + across - 90, _SIZE[1] - 25), (90, 90, 90))
    for number, name in enumerate(names):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [
            (_EDGE + across * row["samples"] / last, _EDGE + down * (1 - row[name]))
            for row in history
            if np.isfinite(row.get(name, np.nan))
        ]
        path = np.array(points, np.float64).round().astype(np.int32)
        cv2.polylines(image, [path], False, colour, 2, cv2.LINE_AA)
        _write(image, name.replace("_", " "), (_EDGE + across + 12, _EDGE + 20 * number), colour)
    return image


def _write(image: Picture, words: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(image, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
