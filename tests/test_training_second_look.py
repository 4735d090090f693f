"""What the second look is taught with, and its way from net to ONNX."""

from __future__ import annotations

from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from car_photo import CORNERS, car_photo, few_faces

from streamer.neural.view import PLATE_IN_TILE, TILE
from training.scenes import BOX, EXACT, NONE, VAGUE, Photo
from training.tiles import WHOLE, TileStream

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Photo:
    """Its plate's corners are known."""
    return car_photo(tmp_path_factory.mktemp("photos"), CORNERS)


@pytest.fixture(scope="module")
def stream(photo) -> TileStream:
    return TileStream(3, (photo,), few_faces())


def test_a_sample_depends_on_its_number_alone(stream):
    together = stream.batch(0, 8)
    again = TileStream(3, stream.photos, stream.faces).batch(1, 4)
    assert together[4:].tobytes() == again.tobytes()
    assert together[:4].tobytes() != again.tobytes()


def test_tiles_have_a_plate_of_a_candidates_size_in_their_middle_or_none(stream):
    batch = stream.batch(0, 120)
    known = batch["known"]
    assert (known == EXACT).sum() > 60
    assert (known == NONE).sum() > 12
    assert (known == BOX).sum() == 0
    corners = batch["corners"][known == EXACT]
    middles, widths = corners.mean(axis=1), np.ptp(corners[..., 0], axis=1)
    assert np.abs(middles.mean(axis=0) - np.array(TILE) / 2).max() < 6
    assert 0.7 * PLATE_IN_TILE[0] < np.median(widths) < 1.2 * PLATE_IN_TILE[0]
    assert widths.max() > 1.3 * np.median(widths), "candidates are too small or too large at times"
    assert (corners.min(axis=1) > -0.3 * np.array(TILE)).all()
    assert (batch["corners"][known == NONE] == 0).all()


def test_the_corners_are_where_the_plate_is(stream):
    """The photo's own plate, red on grey, fills its corners and nothing beyond."""
    checked = 0
    for number in range(60):
        rng = Random(number)
        picture, quad, known = stream._with(rng, own=True)
        if known == VAGUE:
            continue
        mask = np.zeros((TILE[1], TILE[0]), np.uint8)
        cv2.fillPoly(mask, [np.round(quad).astype(np.int32)], (255.0,))
        red = picture[..., 2].astype(int) - picture[..., 0] > 60
        assert (red & (mask > 0)).sum() > 0.85 * max(red.sum(), 1)
        assert (red & (mask > 0)).sum() > 0.8 * (mask > 0).sum()
        checked += 1
    assert checked > 40


def test_plates_that_leave_the_tile_are_not_taught(stream):
    kinds = [stream._with(Random(number), own=False)[1:] for number in range(300)]
    for quad, known in kinds:
        low, high = quad.min(axis=0), quad.max(axis=0)
        kept = np.clip(high, 0, TILE) - np.clip(low, 0, TILE)
        assert (kept.prod() < WHOLE * (high - low).prod()) == (known == VAGUE)
    assert any(known == VAGUE for _, known in kinds)


def answer(batch, torch, off: float = 0.0, sure: float = 20.0):
    """What a net would say that has the corners `off` pixels to the right."""
    from training.second_look_net import Output, places

    away = (places() - batch.corners[:, :, None]).square().sum(dim=3)
    maps = (-away / 20).unflatten(2, (TILE[1] // 4, TILE[0] // 4))
    plate = torch.where(batch.known == NONE, -sure, sure)
    return Output(maps, batch.corners + torch.tensor([off, 0.0]), plate)


def test_a_right_answer_costs_least(stream):
    torch = pytest.importorskip("torch")
    from training.loading import PlaceBatch
    from training.second_look_loss import losses

    batch = PlaceBatch.of(stream.batch(0, 24), torch.device("cpu"))
    best = losses(answer(batch, torch), batch)
    assert best.corners < 1e-6
    assert best.plate < 1e-6
    assert losses(answer(batch, torch, off=4), batch).corners > 0.01
    assert losses(answer(batch, torch, sure=-2.0), batch).plate > 1
    flat = answer(batch, torch)
    assert losses(flat._replace(maps=flat.maps * 0), batch).maps > best.maps + 1


def test_of_a_plate_with_a_loose_box_the_box_alone_counts(stream):
    torch = pytest.importorskip("torch")
    from training.loading import PlaceBatch
    from training.second_look_loss import losses

    box = torch.tensor([[[40.0, 30.0], [120.0, 30.0], [120.0, 60.0], [40.0, 60.0]]])
    tilted = torch.tensor([[[40.0, 40.0], [120.0, 30.0], [120.0, 50.0], [40.0, 60.0]]])
    for known, costs in ((BOX, False), (EXACT, True)):
        batch = PlaceBatch(torch.zeros(1, TILE[1], TILE[0], 3), box, torch.tensor([known]))
        said = answer(batch, torch)._replace(corners=tilted)
        assert bool(losses(said, batch).corners > 1e-3) is costs


def test_it_learns_and_is_measured(stream):
    """Forty steps on the same tiles bring the corners nearer."""
    torch = pytest.importorskip("torch")
    from training.loading import PlaceBatch
    from training.second_look_loss import losses
    from training.second_look_net import SecondLook
    from training.second_look_validation import validate

    torch.manual_seed(1)
    tiles = stream.batch(0, 16)
    batch = PlaceBatch.of(tiles, torch.device("cpu"))
    net = SecondLook()
    before = validate(net, tiles, torch.device("cpu"))
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    net.train()
    for _ in range(40):
        optimiser.zero_grad()
        losses(net(batch.picture), batch).total.backward()
        optimiser.step()
    after = validate(net.train(), tiles, torch.device("cpu"))
    assert before.count == after.count == (tiles["known"] == EXACT).sum()
    assert after.off < 0.6 * before.off


def test_the_exported_file_answers_like_the_net(stream, tmp_path: Path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    from training.export import TOLERANCE, export, session
    from training.reader_net import parameters
    from training.second_look import FACE
    from training.second_look_net import Closer, SecondLook

    torch.manual_seed(1)
    net = SecondLook()
    assert parameters(net) <= 1_500_000
    exported = export(Closer(net), tmp_path / "second_look.onnx", FACE, stream.batch(0, 2)["picture"].copy())
    assert exported.difference <= TOLERANCE
    tiles = np.random.default_rng(1).integers(0, 256, (5, TILE[1], TILE[0], 3), np.uint8)
    corners, plate = session(exported.file).run(FACE.outputs, {FACE.input: tiles})
    with torch.no_grad():
        wanted = Closer(net).eval()(torch.from_numpy(tiles))
    assert np.abs(corners - wanted[0].numpy()).max() < 1e-2
    assert np.abs(plate - wanted[1].numpy()).max() < TOLERANCE
