"""Trains the reader, from nothing to ONNX: `python -m training reader`.

Started again with the same arguments it goes on from its last checkpoint, whatever ended it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import torch

from training.card import write_card
from training.course import begun, follow, options
from training.curves import write_curves
from training.export import Interface, export
from training.failures import failures
from training.loading import Batch, raw_batches
from training.looks import STYLES
from training.photos import labelled
from training.reader_loss import cost, cost_of_more
from training.reader_net import Answers, Reader
from training.shards import Shards
from training.stream import PHOTOS, RENDERED, Records, Source, Stream, held_out
from training.teaching import Teacher
from training.validation import Score, validate

COMPARED = 64
"""Held-out crops on which the exported file is compared with the net."""
FIRST = 256
"""Crops by which the weights of an exported file are taken up."""
FACE = Interface(
    "crops",
    ("characters", "readable", "style"),
    {0: torch.export.Dim("n")},
    {"styles": " ".join(STYLES)},
)
"""What the exported file looks like from outside."""
MAIN_SETS = (RENDERED, PHOTOS)
"""Validation sets that the curve draws."""


def main(arguments: list[str]) -> None:
    """The command line."""
    given = _options().parse_args(arguments)
    mixture = "shards" if given.shards else f"photos {given.photo_share}, others {given.other_share}"
    source, kept = _data(given)
    how = cost_of_more if given.start else cost
    teacher = begun(given, mixture, Reader, how, Answers, lambda: source.batch(0, FIRST)["crop"].copy())
    if not given.export:
        _train(teacher, source, kept, given)
    _ship(teacher, kept, given.out, " ".join(["python -m training reader", *arguments]))


def _options() -> argparse.ArgumentParser:
    given = options("reader", __doc__ or "", batch=128)
    given.add_argument("--shards", type=Path, help="samples made by `python -m training shards`")
    given.add_argument("--photo-share", type=float, default=0.05, help="true plates in the mixture, 0-1")
    given.add_argument("--other-share", type=float, default=0.03, help="what is no plate in it, 0-1")
    given.add_argument("--validation", type=int, default=2000, help="rendered crops to validate with")
    return given


def _data(given: argparse.Namespace) -> tuple[Source, dict[str, Records]]:
    """Where samples come from, and the validation sets."""
    if given.shards:
        shards = Shards(given.shards, given.seed)
        return shards, shards.held_out()
    plates = labelled(given.photos)
    stream = Stream(given.seed, plates, given.photo_share, given.other_share)
    return stream, held_out(given.seed, plates, given.validation)


def _train(
    teacher: Teacher[Reader, Batch], source: Source, kept: dict[str, Records], given: argparse.Namespace
) -> None:
    plan = teacher.plan
    raw = raw_batches(source, plan.batch, teacher.step, plan.steps, given.workers)
    batches = (Batch.of(records, teacher.device) for records in raw)

    def validated(row: dict[str, float]) -> None:
        _validated(teacher, kept, row, given.out)

    follow(teacher, batches, given.out, validated, given.validate)


def _validated(
    teacher: Teacher[Reader, Batch], kept: dict[str, Records], row: dict[str, float], out: Path
) -> None:
    """Adds a row to the learning curve."""
    scores = validate(teacher.mean, kept, teacher.device)
    for name, score in scores.items():
        row[f"{name}_exact"], row[f"{name}_folded"] = score.exact, score.folded
    row["readable"], row["style"] = scores[RENDERED].readable, scores[RENDERED].style
    teacher.history.append(row)
    drawn = [f"{name}_{how}" for name in MAIN_SETS if name in kept for how in ("exact", "folded")]
    write_curves(teacher.history, drawn, out)
    print(f"step {teacher.step}: {_listed(scores)}", flush=True)


def _listed(scores: dict[str, Score]) -> str:
    shares = {name: (100 * score.exact, 100 * score.folded) for name, score in scores.items()}
    return ", ".join(f"{name} {exact:.1f}/{alike:.1f}" for name, (exact, alike) in shares.items())


def _ship(teacher: Teacher[Reader, Batch], kept: dict[str, Records], out: Path, command: str) -> None:
    """Writes `reader.onnx` and `reader.md`, made from the mean of the weights, and what they misread."""
    scores = validate(teacher.mean, kept, teacher.device)
    exported = export(
        Answers(teacher.mean), out / "reader.onnx", FACE, kept[RENDERED]["crop"][:COMPARED].copy()
    )
    for name in MAIN_SETS:
        sheet = failures(teacher.mean, kept[name], teacher.device) if name in kept else None
        if sheet is not None:
            cv2.imwrite(str(out / f"misread-{name}.png"), sheet)
    write_card(out / "reader.md", exported, teacher, scores, command)
    print(f"{exported.file}: {exported.size / 1e6:.2f} MB, {exported.milliseconds:.2f} ms, {_listed(scores)}")
