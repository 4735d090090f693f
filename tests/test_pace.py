"""How many pictures a second come through, in times that the tests make up."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from streamer.pace import LEAST_FPS, Allowance, KeepingUp, ViewersPace


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


def looks(fps: float, seconds: float, takes_s: float, sample_fps: float = 5) -> KeepingUp:
    """Who looks at a source of `fps` when each look takes so long: the newest frame that is due, then the next."""
    keeping_up, free_s, due_s = KeepingUp(sample_fps), 0.0, 0.0
    for number in range(1, int(seconds * fps)):
        at_s = number / fps
        if at_s < free_s:
            continue
        keeping_up.take(number)
        if at_s >= due_s - 0.001:
            keeping_up.look(at_s)
            free_s, due_s = at_s + takes_s, max(due_s, at_s - 1 / sample_fps) + 1 / sample_fps
    return keeping_up


@pytest.mark.parametrize(("fps", "takes_s"), [(25, 0.05), (25, 0.19), (15, 0.05), (3, 0.3), (0.5, 0.5)])
def test_looks_that_are_quick_enough_keep_up(fps, takes_s):
    assert looks(fps, 30, takes_s).share == 1


@pytest.mark.parametrize(("takes_s", "share"), [(0.4, 0.5), (0.8, 0.25), (2.0, 0.1)])
def test_looks_that_are_too_slow_miss_their_share(takes_s, share):
    assert looks(25, 60, takes_s).share == pytest.approx(share, rel=0.15)


def test_rare_looks_keep_up_too():
    assert looks(25, 200, 0.5, sample_fps=0.2).share == 1


def test_a_source_that_pauses_is_not_the_looks_fault():
    keeping_up = KeepingUp(5)
    for number, at_s in enumerate((0.0, 0.2, 0.4, 30.0, 30.2), 1):
        keeping_up.take(number)
        keeping_up.look(at_s)
    assert keeping_up.share == 1


def test_viewers_get_less_while_looks_do_not_keep_up_and_all_again_after():
    pace = ViewersPace(15)
    assert pace.in_words == ""
    fallen = []
    for _ in range(12):
        pace.update(0.5)
        fallen.append(pace.fps)
    assert fallen == sorted(fallen, reverse=True)
    assert pace.fps == LEAST_FPS
    assert pace.in_words == "too much to do, viewers get 2 pictures a second"
    for _ in range(20):
        pace.update(1.0)
    assert pace.fps == 15
    assert pace.in_words == ""


def test_a_few_late_looks_change_nothing():
    pace = ViewersPace(15)
    pace.update(0.5)
    before = pace.fps
    for _ in range(10):
        pace.update(0.93)
    assert pace.fps == before


def test_settings_below_the_least_rate_stay_as_they_are():
    pace = ViewersPace(1)
    pace.update(0)
    assert pace.fps == 1
    assert pace.in_words == ""
