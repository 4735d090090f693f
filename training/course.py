"""A run: learns, tells how it goes, validates, keeps checkpoints, and ends well when it is asked to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from training.teaching import Cost, Net, Taught, Teacher

SAVED_EVERY_S = 120.0
"""Seconds between checkpoints."""
TOLD_EVERY = 20
"""Steps between lines that say how it goes."""
CHECKPOINT = "last.pt"
"""The file in a run's folder that it goes on from."""


def begin(teacher: Teacher[Any, Any], out: Path, start: Path | None) -> None:
    """Goes on from the folder's checkpoint if there is one; else begins with the weights in `start`, if any."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / CHECKPOINT).exists():
        teacher.resume(out / CHECKPOINT)
    elif start:
        teacher.begin_with(start)


def follow(
    teacher: Teacher[Net, Taught],
    batches: Iterable[Taught],
    out: Path,
    validated: Callable[[dict[str, float]], None],
    every: int,
) -> None:
    """Learns until the plan is done, or until the program is asked to end. `validated` gets the beginning of
    the learning curve's row every so many steps."""
    plan = teacher.plan
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
