"""The plate renderer: reproducible, its labels true. Pens alone are used, so no fonts need to be fetched."""

from random import Random

import cv2
import numpy as np
import pytest

from streamer.formats import FORMATS
from training import fonts, looks
from training.camera import Conditions, shoot
from training.layouts import design, infrared
from training.paste import paste
from training.plate import press
from training.plates import Sample, clarity, crop_sample, plate_with_alpha
from training.pose import Pose, moved, view
from training.strokes import CAP, PAD, Pen
from training.texts import free_text
from training.wear import mount


@pytest.fixture(scope="module")
def pens(tmp_path_factory) -> fonts.Fonts:
    return fonts.load(tmp_path_factory.mktemp("no-fonts"))


@pytest.fixture(scope="module")
def samples(pens) -> list[Sample]:
    rng = Random(11)
    return [crop_sample(rng, faces=pens) for _ in range(250)]


def test_same_seed_same_sample(pens):
    def draw(seed: int) -> list[Sample]:
        rng = Random(seed)
        return [crop_sample(rng, faces=pens) for _ in range(12)]

    first, again, other = draw(5), draw(5), draw(6)
    assert all(np.array_equal(a.image, b.image) and a.text == b.text for a, b in zip(first, again, strict=True))
    assert all(np.array_equal(a.quads, b.quads) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a.image, b.image) for a, b in zip(first, other, strict=True))


def test_shapes_and_ranges(samples):
    for sample in samples:
        count = len("".join(sample.text))
        assert sample.image.shape == (64, 160, 3)
        assert sample.image.dtype == np.uint8
        assert sample.corners.shape == (4, 2)
        assert sample.quads.shape == (count, 4, 2)
        assert sample.clarity.shape == sample.rows.shape == (count,)
        assert 0 <= sample.clarity.min() <= sample.clarity.max() <= 1
        assert [int((sample.rows == row).sum()) for row in range(len(sample.text))] == [
            len(row) for row in sample.text
        ]
        assert sample.style in looks.STYLES
        assert 3 <= sample.cap <= 45
        assert sample.blur > 0


def test_texts_are_of_their_region(samples):
    for sample in samples:
        text = "".join(sample.text)
        assert text.isalnum()
        assert text == text.upper()
        assert not sample.region or FORMATS[sample.region].fits(text)


def test_characters_run_left_to_right_and_lines_downward(samples):
    for sample in samples:
        centres = sample.quads.mean(axis=1)
        for row in range(len(sample.text)):
            assert (np.diff(centres[sample.rows == row, 0]) > 0).all()
        if len(sample.text) == 2:
            across, down = sample.corners[1] - sample.corners[0], sample.corners[3] - sample.corners[0]
            heights = np.linalg.solve(np.stack([across, down], axis=1), centres.T)[1]
            assert heights[sample.rows == 0].mean() < heights[sample.rows == 1].mean()


def test_most_can_be_read_and_some_cannot(samples):
    share = np.mean([sample.readable for sample in samples])
    assert 0.6 < share < 0.95


def test_corners_keep_the_margin(samples):
    """The plate fills most of the crop, and does not leave it by more than corners are off."""
    for sample in samples:
        low, high = sample.corners.min(axis=0), sample.corners.max(axis=0)
        assert (low > (-12, -8)).all()
        assert (high < (172, 72)).all()
        assert (high - low > (100, 38)).all()


@pytest.mark.parametrize("look", looks.LOOKS, ids=lambda look: f"{look.style}-{look.rows}-{look.size[0]:.0f}")
def test_boxes_lie_on_ink(look, pens):
    """Each box has ink in it that reaches its sides, and there is no ink outside all boxes but separators."""
    rng = Random(3)
    for _ in range(6):
        plate = press(rng, design(rng, look), pens, 34)
        for left, top, right, bottom in np.round(plate.boxes).astype(int):
            inside = plate.ink[top:bottom, left:right]
            assert inside.size
            assert inside.max() > 200
            assert inside[:, :2].max() > 60
            assert inside[:, -3:].max() > 60
            assert inside[:3].max() > 60
            assert inside[-3:].max() > 60
        assert plate.boxes.min() >= 0
        assert (plate.boxes[:, 2] <= plate.ink.shape[1]).all()
        assert (plate.boxes[:, 3] <= plate.ink.shape[0]).all()


def test_ink_is_printed_in_its_colour(pens):
    rng = Random(8)
    for _ in range(40):
        plan = design(rng, looks.pick(rng))
        plate = press(rng, plan, pens, 41)
        solid = plate.image[plate.ink == 255].astype(int)
        assert np.abs(solid - plan.ink).max() <= 2


def test_quads_lie_on_ink_through_perspective(pens):
    """A plate seen by a perfect camera shows its ink where the quads say, and its edge at the corners."""
    rng = Random(4)
    for _ in range(25):
        mounted = mount(rng, press(rng, design(rng, looks.pick(rng)), pens, 49), pens)
        seen = view(Pose(yaw=45, pitch=-15, roll=8, distance=4, skew=0.02), mounted, 40)
        ink = cv2.warpPerspective(mounted.ink, seen.matrix, seen.size)
        quads = moved(mounted.boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]], seen.matrix)
        inside = np.zeros_like(ink)
        for quad in quads:
            shape = np.zeros_like(ink)
            cv2.fillPoly(shape, [quad.round().astype(np.int32)], 255)
            assert (ink[shape > 0] > 128).mean() > 0.1
            inside |= shape
        outside = ink[cv2.dilate(inside, np.ones((5, 5))) == 0]
        assert (outside > 128).sum() < 0.12 * (ink > 128).sum()
        corners = moved(mounted.corners, seen.matrix)
        assert (corners.min(axis=0) > 0).all()
        assert (corners.max(axis=0) < seen.size).all()


def test_perspective_shortens_the_far_side():
    flat = np.array([[0, 0], [520, 0], [520, 110], [0, 110]], np.float32)
    seen = Pose(yaw=60, pitch=0, roll=0, distance=3, skew=0).project(flat)
    left, right = seen[3, 1] - seen[0, 1], seen[2, 1] - seen[1, 1]
    assert left > 1.2 * right
    assert np.ptp(seen[:, 0]) == pytest.approx(520 * 0.5, rel=0.12)
    straight = Pose(yaw=0, pitch=0, roll=0, distance=3, skew=0).project(flat)
    assert np.allclose(straight - straight[0], flat - flat[0], atol=0.01)


def test_clarity_falls_with_what_hides_characters(pens):
    rng = Random(2)
    plain = cv2.resize(press(rng, design(rng, looks.LOOKS[0]), pens, 41).image, (160, 64))
    ink = np.zeros((64, 160), np.uint8)
    ink[20:44, 30:36] = ink[20:44, 50:56] = ink[40:44, 50:70] = 255
    quads = np.array(
        [[[28, 20], [38, 20], [38, 44], [28, 44]], [[50, 20], [70, 20], [70, 44], [50, 44]]], np.float32
    )
    dark, light = (cv2.merge([np.where(ink > 0, a, b).astype(np.uint8)] * 3) for a, b in ((20, 220), (220, 20)))
    assert clarity(dark, ink, quads).min() > 0.9
    assert clarity(light, ink, quads).min() > 0.9
    half = dark.copy()
    half[:, 45:] = 255
    first, second = clarity(half, ink, quads)
    assert first > 0.9
    assert second < 0.2
    assert clarity(cv2.GaussianBlur(dark, (0, 0), 9), ink, quads).max() < clarity(dark, ink, quads).min()
    assert clarity(plain, ink, quads + 200).max() == 0


def test_camera_keeps_size_and_darkens_with_gain():
    scene = np.full((40, 90, 3), 180, np.uint8)
    rng = Random(1)
    levels = []
    for gain in (0.3, 0.9):
        seen = Conditions(gain, (1, 1, 1), 0.1, False, 0, 0, 0.6, 3.0, 20, 2, False, False, 0.5, 60, True)
        picture = shoot(rng, scene, seen)
        assert picture.shape == scene.shape
        assert picture.dtype == np.uint8
        levels.append(picture.mean())
    assert levels[0] == pytest.approx(54, abs=12)
    assert levels[1] == pytest.approx(162, abs=25)


def test_infrared_is_grey(pens):
    rng = Random(9)
    for _ in range(20):
        plan = infrared(rng, design(rng, looks.pick(rng)))
        assert len(set(plan.ground)) == len(set(plan.ink)) == 1


def test_pasted_plate_is_where_its_corners_say(pens):
    rng = Random(6)
    photo = np.full((240, 360, 3), (90, 110, 100), np.uint8)
    plate = plate_with_alpha(rng, faces=pens)
    corners = np.array([[100, 80], [220, 95], [218, 125], [101, 105]], np.float32)
    pasted = paste(rng, photo, plate, corners)
    assert np.array_equal(photo, np.full_like(photo, (90, 110, 100)))
    shape = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(shape, [corners.astype(np.int32)], 255)
    changed = (np.abs(pasted.photo.astype(int) - photo).max(axis=2) > 12).astype(np.uint8)
    assert changed[shape > 0].mean() > 0.5
    assert changed[cv2.dilate(shape, np.ones((21, 21))) == 0].sum() == 0
    assert pasted.quads.shape == (len("".join(plate.plate.text)), 4, 2)
    for quad in pasted.quads:
        assert cv2.pointPolygonTest(corners, tuple(map(float, quad.mean(axis=0))), False) > 0


def test_paste_partly_outside_the_photo(pens):
    rng = Random(6)
    photo = np.zeros((60, 80, 3), np.uint8)
    corners = np.array([[-30, 10], [40, 10], [40, 30], [-30, 30]], np.float32)
    assert paste(rng, photo, plate_with_alpha(rng, faces=pens), corners).photo.shape == photo.shape


def test_pens_draw_every_character():
    for seed in range(30):
        pen = Pen.drawn(Random(seed))
        inks = {character: pen.glyph(character) for character in fonts.CHARACTERS}
        for ink in inks.values():
            rows = np.flatnonzero(ink.max(axis=1) > 128)
            assert abs(rows[0] - PAD) <= 3
            assert abs(rows[-1] - (PAD + CAP - 1)) <= 8
        shapes = [ink.tobytes() for name, ink in inks.items() if name not in "O01I"]
        assert len(set(shapes)) == len(shapes)


def test_marked_zeros_differ_from_the_letter(pens):
    for face in pens.pens[:20]:
        glyphs = face.glyphs(34)
        zero = glyphs["0"].ink.astype(int)
        for name in fonts.ZEROS:
            assert (glyphs[name].ink.astype(int) - zero).max() > 100


def test_free_text_is_short_and_never_empty():
    rng = Random(0)
    for rows in (1, 2):
        for _ in range(500):
            lines = free_text(rng, rows)
            assert len(lines) == rows
            assert all(1 <= sum(c.isalnum() for c in line) <= 8 for line in lines)
