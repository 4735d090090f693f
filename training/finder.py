"""Trains the finder, from nothing to ONNX: `python -m training finder`.

Started again with the same arguments it goes on from its last checkpoint, whatever ended it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

import cv2
import numpy as np
from torch.export import Dim

from training.course import begun, follow, options
from training.curves import write_curves
from training.export import Interface, export
from training.finder_card import write_card
from training.finder_loss import cost
from training.finder_net import Finder, Peaks
from training.finder_validation import Found, validate
from training.loading import PlaceBatch, raw_batches
from training.photos import labelled
from training.scenes import Photo, SceneStream, photos
from training.teaching import Teacher

FACE = Interface(
    "pictures",
    ("score", "corners"),
    {0: Dim("n"), 1: 32 * Dim("rows", min=1), 2: 32 * Dim("columns", min=1)},
)
"""What the exported file looks like from outside."""
COMPARED, TIMED = 4, (640, 352)
"""How many pictures the exported file is compared on with the net, and their size in pixels."""
FIRST = 64
"""Pieces by which the weights of an exported file are taken up."""
DRAWN = ("photos_found", "photos_first", "photos_overlap")
"""Columns of the learning curve that are drawn."""


def main(arguments: list[str]) -> None:
    """The command line."""
    given = _options().parse_args(arguments)
    plates = labelled(given.photos)
    kept = _some(photos(plates, held_out=True), given.validation)
    source = SceneStream(given.seed, photos(plates, held_out=False))
    teacher = begun(given, "scenes", Finder, cost, Peaks, lambda: source.batch(0, FIRST)["picture"].copy())
    raw = raw_batches(source, teacher.plan.batch, teacher.step, teacher.plan.steps, given.workers)
    batches = (PlaceBatch.of(scenes, teacher.device) for scenes in raw)

    def validated(row: dict[str, float]) -> None:
        found = validate(teacher.mean, kept, teacher.device)
        for name, result in found.items():
            row[f"{name}_found"], row[f"{name}_first"] = result.found, result.first
            row[f"{name}_overlap"], row[f"{name}_extra"] = result.overlap, result.extra
        teacher.history.append(row)
        write_curves(teacher.history, DRAWN, given.out)
        print(f"step {teacher.step}: {_listed(found)}", flush=True)

    if not given.export:
        follow(teacher, batches, given.out, validated, given.validate)
    _ship(teacher, kept, source, given.out, " ".join(["python -m training finder", *arguments]))


def _options() -> argparse.ArgumentParser:
    given = options("finder", __doc__ or "", batch=32)
    given.add_argument("--validation", type=int, default=200, help="photos to validate with")
    return given


def _ship(
    teacher: Teacher[Finder, PlaceBatch], kept: list[Photo], source: SceneStream, out: Path, command: str
) -> None:
    """Writes `finder.onnx` and `finder.md`, made from the mean of the weights."""
    found = validate(teacher.mean, kept, teacher.device)
    pieces = source.batch(0, COMPARED)["picture"]
    largest = np.stack([cv2.resize(piece, TIMED) for piece in pieces])
    exported = export(Peaks(teacher.mean), out / "finder.onnx", FACE, largest)
    sets = sorted({plate.folder for photo in source.photos for plate in photo.plates})
    write_card(out / "finder.md", exported, teacher, sets, found, command)
    print(f"{exported.file}: {exported.size / 1e6:.2f} MB, {exported.milliseconds:.2f} ms, {_listed(found)}")


def _some(kept: tuple[Photo, ...], count: int) -> list[Photo]:
    """The same photos each time."""
    return Random(1).sample(kept, min(count, len(kept)))  # noqa: S311 - pictures need no secrets


def _listed(found: dict[str, Found]) -> str:
    return ", ".join(
        f"{name} {100 * one.found:.1f}/{100 * one.first:.1f} iou {one.overlap:.2f} extra {one.extra:.2f}"
        for name, one in found.items()
    )
