"""The stress set: its camera's geometry, its truth against its pixels, and its scoring."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice
from random import Random

import cv2
import numpy as np
import pytest

from benchmarks.stress import light, replay, tables
from benchmarks.stress.frames import Sight, motion_of, render, shots, streak
from benchmarks.stress.looks import Look, Pass, Watched
from benchmarks.stress.scenes import FPS, KINDS, Drive, Path, Scene, scene, scenes
from benchmarks.stress.tables import Extra, Outcome
from benchmarks.stress.vehicles import Vehicle, drawn
from benchmarks.stress.verdicts import Fate, edits, judge
from benchmarks.stress.view import HEIGHT, ROAD, WIDTH, View
from streamer.demo.fleet import SALOON
from streamer.tracking.options import TrackOptions
from streamer.types import Plate, Read
from tests.passes import plate
from training.labels import folded

LEVEL = View(0.46, (0.0, 0.46, 10.0), 2000.0)
"""A camera as high as a saloon's plate; it looks straight along the road."""


@cache
def saloon() -> Vehicle:
    """A saloon with a white plate of 520 x 110 mm without a frame."""
    vehicle = drawn(Random(3), grey=False, rear=False)
    mounted = vehicle.plate
    alpha = np.zeros_like(mounted.alpha)
    left, top, right, bottom = np.concatenate([mounted.corners[0], mounted.corners[2]]).astype(int)
    alpha[top:bottom, left:right] = 255
    design = replace(mounted.plate.design, width=520.0, height=110.0)
    mounted = replace(
        mounted,
        image=np.full_like(mounted.image, 255),
        alpha=alpha,
        plate=replace(mounted.plate, design=design),
    )
    return replace(vehicle, body=SALOON, paint=(40, 40, 40), plate=mounted)


def watching(x: float = 0.0, distance: float = 10.0, kmh: float = 90.0, **how: object) -> Scene:
    """A scene with the saloon that far away at its beginning, `x` metres right of the camera."""
    drive = Drive(saloon(), Path(x, 0.0), distance, -kmh / 3.6)
    lit = replace(light.day(Random(1), ROAD.top_kmh), shutter_s=1 / 500, softness=0.4)
    return replace(Scene(0, "day", ROAD, LEVEL, lit, (drive,), 1.0), **how)


def test_a_plate_is_as_wide_as_focal_length_and_distance_make_it() -> None:
    for distance in (5.0, 10.0, 20.0):
        _, [sight] = render(watching(distance=distance), empty(), 0.0)
        assert sight.width == pytest.approx(2000 * 0.52 / (distance - 0.02), rel=1e-3)


def test_what_the_camera_looks_at_is_in_the_middle() -> None:
    view = View(3.0, (4.0, 0.6, 16.0), 4000.0)
    assert view.project(view.target) == pytest.approx((WIDTH / 2, HEIGHT / 2))


def test_right_is_right_and_up_is_up() -> None:
    (x, y), (right, _), (_, up) = LEVEL.project([(0, 1, 10), (1, 1, 10), (0, 2, 10)])
    assert right - x == pytest.approx(200)
    assert y - up == pytest.approx(200)


def test_the_horizon_is_where_far_ground_is() -> None:
    view = View(3.0, (4.0, 0.6, 16.0), 1500.0)
    assert view.project((0.0, 0.0, 1e7))[1] == pytest.approx(view.horizon, abs=0.1)


def test_blur_is_the_way_that_speed_and_shutter_make() -> None:
    way = 25 / 500
    expected = 2000 * 2 * (1 / (9.98 - way) - 1 / 9.98)
    assert motion_of(watching(x=2.0), watching(x=2.0).drives[0], 0.0)[0] == pytest.approx(expected, rel=1e-3)
    _, [slow] = render(watching(x=2.0, kmh=45), empty(), 0.0)
    _, [fast] = render(watching(x=2.0, kmh=90), empty(), 0.0)
    assert fast.blur == pytest.approx(2 * slow.blur, rel=0.02)


def test_a_moving_pixel_becomes_a_line_of_that_length() -> None:
    kernel = streak(np.array([8.0, 0.0]))
    assert kernel.sum() == pytest.approx(1)
    rows, columns = np.nonzero(kernel > 0.02)
    assert np.ptp(rows) == 0
    assert np.ptp(columns) == 8


def test_the_truth_is_where_the_plate_is_drawn() -> None:
    scene_ = watching(x=0.7, distance=8.0)
    without = replace(scene_, light=replace(scene_.light, plate=0.0))
    (seen, [sight]), (bare, _) = (render(one, empty(), 0.0) for one in (scene_, without))
    rows, columns = np.nonzero(np.abs(seen.astype(int) - bare).max(axis=2) > 100)
    assert (columns.min(), rows.min()) == pytest.approx(sight.corners.min(axis=0), abs=2)
    assert (columns.max(), rows.max()) == pytest.approx(sight.corners.max(axis=0), abs=2)


def test_a_shaking_camera_moves_the_truth_with_the_picture() -> None:
    still, shaken = (next(shots(watching(x=0.7, distance=12.0, shake=shake), 1)) for shake in (0.0, 6.0))
    moved = shaken.sights[0].corners[0] - still.sights[0].corners[0]
    grey = [cv2.cvtColor(shot.picture, cv2.COLOR_BGR2GRAY).astype(np.float32) for shot in (still, shaken)]
    measured, _ = cv2.phaseCorrelate(*grey, cv2.createHanningWindow((WIDTH, HEIGHT), cv2.CV_32F))
    assert np.hypot(*moved) > 1
    assert measured == pytest.approx(tuple(moved), abs=0.5)


def test_what_a_post_covers_is_not_shown() -> None:
    _, [sight] = render(watching(post=(0.0, 5.0, 0.1)), empty(), 0.0)
    assert 0.2 < sight.shown < 0.8
    _, [free] = render(watching(post=(1.0, 5.0, 0.1)), empty(), 0.0)
    assert free.shown == pytest.approx(1)


def test_a_vehicle_hides_the_plate_behind_it() -> None:
    behind, before = (Drive(saloon(), Path(0.0, 0.0), distance, -5.0) for distance in (18.0, 10.0))
    _, sights = render(watching(drives=(behind, before)), empty(), 0.0)
    assert [sight.drive for sight in sights] == [1]


def test_a_plate_beyond_the_edge_is_shown_in_part() -> None:
    _, [sight] = render(watching(x=3.2), empty(), 0.0)
    assert 0.1 < sight.shown < 0.9


def test_the_same_seed_gives_the_same_pixels() -> None:
    once, again, other = (next(shots(scene(seed, 3), seed)) for seed in (5, 5, 6))
    assert np.array_equal(once.picture, again.picture)
    assert np.array_equal(once.sights[0].corners, again.sights[0].corners) if once.sights else not again.sights
    assert not np.array_equal(once.picture, other.picture)


def test_the_first_scenes_are_one_of_each_kind_and_as_fast_as_they_may_be() -> None:
    some = list(islice(scenes(1), 26))
    assert tuple(one.kind for one in some[: len(KINDS)]) == KINDS
    speeds = [drive.kmh for one in some for drive in one.drives if drive.speed]
    assert min(speeds) < 10
    assert 100 < max(speeds) <= 130.1
    assert sum(len(one.drives) for one in some if one.kind.startswith("convoy")) == 10


def test_time_between_two_passes_is_not_rendered() -> None:
    back = scene(1, KINDS.index("back after 10 min"))
    assert back.drives[0].vehicle is back.drives[1].vehicle
    busy = [index for index in range(round(back.seconds * FPS)) if not back.is_empty(index / FPS)]
    assert max(np.diff(busy)) > 600 * FPS
    assert len(busy) < 30 * FPS


def test_an_exact_read_is_exact_and_its_repeat_a_double() -> None:
    verdict = judge([true("AB123CD")], [read("AB123CD", 1, 2), read("AB123CD", 2.5, 3)])
    assert verdict.fates == (Fate.EXACT,)
    assert [double.plate for double in verdict.doubles] == ["AB123CD"]
    assert not verdict.false


def test_a_misread_beside_an_exact_read_is_a_double_and_alone_a_misread() -> None:
    assert judge([true("AB123CD")], [read("A8123CD"), read("AB123CD")]).fates == (Fate.EXACT,)
    assert len(judge([true("AB123CD")], [read("A8123CD"), read("AB123CD")]).doubles) == 1
    alone = judge([true("AB123CD")], [read("A8123CD")])
    assert (alone.fates, alone.said, alone.doubles) == ((Fate.MISREAD,), ("A8123CD",), ())


def test_a_pass_without_a_read_is_missed_and_a_read_of_nothing_false() -> None:
    verdict = judge([true("AB123CD")], [read("SLOW24")])
    assert verdict.fates == (Fate.MISSED,)
    assert [one.plate for one in verdict.false] == ["SLOW24"]


def test_a_read_at_another_time_is_of_another_pass() -> None:
    twice = [true("AB123CD"), true("AB123CD", 40, 43)]
    assert judge(twice, [read("AB123CD", 1, 2)]).fates == (Fate.EXACT, Fate.MISSED)
    assert judge(twice, [read("AB123CD", 41, 42), read("AB123CD", 1, 2)]).fates == (Fate.EXACT, Fate.EXACT)


def test_a_read_goes_to_the_pass_that_it_is_nearest_to() -> None:
    row = [true("AB123CD"), true("AB124CD")]
    assert judge(row, [read("AB124CD"), read("AB123CO")]).said == ("AB123CO", "AB124CD")


def test_a_parked_vehicle_may_be_read_but_only_once() -> None:
    parked = replace(true("AB123CD"), asked=False)
    assert judge([parked], []).fates == (None,)
    verdict = judge([parked], [read("AB123CD"), read("AB123CD")])
    assert (verdict.fates, len(verdict.doubles), verdict.false) == ((None,), 1, ())


def test_edits_are_counted() -> None:
    assert [edits(*pair) for pair in (("AB1", "AB1"), ("AB1", "B1"), ("AB1", "A81"), ("", "AB1"))] == [
        0,
        1,
        1,
        3,
    ]
    assert folded("IO10") == folded("1010")


@pytest.mark.parametrize("rate", [15, 10, 5, 3])
def test_looks_are_left_out_evenly_and_the_empty_road_is_looked_at_too(rate: int) -> None:
    looks = list(replay.sampled(passing(["AB123CD"] * 30, seconds=12.0), rate))
    assert len(looks) == 12 * rate
    assert sum(bool(look.plates) for look in looks) == 2 * rate


def test_the_vote_is_compared_with_the_surest_look_and_the_first_read_of_the_same_looks() -> None:
    texts = ["AB128CD", "AB123CD", "AB123CD", "AB123CO"] + ["AB123CD"] * 5
    sure = {0: 0.7, 3: 0.95}
    watched = passing(texts, {index: sure.get(index, 0.8) for index in range(len(texts))})
    [made] = replay.reads(replay.told(watched, 15, TrackOptions()))
    found = replay.texts_of(watched, 15, 0)
    assert made.plate == "AB123CD"
    assert replay.surest(found) == "AB123CO"
    assert replay.first(found, 0.5) == "AB128CD"
    assert replay.first(found, 0.75) == "AB123CD"


def test_the_wait_is_from_the_first_good_look_to_the_read() -> None:
    watched = passing(["AB123CD"] * 12, {0: 0.3, 1: 0.6})
    changes = replay.told(watched, 15, TrackOptions())
    told_s = min(at_s for at_s, _ in changes)
    assert told_s > 2 / FPS
    assert replay.wait(watched, 15, 0, 0.5, changes) == pytest.approx(told_s - 1 / FPS)
    assert replay.wait(watched, 15, 0, 0.7, changes) == pytest.approx(told_s - 2 / FPS)
    assert replay.wait(watched, 15, 0, 0.99, changes) is None
    sums = tables.by_rate([replace(outcome(Fate.EXACT), wait=wait) for wait in (0.2, 0.2, 4.0)], [])[5]
    assert (sums.wait, sums.longest_wait) == (0.2, 4.0)


def test_sums_are_shares_of_the_passes_and_counts_of_the_extras() -> None:
    outcomes = [outcome(Fate.EXACT), outcome(Fate.EXACT), outcome(Fate.MISREAD), outcome(Fate.MISSED)]
    sums = tables.by_rate(outcomes, [Extra(5, "day", 2, 1), Extra(3, "day", 9, 9)])[5]
    assert (sums.passes, sums.exact, sums.misread, sums.missed) == (4, 0.5, 0.25, 0.25)
    assert (sums.doubles, sums.false) == (2, 1)


def test_the_advice_is_the_lowest_rate_that_is_enough_and_grows_with_the_speed() -> None:
    slow = [outcome(Fate.EXACT, rate, 10) for rate in tables.RATES]
    fast = [outcome(Fate.EXACT if rate >= 10 else Fate.MISSED, rate, 100) for rate in tables.RATES]
    text = tables.written(slow + fast, [])
    assert "| 15 | 3 |" in text
    assert "| 130 | 10 |" in text


def empty() -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), 90, np.uint8)


def true(text: str, first_s: float = 0.0, last_s: float = 3.0) -> Pass:
    return Pass(text, 30.0, True, first_s, last_s, 120.0, 1.0)


def read(text: str, first_s: float = 0.5, last_s: float = 2.0) -> Read:
    return Read("r", "c", text, 0.9, first_s, last_s, first_s, last_s, 3, "clip")


def passing(texts: list[str], sure: dict[int, float] | None = None, seconds: float = 3.0) -> Watched:
    """A plate that moves across the picture for as many looks as there are texts."""
    looks = []
    for index, text in enumerate(texts):
        seen: Plate = plate(text, 100.0 + 20 * index, confidence=(sure or {}).get(index, 0.8))
        sight = Sight(0, np.array(seen.corners), 100.0, 14.0, 0.0, 1.0)
        looks.append(Look(index / FPS, (sight,), (seen,), (seen,)))
    return Watched(0, "day", "day", seconds, tuple(looks), (true("AB123CD"),))


def outcome(fate: Fate, rate: int = 5, kmh: float = 20.0) -> Outcome:
    return Outcome(rate, "day", kmh, fate, fate is Fate.EXACT, fate is Fate.EXACT, fate is Fate.EXACT)
