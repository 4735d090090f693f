"""How well the second look sees plates of photos that it was not taught with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from training.loading import PlaceBatch
from training.scenes import EXACT, NONE
from training.second_look_net import SecondLook
from training.tiles import Tiles

AT_ONCE = 64
"""Tiles a batch."""
GOOD = 0.03
"""Corners that are off by no more than this, on the average of the four and in plate widths, are good."""


@dataclass(frozen=True)
class Seen:
    """Of `count` plates with known corners: the mean distance that corners are `off`, in plate widths, and the
    share of plates whose corners are `good`. `missed` is the share (0-1) of plates taken for none, `fooled`
    of tiles without a plate taken for one."""

    count: int
    off: float
    good: float
    missed: float
    fooled: float


@torch.no_grad()
def validate(net: SecondLook, tiles: Tiles, device: torch.device) -> Seen:
    """How well the net does on these tiles."""
    net.eval()
    answers = [
        net(PlaceBatch.of(tiles[start : start + AT_ONCE], device).picture)
        for start in range(0, len(tiles), AT_ONCE)
    ]
    corners = torch.cat([answer.corners for answer in answers]).cpu().numpy()
    plate = torch.cat([answer.plate for answer in answers]).cpu().numpy() > 0
    known = tiles["known"]
    exact, none = known == EXACT, known == NONE
    widths = np.ptp(tiles["corners"][..., 0], axis=1).clip(min=1)
    off = np.linalg.norm(corners - tiles["corners"], axis=2).mean(axis=1) / widths
    return Seen(
        count=int(exact.sum()),
        off=float(off[exact].mean()),
        good=float((off[exact] <= GOOD).mean()),
        missed=float((~plate[exact]).mean()),
        fooled=float(plate[none].mean()) if none.any() else float("nan"),
    )
