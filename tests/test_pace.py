"""What gives way and when, and how many pictures a second come through, in times that the tests make up."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from streamer.pace import LEAST_FPS, Allowance, Pace


def let_through(per_second: float, times: list[float]) -> list[float]:
    allowance = Allowance(per_second)
    return [at_s for at_s in times if allowance.takes(at_s)]


@pytest.mark.parametrize("per_second", [0.5, 2, 5, 10, 15])
def test_no_more_than_that_is_let_through(per_second):
    taken = let_through(per_second, [number / 25 for number in range(1000)])
    assert len(taken) == pytest.approx(40 * per_second, abs=2)


def test_what_comes_no_faster_is_all_let_through_however_unsteadily_it_comes():
    unsteady = random.Random(1)
    times = [number / 15 + unsteady.uniform(0, 0.02) for number in range(1000)]
    assert let_through(15, times) == times


def test_pictures_are_spread_evenly():
    taken = let_through(5, [number / 25 for number in range(200)])
    pauses = [after - before for before, after in pairwise(taken[2:])]
    assert max(pauses) == pytest.approx(0.2)
    assert min(pauses) == pytest.approx(0.2)


def test_after_a_pause_there_is_no_burst():
    allowance = Allowance(5)
    for at_s in (0.0, 0.2):
        allowance.takes(at_s)
    assert [allowance.takes(60 + number / 25) for number in range(5)].count(True) <= 2


def test_a_clock_that_is_set_back_stops_nothing():
    allowance = Allowance(5)
    assert allowance.takes(1000)
    allowance.takes(10)
    assert allowance.takes(10.2)


def test_viewers_get_less_while_looks_do_not_keep_up_and_all_again_after():
    pace = Pace(15)
    assert pace.in_words == ""
    fallen = []
    for _ in range(9):
        pace.update(0.5, watched=True)
        fallen.append(pace.fps)
    assert fallen == sorted(fallen, reverse=True)
    assert (pace.fps, pace.bursts) == (pytest.approx(LEAST_FPS, abs=0.1), True)
    assert pace.in_words == "too much to do, viewers get 2 pictures a second"
    for _ in range(20):
        pace.update(1.0, watched=True)
    assert pace.fps == 15
    assert pace.in_words == ""


def test_what_gives_way_last_comes_back_first():
    pace = Pace(15)
    for _ in range(12):
        pace.update(0.5, watched=True)
    assert (pace.fps, pace.bursts) == (LEAST_FPS, False)
    assert pace.in_words == (
        "too much to do, viewers get 2 pictures a second and only what is due is looked at"
    )
    pace.update(1.0, watched=True)
    assert (pace.fps, pace.bursts) == (LEAST_FPS, True)
    pace.update(1.0, watched=True)
    assert pace.fps > LEAST_FPS


def test_without_viewers_the_looks_in_between_give_way_at_once():
    pace = Pace(15)
    pace.update(0.5, watched=False)
    assert (pace.fps, pace.bursts) == (15, False)
    assert pace.in_words == "too much to do, only what is due is looked at"


def test_a_few_late_looks_change_nothing():
    pace = Pace(15)
    pace.update(0.5, watched=True)
    before = pace.fps
    for _ in range(10):
        pace.update(0.93, watched=True)
    assert (pace.fps, pace.bursts) == (before, True)


def test_settings_below_the_least_rate_stay_as_they_are():
    pace = Pace(1)
    pace.update(0, watched=True)
    assert pace.fps == 1
    assert not pace.bursts
