"""How many cameras keep up: 1080p, 15 frames and 5 looks a second, one vehicle a minute at each."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.page import table
from benchmarks.speed import clips
from benchmarks.speed.processes import Observed, TooMuchError, observe, playing, watching
from streamer import machine

COUNTS = (1, 2, 4, 8, 12, 16)
HEALTHY = 0.99
"""The share of the looks that are wanted; one that is spared because nothing moves counts as taken."""


def measured(seconds: float) -> Iterator[tuple[int, Observed]]:
    """So many cameras at a time, up to the first number that does not keep up."""
    for count in COUNTS:
        try:
            with watching(playing([clips.minute(number) for number in range(count)])) as running:
                observed = observe(running, seconds)
        except TooMuchError:
            return
        yield count, observed
        if not keeps_up(observed):
            return


def keeps_up(observed: Observed) -> bool:
    """Whether the camera that is worst off takes the looks that are wanted."""
    return min(observed.health) >= HEALTHY


def rows(seconds: float, _rounds: int) -> str:
    cells, most = [], 0
    for count, seen in measured(seconds):
        most = count if keeps_up(seen) else most
        worst = f"{min(seen.health):.3f}", f"{min(seen.fps):.1f}", "yes" if keeps_up(seen) else "no"
        cells.append([str(count), f"{seen.cores:.2f}", f"{seen.cores / count:.3f}", *worst])
    head = ("cameras", "cores busy", "a camera", "health of the slowest", "frames/s of the slowest", "keep up")
    words = f"**{most} cameras keep up on {machine.cores()} cores**; 12 or more are asked for of 2 cores."
    how = f"One vehicle a minute at each, at different times. Keeping up: a health of {HEALTHY} or more."
    return f"{how}\n\n{table(head, cells)}\n{words}"
