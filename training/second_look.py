"""Trains the second look, from nothing to ONNX: `python -m training second_look`.

Started again with the same arguments it goes on from its last checkpoint, whatever ended it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from torch.export import Dim

from training.course import begun, follow, options
from training.curves import write_curves
from training.export import Interface, export
from training.loading import PlaceBatch, raw_batches
from training.photos import labelled
from training.scenes import photos
from training.second_look_card import write_card
from training.second_look_loss import cost
from training.second_look_net import Closer, SecondLook
from training.second_look_validation import Seen, validate
from training.teaching import Teacher
from training.tiles import Tiles, TileStream

FACE = Interface("tiles", ("corners", "plate"), {0: Dim("n")})
"""What the exported file looks like from outside."""
COMPARED = 32
"""Held-out tiles on which the exported file is compared with the net."""
FIRST = 128
"""Tiles by which the weights of an exported file are taken up."""
DRAWN = ("good", "missed", "fooled")
"""Columns of the learning curve that are drawn."""


def main(arguments: list[str]) -> None:
    """The command line."""
    given = _options().parse_args(arguments)
    plates = labelled(given.photos)
    kept = TileStream(-1 - given.seed, photos(plates, held_out=True)).batch(0, given.validation)
    source = TileStream(given.seed, photos(plates, held_out=False))
    teacher = begun(given, "tiles", SecondLook, cost, Closer, lambda: source.batch(0, FIRST)["picture"].copy())
    raw = raw_batches(source, teacher.plan.batch, teacher.step, teacher.plan.steps, given.workers)
    batches = (PlaceBatch.of(tiles, teacher.device) for tiles in raw)

    def validated(row: dict[str, float]) -> None:
        seen = validate(teacher.mean, kept, teacher.device)
        row |= {"off": seen.off, "good": seen.good, "missed": seen.missed, "fooled": seen.fooled}
        teacher.history.append(row)
        write_curves(teacher.history, DRAWN, given.out)
        print(f"step {teacher.step}: {_told(seen)}", flush=True)

    if not given.export:
        follow(teacher, batches, given.out, validated, given.validate)
    sets = sorted({plate.folder for photo in source.photos for plate in photo.plates})
    _ship(teacher, kept, sets, given.out, " ".join(["python -m training second_look", *arguments]))


def _options() -> argparse.ArgumentParser:
    given = options("second_look", __doc__ or "", batch=64)
    given.add_argument("--validation", type=int, default=600, help="tiles to validate with")
    return given


def _ship(
    teacher: Teacher[SecondLook, PlaceBatch], kept: Tiles, sets: list[str], out: Path, command: str
) -> None:
    """Writes `second_look.onnx` and `second_look.md`, made from the mean of the weights."""
    seen = validate(teacher.mean, kept, teacher.device)
    inputs = kept["picture"][:COMPARED].copy()
    exported = export(Closer(teacher.mean), out / "second_look.onnx", FACE, inputs)
    write_card(out / "second_look.md", exported, teacher, sets, seen, command)
    print(f"{exported.file}: {exported.size / 1e6:.2f} MB, {exported.milliseconds:.2f} ms, {_told(seen)}")


def _told(seen: Seen) -> str:
    return (
        f"corners off {100 * seen.off:.1f}%, good {100 * seen.good:.1f}, "
        f"missed {100 * seen.missed:.1f}, fooled {100 * seen.fooled:.1f} of {seen.count}"
    )
