"""`python -m streamer read`: what is read goes to standard output, progress to standard error."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from streamer.assembly import engine_from
from streamer.detect import EngineUnavailable
from streamer.reading import ClipResult, Failure, PictureResult, Result, expand, read_source
from streamer.recording.csvlog import defused
from streamer.settings import Settings

COLUMNS = ("source", "plate", "confidence", "first_s", "last_s", "frames", "direction")

WriteRow = Callable[[Sequence[object]], object]


def run(
    settings: Settings,
    targets: Iterable[str],
    as_json: bool,
    csv_path: Path | None,
    crops: bool,
    explain: bool,
) -> int:
    """Reads everything; 0 if all could be read, else 1. Raises ClickException if it cannot begin."""
    sources = list(expand(targets))
    try:
        engine = engine_from(settings)
    except EngineUnavailable as error:
        raise click.ClickException(str(error)) from None
    failed = False
    with _csv_writer(csv_path) as write_row, _progress() as bar:
        task = bar.add_task("", total=len(sources))
        for number, source in enumerate(sources):
            bar.update(task, completed=number, description=Path(source).name)
            for result in read_source(source, engine, settings, _part(bar, task, number), crops):
                failed = failed or isinstance(result, Failure)
                _say(result, as_json)
                if explain and not as_json:
                    _explain(result)
                for row in _rows(result):
                    write_row(row)
        bar.update(task, completed=len(sources))
    return 1 if failed else 0


def _part(bar: Progress, task: TaskID, number: int) -> Callable[[float, float | None], None]:
    """Moves the bar by the part of source `number` that is done."""

    def show(done: float, whole: float | None) -> None:
        bar.update(task, completed=number + (min(1.0, done / whole) if whole else 0.0))

    return show


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.0f}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def _csv_writer(path: Path | None) -> Iterator[WriteRow]:
    """Writes rows into the file, below a header; nowhere without a path."""
    if path is None:
        yield lambda row: None
        return
    try:
        file = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    with file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield lambda row: writer.writerow([defused(str(cell)) for cell in row])


def _say(result: Result, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result.as_json()))
    elif isinstance(result, Failure):
        named = result.source in result.reason
        click.echo(result.reason if named else f"{result.source}: {result.reason}", err=True)
    else:
        rows = [(str(row[1]), float(str(row[2])), *row[3:5], row[6]) for row in _rows(result)]
        if not rows:
            click.echo(f"{result.source}: no plate read")
        for plate, confidence, first_s, last_s, direction in rows:
            when = f"  {first_s} - {last_s} s" if isinstance(result, ClipResult) else ""
            which = f"  {direction}" if direction else ""
            click.echo(f"{result.source}: {plate}  {confidence:.0%}{when}{which}")
        if isinstance(result, ClipResult) and result.fault:
            click.echo(f"{result.source}: {result.fault}", err=True)


def _explain(result: Result) -> None:
    """A line for each text that may be another one, and for each track of a clip that did not become a read."""
    if isinstance(result, Failure):
        return
    plates = (
        [(read.plate, read.alternatives) for read in result.reads]
        if isinstance(result, ClipResult)
        else [(plate.text, plate.alternatives) for plate in result.plates]
    )
    for text, alternatives in plates:
        if alternatives:
            others = ", ".join(f"{other}  {sure:.1%}" for other, sure in alternatives)
            click.echo(f"{result.source}: {text} may be {others}")
    if isinstance(result, ClipResult):
        _explain_rejected(result)


def _explain_rejected(clip: ClipResult) -> None:
    if not clip.rejected:
        click.echo(f"{clip.source}: nothing rejected")
    for one in clip.rejected:
        text = f"{one.text}  {one.confidence:.0%}" if one.text else "no text"
        looks = "1 look" if one.frames == 1 else f"{one.frames} looks"
        why = "" if one.reason == text else f": {one.reason}"
        when = f"{one.first_media_s:.1f} - {one.last_media_s:.1f} s"
        click.echo(f"{clip.source}: rejected  {text}  {when}  {looks}{why}")


def _rows(result: Result) -> list[tuple[object, ...]]:
    """What was read, by COLUMNS."""
    if isinstance(result, PictureResult):
        return [
            (result.source, plate.text, round(plate.confidence, 3), "", "", 1, "")
            for plate in result.plates
            if plate.text
        ]
    if isinstance(result, ClipResult):
        return [
            (
                result.source,
                read.plate,
                round(read.confidence, 3),
                round(read.first_media_s, 2),
                round(read.last_media_s, 2),
                read.frames,
                read.direction,
            )
            for read in result.reads
        ]
    return []
