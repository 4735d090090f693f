"""The commands: `python -m streamer serve | read | report | check | bench`."""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streamer import __version__, config
from streamer.program import log_to_stderr
from streamer.settings import DEMO_SOURCE, Settings

if TYPE_CHECKING:
    from streamer.report import By
    from streamer.types import Direction

WRONG_USE = 2

CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file.  [default: config.yaml here, if there is one]",
)


PORT = click.option("--port", type=click.IntRange(1, 65535), help="The port to serve on.")
SOURCE = click.option(
    "--source",
    callback=lambda _context, _option, value: _not_empty(value),
    help="Watch this instead of the cameras in the settings: a URL, webcam number, file or demo.",
)


def _not_empty(source: str | None) -> str | None:
    if source is not None and not source.strip():
        raise click.BadParameter("is empty; write a URL, a webcam's number, a file or demo")
    return source


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plate-streamer")
def main() -> None:
    """Watches cameras, reads the licence plates of what drives by, once each, and keeps a log.

    \b
    First steps:
      python -m streamer serve                    the demo clip, on http://127.0.0.1:5000/
      python -m streamer serve --source rtsp://…  your camera
      python -m streamer read photo.jpg           one picture
      python -m streamer check                    is everything in place?
    """


def checked_settings(
    config_path: Path | None, source: str | None = None, cameras: bool = True, **server: object
) -> Settings:
    """The settings, with `server` values from the command line; ends the program if there are faults."""
    given = {
        f"STREAMER__SERVER__{key.upper()}": str(value) for key, value in server.items() if value is not None
    }
    environment = {**os.environ, **given}
    try:
        if not cameras:
            return config.without_cameras(config_path, environment)
        if source is not None:
            return config.for_source(source, config_path, environment)
        return config.load(config_path, environment)
    except config.ConfigError as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        click.echo(f"{len(error.faults)} fault(s) in the settings; nothing was started", err=True)
        sys.exit(WRONG_USE)


@main.command()
@CONFIG
@SOURCE
@click.option("--host", help="The address to serve on; any but 127.0.0.1 needs a password.")
@PORT
def serve(config_path: Path | None, source: str | None, host: str | None, port: int | None) -> None:
    """Watch cameras, show them live, log what is read. The main job.

    Without settings and source the demo clip runs, so a first look needs no camera. Ctrl-C ends it.

    \b
    Examples:
      python -m streamer serve
      python -m streamer serve --source rtsp://viewer:secret@10.0.0.9/live
      python -m streamer serve --config gate.yaml --port 8080
    """
    from streamer.listening import PortTakenError
    from streamer.running import LogTakenError
    from streamer.supervisor import serve as run

    settings = checked_settings(config_path, source, host=host, port=port)
    log_to_stderr("serve")
    try:
        run(settings)
    except (PortTakenError, LogTakenError) as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.argument("targets", nargs=-1, required=True, metavar="PATH|URL...")
@CONFIG
@click.option(
    "--camera",
    "name",
    help="Read clips as this camera of the settings does: zones, line, regions, looks a second.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), help="Write what is read there, too."
)
@click.option("--crops", is_flag=True, help="Each picture is one plate already, cut out by something else.")
@click.option(
    "--explain", is_flag=True, help="Of clips, also list what looked like a plate and is no read, and why."
)
def read(
    targets: tuple[str, ...],
    config_path: Path | None,
    name: str | None,
    as_json: bool,
    csv_path: Path | None,
    crops: bool,
    explain: bool,
) -> None:
    """Read pictures, folders, clips and URLs, whole and in order.

    Pictures give plates, clips give one read for each vehicle that passes. Progress goes to standard
    error. Ends with 1 if something could not be read.

    \b
    Examples:
      python -m streamer read photo.jpg
      python -m streamer read pictures/ --json > plates.jsonl
      python -m streamer read night.mp4 --csv reads.csv
      python -m streamer read night.mp4 --explain
      python -m streamer read night.mp4 --camera gate
      python -m streamer read plates/ --crops
    """
    from streamer.read_command import run

    settings = checked_settings(config_path, cameras=name is not None)
    if name is not None:
        settings = _with_camera(settings, name)
    log_to_stderr("read")
    sys.exit(run(settings, targets, as_json, csv_path, crops, explain))


def _with_camera(settings: Settings, name: str) -> Settings:
    """The settings with this camera only. Raises BadParameter if there is none of that name."""
    for camera in settings.cameras:
        if camera.name == name:
            return settings.model_copy(update={"cameras": (camera,)})
    known = ", ".join(camera.name for camera in settings.cameras)
    raise click.BadParameter(
        f"there is no camera {name!r} in the settings; there is {known}", param_hint="--camera"
    )


@main.command()
@CONFIG
@click.option(
    "--since", help="Only what was seen since then: 2026-01-31, 2026-01-31T18:00, 24h, 7d, today, yesterday."
)
@click.option("--direction", type=click.Choice(["in", "out"]), help="Only those who went that way.")
@click.option("--by", type=click.Choice(["hour", "day", "plate", "camera"]), default="day", show_default=True)
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the table there."
)
def report(
    config_path: Path | None, since: str | None, direction: Direction | None, by: By, csv_path: Path | None
) -> None:
    """Count what is in the log by hour, day, plate or camera.

    \b
    Examples:
      python -m streamer report
      python -m streamer report --since 7d --by plate
      python -m streamer report --since today --direction in --by hour
      python -m streamer report --by hour --csv hours.csv
    """
    from rich.console import Console

    from streamer.report import build_report, parse_since, rendered, report_to_csv

    log = checked_settings(config_path, cameras=False).log
    try:
        begin = parse_since(since, datetime.now().astimezone()) if since else None
        built = build_report(log.folder, log.csv, begin, by, direction or "")
        if csv_path:
            report_to_csv(built, csv_path)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from None
    except OSError as error:
        raise click.ClickException(f"{csv_path or log.folder}: {error.strerror or error}") from None
    Console().print(rendered(built))


@main.command()
def formats() -> None:
    """List the countries and states whose plates are known, with examples.

    Their codes are for `formats.regions` in config.yaml.
    """
    from streamer.formats import FORMATS

    for known in FORMATS.values():
        click.echo(f"{known.code:<6} {known.name}: {', '.join(known.examples())}")


@main.command()
@CONFIG
@SOURCE
@PORT
def check(config_path: Path | None, source: str | None, port: int | None) -> None:
    """Is everything in place, and what to do where it is not.

    Looks at the settings, the engine, the pages, the disk, the port, and asks every camera for a
    picture. Ends with 1 if something is missing.
    """
    from streamer.check import check_all

    settings = checked_settings(config_path, source, port=port)
    logging.disable()
    good = True
    for finding in check_all(settings):
        mark = click.style("ok  ", fg="green") if finding.good else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.subject}: {finding.words}")
        good = good and finding.good
    sys.exit(0 if good else 1)


@main.command()
@CONFIG
@click.option(
    "--source",
    default=DEMO_SOURCE,
    callback=lambda _context, _option, value: _not_empty(value),
    help="Measure this: a clip, a URL or a folder of pictures.  [default: the demo clip at 1920x1080]",
)
@click.option("--camera", "name", help="Measure this camera of the settings, as it is set there.")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 600),
    default=20,
    show_default=True,
    help="How long a source is watched that does not end before.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
def bench(config_path: Path | None, source: str, name: str | None, seconds: float, as_json: bool) -> None:
    """How much a camera costs on this machine, and how many fit.

    Decodes, finds, reads, tracks and encodes what the source shows, one after the other, and gives a table of
    what each takes, to paste where it is of use: no path, address or password is in it.

    \b
    Examples:
      python -m streamer bench
      python -m streamer bench --source night.mp4
      python -m streamer bench --camera gate
    """
    from streamer.bench_command import run

    if name is not None:
        settings = _with_camera(checked_settings(config_path), name)
    else:
        settings = checked_settings(config_path, source)
    log_to_stderr("bench")
    run(settings, settings.cameras[0], seconds, as_json)


if __name__ == "__main__":
    main(prog_name="python -m streamer")
