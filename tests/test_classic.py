"""The classic engine with a real Tesseract, on plates that are painted here and on real photos."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytesseract
import pytest

from streamer.classic import ClassicEngine, ClassicOptions, search
from streamer.classical.characters import Lettering, Row, find_lettering
from streamer.classical.outlines import find_outlines
from streamer.classical.tesseract import read_lines
from streamer.detect import EngineUnavailable, explain_picture, read_picture

WHITE, YELLOW, BLACK, RED = (235, 235, 235), (60, 200, 240), (25, 25, 25), (40, 30, 120)
PHOTOS = Path(__file__).parents[2] / "shared" / "eval"


def plate_picture(text, ground=WHITE, ink=BLACK):
    """520 x 110 pixels, framed, with the text as large as it fits."""
    picture = np.full((110, 520, 3), ground, np.uint8)
    cv2.rectangle(picture, (3, 3), (516, 106), ink, 4)
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 2.9, 9)
    scale = 2.9 * min(1, 460 / width)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 9)
    at = ((520 - width) // 2, (110 + height) // 2)
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 9, cv2.LINE_AA)
    return picture


def scene(*plates, seed=7):
    """1280 x 720: sky, a road, a dark car's rear behind each plate; plates are (picture, corners)."""
    canvas = np.full((720, 1280, 3), 150, np.uint8)
    canvas[:200] = (200, 180, 160)
    for picture, corners in plates:
        target = np.array(corners, np.float32)
        left, top, width, height = cv2.boundingRect(target)
        body = (left - width // 2, top - 2 * height), (left + width * 3 // 2, top + 3 * height)
        cv2.rectangle(canvas, *body, RED, -1)
        high, wide = picture.shape[:2]
        source = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
        transform = cv2.getPerspectiveTransform(source, target)
        small = cv2.warpPerspective(picture, transform, (1280, 720), flags=cv2.INTER_AREA)
        mask = cv2.fillConvexPoly(np.zeros((720, 1280), np.uint8), target.astype(np.int32), 255)
        canvas[mask > 0] = small[mask > 0]
    noise = np.random.default_rng(seed).normal(0, 3, canvas.shape)
    return np.clip(cv2.GaussianBlur(canvas, (3, 3), 0.6) + noise, 0, 255).astype(np.uint8)


def upright(left, top, width):
    height = width * 110 / 520
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def turned(corners, degrees):
    points = np.array(corners)
    middle = points.mean(axis=0)
    angle = np.radians(degrees)
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    return tuple(map(tuple, (points - middle) @ turn.T + middle))


def overlap(a, b):
    """Intersection over union of two boxes."""
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (area - width * height)


def box(corners):
    points = np.array(corners)
    return (*points.min(axis=0), *points.max(axis=0))


@pytest.fixture(scope="module")
def engine():
    return ClassicEngine()


@pytest.mark.parametrize("width", [110, 160, 220, 480])
@pytest.mark.parametrize(("ground", "ink"), [(WHITE, BLACK), (YELLOW, BLACK), (BLACK, WHITE)])
def test_a_plate_is_found_where_it_is_and_read_exactly(engine, width, ground, ink):
    corners = upright(430, 410, width)
    plates = read_picture(engine, scene((plate_picture("HK 472 MX", ground, ink), corners)))
    assert [plate.text for plate in plates if plate.text] == ["HK472MX"]
    assert overlap(plates[0].box, box(corners)) > 0.6


@pytest.mark.parametrize("degrees", [-14, -6, 6, 14])
def test_a_tilted_plate_is_straightened(engine, degrees):
    corners = turned(upright(430, 410, 200), degrees)
    plates = read_picture(engine, scene((plate_picture("LK67 EHN"), corners)))
    assert [plate.text for plate in plates if plate.text] == ["LK67EHN"]


def test_a_plate_seen_from_the_side_is_read(engine):
    corners = ((500, 400), (640, 425), (640, 475), (500, 440))
    plates = read_picture(engine, scene((plate_picture("WA 3479 F"), corners)))
    assert [plate.text for plate in plates if plate.text] == ["WA3479F"]


def test_every_plate_in_a_picture_is_read(engine):
    texts = ("HK 472 MX", "LK67 EHN", "WA 3479 F")
    spots = (upright(120, 300, 150), upright(560, 450, 190), upright(980, 320, 150))
    picture = scene(*((plate_picture(text), spot) for text, spot in zip(texts, spots, strict=True)))
    read = {plate.text for plate in read_picture(engine, picture)} - {""}
    assert read == {text.replace(" ", "") for text in texts}


def test_a_part_is_read_and_told_where_it_is_in_the_picture(engine):
    picture = scene((plate_picture("HK 472 MX"), upright(430, 410, 200)))
    (near, *_) = [plate for plate in engine.find_and_read(picture, where=(300, 300, 800, 620)) if plate.text]
    (whole, *_) = [plate for plate in engine.find_and_read(picture) if plate.text]
    assert near.text == whole.text == "HK472MX"
    assert near.box == pytest.approx(whole.box, abs=8)
    (kept,) = engine.find_and_read(picture, [replace(near, text="KNOWN1")], (300, 300, 800, 620))[:1]
    assert (kept.text, kept.kept) == ("KNOWN1", True)
    assert kept.box == pytest.approx(near.box, abs=6)


def test_a_grey_picture_is_read_like_a_coloured_one(engine):
    picture = scene((plate_picture("HK 472 MX"), upright(430, 410, 200)))
    coloured = engine.find_and_read(picture)
    assert engine.find_and_read(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)) == coloured


def test_every_character_has_a_confidence_and_blur_lowers_it(engine):
    sharp = scene((plate_picture("HK 472 MX"), upright(430, 410, 120)))
    blurred = cv2.GaussianBlur(sharp, (0, 0), 1.2)
    clear, dim = (engine.find_and_read(picture)[0] for picture in (sharp, blurred))
    assert "".join(character.text for character in clear.characters) == clear.text
    assert all(0.5 < character.confidence <= 1 for character in clear.characters)
    assert 0 < dim.confidence < clear.confidence <= 1
    assert min(c.confidence for c in dim.characters) < min(c.confidence for c in clear.characters)


def test_the_least_sure_character_has_the_confidence_that_image_to_data_gives_the_word():
    line = cv2.copyMakeBorder(np.full((8, 8), 255, np.uint8), 24, 24, 20, 420, cv2.BORDER_CONSTANT, value=255)
    cv2.putText(line, "KT472MH", (20, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4, cv2.LINE_AA)
    settings = "--psm 7 --oem 1 -c tessedit_do_invert=0 -c load_system_dawg=0 -c load_freq_dawg=0"
    data = pytesseract.image_to_data(line, config=settings, output_type=pytesseract.Output.DICT)
    words = [float(conf) / 100 for conf, text in zip(data["conf"], data["text"], strict=True) if text.strip()]
    [text] = read_lines([line])
    assert str(text) == "KT472MH"
    assert min(c.confidence for c in text.characters) == pytest.approx(min(words), abs=0.011)


def test_lines_come_back_in_their_order_and_an_empty_one_stays_empty():
    blank = np.full((60, 400), 255, np.uint8)
    lines = [blank.copy() for _ in range(3)]
    for line, text in zip(lines, ("AB123", "", "KX907"), strict=True):
        cv2.putText(line, text, (20, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4, cv2.LINE_AA)
    assert [str(text) for text in read_lines(lines)] == ["AB123", "", "KX907"]


def test_without_a_candidate_no_tesseract_is_started(engine, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert engine.find_and_read(scene()) == ()


def test_without_tesseract_the_engine_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable, match="apt install tesseract-ocr"):
        ClassicEngine()


@pytest.mark.parametrize("shape", [(1, 1, 3), (9, 9, 3), (3, 3000, 3), (3000, 3, 3), (40, 40)])
def test_pictures_of_any_shape_are_taken(engine, shape):
    assert engine.find_and_read(np.full(shape, 128, np.uint8)) == ()


def test_only_so_many_candidates_are_read_as_the_options_say():
    spots = [upright(100 + 300 * column, 200 + 200 * row, 160) for row in range(2) for column in range(4)]
    picture = scene(*((plate_picture("HK 472 MX"), spot) for spot in spots))
    assert len(ClassicEngine(ClassicOptions(most_readings=3)).find_and_read(picture)) == 3


def test_the_explanation_has_the_same_plates_and_a_picture_of_every_step(engine):
    picture = scene((plate_picture("HK 472 MX"), upright(430, 410, 200)))
    before = picture.copy()
    explanation = explain_picture(engine, picture)
    names = [step.name for step in explanation.steps]
    assert explanation.plates == read_picture(engine, picture)
    assert names[:8] == [
        "grey", "filtered", "edges", "contours", "four corners", "characters", "candidates", "mask",
    ]  # fmt: skip
    assert names[8] == "crop 1"
    assert "HK472MX" in explanation.steps[8].help
    assert all(step.picture.dtype == np.uint8 and step.picture.size for step in explanation.steps)
    assert all(step.help.endswith(".") for step in explanation.steps)
    assert np.array_equal(picture, before)


def test_the_mask_shows_the_plate_and_nothing_else(engine):
    corners = upright(430, 410, 200)
    steps = {
        step.name: step.picture for step in engine.explain(scene((plate_picture("HK 472 MX"), corners))).steps
    }
    mask = steps["mask"]
    assert mask[430, 530] > 0
    assert np.count_nonzero(mask[:300]) == 0


def test_a_clear_edge_gives_the_corners_to_a_few_pixels():
    corners = turned(upright(400, 300, 300), 5)
    grey = cv2.cvtColor(scene((plate_picture("HK 472 MX"), corners)), cv2.COLOR_BGR2GRAY)
    found = find_outlines(grey).corners
    assert min(np.abs(np.array(outline) - corners).max() for outline in found) < 8


def test_a_row_counts_its_characters_and_knows_its_ink():
    picture = scene((plate_picture("HK472MX", BLACK, WHITE), upright(430, 410, 220)))
    lettering = find_lettering(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 1280, 1)
    best = max(lettering.rows, key=lambda row: len(row.boxes))
    assert len(best.boxes) == 7
    assert not best.dark
    assert abs(best.slope) < 0.03


def test_a_clock_in_the_picture_is_no_plate(engine):
    picture = scene((plate_picture("HK 472 MX"), upright(430, 410, 160)))
    cv2.putText(picture, "2026-05-14 20:47:44", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, WHITE, 2, cv2.LINE_AA)
    assert [plate.text for plate in read_picture(engine, picture) if plate.text] == ["HK472MX"]


def row_at(left, top=20.0, height=16.0, count=5, dark=False):
    boxes = [(left + 14 * place, top, 12, height) for place in range(count)]
    return Row(np.array(boxes, np.float32), 0.0, dark, 0.5)


def reach(row, other):
    nothing = np.empty((0, 4), np.float32)
    boxes = np.concatenate([row.boxes, other.boxes]) if other.dark == row.dark else row.boxes
    return Lettering((row, other), nothing, boxes).reach(row)


def test_rows_side_by_side_are_one_long_text():
    assert reach(row_at(20), row_at(130)) == pytest.approx(178 / 16)


@pytest.mark.parametrize(
    "other", [row_at(130, top=40), row_at(130, height=24), row_at(130, dark=True), row_at(200)]
)
def test_rows_on_another_line_of_another_size_ink_or_far_off_are_not(other):
    assert reach(row_at(20), other) == pytest.approx(68 / 16)


def test_texture_is_no_row_that_is_worth_reading():
    noise = np.random.default_rng(3).integers(0, 255, (720, 1280), np.uint8)
    leaves = cv2.GaussianBlur(noise, (0, 0), 4)
    leaves = cv2.normalize(leaves, None, 0, 255, cv2.NORM_MINMAX)
    assert all(candidate.score < 0.5 for candidate in search(leaves, ClassicOptions()).candidates)


@pytest.mark.skipif(not PHOTOS.exists(), reason="the real photos are not here")
def test_real_european_photos(engine):
    with (PHOTOS / "images.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == "eu"][::6]
    found = read = 0
    for row in rows:
        plates = read_picture(engine, cv2.imread(str(PHOTOS / "images" / row["file"])))
        x, y, w, h = (float(row[key]) for key in "xywh")
        matches = [plate for plate in plates if overlap(plate.box, (x, y, x + w, y + h)) >= 0.5]
        found += bool(matches)
        read += any(plate.text.replace("O", "0") == row["text"].replace("O", "0") for plate in matches)
    assert found >= 0.85 * len(rows)
    assert read >= 0.3 * len(rows)
