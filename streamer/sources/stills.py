"""Pictures on a disk -> shots: one, a folder of them, or those that a pattern names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from glob import glob
from pathlib import Path

import numpy as np

from streamer.pictures import PictureError, decode_picture
from streamer.sources.base import DamagedError, Shot, SourceError
from streamer.types import Picture

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_PATTERN = frozenset("*?[")
_MOST_MEGAPIXELS = 100
"""Twice what the largest phone cameras make; more is a mistake or an attack."""


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def is_many(path: Path) -> bool:
    """Whether the path is a folder or a pattern; a file whose name looks like a pattern is neither."""
    try:
        return path.is_dir() or (not _PATTERN.isdisjoint(str(path)) and not path.exists())
    except OSError:  # out of reach, which is said when the file is opened
        return False


def pictures_at(path: Path) -> tuple[Path, ...]:
    """The pictures in a folder or those that a pattern (`*`, `?`, `[…]`, `**`) names, sorted; other
    files are passed over. Raises SourceError where there is none."""
    try:
        found = path.iterdir() if path.is_dir() else map(Path, glob(str(path), recursive=True))
        pictures = tuple(sorted(each for each in found if is_picture(each)))
    except PermissionError:
        raise SourceError(f"the folder {path} may not be read by this user; allow it with chmod +rx") from None
    if not pictures:
        raise SourceError(f"there is no picture at {path}; put JPEG, PNG, WebP or BMP files there")
    return pictures


def still_shots(paths: Sequence[Path]) -> Iterator[tuple[int, Shot]]:
    """The pictures with their positions in `paths`, one second apart, turned upright.

    Those that cannot be read are left out and named at the end by DamagedError; raises SourceError where
    none can be read.
    """
    faults = []
    for position, path in enumerate(paths):
        try:
            yield position, _shot(path, position)
        except SourceError as fault:
            faults.append(fault)
    if len(faults) == len(paths):
        raise faults[0]
    if faults:
        raise DamagedError(f"{len(faults)} of {len(paths)} pictures could not be read; the first: {faults[0]}")


def _shot(path: Path, position: int) -> Shot:
    picture = _read(path)
    height, width = picture.shape[:2]
    return Shot(float(position), width, height, partial(np.asarray, picture))


def _read(path: Path) -> Picture:
    try:
        return decode_picture(path.read_bytes(), _MOST_MEGAPIXELS)
    except FileNotFoundError:
        raise SourceError(f"there is no picture {path}; check the path") from None
    except PermissionError:
        raise SourceError(f"{path} may not be read by this user; allow it with chmod +r") from None
    except OSError as fault:
        raise SourceError(f"{path} cannot be read ({fault.strerror}); check its disk") from None
    except PictureError as fault:
        raise SourceError(f"{path}: {fault}") from None
