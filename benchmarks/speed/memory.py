"""Memory of a camera and of a viewer, and whether it stays what it was, on a busy road and over hours of a gate."""

from __future__ import annotations

import time

from benchmarks.live import Memory
from benchmarks.page import table
from benchmarks.speed import clips
from benchmarks.speed.processes import playing, watching
from benchmarks.speed.viewers import viewers
from tests.system.serving import Serving

MANY = 10
HOURS = 2
WATCH_S = 10.0
"""How long viewers have watched before memory is looked at."""


def rows(seconds: float, _rounds: int) -> str:
    with watching(
        playing([clips.busy()]), tracking={"sample_fps": 10, "burst_fps": 10, "repeat_after_s": 3}
    ) as running:
        programs = {name: running.programs(f"streamer.{name}")[0] for name in ("camera", "web", "uploads")}
        memories = {name: Memory(process) for name, process in programs.items()}
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            time.sleep(1)
            for memory in memories.values():
                memory.sample()
        each = {count: _together(running, count) for count in (1, MANY)}
    cells = [[name, memory.in_words()] for name, memory in memories.items()]
    more = (each[MANY] - each[1]) / (MANY - 1)
    how = (
        f"A busy road, 1080p, 30 frames and 10 looks a second, for {seconds:.0f} s. Resident, MB: begin / half / end, medians"
        " of a tenth each; shared libraries count in each program. Asked: 250 MB a camera, flat."
    )
    words = f"Each viewer more (1 to {MANY}): {more:.1f} MB in all programs together; asked: 20 MB at most."
    return f"{how}\n\n{table(('program', 'memory, MB'), cells)}\n{words}"


def hours(_seconds: float, _rounds: int) -> str:
    """Hours of a gate, as fast as they can be read."""
    clip = clips.hours(HOURS)
    camera = {"name": "camera0", "source": str(clip)}
    with watching([camera]) as running:
        memory, begun_s = Memory(running.programs("streamer.camera")[0]), time.monotonic()
        while running.cameras()["camera0"]["status"] == "live":
            time.sleep(1)
            memory.sample()
        took_s = time.monotonic() - begun_s
    how = (
        f"A gate, 1080p, 15 frames a second, {HOURS} hours with {40 * HOURS} vehicles, read in {took_s / 60:.0f} minutes."
        " Resident, MB: begin / half / end, medians of a tenth each. Asked: 250 MB a camera, flat."
    )
    return f"{how}\n\n{table(('program', 'memory, MB'), [['camera', memory.in_words()]])}"


def _together(running: Serving, count: int) -> float:
    """Resident memory of all programs while so many watch, MB."""
    with viewers(running.port, count):
        time.sleep(WATCH_S)
        return sum(process.memory_info().rss for process in running.programs()) / 2**20
