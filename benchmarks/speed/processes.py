"""Processor time and memory of running programs, by program, and the whole program running on clips."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import psutil

from streamer.places import ROOT
from tests.system.serving import Serving, serving, wait_for

START_S = 120
"""Patience until every camera is live, on a machine that is too small for them."""
RATES_EVERY_S = 5.0
SETTLE_S = 8.0
"""Left out at the start: engines load."""


def used_s(root: psutil.Process) -> dict[str, float]:
    """Seconds of processor time that the programs under `root` have used until now, and itself; by program."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
            seconds[_name(process)] += times.user + times.system
            if process != root:
                seconds[_name(process)] += times.children_user + times.children_system
        except psutil.NoSuchProcess:
            continue
    return dict(seconds)


@dataclass(frozen=True)
class Observed:
    """What was seen of the running program for a while: the cores that each of its programs kept busy, each camera's
    frames and looks a second, and the share (0-1) of the looks that it wanted and got."""

    busy: dict[str, float]
    fps: tuple[float, ...]
    looks_fps: tuple[float, ...]
    health: tuple[float, ...]

    @property
    def cores(self) -> float:
        return sum(self.busy.values())

    @property
    def ms_a_frame(self) -> float:
        """Of processor time, all programs together."""
        return 1000 * self.cores / sum(self.fps)


def observe(running: Serving, seconds: float) -> Observed:
    """Watches the program for so long; rates are the means of what the cameras told, once in 5 s."""
    root = psutil.Process(running.process.pid)
    before, begun_s = used_s(root), time.monotonic()
    told: list[dict[str, dict[str, Any]]] = []
    while (left_s := begun_s + seconds - time.monotonic()) > 0:
        time.sleep(min(RATES_EVERY_S, left_s))
        if states := running.cameras():
            told.append(states)
    after, took_s = used_s(root), time.monotonic() - begun_s
    busy = {name: (after[name] - before.get(name, 0.0)) / took_s for name in after}
    fps, looks_fps, health = (
        tuple(fmean(states[name][what] for states in told) for name in told[-1])
        for what in ("fps", "looks_fps", "health")
    )
    return Observed(busy, fps, looks_fps, health)


def _name(process: psutil.Process) -> str:
    """camera, web or uploads; "supervisor" for what is none of ours by module."""
    words = " ".join(process.cmdline())
    return next((name for name in ("camera", "web", "uploads") if f"streamer.{name}" in words), "supervisor")


def megabytes(process: psutil.Process) -> float:
    """Resident memory, shared libraries included."""
    return process.memory_info().rss / 2**20


class TooMuchError(Exception):
    """The machine is too small for this."""


def playing(clips: Sequence[Path]) -> list[dict[str, object]]:
    """A camera on each of the clips, which are played for ever at their pace."""
    return [
        {"name": f"camera{number}", "source": str(clip), "realtime": True, "loop": True}
        for number, clip in enumerate(clips)
    ]


@contextmanager
def watching(cameras: Sequence[dict[str, object]], **settings: object) -> Iterator[Serving]:
    """The whole program with these cameras, once all of them are live. Raises TooMuchError if that never is."""
    everything = {"cameras": list(cameras), **settings}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), everything) as running:
        try:
            wait_for(lambda: _all_live(running, len(cameras)), START_S, 0.5)
        except AssertionError:
            raise TooMuchError(f"{len(cameras)} cameras were not live within {START_S:g} s") from None
        time.sleep(SETTLE_S)
        yield running


def _all_live(running: Serving, count: int) -> bool:
    states = running.cameras().values()
    return len(states) == count and all(state["status"] == "live" and state["fps"] for state in states)


def decoding(clip: Path, seconds: float) -> tuple[float, float]:
    """Decoding of the clip alone: frames a second, and milliseconds of processor time a frame."""
    command = [sys.executable, "-m", "benchmarks.speed.decoding", str(clip), str(seconds)]
    fps, ms = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return float(fps), float(ms)
