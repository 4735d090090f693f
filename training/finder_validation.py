"""How well a finder finds the plates of whole photos that it was not taught with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from streamer.types import Picture
from training.finder_net import Finder, Peaks
from training.scenes import Photo
from training.wear import Points

AREA = 640 * 360
"""Pixels that a photo is brought to, as the engine does."""
LEAST = 0.3
"""The lowest score that counts."""
FITS = 0.5
"""The least intersection over union with the true upright box."""
KEPT = 10
"""Plates a photo at most."""


@dataclass(frozen=True)
class Found:
    """Of `count` plates: the share (0-1) that was `found`, and `first` if each photo's surest answer alone is
    taken; `overlap`, the mean intersection over union (0-1) of what was found. `extra`: answers a photo that
    fit no plate, in photos whose plates are all labelled."""

    count: int
    found: float
    first: float
    overlap: float
    extra: float


def fitted(picture: Picture) -> Picture:
    """The picture with an area of about AREA, at most twice as wide as before; sides are multiples of 32."""
    rows, columns = picture.shape[:2]
    scale = min(2.0, (AREA / (rows * columns)) ** 0.5)
    size = max(32, round(columns * scale / 32) * 32), max(32, round(rows * scale / 32) * 32)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


@torch.no_grad()
def find(net: Finder, picture: Picture, device: torch.device) -> tuple[np.ndarray, Points]:
    """Scores (n) and corners (n x 4 x 2, pixels of the picture), the surest first."""
    small = fitted(picture)
    answers = Peaks(net)(torch.from_numpy(small)[None].to(device))
    score, corners = (part[0].float().cpu().numpy() for part in answers)
    y, x = np.nonzero(score >= LEAST)
    order = np.argsort(-score[y, x])[:KEPT]
    scale = np.array([picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]], np.float32)
    return score[y, x][order], corners[y, x][order] * scale


def validate(net: Finder, photos: Iterable[Photo], device: torch.device) -> dict[str, Found]:
    """Each set's result, by the name of its folder, and of all together as `photos`."""
    net.eval()
    seen: dict[str, list[tuple[list[float], list[float], int | None]]] = {}
    for photo in photos:
        _, corners = find(net, photo.picture, device)
        overlaps = _overlaps(photo.corners, corners)
        best = overlaps.max(axis=1, initial=0.0)
        first = overlaps[:, 0] if overlaps.shape[1] else np.zeros(len(overlaps))
        extra = int((overlaps.max(axis=0, initial=0.0) < 0.1).sum()) if photo.complete else None
        row = (best.tolist(), [float(first.max())], extra)
        seen.setdefault(photo.plates[0].folder, []).append(row)
        seen.setdefault("photos", []).append(row)
    return {name: _summed(rows) for name, rows in seen.items()}


def _summed(rows: list[tuple[list[float], list[float], int | None]]) -> Found:
    best = np.array([overlap for overlaps, _, _ in rows for overlap in overlaps])
    first = np.array([overlap for _, overlaps, _ in rows for overlap in overlaps])
    extra = [count for _, _, count in rows if count is not None]
    fits = best >= FITS
    return Found(
        count=len(best),
        found=float(fits.mean()),
        first=float((first >= FITS).mean()),
        overlap=float(best[fits].mean()) if fits.any() else 0.0,
        extra=float(np.mean(extra)) if extra else float("nan"),
    )


def _overlaps(true: Points, found: Points) -> np.ndarray:
    """Intersection over union of upright boxes: n x m."""
    low = np.maximum(true.min(axis=1)[:, None], found.min(axis=1)[None])
    high = np.minimum(true.max(axis=1)[:, None], found.max(axis=1)[None])
    both = np.clip(high - low, 0, None).prod(axis=2)
    each = [np.ptp(quads, axis=1).prod(axis=1) for quads in (true, found)]
    return np.asarray(both / np.maximum(1e-6, each[0][:, None] + each[1][None] - both))
