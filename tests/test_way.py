"""Where a plate is between two looks and after them: seen by a camera past which its vehicle drives straight on."""

from __future__ import annotations

import pytest

from streamer.boxes import box_around
from streamer.tracking.way import Way
from streamer.types import Corners, Plate


def seen(at_s: float, speed: float = 20.0, aside: float = 3.0) -> Plate:
    """Half a metre of plate, 30 m away at first and `aside` metres from the axis, by a lens of 1500 pixels."""
    far = 30 - speed * at_s

    def point(x: float, y: float) -> tuple[float, float]:
        return 640 + 1500 * x / far, 360 + 1500 * y / far

    corners: Corners = (
        point(aside, 2),
        point(aside + 0.5, 2),
        point(aside + 0.5, 2.11),
        point(aside, 2.11),
    )
    return Plate(corners, 0.9, "AB123CD", 0.8)


@pytest.mark.parametrize("at_s", [0.0, 0.07, 0.13, 0.2, 0.27, 0.33])
@pytest.mark.parametrize("speed", [20.0, -20.0, 36.0])
def test_it_is_where_the_camera_shows_it(at_s, speed):
    found, true = Way(seen(0.0, speed), 0.0, seen(0.2, speed), 0.2).at(at_s), seen(at_s, speed)
    for side, other in zip(box_around(found.corners), box_around(true.corners), strict=True):
        assert side == pytest.approx(other, abs=1.0)


def test_what_keeps_its_size_moves_evenly():
    first, last = (Plate(((x, 100), (x + 80, 100), (x + 80, 120), (x, 120)), 0.9, "A", 0.5) for x in (100, 300))
    assert Way(first, 1.0, last, 1.2).at(1.15).box == pytest.approx((250, 100, 330, 120))


def test_it_does_not_grow_without_end():
    way = Way(seen(0.0), 0.0, seen(0.2), 0.2)
    left, _, right, _ = way.at(1.49).box
    assert right - left == pytest.approx(2 * (seen(0.2).box[2] - seen(0.2).box[0]))
    assert way.later(3.0).at(3.1) == way.at(0.1)
