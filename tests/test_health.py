"""How many of the looks that are wanted are taken, and what is said when too many are not."""

from __future__ import annotations

import pytest

from streamer.health import Health


def camera(
    seconds: float, wanted_fps: float, taken_fps: float, start_s: float = 0.0, health: Health | None = None
) -> Health:
    health = health or Health()
    events = [(number / wanted_fps, health.want) for number in range(round(seconds * wanted_fps))]
    events += [(number / taken_fps + 0.05, health.take) for number in range(round(seconds * taken_fps))]
    for at_s, happens in sorted(events, key=lambda event: event[0]):
        happens(start_s + at_s)
    return health


def test_who_gets_all_looks_is_healthy() -> None:
    health = camera(120, 5, 5)
    assert health.share(120) == 1
    assert health.problem(120) == ""


def test_who_does_not_is_told_how_many_and_what_to_do() -> None:
    health = camera(120, 5, 3)
    assert health.share(120) == pytest.approx(0.6, abs=0.01)
    assert health.problem(120) == (
        "Looks at 3.0 of the 5.0 pictures a second that it wants: watch fewer cameras, lower tracking.sample_fps, "
        "or use a faster machine"
    )


def test_only_the_last_minute_counts() -> None:
    health = camera(60, 5, 2)
    camera(61, 5, 5, 60, health)
    assert health.share(121) == 1


def test_while_the_engine_is_loaded_nothing_is_wanted() -> None:
    health = Health()
    for number in range(100):
        health.want(number / 5)
    assert health.share(20) == 1
    camera(20, 5, 5, 20, health)
    assert health.share(40) == 1


def test_while_no_picture_comes_nothing_is_wanted() -> None:
    health = camera(30, 5, 5)
    assert health.share(45) == 1
    assert health.share(500) == 1


def test_what_has_to_give_way_soon_hears_of_it_within_seconds() -> None:
    health = camera(60, 5, 5)
    camera(10, 5, 2, 60, health)
    assert health.lately(70) == pytest.approx(0.4, abs=0.05)
    assert health.share(70) > 0.85
    camera(11, 5, 5, 70, health)
    assert health.lately(81) == 1


def test_rare_looks_are_no_late_ones() -> None:
    assert camera(120, 0.2, 0.2).lately(120) == 1
