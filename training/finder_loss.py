"""What the finder's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.finder_net import STRIDE, Finder, Output, cells
from training.loading import PlaceBatch
from training.scenes import BOX, NONE, VAGUE

SPREAD = 0.1
"""The standard deviation of a plate's middle in the wanted map, in plate sizes, at least `LEAST` cells."""
LEAST = 0.5
NEAR = 0.5
"""Cells whose wanted score is at least this answer for the plate's corners too."""
CORNERS, SIZE = 2.0, 0.2
"""Weights beside the score's loss."""
SMOOTH = 0.05
"""Corners that are off by less than this, in plate sizes, cost a square, others the distance (Huber)."""


@dataclass(frozen=True)
class Losses:
    """A plate: `score`, `corners` and `size`; `total` is to be minimised."""

    score: Tensor
    corners: Tensor
    size: Tensor
    total: Tensor

    def __str__(self) -> str:
        return (
            f"loss {self.total.item():.4f} score {self.score.item():.4f} "
            f"corners {self.corners.item():.4f} size {self.size.item():.3f}"
        )

    @property
    def row(self) -> dict[str, float]:
        """For the learning curve."""
        return {"score_loss": self.score.item(), "corners_loss": self.corners.item()}


@dataclass(frozen=True)
class Wanted:
    """For N x H x W cells: the wanted `score` (0-1), the plate whose corners each answers for (`plate`, an
    index into the sample's plates), how much that counts (`share`), and where the score is not to be
    taught (`vague`)."""

    score: Tensor
    plate: Tensor
    share: Tensor
    vague: Tensor


def wanted(batch: PlaceBatch, like: Tensor) -> Wanted:
    """What `like` (N x H x W) should answer."""
    low, high = batch.corners.amin(dim=2), batch.corners.amax(dim=2)
    middle, size = batch.corners.mean(dim=2), high - low
    off = cells(like) - middle[:, :, None, None]
    sigma = (SPREAD * size / STRIDE).clamp(min=LEAST)[:, :, None, None] * STRIDE
    hills = torch.exp(-0.5 * (off / sigma).square().sum(dim=4))
    own = (off.abs() <= STRIDE / 2).all(dim=4)
    hills = torch.where(own, torch.ones_like(hills), hills)
    taught = ((batch.known != NONE) & (batch.known != VAGUE))[:, :, None, None]
    hills = hills * taught
    score, plate = hills.max(dim=1)
    inside = (off.abs() <= 0.6 * size[:, :, None, None]).all(dim=4)
    vague = (inside & (batch.known == VAGUE)[:, :, None, None]).any(dim=1)
    return Wanted(score, plate, score * (score >= NEAR), vague)


def cost(net: Finder, batch: PlaceBatch, _: float) -> Losses:
    """What the net's answers cost, the same all through training."""
    return losses(net(batch.picture), batch)


def losses(output: Output, batch: PlaceBatch) -> Losses:
    """The batch's losses."""
    aim = wanted(batch, output.score)
    count = (aim.score >= 1).sum().clamp(min=1)
    score = _focal(output.score, aim) / count
    total = aim.share.sum().clamp(min=1e-3)
    corners = (_corner_cost(output.corners, batch, aim.plate) * aim.share).sum() / total
    widths = (batch.corners[..., 0].amax(dim=2) - batch.corners[..., 0].amin(dim=2)).clamp(min=4)
    true = _of_plate((widths / (2 * STRIDE)).log(), aim.plate)
    size = ((output.size - true).abs() * aim.share).sum() / total
    return Losses(score, corners, size, score + CORNERS * corners + SIZE * size)


def _focal(logits: Tensor, aim: Wanted) -> Tensor:
    """CenterNet's focal loss with alpha 2 and beta 4, summed."""
    sure, unsure = functional.logsigmoid(logits), functional.logsigmoid(-logits)
    chance = logits.sigmoid()
    hit = (aim.score >= 1) & ~aim.vague
    at = -sure * (1 - chance).square() * hit
    beside = -unsure * chance.square() * (1 - aim.score).pow(4) * (~hit & ~aim.vague)
    return (at + beside).sum()


def _corner_cost(corners: Tensor, batch: PlaceBatch, plate: Tensor) -> Tensor:
    """How far off each cell's corners are from its plate's, in plate sizes; N x H x W.

    Of plates whose upright box alone is known, the box around the answered corners is compared.
    """
    true = _of_plate(batch.corners, plate)
    size = (true.amax(dim=3) - true.amin(dim=3)).clamp(min=4)[..., None, :]
    exact = functional.smooth_l1_loss(corners / size, true / size, beta=SMOOTH, reduction="none")
    found_box = torch.stack([corners.amin(dim=3), corners.amax(dim=3)], dim=3)
    true_box = torch.stack([true.amin(dim=3), true.amax(dim=3)], dim=3)
    boxed = functional.smooth_l1_loss(found_box / size, true_box / size, beta=SMOOTH, reduction="none")
    return torch.where(_of_plate(batch.known, plate) == BOX, boxed.mean(dim=(3, 4)), exact.mean(dim=(3, 4)))


def _of_plate(values: Tensor, plate: Tensor) -> Tensor:
    """N x plates x ... and N x H x W indices -> N x H x W x ..."""
    index = plate.flatten(1)
    shape = (*index.shape, *values.shape[2:])
    index = index[(...,) + (None,) * (values.ndim - 2)].expand(shape)
    return values.gather(1, index).reshape(*plate.shape, *values.shape[2:])
