"""Trains the reader, from nothing to ONNX: `python -m training reader`.

Started again with the same arguments it goes on from its last checkpoint, whatever ended it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType

import cv2
import torch

from training.card import write_card
from training.curves import write_curves
from training.export import export
from training.failures import failures
from training.loading import batches
from training.photos import FOLDER, labelled
from training.reader_loss import Losses
from training.reader_net import parameters
from training.shards import Shards
from training.stream import PHOTOS, RENDERED, Records, Source, Stream, held_out
from training.teaching import Plan, Teacher
from training.validation import Score, validate

SAVED_EVERY_S = 120.0
"""Seconds between checkpoints."""
TOLD_EVERY = 20
"""Steps between lines that say how it goes."""
COMPARED = 64
"""Held-out crops on which the exported file is compared with the net."""
MAIN_SETS = (RENDERED, PHOTOS)
"""Validation sets that the curve draws."""


def main(arguments: list[str]) -> None:
    """The command line."""
    given = _options().parse_args(arguments)
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        steps=given.steps,
        batch=given.batch,
        rate=given.rate,
        seed=given.seed,
        mixture="shards" if given.shards else f"photos {given.photo_share}, others {given.other_share}",
    )
    teacher = Teacher(plan, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    checkpoint = given.out / "last.pt"
    if checkpoint.exists():
        teacher.resume(checkpoint)
    elif given.start:
        teacher.begin_with(given.start)
    source, kept = _data(given)
    print(f"{parameters(teacher.net):,} parameters, step {teacher.step} of {plan.steps}, {teacher.device}")
    if not given.export:
        _train(teacher, source, kept, given.out, given.validate or max(1, plan.steps // 40), given.workers)
    _ship(teacher, kept, given.out, " ".join(["python -m training reader", *arguments]))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m training reader", description=__doc__)
    options.add_argument("--steps", type=int, default=40_000)
    options.add_argument("--out", type=Path, default=Path("checkpoints/reader"), help="a folder")
    options.add_argument("--batch", type=int, default=128, help="crops a step, even")
    options.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--start", type=Path, help="begin with the weights of another run's last.pt")
    options.add_argument("--shards", type=Path, help="samples made by `python -m training shards`")
    options.add_argument("--photos", type=Path, default=FOLDER, help="the folder of the sets of photos")
    options.add_argument("--photo-share", type=float, default=0.05, help="true plates in the mixture, 0-1")
    options.add_argument("--other-share", type=float, default=0.03, help="what is no plate in it, 0-1")
    options.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="that render")
    options.add_argument("--threads", type=int, default=1, help="that train, on a CPU")
    options.add_argument("--validate", type=int, help="steps between validations [steps / 40]")
    options.add_argument("--validation", type=int, default=2000, help="rendered crops to validate with")
    options.add_argument("--export", action="store_true", help="only export what the last checkpoint has")
    return options


def _data(given: argparse.Namespace) -> tuple[Source, dict[str, Records]]:
    """Where samples come from, and the validation sets."""
    if given.shards:
        shards = Shards(given.shards, given.seed)
        return shards, shards.held_out()
    plates = labelled(given.photos)
    stream = Stream(given.seed, plates, given.photo_share, given.other_share)
    return stream, held_out(given.seed, plates, given.validation)


def _train(
    teacher: Teacher, source: Source, kept: dict[str, Records], out: Path, every: int, workers: int
) -> None:
    """Learns until the plan is done, or until the program is asked to end."""
    plan = teacher.plan
    saved = started = monotonic()
    with _asked_to_end() as asked:
        for batch in batches(source, plan.batch, teacher.step, plan.steps, workers, teacher.device):
            cost = teacher.learn(batch)
            if teacher.step % TOLD_EVERY == 0:
                print(_told(teacher, cost), flush=True)
            if teacher.step % every == 0 or teacher.step == plan.steps:
                _validated(teacher, kept, cost, monotonic() - started, out)
            if monotonic() - saved > SAVED_EVERY_S or asked or teacher.step == plan.steps:
                teacher.save(out / "last.pt")
                saved = monotonic()
            if asked:
                sys.exit(f"ended at step {teacher.step}; the same command goes on from there")


@contextmanager
def _asked_to_end() -> Iterator[list[int]]:
    """A list that is empty until somebody asks the program to end."""
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told(teacher: Teacher, cost: Losses) -> str:
    return (
        f"step {teacher.step} loss {cost.total.item():.4f} columns {cost.columns.item():.4f} "
        f"spelling {cost.spelling.item():.4f} readable {cost.readable.item():.3f} style {cost.style.item():.3f}"
    )


def _validated(teacher: Teacher, kept: dict[str, Records], cost: Losses, seconds: float, out: Path) -> None:
    """Adds a row to the learning curve; its losses are those of the last batch."""
    scores = validate(teacher.mean, kept, teacher.device)
    row = {
        "step": float(teacher.step),
        "samples": float(teacher.step * teacher.plan.batch),
        "seconds_since_start": seconds,
        "rate": teacher.plan.rate_at(teacher.step),
        "columns_loss": cost.columns.item(),
        "spelling_loss": cost.spelling.item(),
    }
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


def _ship(teacher: Teacher, kept: dict[str, Records], out: Path, command: str) -> None:
    """Writes `reader.onnx` and `reader.md`, made from the mean of the weights, and what they misread."""
    scores = validate(teacher.mean, kept, teacher.device)
    exported = export(teacher.mean, out / "reader.onnx", kept[RENDERED]["crop"][:COMPARED].copy())
    for name in MAIN_SETS:
        sheet = failures(teacher.mean, kept[name], teacher.device) if name in kept else None
        if sheet is not None:
            cv2.imwrite(str(out / f"misread-{name}.png"), sheet)
    write_card(out / "reader.md", exported, teacher.mean, teacher.plan, teacher.step, scores, command)
    print(f"{exported.file}: {exported.size / 1e6:.2f} MB, {exported.milliseconds:.2f} ms, {_listed(scores)}")
