"""Fits what confidences are worth, whenever a model or the vote is another.

    python -m benchmarks.fit_calibration [--passes 200] [--processes 1] [--print]

Writes streamer/models/calibration.json, unless `--print` is given. A single look's numbers are fitted on the photos
of ../shared/train that no net was taught with, whole and cut out; the vote's on rendered passes, those of the stress
set and as many others, at all its rates. Nothing of ../shared/eval is used. With the engine's looks at the passes still
in data/stress it takes some minutes, else some more.

What it prints says how well the numbers hold: the calibration error of each part of the passes with the numbers of the
other part, and by the number of looks what votes say and how many of them are right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from statistics import fmean

import click
import cv2
import numpy as np

from benchmarks.readers import Worker
from benchmarks.reliability import Told, calibration_error
from benchmarks.stress import replay
from benchmarks.stress.backdrop import SIGNS
from benchmarks.stress.looks import Watched, watched
from benchmarks.stress.tables import RATES
from benchmarks.stress.verdicts import edits, meanwhile
from streamer.assembly import picture_rules_from, track_options_from
from streamer.boxes import shared_part
from streamer.calibration import AS_IT_IS, FILE, Calibration, log_odds
from streamer.detect import read_picture
from streamer.places import MODELS
from streamer.spelling import spelt
from streamer.tracking.options import TrackOptions
from streamer.types import Plate, Reason
from training.labels import folded
from training.photocrops import plain_crop
from training.photos import FOLDER, Labelled, labelled

SEEDS = (1, 2)
"""Of the rendered passes; the stress set's is 1."""
SAME = 0.4
"""What was found is the labelled plate if their boxes share this part of the smaller one."""
EXPECTED, SPREAD = np.array([1.0, 0.0]), 0.5
"""Slope and offset if confidences mean what they say, and how far they are from that as a rule (a normal
distribution): some hundred texts of which few are wrong say little about a slope."""
STEPS = 50
FROM_LOOKS = (1, 2, 3, 5, 8, 13)
"""Votes are grouped by so many looks and more."""


@dataclass(frozen=True)
class Voted(Told):
    """What a vote over so many looks said, in a scene of that seed."""

    looks: int
    seed: int


def fitted(told: Iterable[Told], weight: float = 1.0) -> Calibration:
    """The likeliest numbers by Newton's method; each text counts so much of an independent one."""
    told = list(told)
    right = np.array([one.right for one in told], np.float64)
    columns = np.stack([[log_odds(one.confidence) for one in told], np.ones(len(told))], axis=1)
    numbers = EXPECTED.copy()
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-columns @ numbers))
        curve = weight * (columns * (guess * (1 - guess))[:, None]).T @ columns + np.eye(2) / SPREAD**2
        uphill = weight * columns.T @ (right - guess) - (numbers - EXPECTED) / SPREAD**2
        numbers += np.linalg.solve(curve, uphill)
    slope, offset = (round(float(number), 3) for number in numbers)
    if slope <= 0:
        raise click.ClickException(f"what is surer is not righter (slope {slope}); is the reader a wrong one?")
    return Calibration(slope, offset)


def looks(root: Path) -> Iterator[Told]:
    """Held-out plates as they are read in whole photos and cut out."""
    rules = replace(picture_rules_from(Worker.settings), calibration=AS_IT_IS)
    assert rules.grammar is not None
    by_photo: dict[Path, list[Labelled]] = {}
    for plate in labelled(root):
        if plate.held_out and plate.text:
            by_photo.setdefault(plate.file, []).append(plate)
    for photo, plates in by_photo.items():
        picture = cv2.imread(str(photo))
        if picture is None:
            raise click.ClickException(f"{photo} is no picture that can be read")
        found = read_picture(Worker.engine, np.asarray(picture, np.uint8), rules)
        for plate in plates:
            cut_out = spelt(Worker.engine.read_crop(plain_crop(plate)), rules.grammar)
            for one in (cut_out, _at(plate, found)):
                if one and one.text:
                    yield Told(one.confidence, folded(one.text) == folded(plate.text))


def _at(plate: Labelled, found: Iterable[Plate]) -> Plate | None:
    near = [one for one in found if shared_part(one.box, plate.box) >= SAME]
    return max(near, key=lambda one: shared_part(one.box, plate.box), default=None)


def votes(seed: int, one: Watched, options: TrackOptions) -> Iterator[Voted]:
    """The reads of a scene at every rate, and the texts that were not certain enough. What the signs beside the
    road say is left out: that it is no plate has nothing to do with how well it was read."""
    for rate in RATES:
        changes, rejected = replay.followed(one, rate, options)
        doubtful = (track for track in rejected if track.text and track.reason is Reason.NOT_CERTAIN)
        said = [(read, read.plate) for read in replay.reads(changes)] + [
            (track, track.text) for track in doubtful
        ]
        for told, text in said:
            true = {folded(one.passes[index].text) for index in meanwhile(one.passes, told)}
            right = folded(text) in true
            if right or not is_of_sign(text):
                yield Voted(told.confidence, right, told.frames, seed)


def is_of_sign(text: str) -> bool:
    """Whether a sign says this, or some of it, or most of it is a sign's."""
    return any(text in sign or 2 * edits(sign, text) < len(sign) for sign in SIGNS)


def calibrated(told: Iterable[Told], numbers: Calibration) -> list[Told]:
    """The same with what their confidences are worth."""
    return [replace(one, confidence=numbers.of(one.confidence)) for one in told]


def report(voted: list[Voted], weight: float) -> Iterator[str]:
    """How well the vote's numbers hold for passes that they were not fitted on."""
    for seed in SEEDS:
        here, there = ([one for one in voted if (one.seed == seed) is same] for same in (True, False))
        error = calibration_error(calibrated(here, fitted(there, weight)))
        yield f"  seed {seed}, with what the others say: calibration error {error:.3f} of {len(here)} votes"
    after = calibrated(voted, fitted(voted, weight))
    for least, above in zip(FROM_LOOKS, (*FROM_LOOKS[1:], math.inf), strict=True):
        some = [one for one, vote in zip(after, voted, strict=True) if least <= vote.looks < above]
        if some:
            told, right = fmean(one.confidence for one in some), fmean(one.right for one in some)
            yield f"  {least} looks and more: {len(some)} votes, told {told:.3f}, right {right:.3f}"


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=FOLDER, help="Labelled photos.")
@click.option(
    "--passes", default=200, show_default=True, type=click.IntRange(1), help="So many of each seed at least."
)
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1))
@click.option("--print", "only_print", is_flag=True, help="Print the numbers, write nothing.")
def main(data: Path, passes: int, processes: int, only_print: bool) -> None:
    Worker.start("network")
    options = track_options_from(Worker.settings, Worker.settings.cameras[0])
    enough = options.calibration.undone(options.min_confidence)
    options = replace(options, calibration=AS_IT_IS, min_confidence=enough, most_unknown=0)
    looked = list(looks(data))
    voted = [
        one for seed in SEEDS for seen in watched(seed, passes, processes) for one in votes(seed, seen, options)
    ]
    numbers = {"look": fitted(looked), "vote": fitted(voted, 1 / len(RATES))}
    for name, some in {"look": looked, "vote": list[Told](voted)}.items():
        after = calibrated(some, numbers[name])
        errors = f"{calibration_error(some):.3f} before, {calibration_error(after):.3f} after"
        click.echo(f"{name}: {numbers[name]}, of {len(some)} texts, calibration error {errors}")
    click.echo("\n".join(report(voted, 1 / len(RATES))))
    reader = sha256((MODELS / "reader.onnx").read_bytes()).hexdigest()
    if not only_print:
        written = {**{name: asdict(one) for name, one in numbers.items()}, "reader": reader}
        FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
