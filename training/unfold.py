"""A net's weights out of its exported file, so that whoever has the file can teach it on.

The exporter folds each normalisation over the batch into the convolution before it. Here the two are taken
apart again: the convolution's weights get the length that they are begun with (He et al. 2015,
arXiv:1502.01852), and the normalisation what is left. Its mean and spread are those of one batch, and its gain
and lift undo them, so the answers stay what they were.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from training.export import session

LENGTH = 2**0.5
"""Of a convolution's weights for one channel, when it is begun."""
CLOSE = 1e-3
"""The largest difference between the file's answers and the net's."""


def unfold(net: nn.Module, exported: nn.Module, file: Path, pictures: NDArray[np.uint8]) -> None:
    """Gives `net` the weights in the file. `exported` is what is exported of it, and answers as the file does;
    `pictures` are a batch of what the net is taught with.

    Raises SystemExit if there is no such file, or if it is of a net of another shape.
    """
    if not file.exists():
        raise SystemExit(f"{file} is not there; give --start a model's file, or leave it out")
    graph = onnx.load(str(file)).graph
    stored = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    named = {name.partition(".")[2]: value for name, value in stored.items() if "." in name}
    try:
        with torch.no_grad():
            rest = _named(net, named)
            _multiplied(net, rest, [stored[node.input[1]] for node in graph.node if _is_nameless(node, stored)])
            _normalised(net, named, torch.from_numpy(pictures))
    except (KeyError, RuntimeError, ValueError) as error:
        raise SystemExit(f"{file} is of a net of another shape: {error}") from None
    _compared(exported, file, pictures[: max(1, len(pictures) // 4)])


def _named(net: nn.Module, named: dict[str, Tensor]) -> set[str]:
    """Copies what the file has by its name; the names of what it has not."""
    rest = set()
    for name, weight in net.named_parameters():
        if name in named:
            weight.copy_(named[name])
        else:
            rest.add(name)
    return rest


def _is_nameless(node: onnx.NodeProto, stored: dict[str, Tensor]) -> bool:
    """Whether it multiplies with weights that have lost their name."""
    return node.op_type == "MatMul" and node.input[1] in stored and "." not in node.input[1]


def _multiplied(net: nn.Module, rest: set[str], weights: list[Tensor]) -> None:
    """Linear layers over tokens lose their weights' names and keep their order."""
    nameless = [
        module
        for name, module in net.named_modules()
        if isinstance(module, nn.Linear) and f"{name}.weight" in rest
    ]
    for module, weight in zip(nameless, weights, strict=True):
        module.weight.copy_(weight.T)


def _normalised(net: nn.Module, named: dict[str, Tensor], pictures: Tensor) -> None:
    """Takes the convolutions and their normalisations apart."""
    hooks = []
    for name, module in net.named_modules():
        if isinstance(module, nn.Sequential) and len(module) > 1 and isinstance(module[1], nn.BatchNorm2d):
            convolution, norm = module[0], module[1]
            assert isinstance(convolution, nn.Conv2d)  # noqa: S101 - nothing else is normalised
            gain = convolution.weight.flatten(1).norm(dim=1).clamp(min=1e-6) / LENGTH
            convolution.weight /= gain[:, None, None, None]
            hooks.append(norm.register_forward_pre_hook(_undone(gain, named[f"{name}.0.weight_bias"])))
    net.eval()(pictures)
    for hook in hooks:
        hook.remove()


def _undone(gain: Tensor, lift: Tensor):  # noqa: ANN202 - torch's hooks have no type of their own
    """Sets a normalisation by what comes to it, just before it is used."""

    def set_by(norm: nn.BatchNorm2d, inputs: tuple[Tensor]) -> None:
        spread, mean = torch.var_mean(inputs[0], dim=(0, 2, 3))
        norm.running_mean, norm.running_var = mean, spread
        norm.weight.copy_(gain * (spread + norm.eps).sqrt())
        norm.bias.copy_(lift + gain * mean)

    return set_by


@torch.no_grad()
def _compared(exported: nn.Module, file: Path, pictures: NDArray[np.uint8]) -> None:
    running = session(file)
    wanted = running.run(None, {running.get_inputs()[0].name: pictures})
    found = [answer.numpy() for answer in exported.eval()(torch.from_numpy(pictures))]
    off = max(
        float(np.abs(a - b).max() / max(1.0, np.abs(a).max())) for a, b in zip(wanted, found, strict=True)
    )
    if off > CLOSE:
        raise SystemExit(f"{file}: the net with its weights answers {off:.1e} otherwise than the file")
