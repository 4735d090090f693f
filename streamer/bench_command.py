"""`python -m streamer bench`: what a camera costs on this machine, as a table to look at and to paste."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from streamer import machine
from streamer.allocator import keep_large_buffers
from streamer.assembly import engine_from
from streamer.bench import DECODE, ENGINE, Cost, Measured, measure
from streamer.capture import CaptureOptions, Source, SourceError, open_source
from streamer.detect import Engine, EngineUnavailable
from streamer.settings import DEMO_SOURCE, Camera, Settings
from streamer.stopwatch import CONVERT, GATE

FREE = 0.2
"""The part of the machine that is left for the pages, the log and everything else, 0-1."""
LITTLE = 0.1
"""A camera that takes no more than this part of a core need not be made cheaper, 0-1."""
DEMO_SIZE, DEMO_S = (1920, 1080), 6.0
SLOW_FPS, FEW_LOOKS_FPS, SMALL_WIDTH = 10, 3, 1280
"""What a camera at a gate can be set to."""


def run(settings: Settings, camera: Camera, for_s: float, as_json: bool) -> None:
    """Measures the camera and says what was found. Raises ClickException where there is nothing to measure."""
    keep_large_buffers()
    try:
        engine = engine_from(settings)
        with tempfile.TemporaryDirectory() as folder, _progress() as bar:
            source = _source(settings, camera, Path(folder), bar)
            measured = _measured(source, engine, settings, camera, for_s, bar)
    except (SourceError, EngineUnavailable) as error:
        raise click.ClickException(str(error)) from None
    if measured is None:
        raise click.ClickException(
            f"{source.name} has no second picture, so nothing can be said of it; give a clip of some seconds"
        )
    kind = _kind(camera, measured)
    if as_json:
        click.echo(json.dumps(_as_json(measured, kind, engine.name)))
    else:
        click.echo(written(measured, kind, engine.name))


def _source(settings: Settings, camera: Camera, folder: Path, bar: Progress) -> Source:
    """The camera's source, decoded by one thread, or a demo clip as large as network cameras send it."""
    spec = camera.source.strip()
    if spec.isdecimal() or spec.startswith("/dev/"):
        raise SourceError(
            f"webcam {spec} cannot be measured as it is; record some seconds of it and give that file"
        )
    if spec == DEMO_SOURCE:
        spec = str(_large_demo(folder, bar))
    options = CaptureOptions(complete=True, one_thread=True, **settings.capture.model_dump())
    return open_source(spec, camera.name, options, detect=camera.detect_source)


def _large_demo(folder: Path, bar: Progress) -> Path:
    from streamer.demo.film import demo_pictures, film

    task = bar.add_task("rendering a clip", total=None)
    film(demo_pictures(0.0, DEMO_S), clip := folder / "demo.mp4", DEMO_SIZE)
    bar.remove_task(task)
    return clip


def _measured(
    source: Source, engine: Engine, settings: Settings, camera: Camera, for_s: float, bar: Progress
) -> Measured | None:
    task = bar.add_task("measuring", total=1.0)
    return measure(source, engine, settings, camera, for_s, lambda done: bar.update(task, completed=done))


@contextmanager
def _progress() -> Iterator[Progress]:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        yield bar


def _kind(camera: Camera, measured: Measured) -> str:
    """What the source is, without saying which."""
    if measured.stills:
        return "pictures"
    if "://" in camera.source:
        return "a URL"
    return "the demo clip" if camera.source == DEMO_SOURCE else "a clip"


def written(measured: Measured, kind: str, engine: str) -> str:
    """The measurement in Markdown."""
    each = "picture" if measured.stills else "second"
    rows = [_row(cost, f"{measured.share(cost.stage):.0%}") for cost in measured.costs]
    return "\n".join(
        [
            f"Plate Streamer's bench: {_size(measured, kind)}, engine {engine}.",
            "",
            f"| stage | ms, median | 95% | times a {each} | ms a {each} | share |",
            "|---|--:|--:|--:|--:|--:|",
            *rows,
            f"| **together** | | | | **{measured.ms:.0f}** | **100%** |",
            _row(measured.viewing, "while watched"),
            "",
            *_conclusions(measured),
            "",
            f"Milliseconds are processor time. {machine.in_words()}.",
        ]
    )


def _row(cost: Cost, share: str) -> str:
    numbers = f"{cost.median_ms:.1f} | {cost.most_ms:.1f} | {cost.times:.1f} | {cost.ms:.1f}"
    return f"| {cost.stage} | {numbers} | {share} |"


def _size(measured: Measured, kind: str) -> str:
    if measured.stills:
        return f"{measured.frames} {kind}, the first {measured.width}x{measured.height}"
    looks = f"{measured.due_fps:.1f} that are due, {measured.looks_fps:.1f} looks"
    size = f"{measured.width}x{measured.height}"
    return f"{measured.frames} frames of {kind}, {size}, {measured.fps:.0f} frames a second, {looks}"


def _conclusions(measured: Measured) -> list[str]:
    if measured.stills:
        return [f"One core does {measured.frames_per_second:.1f} pictures a second."]
    fit = cameras_that_fit(measured)
    many = f"{fit} such camera{'s' * (fit != 1)}" if fit else "not even one such camera"
    return [
        f"One core does {measured.frames_per_second:.0f} frames a second."
        f" {machine.cores()} cores carry {many} with as much traffic as here, and {FREE:.0%} left free.",
        advice(measured, fit),
    ]


def cameras_that_fit(measured: Measured) -> int:
    """How many cameras of this kind the machine carries."""
    return int(machine.cores() * (1 - FREE) * 1000 / measured.ms)


def advice(measured: Measured, fit: int) -> str:
    """What to change first, in one sentence."""
    if fit and measured.ms <= 1000 * LITTLE:
        return f"Nothing needs to be changed: a camera takes {measured.ms / 1000:.0%} of one core."
    decoding, looking = measured.share(DECODE), measured.share(GATE, CONVERT, *ENGINE)
    if decoding > looking:
        return f"Decoding is {decoding:.0%} of it: {_cheaper_decoding(measured)}."
    return f"Looking for plates is {looking:.0%} of it: {_cheaper_looking(measured)}."


def _cheaper_decoding(measured: Measured) -> str:
    ways = []
    if measured.fps > SLOW_FPS + 1:
        ways.append(f"set the camera to {SLOW_FPS} frames a second instead of {measured.fps:.0f}")
    if measured.width > SMALL_WIDTH:
        ways.append("give the camera its small stream as detect_source")
    return ", or ".join(ways) or "set the camera to H.264 if it sends H.265, and to fewer bits a second"


def _cheaper_looking(measured: Measured) -> str:
    if measured.due_fps > FEW_LOOKS_FPS + 0.5:
        return f"set tracking.sample_fps to {FEW_LOOKS_FPS} if vehicles pass slowly"
    return "it is as little as it can be; take fewer cameras or a faster machine"


def _as_json(measured: Measured, kind: str, engine: str) -> dict[str, object]:
    sums = {"ms": measured.ms, "frames_per_second": measured.frames_per_second}
    fits = {} if measured.stills else {"cameras": cameras_that_fit(measured)}
    about = {"source": kind, "engine": engine, "machine": machine.in_words()}
    return {**about, **_rounded(asdict(measured) | sums), **fits}


def _rounded(values: dict[str, object]) -> dict[str, object]:
    """Whoever wants more than microseconds measures again."""
    return json.loads(json.dumps(values), parse_float=lambda text: round(float(text), 3))  # type: ignore[no-any-return]
