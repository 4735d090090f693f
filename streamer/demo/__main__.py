"""Renders the demo clip: `python -m streamer.demo OUT.mp4`."""

from __future__ import annotations

from pathlib import Path

import click

from streamer.demo.render import render_clip


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Render the demo clip to OUT, an .mp4 file."""
    try:
        render_clip(out)
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}") from error


main(prog_name="python -m streamer.demo")
