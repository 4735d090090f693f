"""What the motion gate spares and what it costs: the evaluation clips with it and without.

    python -m benchmarks.gate

Each clip is watched twice: once every frame that is due is searched whole, once when and where the gate says so.
Both should tell the same reads. Most of the clips are of cameras that move, or begin when a vehicle is
there. The table goes into benchmarks/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks.page import table, write_section
from benchmarks.readers import Worker
from benchmarks.scoring import DATA, sets
from streamer.assembly import attention_from, gatherer_from, rules_from, track_options_from
from streamer.capture import CaptureOptions, open_source
from streamer.eye import EngineEye
from streamer.looker import read_ids
from streamer.sampling import Attention
from streamer.stopwatch import GATE, Stopwatch
from streamer.track import Change, ReadChange, Tracker
from streamer.watcher import Watcher

NEAR_S = 1.0
"""A pass is the same if it begins and ends so near to the other."""

COLUMNS = ("clip", "due frames", "looked at", "gate, ms", "passes", "with the gate")
_HEAD = """## What the motion gate spares

`python -m benchmarks.gate`: the clips of ../shared/eval, the network engine, the default settings. A pass is the same
with the gate if its text is, and it was first and last seen at the same time but for a second.

"""


@dataclass
class Watched:
    """One clip, followed with and without the gate."""

    due: int = 0
    looked_at: int = 0
    gate_s: float = 0.0
    passes: set[tuple[str, float, float]] = field(default_factory=set)
    with_gate: set[tuple[str, float, float]] = field(default_factory=set)

    def row(self, clip: str) -> list[str]:
        lost, new = _unlike(self.passes, self.with_gate), _unlike(self.with_gate, self.passes)
        same = "the same" if not lost and not new else f"{lost} other or missing, {new} new"
        ms = f"{1000 * self.gate_s / self.due:.1f}"
        return [
            Path(clip).name,
            str(self.due),
            f"{self.looked_at / self.due:.0%}",
            ms,
            str(len(self.passes)),
            same,
        ]


def _unlike(some: set[tuple[str, float, float]], others: set[tuple[str, float, float]]) -> int:
    """How many passes are not among the others."""
    return sum(
        not any(
            text == other and max(abs(first_s - begins_s), abs(last_s - ends_s)) <= NEAR_S
            for other, begins_s, ends_s in others
        )
        for text, first_s, last_s in some
    )


def watch(clip: str) -> Watched:
    watched, stopwatch = Watched(), Stopwatch()
    attention = attention_from(Worker.settings, Worker.settings.cameras[0])
    assert attention, "motion.gate is false"
    watched.passes = _passes(clip, None, Watched())
    with stopwatch.running():
        watched.with_gate = _passes(clip, attention, watched)
        stopwatch.lap()
    watched.gate_s = sum(stopwatch.laps[GATE]) / 1000
    return watched


def _passes(clip: str, attention: Attention | None, counted: Watched) -> set[tuple[str, float, float]]:
    """The passes of a clip, with the gate or without."""
    settings, camera = Worker.settings, Worker.settings.cameras[0]
    tracker = Tracker("clip", clip, track_options_from(settings, camera), read_ids(clip, "read"))
    eye = EngineEye(Worker.engine, rules_from(settings), camera.zones)
    watcher, gatherer = Watcher(eye, tracker, attention), gatherer_from(settings, camera)
    passes: set[tuple[str, float, float]] = set()
    for frame in open_source(clip, "read", CaptureOptions(complete=True)).frames():
        if due := gatherer.take(frame):
            counted.due += 1
            looks = list(watcher.watch(due))
            counted.looked_at += any(seen.looked for seen in looks)
            passes |= {one for seen in looks for one in _over(seen.changes)}
    return passes | _over(watcher.finish()[0])


def _over(changes: list[ReadChange]) -> set[tuple[str, float, float]]:
    settled = (one.read for one in changes if one.change is Change.SETTLED)
    return {(read.plate, read.first_media_s, read.last_media_s) for read in settled}


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
@click.option("--print", "only_print", is_flag=True, help="Print the table, write nothing.")
def main(data: Path, only_print: bool) -> None:
    Worker.start("network")
    [clips] = [one for one in sets(data) if one.kind == "videos"]
    text = _HEAD + table(COLUMNS, [watch(clip).row(clip) for clip in clips.files])
    if only_print:
        click.echo(text)
    else:
        write_section("gate", text)


if __name__ == "__main__":
    main()
