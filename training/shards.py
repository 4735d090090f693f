"""Samples made beforehand, for a machine that can train but not render: `python -m training shards`.

A folder has `NNNN.npy`, SHARD samples each, `validation-SET.npy` and `shards.json`, which says how
they were made. A million samples are 30.8 GB.
"""

from __future__ import annotations

import argparse
import json
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.files import replaced
from training.loading import raw_batches
from training.photos import FOLDER, labelled
from training.stream import RECORD, Records, Stream, held_out

SHARD = 16384
"""Samples a file: half a gigabyte."""
_PIECE = 256


class Shards:
    """The samples of a folder, in another order every time round."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._seed = folder, seed

    def batch(self, index: int, size: int) -> Records:
        """`size` samples of batch `index`; each sample comes once before any comes again."""
        total = int(self._starts[-1])
        places = [self._place(number, total) for number in range(index * size, (index + 1) * size)]
        batch = np.empty(size, RECORD)
        for row, place in enumerate(places):
            shard = int(np.searchsorted(self._starts, place, "right")) - 1
            batch[row] = _opened(self._files[shard])[place - self._starts[shard]]
        return batch

    def _place(self, number: int, total: int) -> int:
        return int(_order(self._seed, number // total, total)[number % total])

    @cached_property
    def _files(self) -> list[Path]:
        files = sorted(self._folder.glob("[0-9]*.npy"))
        if not files:
            raise FileNotFoundError(f"no shards in {self._folder}: make some with `python -m training shards`")
        return files

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """Where each shard begins, and the end."""
        return np.cumsum([0, *(len(_opened(file)) for file in self._files)], dtype=np.int64)

    def held_out(self) -> dict[str, Records]:
        """The validation sets."""
        return {
            file.stem.removeprefix("validation-"): np.load(file)
            for file in sorted(self._folder.glob("validation-*.npy"))
        }


@cache
def _opened(file: Path) -> Records:
    """The shard, read where it is looked at."""
    records: Records = np.load(file, mmap_mode="r")
    return records


@lru_cache(maxsize=2)
def _order(seed: int, epoch: int, total: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, epoch]).permutation(total)


def write(stream: Stream, count: int, folder: Path, workers: int, validation: int) -> None:
    """Writes `count` samples, rounded up to pieces of 256. Shards that are there already are kept, so that
    it goes on where it was interrupted."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"seed": stream.seed, "photos": stream.photos, "others": stream.others, "count": count}
    notes = folder / "shards.json"
    if notes.exists() and {**json.loads(notes.read_text()), "count": count} != made:
        raise SystemExit(f"{folder} has other samples: {notes.read_text()}")
    notes.write_text(json.dumps(made))
    for name, records in held_out(stream.seed, stream.plates, validation, stream.faces).items():
        _save(folder / f"validation-{name}.npy", records)
    pieces = -(-count // _PIECE)
    for number, first in enumerate(range(0, pieces, SHARD // _PIECE)):
        last = min(pieces, first + SHARD // _PIECE)
        file = folder / f"{number:04d}.npy"
        if not file.exists() or len(np.load(file, mmap_mode="r")) < (last - first) * _PIECE:
            _save(file, np.concatenate(list(raw_batches(stream, _PIECE, first, last, workers))))
            print(f"{file}: {(last - first) * _PIECE} samples")


def _save(file: Path, records: Records) -> None:
    with replaced(file) as unfinished, unfinished.open("wb") as out:
        np.save(out, records)


def main(arguments: list[str]) -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m training shards", description=__doc__)
    options.add_argument("--count", type=int, required=True, help="samples")
    options.add_argument("--out", type=Path, required=True, help="a folder")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2, help="processes")
    options.add_argument("--photos", type=Path, default=FOLDER, help="the folder of the sets of photos")
    options.add_argument("--validation", type=int, default=2000, help="rendered samples to keep back")
    given = options.parse_args(arguments)
    stream = Stream(given.seed, labelled(given.photos))
    write(stream, given.count, given.out, given.workers, given.validation)
