"""What is wrong with a look, on plates drawn and spoiled here."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from streamer.lookquality import LEAST_CHARACTER_PX, quality_of
from streamer.types import Corners, Picture, Reason


def drawn(
    width: int = 200, height: int = 40, lines: tuple[str, ...] = ("KT47 2MH",)
) -> tuple[Picture, Corners]:
    """A plate in the middle of a grey picture, and its corners."""
    plate = np.full((400, 400 * width // height, 3), 235, np.uint8)
    rows = len(lines)
    for row, text in enumerate(lines):
        size = round(0.62 * 400 / rows / 0.72)
        baseline = round((row + 0.81) * 400 / rows)
        (*_, text_width, _) = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size, weight=600)
        left = (plate.shape[1] - text_width) // 2
        cv2.putText(plate, text, (left, baseline), (25, 25, 25), cv2.FontFace("sans"), size, weight=600)
    picture = np.full((height + 80, width + 80, 3), 120, np.uint8)
    picture[40:-40, 40:-40] = cv2.resize(plate, (width, height), interpolation=cv2.INTER_AREA)
    x, y = 40.0, 40.0
    return picture, ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def spoiled(picture: Picture, how: str) -> Picture:
    if how == "dark":
        return np.asarray(picture * 0.02, np.uint8)
    if how == "bright":
        return np.clip(picture.astype(np.float32) * 12, 0, 255).astype(np.uint8)
    if how == "out of focus":
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), 7), np.uint8)
    return np.asarray(cv2.blur(picture, (26, 1)), np.uint8)


@pytest.mark.parametrize("size", [(60, 12), (100, 20), (200, 40), (520, 110), (2600, 550)])
def test_a_good_look_has_no_fault_at_any_size(size):
    assert quality_of(*drawn(*size)).fault is None


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("dark", Reason.TOO_DARK),
        ("bright", Reason.OVEREXPOSED),
        ("out of focus", Reason.TOO_BLURRED),
        ("moved", Reason.TOO_BLURRED),
    ],
)
def test_a_spoiled_look_has_its_fault(how, reason):
    picture, corners = drawn()
    assert quality_of(spoiled(picture, how), corners).fault is reason


@pytest.mark.parametrize("how", ["dark", "bright", "out of focus", "moved"])
def test_a_small_plate_is_too_small_whatever_else_is_wrong(how):
    picture, corners = drawn(40, 8)
    assert quality_of(spoiled(picture, how), corners).fault is Reason.TOO_SMALL


def test_a_dark_plate_is_too_dark_even_if_it_is_blurred():
    picture, corners = drawn()
    assert quality_of(spoiled(spoiled(picture, "moved"), "dark"), corners).fault is Reason.TOO_DARK


def test_characters_on_two_lines_are_smaller():
    one = quality_of(*drawn(100, 20))
    two = quality_of(*drawn(40, 30, ("KT47", "2MH")))
    assert one.character_px == pytest.approx(13)
    assert two.character_px == pytest.approx(10.8)
    assert two.fault is None


def test_a_slanted_plate_is_measured_along_its_own_sides():
    picture, corners = drawn(200, 40)
    turn = cv2.getRotationMatrix2D((140, 60), 25, 1.0)
    turned = cv2.warpAffine(picture, turn, (280, 280), borderMode=cv2.BORDER_REPLICATE)
    a, b, c, d = (tuple(map(float, turn @ (*corner, 1))) for corner in corners)
    straight, slanted = quality_of(picture, corners), quality_of(turned, (a, b, c, d))
    assert slanted.character_px == pytest.approx(straight.character_px)
    assert slanted.sharpness == pytest.approx(straight.sharpness, rel=0.4)
    assert slanted.fault is None


def test_what_lies_partly_or_wholly_outside_the_picture_is_measured_all_the_same():
    picture, _ = drawn()
    for x in (-50.0, 900.0):
        quality = quality_of(picture, ((x, 5), (x + 100, 5), (x + 100, 25), (x, 25)))
        assert quality.character_px > LEAST_CHARACTER_PX


def test_a_grey_picture_is_measured_like_a_coloured_one():
    picture, corners = drawn()
    assert quality_of(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), corners) == quality_of(
        picture, corners
    )
