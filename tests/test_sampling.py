"""Which frames are looked at: evenly by the source's time, whatever the clock does."""

from __future__ import annotations

from itertools import pairwise

import pytest

from streamer.sampling import Sampler


def looked_at(times, fps):
    sampler = Sampler(fps)
    return [time_s for time_s in times if sampler.is_due(time_s)]


@pytest.mark.parametrize(
    ("source_fps", "fps", "expected"), [(25, 5, 50), (30, 7, 70), (15, 15, 150), (4, 10, 40), (29.97, 10, 100)]
)
def test_frames_are_chosen_evenly(source_fps, fps, expected):
    times = [number / source_fps for number in range(int(10 * source_fps))]
    chosen = looked_at(times, fps)
    assert abs(len(chosen) - expected) <= 1
    gaps = [later - earlier for earlier, later in pairwise(chosen)]
    assert max(gaps) < 1 / fps + 1 / source_fps + 1e-6


def test_after_a_gap_there_is_no_burst():
    times = [number / 10 for number in range(10)] + [60 + number / 10 for number in range(10)]
    assert looked_at(times, 2) == pytest.approx([0, 0.5, 60, 60.5])


def test_a_clock_that_is_set_back_does_not_blind():
    times = [3600 + number / 10 for number in range(10)] + [number / 10 for number in range(10)]
    assert looked_at(times, 2) == pytest.approx([3600, 3600.5, 0, 0.5])
