"""The live picture, as its viewers get it: real frames in, real JPEGs out."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from streamer.annotate import Label
from streamer.live import LiveView, Newest
from streamer.types import Frame, Picture, SourceState, SourceStatus
from streamer.viewing import WHOLE_WIDTH, Size, View
from streamer.zones import Zones

WIDTH, HEIGHT = 1600, 900
LARGE, MIDDLE, SMALL = View(1280, 80, 60), View(640, 80, 60), View(320, 40, 60)
LIVE, STALLED = SourceState(SourceStatus.LIVE), SourceState(SourceStatus.STALLED, "no picture")
PLATE = ((400, 300), (1200, 300), (1200, 600), (400, 600))


@dataclass
class Scene:
    """A live view whose frames the test puts."""

    state: SourceState = LIVE
    labels: list[Label] = field(default_factory=list)
    most_fps: float = 60
    sent: queue.Queue[tuple[Size, Picture]] = field(default_factory=queue.Queue)
    sizes_made: list[tuple[int, int]] = field(default_factory=list)
    converted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.newest = Newest()
        self.view = LiveView(
            "gate",
            self.newest,
            lambda _: self.labels,
            Zones(),
            lambda: self.state,
            lambda size, jpeg: self.sent.put((size, cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1))),
            lambda: self.most_fps,
        )
        self.view.start()

    def put(self, brightness: int = 128) -> None:
        def whole() -> Picture:
            self.converted.set()
            return np.full((HEIGHT, WIDTH, 3), brightness, np.uint8)

        def sized(width: int, height: int) -> Picture:
            self.sizes_made.append((width, height))
            return np.full((height, width, 3), brightness, np.uint8)

        self.newest.put(Frame("gate", 0, 0.0, 0.0, WIDTH, HEIGHT, whole, to_size=sized))

    def next(self, number: int) -> dict[Size, Picture]:
        return dict(self.sent.get(timeout=5) for _ in range(number))


@pytest.fixture
def scene():
    scene = Scene()
    yield scene
    scene.view.watch(())


def test_every_size_that_is_watched_is_made_once_and_no_large_picture(scene):
    scene.put()
    scene.view.watch([SMALL, LARGE, MIDDLE])
    made = scene.next(3)
    assert {size: picture.shape for size, picture in made.items()} == {
        LARGE.size: (720, 1280, 3),
        MIDDLE.size: (360, 640, 3),
        SMALL.size: (180, 320, 3),
    }
    assert scene.sizes_made == [(1280, 720)], "the others are made from it"
    assert not scene.converted.is_set()
    assert scene.sent.empty()


def test_nothing_is_made_while_nobody_watches(scene):
    scene.put()
    scene.view.watch([SMALL])
    scene.next(1)
    scene.view.watch(())
    scene.put()
    scene.view.watch([MIDDLE])
    assert list(scene.next(1)) == [MIDDLE.size]
    assert scene.sizes_made[-1] == (640, 360)


def test_plates_are_drawn_where_they_are_in_every_size(scene):
    scene.labels = [Label(PLATE, "")]
    scene.put()
    scene.view.watch([LARGE, SMALL])
    for picture in scene.next(2).values():
        height, width = picture.shape[:2]
        marked = np.abs(picture.astype(int) - 128).max(axis=2) > 40
        assert marked[height // 3, width // 2 - 5 : width // 2 + 5].all(), "the upper edge, at a third"
        assert not marked[: height // 3 - 6].any()
        assert not marked[height // 2, width // 2 - 20 : width // 2 + 20].any()


def test_a_picture_without_marks_is_the_frame_as_it_came_whoever_else_watches(scene):
    scene.labels = [Label(PLATE, "AB1")]
    whole, clean = View(WHOLE_WIDTH, 95, 60, marks=False), View(1280, 80, 60, marks=False)
    scene.put()
    scene.view.watch([LARGE, clean, whole])
    made = scene.next(3)
    assert made[whole.size].shape == (HEIGHT, WIDTH, 3)
    assert made[clean.size].shape == made[LARGE.size].shape == (720, 1280, 3)
    assert np.abs(made[whole.size].astype(int) - 128).max() <= 1
    assert np.abs(made[clean.size].astype(int) - 128).max() <= 1
    assert np.abs(made[LARGE.size].astype(int) - 128).max() > 40


def test_a_frame_is_not_drawn_on(scene):
    picture = np.full((90, 160, 3), 128, np.uint8)
    scene.labels = [Label(((40, 30), (120, 30), (120, 60), (40, 60)), "AB1")]
    scene.newest.put(Frame("gate", 0, 0.0, 0.0, 160, 90, lambda: picture))
    scene.view.watch([LARGE])
    assert scene.next(1)[LARGE.size].shape == (90, 160, 3), "none is made larger than it is"
    assert (picture == 128).all()


def test_a_viewer_who_wants_few_gets_few_and_the_other_gets_all(scene):
    slow = View(320, 40, 0.5)
    scene.view.watch([MIDDLE, slow])
    began_s, made = time.monotonic(), Counter()
    while made[MIDDLE.size] < 12:
        scene.put()
        with suppress(queue.Empty):
            made[scene.sent.get(timeout=0.02)[0]] += 1
    assert 1 <= made[slow.size] <= 2 + (time.monotonic() - began_s) / 2


def test_no_viewer_gets_more_than_there_is_time_for(scene):
    scene.most_fps = 0.5
    scene.view.watch([MIDDLE])
    began_s, made = time.monotonic(), 0
    for _ in range(50):
        scene.put()
        with suppress(queue.Empty):
            scene.sent.get(timeout=0.02)
            made += 1
    assert 1 <= made <= 2 + (time.monotonic() - began_s) / 2


def test_a_camera_that_shows_nothing_sends_a_card_of_every_size(scene):
    scene.state = STALLED
    scene.view.watch([LARGE, SMALL])
    cards = scene.next(2)
    assert cards[LARGE.size].shape == (720, 1280, 3)
    assert cards[SMALL.size].shape == (180, 320, 3)
