"""Which way a vehicle went: over the line, by its growth, and through everything that tears a read apart."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from streamer.line import Line
from streamer.track import Change
from streamer.tracking.direction import Trail
from streamer.tracking.options import TrackOptions
from streamer.types import Plate
from streamer.zones import Zones
from tests.passes import START, Camera, passing, plate

ACROSS = Line((0.1, 0.5), (0.9, 0.5), (0.5, 0.9))
"""Half way down the picture; below it is in."""
SIZE = (1000, 1000)
OUTSIDE, INSIDE = 300.0, 700.0


def at(y: float, x: float = 450.0, text: str = "ABC123", width: float = 100.0) -> list[Plate]:
    """A look at a plate with its middle there, at a camera with the line."""
    return list(Zones(line=ACROSS).marked([plate(text, x - width / 2, y - width / 10, width)], *SIZE))


def way(*ys: float, x: float = 450.0) -> list[list[Plate]]:
    """Looks along the way from each height to the next, 40 pixels apart."""
    heights = [ys[0]]
    for start, end in pairwise(ys):
        steps = max(1, round(abs(end - start) / 40))
        heights += [start + (end - start) * step / steps for step in range(1, steps + 1)]
    return [at(y, x) for y in heights]


def grown(*widths: float) -> list[list[Plate]]:
    """Looks at a plate that is so large."""
    return [[plate("ABC123", 500 - width / 2, 300, width)] for width in widths]


def told(camera: Camera) -> str:
    (read,) = camera.settled()
    return read.direction


@pytest.mark.parametrize(
    ("heights", "direction"),
    [
        ((OUTSIDE, INSIDE), "in"),
        ((INSIDE, OUTSIDE), "out"),
        ((OUTSIDE, INSIDE, OUTSIDE), ""),
        ((INSIDE, OUTSIDE, INSIDE), ""),
        ((OUTSIDE, INSIDE, OUTSIDE, INSIDE), "in"),
        ((OUTSIDE, 100), ""),
        ((OUTSIDE, 530, 480, 520, 470, 530, 480, OUTSIDE), ""),
        ((OUTSIDE, 530, 480, 520, 470, 530, 480, INSIDE), "in"),
        ((INSIDE, 480, 520, 470, 530, INSIDE), ""),
    ],
)
def test_crossing_the_line_is_a_direction(heights: tuple[float, ...], direction: str) -> None:
    camera = Camera()
    camera.watch(way(*heights))
    assert told(camera) == direction


@pytest.mark.parametrize("fps", [1, 3, 15])
@pytest.mark.parametrize("turned", [False, True])
def test_it_takes_two_looks(fps: float, turned: bool) -> None:
    camera = Camera(fps=fps)
    heights = (420.0, 580.0)
    camera.watch(at(y) for y in (heights[::-1] if turned else heights))
    assert told(camera) == ("out" if turned else "in")


def test_a_vehicle_that_waits_on_the_line_has_crossed_it_at_most_once() -> None:
    chance = random.Random(1)
    camera = Camera()
    camera.watch(way(OUTSIDE, 500))
    for _ in range(300 * 5):
        camera.look(*at(500 + chance.gauss(0, 10), 450 + chance.gauss(0, 10)))
    camera.watch(way(500, INSIDE))
    directions = [told.read.direction for told in camera.told]
    assert [one for one, before in zip(directions, [None, *directions], strict=False) if one != before] == [
        "",
        "in",
    ]


def test_the_direction_is_told_as_soon_as_the_line_is_crossed() -> None:
    camera = Camera()
    camera.watch(way(OUTSIDE, INSIDE))
    first = next(told for told in camera.told if told.read.direction)
    assert (first.change, first.read.settled) == (Change.UPDATED, False)
    assert first.read.last_seen < START + camera.media_s - 2 / camera.fps


def test_who_goes_around_an_end_of_the_line_has_not_crossed_it() -> None:
    camera = Camera()
    camera.watch(way(OUTSIDE, INSIDE, x=960))
    assert told(camera) == ""
    round_trip = Camera()
    round_trip.watch([*way(INSIDE, OUTSIDE, x=960), *way(OUTSIDE, INSIDE, x=860)])
    assert told(round_trip) == "in"


def test_who_is_hidden_while_crossing_has_crossed() -> None:
    camera = Camera()
    camera.watch(way(200, 420))
    camera.wait(6)
    camera.watch(way(580, 800))
    assert told(camera) == "in"


@pytest.mark.parametrize("misread", ["", "A8C128"])
def test_looks_before_the_text_is_sure_are_part_of_the_way(misread: str) -> None:
    camera = Camera()
    camera.watch(at(y, text=misread) for y in (380, 430, 480))
    camera.watch(way(520, INSIDE))
    assert told(camera) == "in"


def test_what_was_found_and_not_read_has_no_size() -> None:
    """A roof, taken for a plate, and then the plate of the vehicle that comes nearer."""
    camera = Camera(TrackOptions(approaching="in"))
    camera.look(plate("", 400, 300, 150))
    camera.watch(grown(75, 90, 112, 150))
    assert told(camera) == "in"


def test_who_comes_back_within_the_window_went_neither_way() -> None:
    camera = Camera()
    camera.watch(way(OUTSIDE, INSIDE))
    camera.wait(10)
    camera.watch(way(INSIDE, OUTSIDE))
    assert told(camera) == ""


def test_who_comes_back_after_the_window_is_two_reads() -> None:
    camera = Camera()
    camera.watch(way(OUTSIDE, INSIDE))
    camera.wait(40)
    camera.watch(way(INSIDE, OUTSIDE))
    assert [read.direction for read in camera.settled()] == ["in", "out"]


@pytest.mark.parametrize(
    ("heights", "direction"), [((INSIDE, 900), "in"), ((INSIDE, OUTSIDE), ""), ((OUTSIDE, INSIDE), "in")]
)
def test_a_read_that_is_gone_on_with_keeps_what_it_knew(heights: tuple[float, ...], direction: str) -> None:
    before = Camera()
    before.watch(way(OUTSIDE, INSIDE))
    left_open = before.told[-1].read
    camera = Camera(resume=[left_open], start=START + 10)
    camera.watch(way(*heights))
    assert told(camera) == direction


def test_a_read_that_nobody_comes_back_for_keeps_its_direction() -> None:
    before = Camera()
    before.watch(way(OUTSIDE, INSIDE))
    assert told(Camera(resume=[before.told[-1].read])) == "in"


def test_two_vehicles_side_by_side_have_their_own_directions() -> None:
    camera = Camera()
    for step in range(11):
        camera.look(*at(300 + 40 * step, 300, "ABC123"), *at(700 - 40 * step, 700, "XYZ789"))
    assert {read.plate: read.direction for read in camera.settled()} == {"ABC123": "in", "XYZ789": "out"}


def test_without_a_line_nothing_is_said() -> None:
    camera = Camera()
    camera.watch(passing("ABC123", 10, 60))
    camera.watch(grown(60, 80, 100, 140))
    assert told(camera) == ""


@pytest.mark.parametrize(
    ("widths", "nearer"),
    [
        ((60, 75, 95, 130, 180), True),
        ((180, 130, 95, 75, 60), False),
        ((60, 100), True),
        ((100, 60), False),
        ((100, 106, 97, 103, 99, 102, 95, 104), None),
        ((60, 75, 95, 130, 180, 130, 95, 75, 60), None),
        ((100, 101, 99, 100, 160, 100, 99, 101), None),
        ((60, 75, 95, 130, *[150] * 500), True),
        ((*[150] * 500, 130, 95, 75, 60), False),
        ((100, 130), None),
        ((100, 70, 100, 100, 100, 100, 100, 100), None),
    ],
)
@pytest.mark.parametrize("approaching", ["in", "out"])
def test_who_comes_nearer_grows(widths: tuple[float, ...], nearer: bool | None, approaching: str) -> None:
    camera = Camera(TrackOptions(approaching=approaching, still_s=0))
    camera.watch(grown(*widths))
    away = "out" if approaching == "in" else "in"
    assert told(camera) == {True: approaching, False: away, None: ""}[nearer]


@pytest.mark.parametrize(
    ("first", "again", "direction"),
    [
        ((90, 105, 120, 140, 158), (60, 66, 72, 80, 90), "in"),
        ((90, 105, 120, 140, 158), (158, 140, 120, 105, 90), ""),
        ((158, 140, 120, 105, 90), (150, 130, 110, 95, 80), "out"),
    ],
)
def test_who_comes_again_is_measured_anew(first, again, direction) -> None:
    """How large it was when it left the first time says nothing: it approaches again from afar."""
    camera = Camera(TrackOptions(approaching="in"))
    camera.watch(grown(*first))
    camera.wait(10)
    camera.watch(grown(*again))
    assert told(camera) == direction
    assert {one.read.direction for one in camera.told} <= {"", "in", direction}


def test_growth_about_the_least_that_counts_does_not_flicker() -> None:
    chance = random.Random(1)
    camera = Camera(TrackOptions(approaching="in"))
    camera.watch(grown(100, 100, 100, *[125 + chance.gauss(0, 4) for _ in range(1000)]))
    assert [told.read.direction for told in camera.told].count("") <= 2
    assert told(camera) == "in"


def test_boxes_that_are_off_are_no_growth() -> None:
    """Of 300 standing vehicles whose boxes are off by 5% now and then by more, none moves."""
    chance = random.Random(1)
    for looks in (2, 3, 4, 5, 6, 8, 20) * 43:
        camera = Camera(TrackOptions(approaching="in", still_s=0, min_looks=1))
        camera.watch(grown(*[100 * chance.gauss(1, 0.05) for _ in range(looks)]))
        assert told(camera) == ""


def test_the_line_counts_before_the_growth() -> None:
    camera = Camera(TrackOptions(approaching="in"))
    camera.watch(at(700 - 50 * step, width=60 + 10 * step) for step in range(9))
    assert told(camera) == "out"


def test_where_the_line_was_not_crossed_the_growth_counts() -> None:
    camera = Camera(TrackOptions(approaching="in"))
    camera.watch(at(100 + 30 * step, width=60 + 12 * step) for step in range(9))
    assert told(camera) == "in"


def test_trails_say_the_same_however_they_are_put_together() -> None:
    chance = random.Random(2)
    for _ in range(200):
        looks = [Trail.of(at(chance.uniform(0, 1000), chance.uniform(0, 1000))[0]) for _ in range(8)]
        whole = Trail()
        for one in looks:
            whole = whole.then(one)
        cut = chance.randrange(1, 8)
        early, late = Trail(), Trail()
        for one in looks[:cut]:
            early = early.then(one)
        for one in looks[cut:]:
            late = late.then(one)
        assert early.then(late) == whole


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_point_on_the_inner_side_says_which_it_is(flipped: bool, swapped: bool) -> None:
    ends = ((0.2, 0.8), (0.6, 0.1))
    line = Line(*(ends[::-1] if swapped else ends), (0.1, 0.1) if flipped else (0.9, 0.9))
    past, _ = line.to((0.1, 0.1), 640, 480)
    other, _ = line.to((0.9, 0.9), 640, 480)
    assert (past > 0, other > 0) == (flipped, not flipped)


def test_the_distance_is_in_pixels() -> None:
    line = Line((0.25, 0.5), (0.75, 0.5), (0.0, 1.0))
    assert line.to((0.5, 0.75), 640, 480) == pytest.approx((120, 0.5))
    assert line.to((0.25, 0.25), 640, 480) == pytest.approx((-120, 0.0))
