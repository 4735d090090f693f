"""Batches made by worker processes, in order, as torch's tensors."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from training.stream import Records, Source


@dataclass(frozen=True)
class Batch:
    """The fields of `stream.RECORD`, n of each."""

    crop: Tensor
    columns: Tensor
    target: Tensor
    spelled: Tensor
    readable: Tensor
    style: Tensor

    @classmethod
    def of(cls, records: Records, device: torch.device) -> Batch:
        """Records as tensors on the device."""

        def field(name: str) -> Tensor:
            return torch.from_numpy(records[name].copy()).to(device, non_blocking=True)

        return cls(
            field("crop"),
            field("columns").long(),
            field("target").long(),
            field("spelled").bool(),
            field("readable").long(),
            field("style").long(),
        )


@dataclass(frozen=True)
class PlaceBatch:
    """The fields of `scenes.SCENE` or `tiles.TILE_SAMPLE`, n of each."""

    picture: Tensor
    corners: Tensor
    known: Tensor

    @classmethod
    def of(cls, samples: Records, device: torch.device) -> PlaceBatch:
        """Samples as tensors on the device."""
        picture, corners, known = (
            torch.from_numpy(samples[name].copy()).to(device, non_blocking=True)
            for name in ("picture", "corners", "known")
        )
        return cls(picture, corners, known.long())


class _Numbered(Dataset[Records]):
    """Batches by number."""

    def __init__(self, source: Source, size: int) -> None:
        self._source, self._size = source, size

    def __getitem__(self, index: int) -> Records:
        return self._source.batch(index, self._size)


def raw_batches(source: Source, size: int, start: int, stop: int, workers: int) -> Iterator[Records]:
    """Batches `start` to `stop - 1` of the source; 0 workers: made here."""
    yield from DataLoader(
        _Numbered(source, size),
        sampler=range(start, stop),
        batch_size=None,
        num_workers=workers,
        collate_fn=_unchanged,
        worker_init_fn=_modest,
        prefetch_factor=4 if workers else None,
        multiprocessing_context="spawn" if workers else None,  # OpenCV's threads may hang what is forked
        generator=torch.Generator(),  # or it draws from the global one, which training is resumed with
    )


def _unchanged(records: object) -> object:
    return records


def _modest(_: int) -> None:
    """A worker is one thread, gives way to the one that trains, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    os.nice(1)
