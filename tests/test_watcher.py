"""Which frames are searched, which are glanced at and which are spared, and what that finds of vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest

from streamer.boxes import shared_part
from streamer.known import keep
from streamer.sampling import Attention, Due, Gatherer
from streamer.track import Change, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Frame, Part, Plate, Read
from streamer.watcher import Seen, Watcher
from streamer.zones import Zones
from tests.passes import START, plate

Scene = Sequence[Sequence[Plate]]
"""The plates of every frame."""


@dataclass
class Eye:
    """Sees what is in the scene, and remembers what it was asked. A glance sees what it overlaps."""

    scene: Scene
    glances: bool = True
    searched: list[int] = field(default_factory=list)
    glanced: list[int] = field(default_factory=list)

    def search(self, frame: Frame, known: Sequence[Plate], part: Part | None) -> tuple[Plate, ...]:
        self.searched.append(frame.index)
        kept, fresh = keep(self.scene[frame.index], known)
        return (*kept, *fresh)

    def glance(self, frame: Frame, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        self.glanced.append(frame.index)
        there = self.scene[frame.index]
        seen = [one for one in there if any(shared_part(one.box, place.box) > 0.2 for place in places)]
        kept, fresh = keep(seen, known)
        return (*kept, *fresh)


def watched(
    scene: Scene, fps: float = 15, sample_fps: float = 5, burst_fps: float = 15, glances: bool = True
) -> tuple[Eye, list[Read]]:
    """The eye and what is read of a scene."""
    eye = Eye(scene, glances)
    tracker = Tracker("gate", "clip", TrackOptions(), lambda at_s: f"{at_s}")
    watcher, gatherer = Watcher(eye, tracker), Gatherer(sample_fps, burst_fps)
    changes = []
    for index in range(len(scene)):
        if due := gatherer.take(frame(index, fps)):
            changes += [change for seen in watcher.watch(due) for change in seen.changes]
    changes += watcher.finish()[0]
    return eye, [change.read for change in changes if change.change is Change.SETTLED]


def frame(index: int, fps: float = 15) -> Frame:
    return Frame(
        "gate", index, index / fps, START + index / fps, 1280, 720, lambda: np.zeros((720, 1280, 3), np.uint8)
    )


def drive(
    text: str, first: int, last: int, frames: int, step: float, confidence: float = 0.8
) -> list[list[Plate]]:
    """A plate that is in the picture from one frame to another, `step` pixels further in each."""
    there = range(first, last)
    return [
        [plate(text, 200 + (index - first) * step, confidence=confidence)] if index in there else []
        for index in range(frames)
    ]


def test_frames_between_those_that_are_due_are_kept_with_them():
    gatherer = Gatherer(5, 15)
    due = [one for index in range(10) if (one := gatherer.take(frame(index, 30)))]
    assert [one.frame.index for one in due] == [0, 6]
    assert [[before.index for before in one.before] for one in due] == [[], [2, 4]]


@pytest.mark.parametrize("burst_fps", [0, 5])
def test_without_bursts_none_are(burst_fps):
    gatherer = Gatherer(5, burst_fps)
    due = [one for index in range(60) if (one := gatherer.take(frame(index)))]
    assert len(due) == 20
    assert not any(one.before for one in due)


def test_no_more_are_kept_than_fit_into_memory():
    gatherer = Gatherer(0.5, 60)
    due = [one for index in range(100) if (one := gatherer.take(frame(index, 30)))]
    last = due[1].frame.index
    assert [before.index for before in due[1].before] == list(range(last - 5, last))


def test_a_vehicle_that_is_soon_gone_is_seen_as_often_as_the_source_shows_it():
    """It is there for five frames of fifteen a second, of which one or two are due."""
    scene = drive("AB123CD", 4, 9, 60, step=30, confidence=0.6)
    assert watched(scene, burst_fps=0)[1] == []
    eye, [read] = watched(scene)
    assert (read.plate, read.frames) == ("AB123CD", 5)
    assert all(index % 3 == 0 for index in eye.searched)


def test_what_a_search_finds_anew_is_traced_back():
    scene = drive("AB123CD", 4, 7, 60, step=78, confidence=0.6)
    eye, reads = watched(scene)
    assert {4, 5} <= set(eye.glanced)
    assert [(read.plate, read.first_media_s) for read in reads] == [("AB123CD", pytest.approx(4 / 15))]


def test_a_plate_that_is_certain_costs_no_looks_between_those_that_are_due():
    scene = drive("AB123CD", 0, 90, 90, step=8, confidence=0.97)
    eye, [read] = watched(scene)
    assert read.plate == "AB123CD"
    assert all(index % 3 == 0 for index in eye.glanced if index > 15)


def test_while_all_are_certain_every_other_look_is_a_glance():
    scene = drive("AB123CD", 0, 90, 90, step=8, confidence=0.97)
    eye, [read] = watched(scene)
    late = [index for index in eye.searched if index > 15]
    assert {b - a for a, b in pairwise(late)} == {6}
    assert read.last_media_s == pytest.approx(87 / 15)


def test_an_uncertain_plate_is_searched_for_with_every_look_that_is_due():
    scene = drive("AB123CD", 0, 60, 60, step=8, confidence=0.05)
    eye, _ = watched(scene)
    assert eye.searched == list(range(0, 60, 3))


def test_looks_in_between_end_where_they_tell_no_more():
    scene = drive("AB123CD", 0, 300, 300, step=2, confidence=0.05)
    eye, _ = watched(scene)
    assert 4 < len(eye.glanced) < 20


def test_more_than_five_looks_a_second_are_searches_only_while_nothing_is_in_view():
    eye, _ = watched([[]] * 30, sample_fps=15)
    assert eye.searched == list(range(30))
    eye, [read] = watched(drive("AB123CD", 0, 60, 60, step=8, confidence=0.6), sample_fps=15)
    assert read.frames > 40


@pytest.mark.parametrize("sample_fps", [5, 7, 8, 10, 15, 30])
def test_searches_are_no_more_than_five_a_second_however_many_looks_are_due(sample_fps):
    scene = drive("AB123CD", 0, 300, 300, step=2, confidence=0.05)
    eye, _ = watched(scene, fps=30, sample_fps=sample_fps)
    assert 10 * 4.4 < len(eye.searched) <= 10 * 5 + 1


@pytest.mark.parametrize("sample_fps", [3, 7, 15])
def test_searches_for_what_is_certain_are_no_more_than_one_in_four_tenths_of_a_second(sample_fps):
    scene = drive("AB123CD", 0, 600, 600, step=2, confidence=0.97)
    eye, _ = watched(scene, fps=30, sample_fps=sample_fps)
    assert len([index for index in eye.searched if index >= 60]) <= 18 / 0.4 + 1


def test_an_engine_that_cannot_glance_searches_what_is_due():
    scene = drive("AB123CD", 0, 60, 60, step=8, confidence=0.97)
    eye, [read] = watched(scene, glances=False)
    assert (eye.searched, eye.glanced, read.plate) == (list(range(0, 60, 3)), [], "AB123CD")


def test_a_second_vehicle_is_found_while_the_first_is_certain():
    first = drive("AB123CD", 0, 90, 90, step=2, confidence=0.97)
    second = drive("XY987ZW", 40, 70, 90, step=20, confidence=0.8)
    below = [[plate(one.text, one.box[0], 500, confidence=0.8) for one in some] for some in second]
    _, reads = watched([[*a, *b] for a, b in zip(first, below, strict=True)])
    assert sorted(read.plate for read in reads) == ["AB123CD", "XY987ZW"]


def test_a_vehicle_that_has_left_while_it_was_only_glanced_at_has_left():
    scene = drive("AB123CD", 0, 40, 200, step=8, confidence=0.97)
    eye, [read] = watched(scene)
    assert read.last_media_s == pytest.approx(39 / 15, abs=0.21)
    assert len([index for index in eye.glanced if index > 75]) == 0


def test_a_gap_in_the_source_takes_as_long_as_it_is():
    """Time has passed without frames; what came before the gap is not looked at as if it were now."""
    gap_s, scene = 18.0, drive("AB123CD", 0, 60, 60, step=12, confidence=0.3)
    tracker = Tracker("gate", "camera", TrackOptions(), lambda at_s: f"{at_s}")
    watcher, gatherer = Watcher(Eye(scene), tracker), Gatherer(5, 15)
    seen: list[Seen] = []
    for index in range(60):
        late_s = gap_s if index >= 9 else 0
        came = replace(frame(index), media_s=index / 15 + late_s, wall_s=START + index / 15 + late_s)
        if index == 9:
            for second in range(1, 18):
                watcher.pass_time(START + 8 / 15 + second, 8 / 15 + second)
        if due := gatherer.take(came):
            seen += watcher.watch(due)
    times = [one.frame.media_s for one in seen]
    assert times == sorted(times)
    assert not any(6 / 15 < time_s < gap_s for time_s in times)
    assert tracker.visible(59 / 15 + gap_s), "it was lost in a gap of less than half a minute"


def test_where_nothing_moves_nothing_is_looked_at():
    eye = Eye([[]] * 300)
    tracker = Tracker("gate", "clip", TrackOptions(), lambda at_s: f"{at_s}")
    watcher = Watcher(eye, tracker, Attention(Zones(), 1.5, 30))
    still = [frame(index, 5) for index in range(100)]
    looked = [seen.looked for one in still for seen in watcher.watch(Due(one))]
    assert sum(looked[30:]) == 0
    assert any(looked[:5])


def test_what_is_too_fast_to_be_joined_is_found_on_its_way():
    """Three of its lengths from search to search, unread at the first, growing: only looks in between join it."""
    scene: list[list[Plate]] = [[] for _ in range(60)]
    for index, (x, width) in enumerate([(900, 60), (800, 70), (660, 84), (450, 105)]):
        scene[6 + index] = [plate("AB123CD" if index else "", x, width=width, confidence=0.6)]
    eye, reads = watched(scene)
    assert {7, 8} <= set(eye.glanced)
    assert [read.plate for read in reads] == ["AB123CD"]


def test_frames_between_are_kept_for_the_next_search_also_at_high_rates():
    scene = drive("AB123CD", 4, 8, 60, step=60, confidence=0.6)
    _, reads = watched(scene, sample_fps=15)
    assert [(read.plate, read.frames) for read in reads] == [("AB123CD", 4)]
