"""A trained reader as an ONNX file that is known to answer like the net."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.files import replaced
from training.reader_net import HEIGHT, WIDTH, Reader

TOLERANCE = 1e-4
"""The largest difference between the net's and the file's probabilities."""
INPUT, OUTPUTS = "crops", ("characters", "readable", "style")


class Deployed(nn.Module):
    """The reader with probabilities (0-1) in place of logits: uint8 crops, n x 64 x 160 x 3, BGR ->
    n x 2 x 40 x 37, n and n x 23."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probabilities of a batch."""
        output = self.reader(crops)
        return output.characters.softmax(dim=3), output.readable.sigmoid(), output.style.softmax(dim=1)


@dataclass(frozen=True)
class Exported:
    """What was written: `difference` is the largest between net and file, `milliseconds` the median of one
    crop on one thread."""

    file: Path
    sha256: str
    size: int
    difference: float
    milliseconds: float


def export(reader: Reader, file: Path, crops: NDArray[np.uint8]) -> Exported:
    """Writes the net and compares the file with it on `crops` (n x 64 x 160 x 3)."""
    net = Deployed(reader).cpu().eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with replaced(file) as unfinished:
        program = torch.onnx.export(
            net,
            (torch.from_numpy(crops[:2]),),
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes=({0: torch.export.Dim("n")},),
            dynamo=True,
            verbose=False,
        )
        assert program is not None  # noqa: S101 - only without dynamo is it
        program.save(str(unfinished))
        difference = _difference(net, unfinished, crops)
        if difference > TOLERANCE:
            raise SystemExit(f"the exported file's answers differ by {difference:.1e} from the net's: not kept")
    content = file.read_bytes()
    return Exported(file, sha256(content).hexdigest(), len(content), difference, _speed(file))


def session(file: Path) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """The file in onnxruntime, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def _difference(net: Deployed, file: Path, crops: NDArray[np.uint8]) -> float:
    wanted = net(torch.from_numpy(crops))
    found = session(file).run(OUTPUTS, {INPUT: crops})
    return max(float(np.abs(a.numpy() - b).max()) for a, b in zip(wanted, found, strict=True))


def _speed(file: Path, times: int = 200) -> float:
    """Median milliseconds of one crop."""
    running = session(file)
    crop = np.random.default_rng(1).integers(0, 256, (1, HEIGHT, WIDTH, 3), np.uint8)
    taken = []
    for _ in range(times):
        start = perf_counter()
        running.run(OUTPUTS, {INPUT: crop})
        taken.append(perf_counter() - start)
    return 1000 * float(np.median(taken))
