"""What the vote over looks is worth: the evaluation clips read by it, by the surest look, and by the first sure one.

    python -m benchmarks.votes

The network engine looks once at every sampled frame; the same tracker then follows the plates once with each of four
rules for what a track says. The table goes into benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from benchmarks.page import table, write_section
from benchmarks.readers import Worker
from benchmarks.scoring import DATA, Answer, score, sets
from streamer.answers import read_json
from streamer.assembly import rules_from, track_options_from
from streamer.capture import CaptureOptions, open_source
from streamer.detect import read_picture
from streamer.looker import read_ids
from streamer.sampling import Sampler
from streamer.spelling import spelt
from streamer.track import Change, ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.tracking.vote import Ballot, Verdict
from streamer.types import Plate, Read

COLUMNS = ("passes", "read", "doubles or misreads", "false")
_HEAD = """## The vote against one look

`python -m benchmarks.votes`: the clips of ../shared/eval, the network engine, the default settings. All alike: the vote,
but looks from afar count as much as those from near. Surest look: a track says what its surest look says. First read:
what the first look with a confidence of `min_confidence` said, which needs one look where the others need two. Tracks,
repeat window and scoring are the same for all.

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
        return Verdict(one.text, one.confidence, self._looks, one.characters, True) if one else Verdict()

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
        "the vote": voting,
        "all alike": AlikeRule(**same),
        "surest look": SurestRule(**{**same, "most_unknown": 0}),
        "first read": FirstRule(**{**same, "most_unknown": 0, "min_looks": 1}),
    }


def answers(clip: str) -> dict[str, Answer]:
    """What each rule reads in a clip."""
    settings, camera = Worker.settings, Worker.settings.cameras[0]
    trackers = {
        name: Tracker("clip", clip, options, read_ids(clip, "read"))
        for name, options in rules(track_options_from(settings, camera)).items()
    }
    settled: dict[str, list[Read]] = {name: [] for name in trackers}
    for wall_s, media_s, plates in _looks(clip, settings.tracking_of(camera).sample_fps):
        for name, tracker in trackers.items():
            settled[name] += _over(tracker.update(wall_s, media_s, plates))
    for name, tracker in trackers.items():
        settled[name] += _over(tracker.finish())
    return {
        name: {"source": clip, "reads": [read_json(read) for read in reads]} for name, reads in settled.items()
    }


def _looks(clip: str, looks_fps: float) -> Iterator[tuple[float, float, tuple[Plate, ...]]]:
    sampler, sifting = Sampler(looks_fps), rules_from(Worker.settings)
    for frame in open_source(clip, "read", CaptureOptions(complete=True)).frames():
        if sampler.is_due(frame.media_s):
            plates = read_picture(Worker.engine, frame.image, sifting)
            yield frame.wall_s, frame.media_s, tuple(replace(plate, columns=None) for plate in plates)


def _over(changes: list[ReadChange]) -> list[Read]:
    return [change.read for change in changes if change.change is Change.SETTLED]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
@click.option("--print", "only_print", is_flag=True, help="Print the table, write nothing.")
def main(data: Path, only_print: bool) -> None:
    Worker.start("network")
    [clips] = [one for one in sets(data) if one.kind == "videos"]
    by_clip = [answers(clip) for clip in clips.files]
    rows = []
    for name in by_clip[0]:
        whole = score(data, clips, [given[name] for given in by_clip]).whole
        rows.append([name, *(f"{whole[column]:.0f}" for column in COLUMNS)])
    text = _HEAD + table(["what decides", *COLUMNS], rows)
    if only_print:
        click.echo(text)
    else:
        write_section("votes", text)


if __name__ == "__main__":
    main()
