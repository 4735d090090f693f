"""What the finder is taught with, and its way from net to ONNX."""

from __future__ import annotations

from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from car_photo import car_photo, few_faces

from training import scenes
from training.scenes import BOX, EXACT, HEIGHT, MOST, NONE, VAGUE, WIDTH, Photo, SceneStream

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Photo:
    """Its plate's upright box alone is known."""
    return car_photo(tmp_path_factory.mktemp("photos"), None)


@pytest.fixture(scope="module")
def stream(photo) -> SceneStream:
    return SceneStream(3, (photo,), few_faces())


def test_a_sample_depends_on_its_number_alone(stream):
    together = stream.batch(0, 8)
    again = SceneStream(3, stream.photos, stream.faces).batch(1, 4)
    assert together[4:].tobytes() == again.tobytes()
    assert together[:4].tobytes() != again.tobytes()


def test_samples_have_plates_in_them(stream):
    batch = stream.batch(0, 60)
    assert batch["picture"].shape == (60, HEIGHT, WIDTH, 3)
    assert batch["corners"].shape == (60, MOST, 4, 2)
    seen = {kind: int((batch["known"] == kind).sum()) for kind in (NONE, EXACT, BOX, VAGUE)}
    assert seen[EXACT] > 20
    assert seen[BOX] > 5
    taught = (batch["known"] == EXACT) | (batch["known"] == BOX)
    corners = batch["corners"][taught]
    assert (np.ptp(corners[..., 0], axis=1) >= scenes.SMALLEST).all()
    assert (corners.max(axis=1) > 0).all()
    assert (corners.min(axis=1) < (WIDTH, HEIGHT)).all()


def test_corners_are_where_the_plate_is(photo):
    """The photo's red plate, moved, scaled and mirrored with the piece, lies inside its corners."""
    seen = 0
    for seed in range(30):
        picture, corners, _ = scenes._piece(Random(seed), photo, anchored=True)
        red = (picture[..., 2] > 150) & (picture[..., :2] < 100).all(axis=2)
        if red.sum() < 60:
            continue
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(inside, [corners[0].round().astype(np.int32)], (1.0,))
        assert (red & (inside == 1)).sum() > 0.85 * red.sum()
        assert red.sum() > 0.6 * inside.sum()
        seen += 1
    assert seen > 10


def test_a_wiped_plate_is_gone(photo):
    picture = photo.picture[256:512, 160:480].copy()
    quad = photo.corners[0] - np.array([160, 256], np.float32)
    picture = np.pad(picture, ((0, HEIGHT - 224), (0, 0), (0, 0)), constant_values=90)
    assert picture.max() == 255
    assert scenes.wiped(picture, quad).max() < 110


def test_mirrored_corners_stay_in_reading_order(stream):
    """Top left first, clockwise: the sum of cross products is positive in pixels that grow downward."""
    batch = stream.batch(2, 60)
    for quad in batch["corners"][batch["known"] != NONE]:
        x, y = quad.T
        assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0


def perfect(batch, rows: int, columns: int):
    """An Output that says exactly what is wanted."""
    import torch

    from training.finder_loss import wanted
    from training.finder_net import STRIDE, Output

    aim = wanted(batch, torch.zeros(len(batch.known), rows, columns))
    score = torch.where(aim.score >= 1, 20.0, -20.0)
    index = aim.plate.flatten(1)
    quads = batch.corners.gather(1, index[..., None, None].expand(*index.shape, 4, 2)).unflatten(
        1, (rows, columns)
    )
    width = (quads[..., 0].amax(dim=3) - quads[..., 0].amin(dim=3)).clamp(min=4)
    return Output(score, quads, (width / (2 * STRIDE)).log())


def test_a_perfect_answer_costs_nothing(stream):
    torch = pytest.importorskip("torch")
    from training.finder_loss import losses
    from training.loading import PlaceBatch

    batch = PlaceBatch.of(stream.batch(0, 24), torch.device("cpu"))
    answer = perfect(batch, HEIGHT // 8, WIDTH // 8)
    best = losses(answer, batch)
    assert best.total < 1e-3
    assert losses(answer._replace(corners=answer.corners + 4), batch).corners > 0.02
    assert losses(answer._replace(score=-answer.score), batch).score > 1


def test_the_exported_file_answers_like_the_net_at_any_size(tmp_path: Path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    from training.export import TOLERANCE, export, session
    from training.finder import FACE
    from training.finder_net import Finder, Peaks
    from training.reader_net import parameters

    torch.manual_seed(1)
    net = Finder()
    net.head[1].weight.data *= 30  # an untaught net answers nearly the same everywhere: no clear maxima
    assert parameters(net) <= 1_500_000
    noise = np.random.default_rng(0).integers(0, 256, (2, HEIGHT, WIDTH, 3), np.uint8)  # no equal neighbours
    exported = export(Peaks(net), tmp_path / "finder.onnx", FACE, noise)
    assert exported.difference <= TOLERANCE
    for size in ((1, 32, 32, 3), (3, 96, 160, 3)):
        pictures = np.random.default_rng(1).integers(0, 256, size, np.uint8)
        score, corners = session(exported.file).run(FACE.outputs, {FACE.input: pictures})
        assert score.shape == (size[0], size[1] // 8, size[2] // 8)
        with torch.no_grad():
            wanted = Peaks(net).eval()(torch.from_numpy(pictures))
        assert np.abs(corners - wanted[1].numpy()).max() < 1e-2
        assert np.abs(score - wanted[0].numpy()).max() < TOLERANCE


def test_what_was_found_is_counted_rightly():
    pytest.importorskip("torch")
    from training.finder_validation import _overlaps

    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float32)
    found = np.stack([square, square + np.float32(5), square + np.float32(20)])
    assert _overlaps(square[None], found)[0] == pytest.approx([1, 25 / 175, 0])
