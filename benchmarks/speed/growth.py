"""What grows with cameras, viewers, the size of the picture and the rows of the log: a table and a plot each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.page import table
from benchmarks.speed import clips, logs
from benchmarks.speed.plots import Line, plot
from benchmarks.speed.processes import TooMuchError, decoding, observe, playing, watching
from benchmarks.speed.viewers import viewers

CAMERAS = (1, 2, 4, 8, 16)
VIEWERS = (0, 1, 10, 50)
SIZES = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4K": (3840, 2160),
}
LARGEST_LOG = 10_000_000
FOLDER = Path(__file__).parent


def cameras(seconds: float) -> str:
    """Processor time by the number of cameras, static scenes."""
    seen = {}
    for count in CAMERAS:
        try:
            with watching(playing([clips.static()] * count)) as running:
                seen[count] = observe(running, seconds)
        except TooMuchError:
            break
    cores: Line = [(count, one.cores) for count, one in seen.items()]
    _plot(
        "cameras", "Cores busy, by cameras", "cameras, 1080p, nothing happens", "cores", {"all programs": cores}
    )
    cells = [
        [
            str(count),
            f"{one.cores:.2f}",
            f"{one.ms_a_frame:.1f}",
            f"{min(one.fps):.1f}",
            f"{min(one.looks_fps):.1f}",
        ]
        for count, one in seen.items()
    ]
    head = ("cameras", "cores busy", "ms a frame", "frames/s of the slowest", "looks/s of the slowest")
    return _section(
        "cameras", "Cameras: static scenes, 1080p, 15 frames and 5 looks a second.", table(head, cells)
    )


def watchers(seconds: float) -> str:
    """Processor time by the number of viewers, one camera."""
    seen = {}
    with watching(playing([clips.static()])) as running:
        for count in VIEWERS:
            with viewers(running.port, count):
                seen[count] = observe(running, seconds)
    lines: dict[str, Line] = {
        name: [(count, one.busy[name]) for count, one in seen.items()] for name in ("camera", "web")
    }
    _plot("viewers", "Cores busy, by viewers", "viewers of one camera", "cores", lines)
    cells = [
        [str(count), *(f"{one.busy[name]:.3f}" for name in ("camera", "web"))] for count, one in seen.items()
    ]
    head = ("viewers", "camera program, cores", "web program, cores")
    return _section(
        "viewers", "Viewers: of one camera's stream, 1080p shown 1280 wide, 15 a second.", table(head, cells)
    )


def sizes(seconds: float) -> str:
    """Processor time a frame by the size of the picture."""
    seen = {}
    for name, size in SIZES.items():
        clip = clips.static(size)
        with watching(playing([clip])) as running:
            whole = observe(running, seconds).ms_a_frame
        seen[name] = size[0] * size[1] / 1e6, whole, decoding(clip, seconds)[1]
    lines: dict[str, Line] = {
        "whole program": [(pixels, whole) for pixels, whole, _ in seen.values()],
        "decoding alone": [(pixels, alone) for pixels, _, alone in seen.values()],
    }
    _plot("sizes", "Milliseconds a frame, by its size", "megapixels, nothing happens", "ms", lines)
    cells = [
        [name, f"{whole:.1f}", f"{alone:.1f}", f"{whole / alone:.2f}"]
        for name, (_, whole, alone) in seen.items()
    ]
    head = ("size", "whole program, ms a frame", "decoding alone", "times")
    return _section("sizes", "Resolution: a static scene, 15 frames and 5 looks a second.", table(head, cells))


def log_rows(_seconds: float) -> str:
    """What the log's queries take by its rows."""
    seen = dict(logs.milliseconds(LARGEST_LOG))
    jobs = list(next(iter(seen.values())))
    lines: dict[str, Line] = {job: [(rows, max(ms[job], 0.01)) for rows, ms in seen.items()] for job in jobs}
    _plot("log", "Milliseconds, by rows of the log", "reads in the log", "ms", lines, log="xy")
    cells = [[job, *(f"{ms[job]:.2f}" for ms in seen.values())] for job in jobs]
    head = ("ms, median", *(f"{rows:,}".replace(",", " ") for rows in seen))
    return _section(
        "log",
        "Rows in the log: each query as the programs ask it, opening the database included.",
        table(head, cells),
    )


PARTS: dict[str, Callable[[float], str]] = {
    "by-cameras": cameras,
    "by-viewers": watchers,
    "by-size": sizes,
    "by-log": log_rows,
}


def _plot(name: str, title: str, across: str, up: str, lines: dict[str, Line], log: str = "") -> None:
    plot(FOLDER / f"{name}.svg", title, across, up, lines, log)


def _section(name: str, words: str, text: str) -> str:
    return f"{words}\n\n{text}\n![{name}](speed/{name}.svg)"
