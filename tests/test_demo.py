"""The demo clip is what its story says, and its truth is what its pictures show."""

import shutil
from functools import cache

import av
import cv2
import numpy as np
import pytest

from streamer.demo import DEMO_PASSES, RETURNS_AFTER_S, demo_clip
from streamer.demo.fleet import PLATE_HEIGHT_M, PLATE_WIDTH_M
from streamer.demo.render import render_frame
from streamer.demo.story import DURATION_S, FPS, FRAMES, READABLE_PX, STORY, place, plate_corners
from streamer.demo.view import HEIGHT, WIDTH

PASSAGES = list(zip(DEMO_PASSES, STORY, strict=True))
BY_PASS = pytest.mark.parametrize(
    ("truth", "passage"), PASSAGES, ids=[f"{p.plate}@{p.first_s}" for p in DEMO_PASSES]
)


@cache
def clip_frames():
    """The committed clip, decoded; grey, to hold all of it in memory."""
    with av.open(str(demo_clip())) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def straightened(picture, corners, margin=0.0):
    """The plate 416 x 88 pixels; `margin` widens the cut by so many plate heights on every side."""
    width, height = 416, 88
    edge = margin * height
    inner = np.array(
        [(edge, edge), (edge + width, edge), (edge + width, edge + height), (edge, edge + height)], np.float32
    )
    size = round(width + 2 * edge), round(height + 2 * edge)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), inner)
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC)


def test_clip_is_as_described():
    clip = demo_clip()
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (WIDTH, HEIGHT) == (1280, 720)
        assert stream.average_rate == FPS == 15
        assert stream.codec_context.name == "h264"
    assert len(clip_frames()) == FRAMES == DURATION_S * FPS
    assert clip.stat().st_size <= 3 * 1024**2


@pytest.mark.parametrize("index", [0, 160, 300, 370, 455])
def test_clip_shows_what_the_renderer_draws_today(index):
    drawn = cv2.cvtColor(render_frame(index), cv2.COLOR_BGR2GRAY)
    difference = cv2.absdiff(
        cv2.GaussianBlur(drawn, (9, 9), 0), cv2.GaussianBlur(clip_frames()[index], (9, 9), 0)
    )
    assert difference.mean() < 4
    assert np.percentile(difference, 99.9) < 24


def test_rendering_twice_gives_the_same_pixels():
    for index in range(FPS):
        assert np.array_equal(render_frame(index), render_frame(index))


def test_missing_clip_is_rendered_and_left_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("streamer.demo.render.FRAMES", 4)
    monkeypatch.setattr("streamer.demo.__file__", str(tmp_path / "__init__.py"))
    assert demo_clip() == tmp_path / "gate.mp4"
    assert [path.name for path in tmp_path.iterdir()] == ["gate.mp4"]
    with av.open(str(tmp_path / "gate.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 4


@BY_PASS
def test_truth_begins_and_ends_where_the_plate_becomes_readable_and_leaves(truth, passage):
    def readable(at_s):
        corners = plate_corners(passage, at_s)
        whole = (corners >= 0).all() and (corners <= (WIDTH, HEIGHT)).all()
        return bool(whole and np.linalg.norm(corners[1] - corners[0]) >= READABLE_PX)

    seen = [readable(truth.first_s + i / FPS) for i in range(round((truth.last_s - truth.first_s) * FPS) + 1)]
    assert all(seen)
    assert not readable(truth.first_s - 1 / FPS)
    assert not readable(truth.last_s + 1 / FPS)
    assert truth.last_s - truth.first_s >= 1.5
    widest = plate_corners(passage, truth.last_s)
    assert 150 <= np.linalg.norm(widest[1] - widest[0]) <= 220


@BY_PASS
def test_plate_is_in_the_picture_where_the_truth_says(truth, passage):
    """A bright plate in its dark holder, whole, in the first, middle and last frame: nothing covers it."""
    for at_s in (truth.first_s, (truth.first_s + truth.last_s) / 2, truth.last_s - 2 / FPS):
        index = round(at_s * FPS)
        wide = straightened(clip_frames()[index], plate_corners(passage, index / FPS), margin=0.25)
        plate, above = wide[30:102, 22:-22], wide[4:16, 22:-22]
        for part in np.array_split(np.arange(plate.shape[1]), 4):
            assert np.percentile(plate[:, part], 80) > 1.8 * np.median(above[:, part]), f"{at_s:.2f} s"


def test_story_has_what_the_documentation_promises():
    plates = [truth.plate for truth in DEMO_PASSES]
    assert len(plates) == 7
    assert len(set(plates)) == 6
    assert 8 <= RETURNS_AFTER_S <= 12
    assert any(passage.headlights for passage in STORY)
    assert [p.first_s for p in DEMO_PASSES] == sorted(p.first_s for p in DEMO_PASSES)
    together = [sum(place(p, i / FPS) is not None for p in STORY) for i in range(FRAMES)]
    assert 2 in together
    assert max(together) <= 3


def test_plate_has_the_shape_of_a_plate():
    """Seen head-on its sides are as 520 to 110, so the camera's geometry is not stretched."""
    corners = plate_corners(STORY[0], STORY[0].hump_s)
    width, height = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    assert width / height == pytest.approx(PLATE_WIDTH_M / PLATE_HEIGHT_M, rel=0.1)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
@BY_PASS
def test_tesseract_reads_the_middle_frame(truth, passage):
    import pytesseract

    index = round((truth.first_s + truth.last_s) / 2 * FPS)
    plate = straightened(clip_frames()[index], plate_corners(passage, index / FPS))
    text_from = 40 if passage.vehicle.style.strip else 6
    _, ink = cv2.threshold(plate[7:-7, text_from:-8], 0, 255, cv2.THRESH_OTSU)
    page = cv2.copyMakeBorder(ink, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=255)
    text = pytesseract.image_to_string(page, config="--psm 7")
    assert "".join(filter(str.isalnum, text)) == truth.plate
