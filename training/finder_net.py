"""The finder's net: a picture -> for every 8 x 8 pixels how likely a plate's middle is there, and its corners.

Points instead of anchor boxes (CenterNet: Zhou, Wang and Kraehenbuehl 2019, arXiv:1904.07850), features of
four scales summed on the way back to the finest (FPN: Lin et al. 2017, arXiv:1612.03144). Ordinary 3 x 3
convolutions and ReLU, because onnxruntime is fastest at these; as wide as 11 ms for 640 x 352 pixels on one
thread allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.reader_net import Residual, convolution

STRIDE = 8
"""Pixels between cells; sides of a picture are multiples of 32."""
ANSWERS = 10
"""Numbers a cell: the score's logit, the size's logarithm, x and y of four corners."""


@dataclass(frozen=True)
class Shape:
    """Channels of the stem's two halvings, after three more, and of the head; residuals at these three."""

    stem: tuple[int, int] = (8, 24)
    channels: tuple[int, int, int] = (32, 64, 128)
    residuals: tuple[int, int, int] = (1, 2, 3)
    head: int = 48


class Output(NamedTuple):
    """For N x H/8 x W/8 cells: `score` logits; `corners` ... x 4 x 2 in pixels of the picture; `size`, the
    logarithm of half of the width in cells, which the corners are multiples of."""

    score: Tensor
    corners: Tensor
    size: Tensor


class Finder(nn.Module):
    """N x H x W x 3 pictures, BGR, uint8 -> Output. H and W are multiples of 32."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        first, second = shape.stem
        fine, middle, coarse = shape.channels
        stages = [
            nn.Sequential(convolution(before, after, stride=(2, 2)), *(Residual(after) for _ in range(count)))
            for before, after, count in zip(
                (second, fine, middle), shape.channels, shape.residuals, strict=True
            )
        ]
        self.stem = nn.Sequential(
            convolution(3, first, stride=(2, 2)), convolution(first, second, stride=(2, 2))
        )
        self.fine, self.middle, self.coarse = stages
        self.down_to_middle, self.down_to_fine = nn.Conv2d(coarse, middle, 1), nn.Conv2d(middle, fine, 1)
        self.head = nn.Sequential(convolution(fine, shape.head), nn.Conv2d(shape.head, ANSWERS, 1))
        nn.init.constant_(self._last_bias()[:1], -4.0)  # plates are rare

    def _last_bias(self) -> Tensor:
        bias = self.head[1].bias
        assert isinstance(bias, Tensor)  # noqa: S101 - it was made with one
        return bias.data

    def forward(self, pictures: Tensor) -> Output:
        """Answers for every cell of a batch."""
        pixels = pictures.permute(0, 3, 1, 2).float() * (1 / 128) - 1
        fine = self.fine(self.stem(pixels))
        middle = self.middle(fine)
        middle = middle + _doubled(self.down_to_middle(self.coarse(middle)))
        answers = self.head(fine + _doubled(self.down_to_fine(middle))).float().permute(0, 2, 3, 1)
        size = answers[..., 1]
        reach = (size.clamp(-3, 5).exp() * STRIDE)[..., None, None]
        corners = cells(size)[None, :, :, None] + answers[..., 2:].unflatten(3, (4, 2)) * reach
        return Output(answers[..., 0], corners, size)


class Peaks(nn.Module):
    """The finder as it is used: scores (0-1), 0 where a neighbour's is higher, N x H/8 x W/8, and corners in
    pixels, ... x 4 x 2."""

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self.finder = finder

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Scores and corners of a batch."""
        output = self.finder(pictures)
        score = output.score.sigmoid()
        highest = functional.max_pool2d(score[:, None], 3, 1, 1)[:, 0]
        return score * (score >= highest), output.corners


def cells(like: Tensor) -> Tensor:
    """H x W x 2: x and y of each cell's middle, pixels; `like` is ... x H x W."""
    rows, columns = like.shape[-2:]
    x = torch.arange(columns, device=like.device) * float(STRIDE) + STRIDE / 2
    y = torch.arange(rows, device=like.device) * float(STRIDE) + STRIDE / 2
    return torch.stack([x[None].expand(rows, columns), y[:, None].expand(rows, columns)], dim=2)


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="nearest")
