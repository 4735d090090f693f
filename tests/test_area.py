"""The part of a picture that is looked at."""

from __future__ import annotations

import pytest

from streamer.area import LEAST, WORTHWHILE, area_around

WIDTH, HEIGHT = 1920, 1080


def holds(part, box):
    return part[0] <= box[0] and part[1] <= box[1] and part[2] >= box[2] and part[3] >= box[3]


@pytest.mark.parametrize(
    "box",
    [
        (900, 500, 1000, 560),
        (0, 0, 30, 20),
        (1890, 1060, 1920, 1080),
        (1800, 10, 1920, 90),
        (400, 300, 1100, 700),
    ],
)
def test_it_holds_what_moves_with_room_and_stays_in_the_picture(box):
    left, top, right, bottom = part = area_around([box], WIDTH, HEIGHT)
    assert holds(part, box)
    assert holds((0, 0, WIDTH, HEIGHT), part)
    assert right - left >= LEAST[0]
    assert bottom - top >= LEAST[1]
    assert (right - left) * (bottom - top) <= WORTHWHILE * WIDTH * HEIGHT


def test_it_holds_everything_that_moves():
    boxes = [(100, 100, 200, 180), (700, 500, 760, 540)]
    part = area_around(boxes, WIDTH, HEIGHT)
    assert all(holds(part, box) for box in boxes)


@pytest.mark.parametrize(
    ("boxes", "size"),
    [
        ([], (WIDTH, HEIGHT)),
        ([(0, 0, 1900, 1000)], (WIDTH, HEIGHT)),
        ([(10, 10, 60, 40), (1800, 1000, 1900, 1060)], (WIDTH, HEIGHT)),
        ([(100, 100, 200, 180)], (480, 270)),
        ([(100, 100, 200, 180)], (320, 240)),
    ],
)
def test_it_is_the_whole_picture_where_a_part_is_not_worth_it(boxes, size):
    assert area_around(boxes, *size) is None
