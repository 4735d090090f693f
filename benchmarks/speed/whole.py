"""The whole program against decoding alone: nothing happens, a typical gate, a busy road."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.page import table
from benchmarks.speed import clips
from benchmarks.speed.processes import decoding, observe, playing, watching


@dataclass(frozen=True)
class Case:
    """What is watched, by a title and in words, how often it is looked at and at most if plates are in doubt, and how
    many times decoding alone is asked for."""

    title: str
    words: str
    clip: Callable[[], Path]
    sample_fps: float
    burst_fps: float
    asked: float
    small: Callable[[], Path] | None = None
    """The camera's small stream, if it is watched in place of the main one."""


CASES = {
    "static": Case(
        "a static scene", "nothing happens: 1080p, 15 frames and 5 looks a second", clips.static, 5, 15, 1.15
    ),
    "gate": Case("a gate", "40 vehicles an hour: the same, one vehicle in 90 s", clips.gate_hour, 5, 15, 1.3),
    "gate-small": Case(
        "a gate with a small stream",
        "the same with detect_source: 640x360, 15 frames a second",
        clips.gate_hour,
        5,
        15,
        1.3,
        clips.gate_hour_small,
    ),
    "busy": Case(
        "a busy road", "a plate in every frame: 1080p, 30 frames and 10 looks a second", clips.busy, 10, 10, 2.0
    ),
}
HEAD = (
    "",
    "whole program, ms a frame",
    "decoding alone",
    "times",
    "asked",
    "frames/s",
    "alone",
    "looks/s",
    "of it",
)


def row(name: str, seconds: float, rounds: int) -> str:
    """The markdown of one case: medians over the rounds, in which both take turns."""
    case = CASES[name]
    clip = case.clip()
    length = clips.seconds_of(clip)
    window_s = math.ceil(seconds / length) * length
    whole, alone = [], []
    for _ in range(rounds):
        tracking = {"sample_fps": case.sample_fps, "burst_fps": case.burst_fps, "repeat_after_s": 3}
        camera = playing([clip])[0] | ({"detect_source": str(case.small())} if case.small else {})
        with watching([camera], tracking=tracking) as running:
            whole.append(observe(running, window_s))
        alone.append(decoding(clip, window_s))
    ms = [one.ms_a_frame for one in whole], [ms for _, ms in alone]
    rates = [one.fps[0] for one in whole], [fps for fps, _ in alone], [one.looks_fps[0] for one in whole]
    programs = (f"{name} {median(one.busy[name] / one.cores for one in whole):.0%}" for name in whole[0].busy)
    cells = [
        case.words,
        *(f"{median(values):.2f}" for values in ms),
        f"{median(one / other for one, other in zip(*ms, strict=True)):.2f}",
        f"{case.asked:g}",
        *(f"{median(values):.1f}" for values in rates),
        ", ".join(programs),
    ]
    each = f"Both took turns, {rounds} rounds of {window_s:.0f} s; medians. Milliseconds are processor time."
    return f"{each}\n\n{table(HEAD, [cells])}"
