"""What the second look's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.loading import PlaceBatch
from training.scenes import BOX, EXACT, NONE, VAGUE
from training.second_look_net import STRIDE, Output, SecondLook, places

MAPS, CORNERS, PLATE = 0.05, 10.0, 0.3
"""Weights of the three questions."""
SPREAD = 0.8 * STRIDE
"""The standard deviation of a corner's wanted map, pixels."""
LOOSE = 0.3
"""How much a plate counts of which a person drew the upright box alone: boxes are drawn loosely."""
SMOOTH = 0.02
"""Corners that are off by less than this, in plate sizes, cost a square, others the distance (Huber)."""


@dataclass(frozen=True)
class Losses:
    """A tile: `maps`, `corners` and `plate`; `total` is to be minimised."""

    maps: Tensor
    corners: Tensor
    plate: Tensor
    total: Tensor

    def __str__(self) -> str:
        return (
            f"loss {self.total.item():.4f} maps {self.maps.item():.3f} "
            f"corners {self.corners.item():.4f} plate {self.plate.item():.3f}"
        )

    @property
    def row(self) -> dict[str, float]:
        """For the learning curve."""
        return {"corners_loss": self.corners.item(), "plate_loss": self.plate.item()}


def cost(net: SecondLook, batch: PlaceBatch, _: float) -> Losses:
    """What the net's answers cost, the same all through training."""
    return losses(net(batch.picture), batch)


def losses(output: Output, batch: PlaceBatch) -> Losses:
    """The batch's losses."""
    exact, boxed = batch.known == EXACT, batch.known == BOX
    maps = _mean(_map_cost(output.maps, batch.corners), exact)
    share = exact + LOOSE * boxed
    corners = (_corner_cost(output.corners, batch, boxed) * share).sum() / share.sum().clamp(min=1)
    plate = _mean(
        functional.binary_cross_entropy_with_logits(
            output.plate.float(), (batch.known != NONE).float(), reduction="none"
        ),
        batch.known != VAGUE,
    )
    return Losses(maps, corners, plate, MAPS * maps + CORNERS * corners + PLATE * plate)


def _mean(values: Tensor, counted: Tensor) -> Tensor:
    """The mean of what counts; 0 if nothing does."""
    return (values * counted).sum() / counted.sum().clamp(min=1)


def _map_cost(maps: Tensor, corners: Tensor) -> Tensor:
    """Cross-entropy with a hill at each corner, N."""
    off = places().to(corners.device) - corners[:, :, None]
    hills = torch.softmax(-0.5 * (off / SPREAD).square().sum(dim=3), dim=2)
    return -(hills * maps.flatten(2).log_softmax(dim=2)).sum(dim=2).mean(dim=1)


def _corner_cost(corners: Tensor, batch: PlaceBatch, boxed: Tensor) -> Tensor:
    """How far the corners are off, in plate sizes, N; of plates whose upright box alone is known, how far
    the box around the answered corners is."""
    true = batch.corners
    low, high = true.amin(dim=1), true.amax(dim=1)
    size = (high - low).clamp(min=4)[:, None]
    exact = functional.smooth_l1_loss(corners / size, true / size, beta=SMOOTH, reduction="none")
    found = torch.stack([corners.amin(dim=1), corners.amax(dim=1)], dim=1)
    box = functional.smooth_l1_loss(
        found / size, torch.stack([low, high], dim=1) / size, beta=SMOOTH, reduction="none"
    )
    return torch.where(boxed, box.mean(dim=(1, 2)), exact.mean(dim=(1, 2)))
