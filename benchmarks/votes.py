"""What the vote over looks is worth: the evaluation clips read by it, by the surest look, and by the first sure one.

    python -m benchmarks.votes [--page missed.html]

The network engine looks and the same tracker follows the plates once with each of four rules for what a track says. The tables go into benchmarks/README.md, with everything that the vote did not read exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import missed
from benchmarks.missed import Trace, Witness, Wrong
from benchmarks.page import table, write_section
from benchmarks.readers import Worker
from benchmarks.scoring import DATA, Answer, Scored, score, sets
from streamer.answers import read_json
from streamer.assembly import gatherer_from, rules_from, track_options_from
from streamer.capture import CaptureOptions, open_source
from streamer.eye import EngineEye
from streamer.looker import read_ids
from streamer.spelling import spelt
from streamer.track import Change, ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.tracking.vote import Ballot, Verdict
from streamer.types import Plate, Read
from streamer.watcher import Watcher

VOTE = "the vote"
COLUMNS = ("passes", "read", "doubles or misreads", "false")
_HEAD = """## The vote against one look

`python -m benchmarks.votes`: the clips of ../shared/eval, the network engine, the default settings. All alike: the vote,
but looks from afar count as much as those from near. Surest look: a track says what its surest look says. First read:
what the first look with a confidence of `min_confidence` said, which needs one look where the others need two. Tracks,
repeat window and scoring are the same for all. What the vote did not read exactly comes last, with what became of the
plates there (text, confidence, looks); `--page missed.html` shows their best looks.

"""


class AllAlike(Ballot):
    """Looks vote without regard to their size."""

    def add(self, plate: Plate) -> None:
        self.add_weighed(plate, 1.0)


class OneLook(Ballot):
    """A track says what one of its looks says, and that is as sure as the look."""

    def __init__(self, options: TrackOptions) -> None:
        super().__init__(options.grammar)
        self._options = options
        self._looks = 0
        self._chosen: Plate | None = None

    @property
    def verdict(self) -> Verdict:
        one = self._chosen
        if one is None:
            return Verdict()
        fits = self._options.grammar.fits(one.text)
        return Verdict(one.text, one.confidence, self._looks, one.characters, fits)

    def add(self, plate: Plate) -> None:
        if plate.text:
            self._looks += 1
            self._choose(spelt(plate, self._options.grammar))

    def add_all(self, other: Ballot) -> None:
        assert isinstance(other, OneLook)
        self._looks += other._looks
        if other._chosen:
            self._choose(other._chosen)

    def _choose(self, plate: Plate) -> None:
        """The surest look."""
        if self._chosen is None or plate.confidence > self._chosen.confidence:
            self._chosen = plate


class FirstLook(OneLook):
    """The first look that is sure enough."""

    def _choose(self, plate: Plate) -> None:
        if self._chosen is None and plate.confidence >= self._options.min_confidence:
            self._chosen = plate


@dataclass(frozen=True)
class AlikeRule(TrackOptions):
    """Tracks say what looks of equal weight say."""

    def new_ballot(self) -> Ballot:
        return AllAlike(self.grammar, self.calibration)


@dataclass(frozen=True)
class SurestRule(TrackOptions):
    """Tracks of two looks or more say what the surest one says."""

    def new_ballot(self) -> Ballot:
        return OneLook(self)


@dataclass(frozen=True)
class FirstRule(TrackOptions):
    """Tracks say what the first sure look says."""

    def new_ballot(self) -> Ballot:
        return FirstLook(self)


def rules(voting: TrackOptions) -> dict[str, TrackOptions]:
    """The tracker's options by what decides."""
    same = {name: getattr(voting, name) for name in voting.__dataclass_fields__}
    return {
        VOTE: voting,
        "all alike": AlikeRule(**same),
        "surest look": SurestRule(**{**same, "most_unknown": 0}),
        "first read": FirstRule(**{**same, "most_unknown": 0, "min_looks": 1}),
    }


@dataclass(frozen=True)
class Followed:
    """A clip: what each rule reads in it, and what the vote made of every plate."""

    answers: dict[str, Answer]
    traces: Sequence[Trace]


def followed(clip: str) -> Followed:
    """The clip, watched once by each rule."""
    camera_options = track_options_from(Worker.settings, Worker.settings.cameras[0])
    answers, traces = {}, []
    for name, options in rules(camera_options).items():
        reads, witness = _watched(clip, options)
        answers[name] = {"source": clip, "reads": [read_json(read) for read in reads]}
        if name == VOTE:
            traces = witness.traces()
    return Followed(answers, traces)


def _watched(clip: str, options: TrackOptions) -> tuple[list[Read], Witness]:
    """The reads of a clip when tracks say what the options want, and what became of every plate."""
    settings, camera = Worker.settings, Worker.settings.cameras[0]
    tracker = Tracker("clip", clip, options, read_ids(clip, "read"))
    watcher = Watcher(EngineEye(Worker.engine, rules_from(settings), camera.zones), tracker)
    gatherer = gatherer_from(settings, camera)
    witness, settled = Witness(), []
    for frame in open_source(clip, "read", CaptureOptions(complete=True)).frames():
        if due := gatherer.take(frame):
            for seen in watcher.watch(due):
                settled += _over(seen.changes)
                witness.see(seen)
    changes, rejected = watcher.finish()
    witness.end(changes, rejected)
    return settled + _over(changes), witness


def _over(changes: list[ReadChange]) -> list[Read]:
    return [change.read for change in changes if change.change is Change.SETTLED]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
@click.option(
    "--page", type=click.Path(path_type=Path), help="Write what was not read exactly here, with pictures."
)
@click.option("--print", "only_print", is_flag=True, help="Print the tables, write nothing into the README.")
def main(data: Path, page: Path | None, only_print: bool) -> None:
    Worker.start("network")
    [clips] = [one for one in sets(data) if one.kind == "videos"]
    by_clip = [followed(clip) for clip in clips.files]
    scores = {name: score(data, clips, [one.answers[name] for one in by_clip]) for name in by_clip[0].answers}
    traces = {Path(clip).name: one.traces for clip, one in zip(clips.files, by_clip, strict=True)}
    wrong = missed.wrong(data, scores[VOTE], traces)
    if page:
        missed.write(page, wrong)
    text = _HEAD + tables(scores, wrong)
    if only_print:
        click.echo(text)
    else:
        write_section("votes", text)


def tables(scores: dict[str, Scored], wrong: Sequence[Wrong]) -> str:
    """Who reads how much, the vote clip by clip, and what it did not read exactly."""
    rules_rows = [[name, *_numbers(scored.whole)] for name, scored in scores.items()]
    clip_rows = [[line.name, *_numbers(line.numbers)] for line in scores[VOTE].lines]
    parts = [
        table(["what decides", *COLUMNS], rules_rows),
        table(["the vote", *COLUMNS], clip_rows),
    ]
    if wrong:
        parts.append("Not read exactly:\n")
        parts += [f"- {one.clip}, {one.words}. There: {one.why}.\n" for one in wrong]
    return "\n".join(parts)


def _numbers(numbers: dict[str, float]) -> list[str]:
    return [f"{numbers[column]:.0f}" for column in COLUMNS]


if __name__ == "__main__":
    main()
