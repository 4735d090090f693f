"""Whether the gate opens for vehicles and stays closed for weather, light, clocks and poles: rendered scenes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from itertools import count, pairwise

import cv2
import numpy as np
import pytest

from streamer.demo.backdrop import draw_backdrop
from streamer.line import Line
from streamer.motion import FIRST_S, Motion, MotionGate, wanted_cells
from streamer.zones import Zones

LOOKS_FPS = 5
WARM_S, END_S = 25.0, 40.0
"""From when on a quiet scene has to be known, and when a vehicle comes."""

Scene = Callable[[float], np.ndarray]
"""The brightness (height x width, 0-255) at a time in seconds, without a vehicle, before it is rounded."""
Visit = Callable[[float], tuple[float, float, float] | None]
"""Where a vehicle's lower middle is and how wide it is, in pixels, at a time since it came; None: over."""


@cache
def street(width: int = 1280, height: int = 720) -> np.ndarray:
    day = cv2.cvtColor(draw_backdrop().day, cv2.COLOR_BGR2GRAY)
    return cv2.resize(day, (width, height)).astype(np.float32)


@cache
def grain(sigma: float, width: int = 1280, height: int = 720) -> list[np.ndarray]:
    """What a sensor adds, eight pictures of it, as coarse as a codec leaves it."""
    chance = np.random.default_rng(3)
    shape = (height // 2, width // 2)
    small = (chance.normal(0, sigma, shape).astype(np.float32) for _ in range(8))
    return [cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR) for one in small]


def noisy(picture: np.ndarray, at_s: float, sigma: float) -> np.ndarray:
    layers = grain(sigma, picture.shape[1], picture.shape[0])
    return picture + layers[round(at_s * LOOKS_FPS * 3) % len(layers)]


def day(at_s: float) -> np.ndarray:
    return noisy(street(), at_s, 3)


def night(at_s: float) -> np.ndarray:
    return noisy(street() * 0.2 + 8, at_s, 12)


def exposure_jumps(at_s: float) -> np.ndarray:
    """Every twenty seconds the camera makes up its mind anew."""
    gain, lift = ((1, 0), (1.25, 6), (0.8, -4))[int(at_s / 20) % 3]
    return noisy(np.clip(street() * gain + lift, 0, 255), at_s, 3)


def clouds(at_s: float) -> np.ndarray:
    return noisy(street() * (0.85 + 0.15 * np.sin(at_s / 3)), at_s, 3)


def rain(at_s: float) -> np.ndarray:
    picture = street() * 0.8
    chance = np.random.default_rng(round(at_s * 1000))
    for x, y, length in zip(
        chance.integers(0, 1280, 150), chance.integers(0, 720, 150), chance.integers(20, 60, 150), strict=True
    ):
        cv2.line(picture, (int(x), int(y)), (int(x) + 4, int(y) + int(length)), 210.0, 2)
    return noisy(picture, at_s, 4)


@cache
def leaves() -> np.ndarray:
    chance = np.random.default_rng(5)
    return cv2.GaussianBlur(chance.normal(0, 1, (360, 460)).astype(np.float32), (0, 0), 9) * 600


def tree(at_s: float) -> np.ndarray:
    """Leaves and gaps, with 20 of 255 between them, that sway by up to 20 pixels, on the picture's left."""
    picture = street().copy()
    sway = 12 * np.sin(2 * at_s) + 8 * np.sin(5.3 * at_s)
    crown = cv2.warpAffine(leaves(), np.array([[1, 0, sway - 20], [0, 1, sway / 3 - 5]]), (420, 340))
    picture[60:400, 40:460] = 80 + np.clip(crown, -40, 40)
    return noisy(picture, at_s, 3)


def clock(at_s: float) -> np.ndarray:
    """Seconds, and minutes that are over too soon."""
    return noisy(with_clock(street(), at_s), at_s, 3)


def with_clock(picture: np.ndarray, at_s: float) -> np.ndarray:
    text = f"2026-05-14 20:{int(at_s / 20) + 27:02}:{int(at_s) % 60:02}"
    rounded = picture.astype(np.uint8)
    cv2.putText(rounded, text, (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (250,), 3)
    return rounded.astype(np.float32)


def shake(at_s: float) -> np.ndarray:
    """A pole in the wind: up to four pixels."""
    x, y = 4 * np.sin(9 * at_s), 3 * np.sin(7 * at_s + 1)
    return noisy(cv2.warpAffine(street(), np.array([[1, 0, x], [0, 1, y]]), (1280, 720), borderMode=1), at_s, 3)


def all_at_once(at_s: float) -> np.ndarray:
    """A night with rain, a clock and a pole in the wind."""
    x, y = 2 * np.sin(9 * at_s), 2 * np.sin(7 * at_s + 1)
    wet = with_clock(0.4 * (rain(at_s) + 20), at_s)
    return noisy(cv2.warpAffine(wet, np.array([[1, 0, x], [0, 1, y]]), (1280, 720), borderMode=1), at_s, 8)


SCENES = [day, night, exposure_jumps, clouds, rain, tree, clock, shake, all_at_once]


def driving(at_s: float) -> tuple[float, float, float] | None:
    """Up the driveway in four seconds."""
    return (640 + 20 * at_s, 420 + 60 * at_s, 100 + 60 * at_s) if at_s < 4 else None


def creeping(at_s: float) -> tuple[float, float, float] | None:
    """Four pixels a second."""
    return (600 + 4 * at_s, 600, 240) if at_s < 20 else None


def far(at_s: float) -> tuple[float, float, float] | None:
    """As wide as a car whose plate has 40 pixels, across the picture."""
    return (500 + 60 * at_s, 380, 110) if at_s < 4 else None


def before_the_tree(at_s: float) -> tuple[float, float, float] | None:
    return (120 + 50 * at_s, 390, 220) if at_s < 4 else None


def with_vehicle(picture: np.ndarray, place: tuple[float, float, float]) -> np.ndarray:
    """A dark car with its windscreen and its plate, lit as the picture around it is."""
    x, bottom, width = place
    height = width * 0.75
    light = float(np.median(picture)) / 128
    for left, top, right, low, grey in (
        (-0.5, 0, 0.5, 1, 60),
        (-0.36, 0.06, 0.36, 0.4, 110),
        (-0.18, 0.7, 0.18, 0.78, 235),
    ):
        corners = (
            (x + left * width, bottom - height + top * height),
            (
                x + right * width,
                bottom - height + low * height,
            ),
        )
        (x1, y1), (x2, y2) = ((round(a), round(b)) for a, b in corners)
        cv2.rectangle(picture, (x1, y1), (x2, y2), grey * light, cv2.FILLED)
    return picture


def seen(gate: MotionGate, picture: np.ndarray, at_s: float) -> Motion:
    return gate.see(np.clip(picture, 0, 255).astype(np.uint8), at_s)


@cache
def quiet(scene: Scene) -> tuple[MotionGate, list[Motion]]:
    """A gate that has watched a scene in which nothing comes, and what moved there once it was known."""
    gate = MotionGate(Zones())
    times = (number / LOOKS_FPS for number in range(round(END_S * LOOKS_FPS)))
    moved = [(at_s, seen(gate, scene(at_s), at_s)) for at_s in times]
    return gate, [motion for at_s, motion in moved if at_s >= WARM_S]


def visited(scene: Scene, visit: Visit) -> list[Motion]:
    """What moves while a vehicle comes by after that."""
    gate, _ = copy.deepcopy(quiet(scene))
    motions = []
    for number in count():
        since_s = number / LOOKS_FPS
        if (place := visit(since_s)) is None:
            return motions
        motions.append(seen(gate, with_vehicle(scene(END_S + since_s), place), END_S + since_s))


BY_SCENE = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)


@BY_SCENE
def test_what_is_no_vehicle_rarely_opens_the_gate(scene: Scene) -> None:
    _, motions = quiet(scene)
    assert sum(map(bool, motions)) <= 0.1 * len(motions)


@BY_SCENE
@pytest.mark.parametrize("visit", [driving, far], ids=lambda visit: visit.__name__)
def test_a_vehicle_opens_it_at_once_and_until_it_has_left(scene: Scene, visit: Visit) -> None:
    """After motion the camera stays awake for longer than any pause that there is."""
    motions = visited(scene, visit)
    opened = [number for number, motion in enumerate(motions) if motion]
    assert opened[0] == 0
    assert max(later - earlier for earlier, later in pairwise([*opened, len(motions)])) <= LOOKS_FPS


@pytest.mark.parametrize("scene", SCENES[:-1], ids=lambda scene: scene.__name__)
def test_a_vehicle_that_creeps_opens_it_at_once_and_again_and_again(scene: Scene) -> None:
    """Some weather hides its edges; what is in view is looked at anyway."""
    opened = [number for number, motion in enumerate(visited(scene, creeping)) if motion]
    assert opened[0] == 0
    assert max(later - earlier for earlier, later in pairwise(opened)) <= 5 * LOOKS_FPS


def test_a_vehicle_before_a_swaying_tree_is_no_tree() -> None:
    motions = visited(tree, before_the_tree)
    assert motions[0]
    assert sum(map(bool, motions)) >= 0.9 * len(motions)


def test_it_says_where() -> None:
    motions = visited(day, far)
    assert not any(motion.everywhere for motion in motions)
    for number, motion in enumerate(motions[1:], 1):
        middle, bottom, width = far(number / LOOKS_FPS) or (0, 0, 0)
        assert any(
            left <= middle - 0.3 * width and middle + 0.3 * width <= right and top < bottom - 30 < low
            for left, top, right, low in motion.boxes
        )


def test_what_has_parked_is_background_after_a_few_seconds_and_moves_when_it_leaves() -> None:
    gate, _ = copy.deepcopy(quiet(day))
    parked = [
        seen(gate, with_vehicle(day(at_s), (640, 600, 240)), END_S + at_s)
        for at_s in np.arange(0, 8, 1 / LOOKS_FPS)
    ]
    assert parked[0]
    assert not any(parked[-10:])
    assert seen(gate, day(1.0), END_S + 8)


def test_when_everything_changes_it_says_everywhere_and_calms_down() -> None:
    gate, _ = copy.deepcopy(quiet(day))
    other = np.ascontiguousarray(street()[::-1, ::-1])
    motions = [seen(gate, noisy(other, at_s, 3), END_S + at_s) for at_s in np.arange(0, 8, 1 / LOOKS_FPS)]
    assert motions[0].everywhere
    assert not any(motions[-10:])


@pytest.mark.parametrize(("size", "smallest"), [((3840, 2160), 40), ((1280, 720), 40), ((426, 240), 40)])
def test_the_smallest_car_that_can_be_read_counts_and_a_bird_does_not(
    size: tuple[int, int], smallest: int
) -> None:
    """A car is three and a half times as wide as its plate; a bird is smaller than the plate of one that is read."""
    for width, counts in ((3.5 * smallest, True), (smallest / 2, False)):
        gate = MotionGate(Zones())
        empty = street(*size)
        for number in range(20):
            seen(gate, noisy(empty, number / LOOKS_FPS, 3), number / LOOKS_FPS)
        x, bottom = size[0] * 0.5, size[1] * 0.8
        assert bool(seen(gate, with_vehicle(noisy(empty, 4, 3), (x, bottom, width)), 4.0)) == counts


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_a_small_stream_sees_the_same_vehicles_and_no_bird(size: tuple[int, int]) -> None:
    """What is too small to be read is so in the picture that is read, of which the luma is a small copy; the boxes
    are in its pixels, also where the small stream is of another shape."""
    x, bottom = size[0] * 0.5, size[1] * 0.8

    def moved(width: float) -> Motion:
        gate = MotionGate(Zones())
        for number in range(21):
            picture = noisy(street(*size), number / LOOKS_FPS, 3)
            if number == 20:
                picture = with_vehicle(picture, (x, bottom, width))
            small = cv2.resize(picture, (704, 576), interpolation=cv2.INTER_AREA)
            motion = gate.see(np.clip(small, 0, 255).astype(np.uint8), number / LOOKS_FPS, size=size)
        return motion

    assert not moved(20)
    (left, top, right, low), *_ = moved(140).boxes
    across, down = 2 * size[0] / 160, 2 * size[1] / 131
    assert (left, right) == pytest.approx((x - 70, x + 70), abs=across)
    assert (top, low) == pytest.approx((bottom - 105, bottom), abs=down)


def test_motion_counts_where_plates_count() -> None:
    left_half = ((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0))
    right_half = tuple((1 - x, y) for x, y in left_half)
    opened = {}
    for name, zones in (
        ("included", Zones(include=(right_half,))),
        ("not included", Zones(include=(left_half,))),
        ("excluded", Zones(exclude=(right_half,))),
    ):
        gate = MotionGate(zones)
        for number in range(15):
            seen(gate, day(number / LOOKS_FPS), number / LOOKS_FPS)
        opened[name] = bool(seen(gate, with_vehicle(day(3.0), (1120, 600, 240)), 3.0))
    assert opened == {"included": True, "not included": False, "excluded": False}


def test_a_vehicle_is_seen_before_it_crosses_a_line_into_the_zone() -> None:
    zone = ((0.6, 0.0), (1.0, 0.0), (1.0, 1.0), (0.6, 1.0))
    line = Line((0.6, 0.0), (0.6, 1.0), (0.9, 0.5))
    assert wanted_cells(Zones(include=(zone,), line=line), 90, 160).all()
    assert not wanted_cells(Zones(include=(zone,)), 90, 160)[:, :40].any()


def test_after_another_size_a_gap_or_a_clock_set_back_it_begins_anew() -> None:
    gate = MotionGate(Zones())
    for number in range(20):
        assert bool(seen(gate, day(0.0), number / 5)) == (number / 5 < FIRST_S)
    assert seen(gate, street(640, 360), 4.0).everywhere
    assert seen(gate, day(0.0), 4.2).everywhere
    assert seen(gate, day(0.0), 60.0).everywhere
    assert seen(gate, day(0.0), 0.0).everywhere
