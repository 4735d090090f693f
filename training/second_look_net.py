"""The second look's net: what surrounds a candidate -> the plate's four corners, and whether it is one.

A map of places for each corner, whose mean is the corner: as exact as a regression of coordinates and as
quick to learn as a map of scores (integral regression: Sun et al. 2018, arXiv:1711.08229). Features of three
scales as in `finder_net.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from streamer.neural.view import TILE
from training.reader_net import Residual, convolution

STRIDE = 4
"""Pixels between places."""
PLACES = (TILE[1] // STRIDE, TILE[0] // STRIDE)
"""Rows and columns of a map."""
CORNERS = 4


@dataclass(frozen=True)
class Shape:
    """Channels of the stem, of features at strides 4, 8 and 16, and of the head."""

    stem: int = 12
    channels: tuple[int, int, int] = (24, 48, 96)
    head: int = 32


class Output(NamedTuple):
    """`maps`: logits, N x 4 x 24 x 40. `corners`: N x 4 x 2, pixels of the tile. `plate`: N logits."""

    maps: Tensor
    corners: Tensor
    plate: Tensor


class SecondLook(nn.Module):
    """N x 96 x 160 x 3 tiles, BGR, uint8 -> Output."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        fine, middle, coarse = shape.channels
        self.fine = nn.Sequential(
            convolution(3, shape.stem, stride=(2, 2)), convolution(shape.stem, fine, (2, 2)), Residual(fine)
        )
        self.middle = nn.Sequential(convolution(fine, middle, (2, 2)), Residual(middle), Residual(middle))
        self.coarse = nn.Sequential(convolution(middle, coarse, (2, 2)), *(Residual(coarse) for _ in range(3)))
        self.down_to_middle, self.down_to_fine = nn.Conv2d(coarse, middle, 1), nn.Conv2d(middle, fine, 1)
        self.mixed = convolution(middle, middle)
        self.head = nn.Sequential(convolution(fine, shape.head), nn.Conv2d(shape.head, CORNERS, 1))
        self.plate = nn.Linear(coarse, 1)
        self.register_buffer("places", places(), persistent=False)

    def forward(self, tiles: Tensor) -> Output:
        """Answers for a batch."""
        pixels = tiles.permute(0, 3, 1, 2).float() * (1 / 128) - 1
        fine = self.fine(pixels)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.mixed(middle + _doubled(self.down_to_middle(coarse)))
        maps = self.head(fine + _doubled(self.down_to_fine(middle))).float()
        corners = maps.flatten(2).softmax(dim=2) @ self.places
        return Output(maps, corners, self.plate(coarse.mean(dim=(2, 3)))[:, 0])


class Closer(nn.Module):
    """The net as it is used: corners, N x 4 x 2 in pixels of the tile, and the probability of a plate, N."""

    def __init__(self, net: SecondLook) -> None:
        super().__init__()
        self.net = net

    def forward(self, tiles: Tensor) -> tuple[Tensor, Tensor]:
        """Answers for a batch."""
        output = self.net(tiles)
        return output.corners, output.plate.sigmoid()


def places() -> Tensor:
    """Rows * columns x 2: x and y of each place's middle, pixels of the tile."""
    y, x = torch.meshgrid(torch.arange(PLACES[0]), torch.arange(PLACES[1]), indexing="ij")
    return torch.stack([x, y], dim=2).flatten(0, 1) * float(STRIDE) + STRIDE / 2 - 0.5


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="nearest")
