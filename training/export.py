"""A trained net as an ONNX file that is known to answer like the net."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from training.files import replaced

TOLERANCE = 1e-4
"""The largest difference between the net's and the file's numbers, as a share of the largest number."""


@dataclass(frozen=True)
class Interface:
    """What the file's input and outputs are called, which sides of the input may vary (as torch.export says
    it), and what else the file tells about itself."""

    input: str
    outputs: tuple[str, ...]
    varying: dict[int, Any]
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """What was written: `difference` is the largest between net and file (see TOLERANCE), `milliseconds` the
    median of one input on one thread."""

    file: Path
    sha256: str
    size: int
    difference: float
    milliseconds: float


def export(net: nn.Module, file: Path, face: Interface, inputs: NDArray[np.uint8]) -> Exported:
    """Writes the net, whose outputs are named in `face`, and compares the file with it on `inputs`, of
    which the first is timed."""
    net = net.cpu().eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with replaced(file) as unfinished:
        program = torch.onnx.export(
            net,
            (torch.from_numpy(inputs[:2]),),
            input_names=[face.input],
            output_names=list(face.outputs),
            dynamic_shapes=(face.varying,),
            dynamo=True,
            verbose=False,
        )
        assert program is not None  # noqa: S101 - only without dynamo is it
        program.model.metadata_props.update(face.metadata)
        for node in program.model.graph:
            node.metadata_props.clear()  # where on this machine the net's code stands
        program.save(str(unfinished))
        difference = _difference(net, unfinished, face, inputs)
        if difference > TOLERANCE:
            raise SystemExit(f"the exported file's answers differ by {difference:.1e} from the net's: not kept")
    content = file.read_bytes()
    speed = _speed(file, face, inputs[:1])
    return Exported(file, sha256(content).hexdigest(), len(content), difference, speed)


def session(file: Path) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """The file in onnxruntime, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def _difference(net: nn.Module, file: Path, face: Interface, inputs: NDArray[np.uint8]) -> float:
    wanted = [output.numpy() for output in net(torch.from_numpy(inputs))]
    found = session(file).run(face.outputs, {face.input: inputs})
    return max(
        float(np.abs(a - b).max() / max(1.0, np.abs(a).max())) for a, b in zip(wanted, found, strict=True)
    )


def _speed(file: Path, face: Interface, one: NDArray[np.uint8], times: int = 200) -> float:
    """Median milliseconds of one input."""
    running = session(file)
    taken = []
    for _ in range(times):
        start = perf_counter()
        running.run(face.outputs, {face.input: one})
        taken.append(perf_counter() - start)
    return 1000 * float(np.median(taken))
