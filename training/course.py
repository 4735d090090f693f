"""A run: learns, tells how it goes, validates, keeps checkpoints, and ends well when it is asked to."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.photos import FOLDER
from training.reader_net import parameters
from training.teaching import Cost, Net, Plan, Taught, Teacher
from training.unfold import unfold

SAVED_EVERY_S = 120.0
"""Seconds between checkpoints."""
TOLD_EVERY = 20
"""Steps between lines that say how it goes."""
CHECKPOINT = "last.pt"
"""The file in a run's folder that it goes on from."""


def options(net: str, about: str, batch: int) -> argparse.ArgumentParser:
    """What every net's command takes; `batch` is the usual number of samples a step."""
    given = argparse.ArgumentParser(prog=f"python -m training {net}", description=about)
    given.add_argument("--steps", type=int, default=40_000)
    given.add_argument("--out", type=Path, default=Path("checkpoints", net), help="a folder")
    given.add_argument("--batch", type=int, default=batch, help="samples a step")
    given.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    given.add_argument("--seed", type=int, default=1)
    given.add_argument(
        "--start", type=Path, help="begin with the weights of another run's last.pt or of an exported .onnx"
    )
    given.add_argument("--photos", type=Path, default=FOLDER, help="the folder of the sets of photos")
    given.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="that render")
    given.add_argument("--threads", type=int, default=1, help="that train, on a CPU")
    given.add_argument("--validate", type=int, help="steps between validations [steps / 40]")
    given.add_argument("--export", action="store_true", help="only export what the last checkpoint has")
    return given


def begun(
    given: argparse.Namespace,
    mixture: str,
    make: Callable[[], Net],
    cost: Callable[[Net, Taught, float], Cost],
    answers: Callable[[Net], nn.Module],
    first: Callable[[], NDArray[np.uint8]],
) -> Teacher[Net, Taught]:
    """The net as far as the folder's checkpoint has it, or else at its beginning; `mixture` says where samples
    come from, `answers` makes of the net what is exported, `first` gives the pictures of the first samples.
    Sets up PyTorch and OpenCV for the whole program."""
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)  # a tenth faster on a CPU
    cv2.setNumThreads(1)
    plan = Plan(steps=given.steps, batch=given.batch, rate=given.rate, seed=given.seed, mixture=mixture)
    teacher = Teacher(plan, torch.device("cuda" if torch.cuda.is_available() else "cpu"), make, cost)
    _begin(teacher, given.out, given.start, answers, first)
    print(f"{parameters(teacher.net):,} parameters, step {teacher.step} of {plan.steps}, {teacher.device}")
    return teacher


def _begin(
    teacher: Teacher[Net, Any],
    out: Path,
    start: Path | None,
    answers: Callable[[Net], nn.Module],
    first: Callable[[], NDArray[np.uint8]],
) -> None:
    """Goes on from the folder's checkpoint if there is one; else begins with the weights in `start`, if any."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / CHECKPOINT).exists():
        teacher.resume(out / CHECKPOINT)
    elif start and start.suffix == ".onnx":
        unfold(teacher.net, answers(teacher.net), start, first())
        teacher.mean.load_state_dict(teacher.net.state_dict())
    elif start:
        teacher.begin_with(start)


def follow(
    teacher: Teacher[Net, Taught],
    batches: Iterable[Taught],
    out: Path,
    validated: Callable[[dict[str, float]], None],
    every: int | None,
) -> None:
    """Learns until the plan is done, or until the program is asked to end. `validated` gets the beginning of
    the learning curve's row every so many steps; None: 40 times."""
    plan = teacher.plan
    every = every or max(1, plan.steps // 40)
    saved = started = monotonic()
    with _asked_to_end() as asked:
        for batch in batches:
            cost = teacher.learn(batch)
            if teacher.step % TOLD_EVERY == 0:
                print(f"step {teacher.step} {cost}", flush=True)
            if teacher.step % every == 0 or teacher.step == plan.steps:
                validated(_row(teacher, cost, monotonic() - started))
            if monotonic() - saved > SAVED_EVERY_S or asked or teacher.step == plan.steps:
                teacher.save(out / CHECKPOINT)
                saved = monotonic()
            if asked:
                sys.exit(f"ended at step {teacher.step}; the same command goes on from there")


def _row(teacher: Teacher[Net, Taught], cost: Cost, seconds: float) -> dict[str, float]:
    """How far it is; the losses are those of the last batch."""
    return {
        "step": float(teacher.step),
        "samples": float(teacher.step * teacher.plan.batch),
        "seconds_since_start": seconds,
        "rate": teacher.plan.rate_at(teacher.step),
        **cost.row,
    }


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
