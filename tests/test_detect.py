"""The plate pipeline on one picture, with engines that say what they are told."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from streamer.boxes import shared_part
from streamer.classic import ClassicEngine, ClassicOptions
from streamer.detect import (
    EngineUnavailable,
    Explanation,
    Rules,
    Step,
    explain_picture,
    make_engine,
    read_picture,
)
from streamer.types import Character, Plate

PICTURE = np.zeros((100, 200, 3), np.uint8)


def plate(text="HK472MX", left=20.0, top=20.0, width=100.0, score=0.9, confidence=0.8):
    right, bottom = left + width, top + width / 4
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Plate(corners, score, text, confidence, tuple(Character(c, confidence) for c in text))


class Fixed:
    """Gives the plates it was made with."""

    name = "fixed"

    def __init__(self, *plates):
        self.plates = plates

    def find_and_read(self, picture, known=(), where=None):
        return self.plates

    def explain(self, picture):
        return Explanation(self.plates, (Step("only", "The picture.", picture),))


RULES = Rules()


def texts(*plates, rules=RULES):
    return [found.text for found in read_picture(Fixed(*plates), PICTURE, rules)]


def test_good_plates_come_through_unchanged_the_surest_first():
    near, far = plate("AAA111", score=0.95), plate("BBB222", left=150, width=40, score=0.6)
    assert read_picture(Fixed(far, near), PICTURE) == (near, far)


@pytest.mark.parametrize("where", [(50, 0, 200, 100), (0, 50, 200, 100), (0, 0, 150, 100), (0, 0, 200, 70)])
def test_half_a_plate_at_the_edge_of_a_part_is_no_plate(where):
    """But at the edge of the picture it is all that there is of it."""
    left, top, right, bottom = where
    cut = plate("72MX", left=left + 1 if left else 0, top=top + 1 if top else 0, width=40)
    if not (left or top):
        cut = plate("72MX", left=right - 41, top=bottom - 11, width=40)
    assert read_picture(Fixed(cut), PICTURE, where=where) == ()
    assert read_picture(Fixed(cut), PICTURE) == (cut,)
    inside = plate("HK472MX", left=(left + right) / 2 - 20, top=(top + bottom) / 2 - 5, width=40)
    assert read_picture(Fixed(inside), PICTURE, where=where) == (inside,)


def test_of_two_readings_of_one_place_the_better_is_kept():
    assert texts(plate("WRONG1", score=0.5), plate("HK472MX", left=24, score=0.9)) == ["HK472MX"]


def test_a_read_plate_beats_an_unread_one_around_it():
    assert texts(plate("", left=0, width=190, score=0.99), plate("HK472MX")) == ["HK472MX"]


def test_neighbours_that_barely_touch_are_both_kept():
    assert len(texts(plate("AAA111", left=0), plate("BBB222", left=95))) == 2


@pytest.mark.parametrize("text", ["A12", "ABCDEFGH1234"])
def test_a_text_too_short_or_too_long_is_emptied_and_the_plate_stays_found(text):
    [found] = read_picture(Fixed(plate(text)), PICTURE)
    assert (found.text, found.confidence, found.characters) == ("", 0.0, ())
    assert found.score == 0.9


def test_a_reading_that_is_too_unsure_is_emptied():
    assert texts(plate(confidence=0.29), rules=Rules(min_confidence=0.3)) == [""]
    assert texts(plate(confidence=0.31), rules=Rules(min_confidence=0.3)) == ["HK472MX"]


def test_what_scores_too_low_is_dropped():
    assert texts(plate(score=0.19), rules=Rules(min_score=0.2)) == []


def test_what_is_not_read_needs_more_score():
    rules = Rules(min_score=0.2, min_score_unread=0.5)
    assert texts(plate("", score=0.49), rules=rules) == []
    assert texts(plate("", score=0.51), rules=rules) == [""]
    assert texts(plate("HK472MX", score=0.49), rules=rules) == ["HK472MX"]


def test_specks_are_dropped():
    assert texts(plate(width=8)) == []


def test_an_explanation_keeps_the_same_rules_and_its_steps():
    explanation = explain_picture(Fixed(plate(), plate("A1", left=150, width=40)), PICTURE)
    assert [found.text for found in explanation.plates] == ["HK472MX", ""]
    assert [step.name for step in explanation.steps] == ["only"]


def test_the_shared_part_is_of_the_smaller_box():
    assert shared_part((0, 0, 10, 10), (5, 0, 15, 10)) == 0.5
    assert shared_part((0, 0, 100, 100), (10, 10, 20, 20)) == 1
    assert shared_part((0, 0, 10, 10), (10, 0, 20, 10)) == 0


def test_an_engine_is_made_by_its_name_with_its_options():
    engine = make_engine("classic", longest_side=640)
    assert isinstance(engine, ClassicEngine)
    assert engine.options == ClassicOptions(longest_side=640)
    assert engine.name == "classic"


def test_an_unknown_engine_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'clasic'.*classic"):
        make_engine("clasic")


def test_an_unknown_option_is_refused():
    with pytest.raises(TypeError, match="longest_sid"):
        make_engine("classic", longest_sid=640)


def test_an_engine_without_its_program_is_unavailable(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable, match="Tesseract"):
        make_engine("classic")


def test_an_engine_is_imported_only_when_it_is_asked_for():
    check = "import sys, streamer.detect; sys.exit('streamer.classic' in sys.modules or 'cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0
