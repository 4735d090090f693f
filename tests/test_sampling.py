"""Which frames are looked at: evenly by the source's time, whatever the clock does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from streamer.sampling import Attention, Sampler
from streamer.types import Frame
from streamer.zones import Zones
from tests.passes import Camera, plate


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


class Scene:
    """Five looks a second at a grey picture, with a white square from time to time, and what was looked at."""

    def __init__(self) -> None:
        self.attention = Attention(Zones(), awake_s=1.5, full_look_every_s=10)
        self.looks = 0

    def watch(self, seconds: float, left: int = 0, in_view: bool = False, settled: bool = True) -> float:
        """The share of the frames that was looked at."""
        wanted = 0
        for _ in range(round(seconds * 5)):
            picture = np.full((360, 640), 90, np.uint8)
            if left:
                picture[100:200, left : left + 100] = 200
            at_s = self.looks / 5
            frame = Frame("gate", self.looks, at_s, at_s, 640, 360, _never, lambda picture=picture: picture)
            wanted += self.attention.wants(frame, in_view, settled)
            self.looks += 1
        return wanted / round(seconds * 5)


def test_a_look_is_for_what_moves_and_for_plates_in_view_and_now_and_then_for_everything():
    attention, parts = Attention(Zones(), awake_s=1.5, full_look_every_s=10), []
    for number in range(100):
        picture = np.full((1080, 1920), 90, np.uint8)
        left = 200 + 4 * number
        picture[500:600, left : left + 100] = 200
        frame = Frame(
            "gate", number, number / 5, number / 5, 1920, 1080, _never, lambda picture=picture: picture
        )
        assert attention.wants(frame, False, True)
        plate = (700.0, 400.0, 760.0, 420.0)
        parts.append((left, attention.part_of(frame, [plate])))
    some = [(left, part) for left, part in parts if part]
    assert len(parts) - len(some) == pytest.approx(2 + 10, abs=4)
    for left, part in some:
        assert part[0] <= left
        assert part[2] >= max(left + 100, 760)
        assert part[1] <= 400
        assert part[3] >= 600
        assert (part[2] - part[0]) * (part[3] - part[1]) < 1920 * 1080 / 2


def test_where_something_moves_is_told_in_pixels_of_the_picture_also_by_a_small_stream():
    attention = Attention(Zones(), awake_s=1.5, full_look_every_s=10)
    for number in range(16):
        luma = np.full((360, 640), 90, np.uint8)
        luma[150:200, 20 + 20 * number : 60 + 20 * number] = 200
        at_s = number / 5
        frame = Frame("gate", number, at_s, at_s, 1920, 1080, _never, lambda luma=luma: luma)
        assert attention.wants(frame, False, True)
        part = attention.part_of(frame, [])
    left, top, right, bottom = part
    assert left <= 3 * 320 < 3 * 360 <= right <= 1920
    assert top <= 3 * 150 < 3 * 200 <= bottom <= 1080
    assert (right - left) * (bottom - top) < 1920 * 1080 / 3


@pytest.mark.parametrize(("fps", "hidden"), [(5, range(60, 64)), (0.5, ())])
def test_a_car_that_stands_stays_in_the_part_while_something_moves_elsewhere(fps, hidden):
    """Although somebody hides it for a moment, and however rare looks are."""
    camera, attention = Camera(fps=fps), Attention(Zones(), awake_s=1.5, full_look_every_s=10)
    car = plate("AB123CD", 1500, 900)
    for number in range(round(20 * max(fps, 2))):
        picture = np.full((1080, 1920), 90, np.uint8)
        left = 100 + round(40 * number / max(fps, 2))
        picture[200:300, left : left + 100] = 200
        at_s = camera.media_s
        frame = Frame("gate", number, at_s, at_s, 1920, 1080, _never, lambda picture=picture: picture)
        assert attention.wants(frame, camera.tracker.in_view, camera.tracker.settled)
        left, top, right, bottom = attention.part_of(frame, camera.tracker.places(at_s)) or (0, 0, 1920, 1080)
        is_seen = left < 1500 and top < 900 and right > 1600 and bottom > 920 and number not in hidden
        camera.look(*[car] * is_seen)
    (read,) = camera.settled()
    assert (read.plate, read.frames) == ("AB123CD", camera.looks - len(hidden))


def _never():
    raise AssertionError("nobody has to convert a frame that is not looked at")


def test_the_first_frames_are_looked_at_and_then_only_one_every_so_often():
    scene = Scene()
    assert scene.watch(2) == 1
    scene.watch(5)
    assert scene.watch(40) == 4 / 200


def test_while_something_moves_and_for_a_while_after_every_frame_is_looked_at():
    scene = Scene()
    scene.watch(12)
    assert all(scene.watch(0.2, left) == 1 for left in range(50, 500, 30))
    assert scene.watch(1.4) == 1
    scene.watch(5)
    assert scene.watch(5) <= 1 / 25


def test_what_is_not_settled_is_looked_at_although_nothing_moves():
    scene = Scene()
    scene.watch(12)
    assert scene.watch(5, in_view=True, settled=False) == 1
    scene.watch(1)
    assert scene.watch(5, in_view=True) <= 1 / 25
