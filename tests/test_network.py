"""The network engine on stand-ins for its models, which find white spots and read one text, and on the shipped
ones: pictures of every shape, crops, steps, models that are missing or damaged."""

from __future__ import annotations

import builtins
import math
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from models import PLATE, TEXT, write_checksums, write_models

from streamer.area import area_around
from streamer.capture import open_source
from streamer.demo import DEMO_PASSES, demo_clip
from streamer.detect import EngineUnavailable, explain_picture, make_engine, read_picture
from streamer.network import WORTH_A_LOOK, NetworkEngine, NetworkOptions
from streamer.places import MODELS, ROOT
from streamer.types import Plate

shipped = pytest.mark.skipif(not (MODELS / "finder.onnx").exists(), reason="the models are not there yet")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return write_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def engine(models):
    return NetworkEngine(NetworkOptions(models=models))


def with_spots(width: int, height: int, *middles: tuple[float, float], radius: int = 24) -> np.ndarray:
    """A dark picture with white spots, which are middles of plates to the stand-in."""
    picture = np.full((height, width, 3), 30, np.uint8)
    for x, y in middles:
        cv2.circle(picture, (round(x), round(y)), radius, (255, 255, 255), cv2.FILLED)
    return picture


def middle(plate) -> tuple[float, float]:
    return tuple(np.mean(plate.corners, axis=0))


def test_plates_are_found_where_they_are_and_read(engine):
    plates = engine.find_and_read(with_spots(1280, 720, (300, 200), (900, 500)))
    assert sorted(middle(plate) for plate in plates) == [
        pytest.approx((300, 200), abs=8),
        pytest.approx((900, 500), abs=8),
    ]
    for plate in plates:
        assert plate.text == TEXT
        assert "".join(character.text for character in plate.characters) == TEXT
        assert 0.9 < plate.score <= 1
        assert 0.9 < plate.confidence <= min(character.confidence for character in plate.characters)
        assert plate.style == "us"
        assert 0 < plate.readable < 1
        assert plate.columns.shape == (2, 40, 37)
        left, top, right, bottom = plate.box
        assert (right - left, bottom - top) == pytest.approx((2 * PLATE[0], 2 * PLATE[1] * 360 / 352), rel=0.1)


@pytest.mark.parametrize(
    ("width", "height"), [(3840, 2160), (1920, 1080), (720, 1280), (640, 360), (1003, 777)]
)
def test_corners_are_pixels_of_the_picture(engine, width, height):
    """Whatever its size and however it is rounded to what the net takes."""
    radius = round(0.06 * (width * height) ** 0.5)
    aim = 0.62 * width, 0.4 * height
    [plate] = engine.find_and_read(with_spots(width, height, aim, radius=radius))
    assert middle(plate) == pytest.approx(aim, abs=radius / 3)


@pytest.mark.parametrize(
    "shape",
    [(1, 1, 3), (1, 5000, 3), (5000, 1, 3), (3, 2, 3), (40, 40, 3), (2160, 3840, 3), (480, 640), (1, 1)],
)
@pytest.mark.parametrize("brightness", [0, 255])
def test_pictures_of_every_shape_go_through(engine, shape, brightness):
    picture = np.full(shape, brightness, np.uint8)
    read_picture(engine, picture)
    explain_picture(engine, picture)
    engine.read_crop(picture)
    assert (picture == brightness).all()


def test_grey_pictures_are_read_like_coloured_ones(engine):
    picture = with_spots(640, 360, (300, 200))
    grey, coloured = engine.find_and_read(picture[:, :, 0]), engine.find_and_read(picture)
    assert grey == coloured
    assert len(grey) == 1


def test_nothing_in_the_picture_is_no_plate(engine):
    assert engine.find_and_read(with_spots(640, 360)) == ()


def test_what_scores_too_low_is_not_read(models):
    picture = with_spots(640, 360, (300, 200)) // 3 * 2
    assert NetworkEngine(NetworkOptions(min_score=0.5, models=models)).find_and_read(picture)
    assert not NetworkEngine(NetworkOptions(min_score=0.9, models=models)).find_and_read(picture)


@shipped
def test_a_second_look_at_fewer_places_finds_the_same():
    """What is explained has a second look at everything."""
    engine = NetworkEngine()
    pictures = [
        frame.image for frame in open_source(str(demo_clip()), "test").frames() if frame.index % 60 == 0
    ]
    spared = 0
    for picture in pictures:
        assert engine.find_and_read(picture) == engine.explain(picture).plates
        spared += sum(one.score < WORTH_A_LOOK for one in engine.search(picture).first)
    assert spared > len(pictures)


@shipped
def test_what_is_known_is_not_read_again():
    engine = NetworkEngine()
    picture = next(
        frame.image for frame in open_source(str(demo_clip()), "test").frames() if frame.index == 100
    )
    plates = engine.find_and_read(picture)
    said = [replace(one, text=f"SAID{number}", score=0.5) for number, one in enumerate(plates)]
    again = engine.find_and_read(picture, said)
    assert plates
    assert {one.text for one in again} == {one.text for one in said}
    assert all(one.kept for one in again)


def moved(plate: Plate, across: float, down: float) -> Plate:
    a, b, c, d = ((x + across, y + down) for x, y in plate.corners)
    return replace(plate, corners=(a, b, c, d))


@pytest.mark.parametrize(("across", "down"), [(-900, 0), (900, 0), (0, -900), (0, 900), (900, 900)])
def test_a_plate_that_should_have_driven_out_of_the_picture_is_no_fault(engine, across, down):
    picture = with_spots(640, 360, (300, 200))
    [there] = engine.find_and_read(picture)
    assert engine.glance(picture, [moved(there, across, down)], ()) == ()
    [seen] = engine.glance(picture, [moved(there, across, down), there], ())
    assert middle(seen) == pytest.approx(middle(there), abs=4)


def test_what_is_too_faint_for_a_plate_is_no_known_plate_either(engine, monkeypatch):
    """Such places are all over a picture; one of them is soon where a plate was that has left."""
    picture = with_spots(640, 360, (300, 200))
    [known] = engine.find_and_read(picture)
    sight = engine._finder.see

    def faint(pictures):
        return [
            replace(one, candidates=tuple(replace(two, score=WORTH_A_LOOK - 0.05) for two in one.candidates))
            for one in sight(pictures)
        ]

    assert engine.find_and_read(picture, [known])[0].kept
    monkeypatch.setattr(engine._finder, "see", faint)
    assert engine.find_and_read(picture, [known]) == ()


def test_steps_are_pictures_with_a_sentence_each(engine):
    picture = with_spots(1280, 720, (300, 200), (900, 500))
    explanation = engine.explain(picture)
    assert explanation.plates == engine.find_and_read(picture)
    names = [step.name for step in explanation.steps]
    assert names == ["finder", "candidates", "second look", "crop 1", "columns 1", "crop 2", "columns 2"]
    for step in explanation.steps:
        assert step.help.endswith(".")
        assert step.picture.dtype == np.uint8
        assert step.picture.ndim == 3
        assert step.picture.std() > 0


def test_a_crop_is_one_plate_whatever_is_in_it(engine):
    plate = engine.read_crop(with_spots(200, 60))
    assert (plate.text, plate.score) == (TEXT, 1.0)
    assert plate.corners == ((0, 0), (200, 0), (200, 60), (0, 60))


def test_it_is_made_by_its_name(models):
    engine = make_engine("network", threads=2, models=models)
    assert engine.name == "network"
    assert engine.options == NetworkOptions(threads=2, models=models)


def unavailable(models) -> str:
    with pytest.raises(EngineUnavailable) as caught:
        NetworkEngine(NetworkOptions(models=models))
    return str(caught.value)


@pytest.mark.parametrize("name", ["finder.onnx", "second_look.onnx", "reader.onnx", "sha256.txt"])
def test_a_missing_file_is_named_with_what_to_do(tmp_path, name):
    write_models(tmp_path)
    (tmp_path / name).unlink()
    assert f"{tmp_path / name}" in unavailable(tmp_path)
    assert "git checkout -- streamer/models" in unavailable(tmp_path)


@pytest.mark.parametrize("name", ["finder.onnx", "second_look.onnx", "reader.onnx"])
def test_a_damaged_model_is_named_and_never_run(tmp_path, name):
    write_models(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    assert f"{tmp_path / name} is damaged" in unavailable(tmp_path)
    assert "git checkout -- streamer/models" in unavailable(tmp_path)


def test_a_model_that_the_runtime_cannot_run_is_named(tmp_path):
    write_models(tmp_path)
    (tmp_path / "finder.onnx").write_bytes(b"no model")
    write_checksums(tmp_path)
    assert f"cannot run {tmp_path / 'finder.onnx'}" in unavailable(tmp_path)
    assert "script/setup" in unavailable(tmp_path)


def test_a_missing_runtime_is_named(models, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name == "onnxruntime":
            raise ImportError("libstdc++.so.6: cannot open shared object file")
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "onnxruntime, which cannot be loaded (libstdc++" in unavailable(models)
    assert "script/setup" in unavailable(models)


@shipped
def test_the_shipped_models_read_the_demo():
    engine = NetworkEngine()
    for one in DEMO_PASSES[:3]:
        middle_s = (one.first_s + one.last_s) / 2
        frames = open_source(str(demo_clip()), "test").frames()
        picture = next(frame.image for frame in frames if frame.media_s >= middle_s)
        assert one.plate in [plate.text for plate in read_picture(engine, picture)]


@shipped
def test_a_part_of_a_large_picture_shows_plates_that_are_lost_in_the_whole():
    engine, one = NetworkEngine(), DEMO_PASSES[0]
    frames = open_source(str(demo_clip()), "test").frames()
    near = next(frame.image for frame in frames if frame.media_s >= (one.first_s + one.last_s) / 2)
    small = cv2.resize(near, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    large = np.full((2160, 3840, 3), 110, np.uint8)
    large[1500 : 1500 + small.shape[0], 2400 : 2400 + small.shape[1]] = small
    part = area_around([(2400, 1500, 2400 + small.shape[1], 1500 + small.shape[0])], 3840, 2160)
    [plate] = (plate for plate in read_picture(engine, large, where=part) if plate.text)
    assert plate.text == one.plate
    assert 2400 < plate.box[0] < plate.box[2] < 2400 + small.shape[1]
    assert 1500 < plate.box[1] < plate.box[3] < 1500 + small.shape[0]
    assert read_picture(engine, large) == ()


def test_a_part_is_looked_at_as_it_is_and_told_where_it_is_in_the_picture(models):
    engine, picture = (
        NetworkEngine(NetworkOptions(models=models)),
        with_spots(1280, 720, (300, 200), (900, 500)),
    )
    everything = engine.find_and_read(picture)
    [plate] = engine.find_and_read(picture, where=(736, 352, 1152, 608))
    assert plate.text == TEXT
    assert min(math.dist(middle_of(plate), middle_of(one)) for one in everything) < 20


def middle_of(plate: Plate) -> tuple[float, float]:
    left, top, right, bottom = plate.box
    return (left + right) / 2, (top + bottom) / 2


@shipped
def test_the_shipped_models_have_cards_and_are_small():
    assert sum(file.stat().st_size for file in MODELS.glob("*.onnx")) <= 8e6
    for file in MODELS.glob("*.onnx"):
        card = file.with_suffix(".md").read_text()
        checksums = dict(reversed(line.split()) for line in (MODELS / "sha256.txt").read_text().splitlines())
        assert checksums[file.name] in card


def test_it_runs_without_what_it_is_trained_with(models):
    code = (
        "import sys; sys.modules.update(torch=None, onnx=None, training=None); import numpy, pathlib;"
        "from streamer.network import WORTH_A_LOOK, NetworkEngine, NetworkOptions;"
        f"engine = NetworkEngine(NetworkOptions(models=pathlib.Path({str(models)!r})));"
        "engine.explain(numpy.zeros((360, 640, 3), numpy.uint8))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
