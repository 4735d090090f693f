"""What the reader's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.labels import BLANK, COLUMNS, IGNORED, LINES
from training.loading import Batch
from training.reader_net import Output, Reader

JOINS = (0.1, 0.3)
"""The share of training in which CTC comes in. Alone it hardly starts: the columns' labels lead, and later
leave the place of a character to the net, which true crops need, whose characters' places are unknown."""
KEPT = 0.3
"""The weight that the columns' labels keep beside CTC."""
READABLE, STYLE = 0.03, 0.02
"""Weights of the smaller questions."""


@dataclass(frozen=True)
class Losses:
    """Nats: `columns` and `spelling` a column, `readable` and `style` a crop; `total` is to be minimised."""

    columns: Tensor
    spelling: Tensor
    readable: Tensor
    style: Tensor
    total: Tensor

    def __str__(self) -> str:
        return (
            f"loss {self.total.item():.4f} columns {self.columns.item():.4f} "
            f"spelling {self.spelling.item():.4f} readable {self.readable.item():.3f} "
            f"style {self.style.item():.3f}"
        )

    @property
    def row(self) -> dict[str, float]:
        """For the learning curve."""
        return {"columns_loss": self.columns.item(), "spelling_loss": self.spelling.item()}


def cost(net: Reader, batch: Batch, progress: float) -> Losses:
    """What the net's answers cost at that share of training (0-1)."""
    return losses(net(batch.crop), batch, progress)


def cost_of_more(net: Reader, batch: Batch, progress: float) -> Losses:
    """The same for a net that learnt to read in another run: CTC is in from the beginning, so that true crops
    count from there."""
    return cost(net, batch, max(progress, JOINS[1]))


def joined(progress: float) -> float:
    """How far CTC has come in at that share of training; both 0-1."""
    return min(1.0, max(0.0, (progress - JOINS[0]) / (JOINS[1] - JOINS[0])))


def losses(output: Output, batch: Batch, progress: float) -> Losses:
    """The batch's losses at that share of training (0-1)."""
    columns = _mean(
        functional.cross_entropy(
            output.characters.flatten(0, 2).float(),
            batch.columns.flatten(),
            ignore_index=IGNORED,
            reduction="none",
        ),
        batch.columns.flatten() != IGNORED,
    )
    readable = _mean(
        functional.binary_cross_entropy_with_logits(
            output.readable.float(), batch.readable.clamp(min=0).float(), reduction="none"
        ),
        batch.readable != IGNORED,
    )
    style = _mean(
        functional.cross_entropy(
            output.style.float(), batch.style, ignore_index=IGNORED, reduction="none", label_smoothing=0.05
        ),
        batch.style != IGNORED,
    )
    share = joined(progress)
    spelling = _spelling(output.characters, batch) if share else columns.new_zeros(())
    total = (1 - share * (1 - KEPT)) * columns + share * spelling + READABLE * readable + STYLE * style
    return Losses(columns, spelling, readable, style, total)


def _mean(values: Tensor, counted: Tensor) -> Tensor:
    """The mean of what counts; 0 if nothing does."""
    return (values * counted).sum() / counted.sum().clamp(min=1)


def _spelling(characters: Tensor, batch: Batch) -> Tensor:
    """CTC over both lines as one sequence, a column: so it need not be known which line a character of a
    true crop is on."""
    if not batch.spelled.any():
        return characters.new_zeros(())
    chosen = characters[batch.spelled].float()
    logs = chosen.log_softmax(dim=3).flatten(1, 2).transpose(0, 1)
    target = batch.target[batch.spelled]
    count = len(chosen)
    lengths = torch.full((count,), LINES * COLUMNS, dtype=torch.long)
    total: Tensor = functional.ctc_loss(
        logs,
        target,
        lengths,
        (target != BLANK).sum(dim=1).cpu(),
        blank=BLANK,
        reduction="sum",
        zero_infinity=True,
    )
    return total / (count * LINES * COLUMNS)
