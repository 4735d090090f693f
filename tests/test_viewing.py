"""What viewers may ask for, and what it comes to."""

from __future__ import annotations

import pytest

from streamer.settings import Live
from streamer.viewing import View, ViewError, snapshot_asked_for, view_asked_for, widths

MOST = Live(fps=15, width=1280, quality=75)


def test_who_asks_for_nothing_gets_what_the_settings_say():
    assert view_asked_for({}, MOST) == View(1280, 75, 15)


@pytest.mark.parametrize(
    ("asked", "width"), [("1", 320), ("320", 320), ("321", 480), ("1000", 1280), ("99999", 1280)]
)
def test_widths_are_rounded_up_to_a_few_and_never_above_the_settings(asked, width):
    assert view_asked_for({"width": asked}, MOST).width == width


@pytest.mark.parametrize(("asked", "quality"), [("1", 40), ("41", 60), ("60", 60), ("61", 75), ("100", 75)])
def test_qualities_are_rounded_up_to_a_few_and_never_above_the_settings(asked, quality):
    assert view_asked_for({"quality": asked}, MOST).quality == quality


@pytest.mark.parametrize(("asked", "fps"), [("0.5", 0.5), ("4", 4), ("12.25", 12.25), ("100", 15)])
def test_the_rate_is_as_asked_and_never_above_the_settings(asked, fps):
    assert view_asked_for({"fps": asked}, MOST).fps == fps


@pytest.mark.parametrize("key", ["width", "quality", "fps"])
@pytest.mark.parametrize("asked", ["", "0", "-1", "abc", "1e3", "nan", "٣", "1;2", " 5", "9999999"])
def test_nonsense_is_refused_with_a_sentence_that_names_it(key, asked):
    with pytest.raises(ViewError) as fault:
        view_asked_for({key: asked}, MOST)
    assert str(fault.value).startswith(f"{key} is ")
    assert f"'{asked}'" in str(fault.value)


def test_a_width_that_is_too_large_is_told_the_largest():
    with pytest.raises(ViewError) as fault:
        view_asked_for({"width": "9999999"}, MOST)
    assert str(fault.value) == "width is a whole number of pixels, 1 to 99999. It cannot be '9999999'."


def test_a_snapshot_without_marks_is_the_whole_frame_above_the_settings_too():
    clean = snapshot_asked_for({"marks": "0"}, MOST)
    assert (clean.marks, clean.width, clean.quality) == (False, 99_999, 95)
    assert snapshot_asked_for({"marks": "0", "width": "1900", "quality": "50"}, MOST).size == (1920, 60, False)
    assert snapshot_asked_for({"marks": "1"}, MOST) == snapshot_asked_for({}, MOST) == View(1280, 75, 15)


@pytest.mark.parametrize("asked", ["", "2", "no", "٠"])
def test_marks_are_there_or_not(asked):
    for asked_for in (snapshot_asked_for, view_asked_for):
        with pytest.raises(ViewError, match=f"^marks is 0 .*, or 1. It cannot be '{asked}'.$"):
            asked_for({"marks": asked}, MOST)


def test_a_stream_always_has_its_marks():
    with pytest.raises(ViewError, match=r"marks=0 is for snapshot.jpg"):
        view_asked_for({"marks": "0"}, MOST)


def test_what_is_no_question_about_the_picture_is_passed_over():
    assert view_asked_for({"7": "", "n": "12"}, MOST) == view_asked_for({}, MOST)


def test_however_many_viewers_ask_there_are_few_sizes():
    asked = {
        view_asked_for({"width": str(width), "quality": str(quality)}, Live(width=3840, quality=95)).size
        for width in range(1, 4000, 7)
        for quality in range(1, 101)
    }
    assert len(asked) <= 40


def test_the_widest_is_that_of_the_settings():
    assert widths(Live(width=1000)) == (320, 480, 640, 800, 960, 1000)
    assert widths(Live(width=200)) == (200,)
