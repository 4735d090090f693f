"""Teaching on what was shipped: a net's weights out of its exported file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from streamer.places import MODELS

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def pictures(height: int, width: int, count: int = 8) -> np.ndarray:
    noise = np.random.default_rng(1).integers(0, 256, (count, height // 8, width // 8, 3), np.uint8)
    return noise.repeat(8, axis=1).repeat(8, axis=2)


def nets():
    from training.finder_net import Finder, Peaks
    from training.reader_net import Answers, Reader
    from training.second_look_net import Closer, SecondLook

    return {
        "finder": (Finder, Peaks, pictures(96, 160)),
        "second_look": (SecondLook, Closer, pictures(96, 160)),
        "reader": (Reader, Answers, pictures(64, 160)),
    }


@pytest.mark.parametrize("name", ["finder", "second_look", "reader"])
def test_the_shipped_models_can_be_taught_on(name):
    from training.export import session
    from training.unfold import unfold

    make, answers, batch = nets()[name]
    net, file = make(), MODELS / f"{name}.onnx"
    unfold(net, answers(net), file, batch)
    others = 255 - batch[:2]
    running = session(file)
    wanted = running.run(None, {running.get_inputs()[0].name: others})
    with torch.no_grad():
        found = [one.numpy() for one in answers(net).eval()(torch.from_numpy(others))]
    for a, b in zip(wanted, found, strict=True):
        assert np.abs(a - b).max() <= 1e-3 * max(1.0, np.abs(a).max())


def test_normalised_over_the_batch_it_answers_much_the_same():
    """As it is taught: with the batch's own mean and spread in place of those that are kept."""
    from training.unfold import unfold

    make, answers, batch = nets()["finder"]
    net = make()
    unfold(net, answers(net), MODELS / "finder.onnx", batch)
    with torch.no_grad():
        as_used, as_taught = net.eval()(torch.from_numpy(batch)), net.train()(torch.from_numpy(batch))
    assert (as_used.score - as_taught.score).abs().max() < 1e-2


def test_the_file_of_another_net_is_refused_with_its_name():
    from training.unfold import unfold

    make, answers, batch = nets()["second_look"]
    net = make()
    with pytest.raises(SystemExit, match=r"finder\.onnx is of a net of another shape"):
        unfold(net, answers(net), MODELS / "finder.onnx", batch)


def test_a_run_begins_with_a_file_and_without_it_says_so(tmp_path: Path):
    from training.course import begun
    from training.finder import _options
    from training.finder_loss import cost
    from training.finder_net import Finder, Peaks

    given = _options().parse_args(
        ["--out", str(tmp_path), "--start", str(MODELS / "finder.onnx"), "--steps", "5"]
    )
    teacher = begun(given, "scenes", Finder, cost, Peaks, lambda: nets()["finder"][2])
    same = zip(teacher.net.state_dict().values(), teacher.mean.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in same)
    given.start = tmp_path / "missing.onnx"
    with pytest.raises(SystemExit, match=r"missing\.onnx"):
        begun(given, "scenes", Finder, cost, Peaks, lambda: nets()["finder"][2])
