"""What the motion gate spares and what it costs: the evaluation clips with it and without.

    python -m benchmarks.gate

The network engine looks at every frame that is due; one tracker gets all of these looks, the other only those that the
gate wants. Both should tell the same reads. Most of the clips are of cameras that move, or begin when a vehicle is
there. The table goes into benchmarks/README.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks.page import table, write_section
from benchmarks.readers import Worker
from benchmarks.scoring import DATA, sets
from streamer.assembly import attention_from, rules_from, track_options_from
from streamer.capture import CaptureOptions, open_source
from streamer.detect import read_picture
from streamer.looker import read_ids
from streamer.sampling import Sampler
from streamer.track import Change, ReadChange, Tracker

COLUMNS = ("clip", "due frames", "looked at", "gate, ms", "passes", "with the gate")
_HEAD = """## What the motion gate spares

`python -m benchmarks.gate`: the clips of ../shared/eval, the network engine, the default settings. A pass is the same
with the gate if its text and the times at which it was first and last seen are.

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
        lost, new = len(self.passes - self.with_gate), len(self.with_gate - self.passes)
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


def watch(clip: str) -> Watched:
    settings, camera = Worker.settings, Worker.settings.cameras[0]
    sampler, attention = Sampler(settings.tracking_of(camera).sample_fps), attention_from(settings, camera)
    assert attention, "motion.gate is false"
    options = track_options_from(settings, camera)
    always, gated = (Tracker("clip", clip, options, read_ids(clip, "read")) for _ in range(2))
    watched = Watched()
    for frame in open_source(clip, "read", CaptureOptions(complete=True)).frames():
        if not sampler.is_due(frame.media_s):
            continue
        watched.due += 1
        plates = read_picture(Worker.engine, frame.image, rules_from(settings))
        watched.passes |= _over(always.update(frame.wall_s, frame.media_s, plates))
        began_s = time.thread_time()
        wanted = attention.wants(frame, gated.in_view, gated.settled)
        watched.gate_s += time.thread_time() - began_s
        watched.looked_at += wanted
        if wanted:
            watched.with_gate |= _over(gated.update(frame.wall_s, frame.media_s, plates))
        else:
            watched.with_gate |= _over(gated.unchanged(frame.wall_s, frame.media_s))
    watched.passes |= _over(always.finish())
    watched.with_gate |= _over(gated.finish())
    return watched


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
