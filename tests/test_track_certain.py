"""A read that is certain is seen in every look and hardly read any more."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from streamer.known import keep
from streamer.types import Plate
from tests.passes import Camera, plate

STEP = 30.0


def passing(looks: int, confidence: float = 0.95) -> list[Plate]:
    return [plate("AB123CD", 100 + STEP * look, confidence=confidence) for look in range(looks)]


def watched(looks: list[Plate]) -> Camera:
    camera = Camera(fps=10)
    camera.watch([[one] for one in looks])
    return camera


def test_a_certain_read_that_moves_is_known_where_it_should_be() -> None:
    camera = watched(passing(8))
    (known,) = camera.tracker.known(camera.media_s)
    assert known.text == "AB123CD"
    assert known.box[0] == pytest.approx(100 + 8 * STEP, abs=2)


@pytest.mark.parametrize(
    "looks",
    [passing(3), passing(8, confidence=0.5), [*passing(8), plate("AB128CD", 100 + 8 * STEP, confidence=0.95)]],
    ids=["few looks", "unsure", "the newest says otherwise"],
)
def test_what_is_not_certain_is_read(looks: list[Plate]) -> None:
    camera = watched(looks)
    assert camera.tracker.known(camera.media_s) == []


def test_it_is_read_again_after_a_second() -> None:
    camera, read = Camera(fps=10), []
    for look, one in enumerate(passing(40)):
        kept, fresh = keep([replace(one, text="")], camera.tracker.known(camera.media_s))
        camera.look(*kept, *(replace(each, text=one.text) for each in fresh))
        read += [look] if fresh else []
    assert read[-1] >= 30
    assert len(read) <= 12
    assert {later - sooner for sooner, later in pairwise(read[-4:])} == {10}
    (told,) = camera.settled()
    assert (told.plate, told.frames) == ("AB123CD", 40)


def test_a_standing_plate_that_is_framed_a_little_otherwise_each_time_stands() -> None:
    chance, camera, readings = Random(1), Camera(fps=10), 0
    for _ in range(300):
        width = 100 * (1 + chance.gauss(0, 0.02))
        now = plate("AB123CD", 500 + chance.gauss(0, 1), 300 + chance.gauss(0, 0.4), width, confidence=0.97)
        kept, fresh = keep([now], camera.tracker.known(camera.media_s))
        camera.look(*kept, *fresh)
        readings += len(fresh)
    assert camera.tracker.settled
    assert readings < 60


def test_another_vehicle_behind_it_is_read_at_once() -> None:
    camera = watched(passing(8))
    behind = plate("XY987ZW", 100 + 8 * STEP - 60)
    assert keep([behind], camera.tracker.known(camera.media_s)) == ([], [behind])
