"""Reads of rendered passes with known truth, by speed and by looks a second, against simpler rules.

    python -m benchmarks.stress [--passes 500] [--processes 1] [--failures page.html]

The engine looks once at every frame, which takes its time; what it saw is kept in data/stress. After that the tracker
can be changed and measured again in seconds. The tables go into benchmarks/README.md and their numbers into
benchmarks/stress.json, unless `--print` is given.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from benchmarks.page import write_section
from benchmarks.stress import pictures, replay, tables
from benchmarks.stress.looks import Watched, watched
from benchmarks.stress.tables import RATES, Extra, Outcome
from benchmarks.stress.verdicts import Verdict, judge
from streamer import config
from streamer.assembly import track_options_from
from streamer.tracking.options import TrackOptions
from training.labels import folded

RECORD = Path(__file__).parents[1] / "stress.json"
_HEAD = """## Stress: rendered passes

`python -m benchmarks.stress --passes {passes}{seed}`: {scenes} scenes, {asked} passes of 5 to 130 km/h, 1280x720, H.264 at
3 Mbit/s, the default settings. The camera stands where installers put one for that speed, its shutter as Milestone's
manual asks (1 / (11 x km/h) s; up to twice as long by headlights). Exact, misread, missed: shares of the passes; doubles
and false reads are counted. Folded: exact, or O for 0 or I for 1. Surest look: the share that would be exact if the
surest look of each pass were its read. First read: if the first look with a confidence of `min_confidence` were, which
needs one look where the vote needs two. A read with `?` for a character that nobody can tell counts as misread. Both
are told which looks are of one pass, and make no doubles by it; the tracker has to find out. Told: seconds from the
first look with a confidence of `min_confidence` until the read is told, the median and what 95% stay within. With fewer
than the 500 passes that are the default, single passes move the rows by scene and
by speed, and the advice, much.

"""


def outcomes(one: Watched, rate: int, options: TrackOptions) -> tuple[list[Outcome], Extra, Verdict]:
    """What became of a scene's passes at so many looks a second."""
    changes = replay.told(one, rate, options)
    verdict = judge(one.passes, replay.reads(changes))
    found = []
    for drive, (true, fate) in enumerate(zip(one.passes, verdict.fates, strict=True)):
        if fate:
            texts = replay.texts_of(one, rate, drive)
            surest, first = replay.surest(texts), replay.first(texts, options.min_confidence)
            same = folded(verdict.said[drive]) == folded(true.text)
            wait = replay.wait(one, rate, drive, options.min_confidence, changes)
            found.append(
                Outcome(rate, one.kind, true.kmh, fate, same, surest == true.text, first == true.text, wait)
            )
    return found, Extra(rate, one.kind, len(verdict.doubles), len(verdict.false)), verdict


@click.command(help=__doc__)
@click.option("--passes", default=500, show_default=True, type=click.IntRange(1), help="So many at least.")
@click.option("--seed", default=1, show_default=True)
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1))
@click.option(
    "--failures", "page", type=click.Path(path_type=Path), help="Write what was missed or misread here."
)
@click.option(
    "--most-unknown", type=click.IntRange(0, 2), help="Instead of the default of tracking.most_unknown."
)
@click.option("--print", "only_print", is_flag=True, help="Print the tables, write nothing.")
def main(
    passes: int, seed: int, processes: int, page: Path | None, most_unknown: int | None, only_print: bool
) -> None:
    settings = config.for_source("stress.mp4", environment={})
    options = track_options_from(settings, settings.cameras[0])
    if most_unknown is not None:
        options = replace(options, most_unknown=most_unknown)
    seen, all_outcomes, extras, wrong = 0, [], [], []
    for one in watched(seed, passes, processes):
        seen += 1
        for rate in RATES:
            found, extra, verdict = outcomes(one, rate, options)
            all_outcomes += found
            extras.append(extra)
            if rate == tables.DEFAULT:
                wrong.append((one, verdict))
        click.echo(f"\r{len(all_outcomes) // len(RATES)} passes in {seen} scenes", nl=False, err=True)
    click.echo(err=True)
    text = tables.written(all_outcomes, extras)
    if page:
        pictures.write(page, seed, wrong)
    if only_print:
        click.echo(text)
        return
    head = _HEAD.format(passes=passes, seed="" if seed == 1 else f" --seed {seed}", scenes=seen,
                        asked=len(all_outcomes) // len(RATES))  # fmt: skip
    write_section("stress", head + text)
    _record(all_outcomes, extras)


def _record(found: list[Outcome], extras: list[Extra]) -> None:
    numbers = {
        "looks a second": {rate: asdict(sums) for rate, sums in tables.by_rate(found, extras).items()},
        "scene": {kind: asdict(sums) for kind, sums in tables.by_kind(found, extras, tables.DEFAULT).items()},
        "km/h, folded": {
            f"{low}-{high}": {rate: sums.folded for rate, sums in rates.items()}
            for (low, high), rates in tables.by_speed(found).items()
        },
    }
    RECORD.write_text(json.dumps(numbers, indent=1) + "\n")


if __name__ == "__main__":
    main()
