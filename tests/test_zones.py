"""Where plates count: inside, outside, on odd shapes; and what a track makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from streamer.annotate import dimmed, draw_line
from streamer.line import Line
from streamer.track import Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Character, Plate, Reason
from streamer.zones import Zones

LOWER_HALF = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
CLOCK = ((0.6, 0.8), (1.0, 0.8), (1.0, 1.0), (0.6, 1.0))
HORSESHOE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.7, 0.9), (0.7, 0.3), (0.3, 0.3), (0.3, 0.9), (0.1, 0.9))
SIZE = (1000, 500)


def plate(x: float, y: float, text: str = "ABC123") -> Plate:
    """80 x 20 pixels about the middle."""
    corners = ((x - 40, y - 10), (x + 40, y - 10), (x + 40, y + 10), (x - 40, y + 10))
    return Plate(corners, 0.9, text, 0.95, tuple(Character(one, 0.95) for one in text))


@pytest.mark.parametrize(
    ("zones", "x", "y", "counts"),
    [
        (Zones(), 0.5, 0.1, True),
        (Zones((LOWER_HALF,)), 0.5, 0.6, True),
        (Zones((LOWER_HALF,)), 0.5, 0.4, False),
        (Zones((LOWER_HALF,), (CLOCK,)), 0.5, 0.9, True),
        (Zones((LOWER_HALF,), (CLOCK,)), 0.8, 0.9, False),
        (Zones((), (CLOCK,)), 0.5, 0.1, True),
        (Zones((), (CLOCK,)), 0.8, 0.9, False),
        (Zones((HORSESHOE,)), 0.2, 0.8, True),
        (Zones((HORSESHOE,)), 0.5, 0.8, False),
        (Zones((HORSESHOE,)), 0.5, 0.2, True),
        (Zones((LOWER_HALF, ((0.0, 0.0), (0.2, 0.0), (0.0, 0.2)))), 0.05, 0.05, True),
    ],
)
def test_a_place_counts(zones, x, y, counts):
    assert zones.holds(x, y) is counts


def test_a_polygon_counts_the_same_from_any_corner_and_either_way_round():
    rng = np.random.default_rng(1)
    for x, y in rng.random((500, 2)):
        turned = HORSESHOE[3:] + HORSESHOE[:3]
        assert len({Zones((one,)).holds(x, y) for one in (HORSESHOE, turned, HORSESHOE[::-1])}) == 1


def test_plates_are_marked_by_their_middle():
    plates = (plate(500, 240), plate(500, 260))
    marked = Zones((LOWER_HALF,)).marked(plates, *SIZE)
    assert [one.in_zone for one in marked] == [False, True]
    assert Zones().marked(plates, *SIZE) == plates


def test_plates_know_where_the_line_is():
    """Half way down the picture of 1000 x 500 pixels, from its middle to its right edge."""
    line = Line((0.5, 0.5), (1.0, 0.5), (0.0, 1.0))
    marked = Zones(line=line).marked((plate(500, 150), plate(750, 300)), *SIZE)
    assert [one.to_line for one in marked] == [pytest.approx((-100, 0.0)), pytest.approx((50, 0.5))]
    assert all(one.in_zone for one in marked)
    (both,) = Zones((LOWER_HALF,), (), line).marked([plate(500, 150)], *SIZE)
    assert (both.in_zone, both.to_line) == (False, pytest.approx((-100, 0.0)))
    assert not Zones(line=line)


def test_what_does_not_count_is_dark_and_the_picture_is_not_touched():
    picture = np.full((100, 200, 3), 200, np.uint8)
    shown = dimmed(picture, Zones((LOWER_HALF,), (CLOCK,)))
    assert (picture == 200).all()
    assert (shown[60, 50], shown[10, 50], shown[90, 180]) == (
        pytest.approx(200),
        pytest.approx(90),
        pytest.approx(90),
    )
    assert dimmed(picture, Zones()) is picture


@pytest.mark.parametrize(
    ("inside", "marked"),
    [((0.5, 0.9), slice(54, 100)), ((0.5, 0.1), slice(0, 46)), ((0.0, 0.9), slice(54, 100))],
)
def test_the_line_is_drawn_with_a_mark_on_its_inner_side(inside, marked):
    picture = np.full((100, 200, 3), 200, np.uint8)
    draw_line(picture, Line((0.25, 0.5), (0.75, 0.5), inside))
    changed = (picture != 200).any(axis=2)
    assert changed[50, 55:145].all()
    assert not changed[:, :45].any()
    assert not changed[:, 155:].any()
    clear = changed.copy()
    clear[46:54] = False
    clear[marked] = False
    assert changed[marked].sum() > 30
    assert not clear.any()


def test_without_a_line_none_is_drawn():
    picture = np.full((100, 200, 3), 200, np.uint8)
    draw_line(picture, None)
    assert (picture == 200).all()


def looks(*plates: Plate | None) -> Tracker:
    """A tracker after these looks, five a second, in which plates count in the lower half."""
    zones = Zones((LOWER_HALF,))
    tracker = Tracker("gate", "clip", TrackOptions(), lambda first: f"{first}")
    for number, one in enumerate(plates):
        seen = zones.marked([one] if one else [], *SIZE)
        tracker.update(1000 + number / 5, number / 5, seen)
    return tracker


def test_a_vehicle_that_never_came_inside_is_rejected():
    tracker = looks(*(plate(100 + 60 * n, 100) for n in range(8)))
    assert [change.read.plate for change in tracker.finish()] == []
    [rejected] = tracker.take_rejected()
    assert rejected.reason is Reason.OUTSIDE
    assert rejected.frames == 8


def test_looks_from_outside_have_no_vote():
    """Far away it is misread, inside it is not."""
    outside = [plate(300 + 40 * n, 180 + 20 * n, "XYZ789") for n in range(3)]
    inside = [plate(420 + 40 * n, 260 + 20 * n, "ABC123") for n in range(3)]
    tracker = looks(*outside, *inside)
    assert [change.read.plate for change in tracker.finish()] == ["ABC123"]
    assert tracker.take_rejected() == []
