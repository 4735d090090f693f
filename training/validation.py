"""How well a net reads what it was not taught with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from streamer.neural.ctc import BLANK, COLUMNS, LINES, spelled, text_of
from training.labels import IGNORED, LONGEST, folded, symbols
from training.loading import Batch
from training.reader_net import Output, Reader
from training.stream import Records

SURE = 0.9
"""Texts of at least this probability are counted on their own: they have to be right."""
_BATCH = 256


@dataclass(frozen=True)
class Score:
    """Of `count` crops whose text is known: shares (0-1) read exactly, and with O = 0 and I = 1; the share
    that is `sure`, and how much of that is right when folded (`trusted`). `readable` and `style` are the
    shares of all crops of which these are answered rightly, NaN where unknown."""

    count: int
    exact: float
    folded: float
    sure: float
    trusted: float
    readable: float
    style: float


def validate(net: Reader, sets: dict[str, Records], device: torch.device) -> dict[str, Score]:
    """Each set's score."""
    return {name: _score(net, records, device) for name, records in sets.items()}


@torch.no_grad()
def _score(net: Reader, records: Records, device: torch.device) -> Score:
    net.eval()
    pieces = [records[start : start + _BATCH] for start in range(0, len(records), _BATCH)]
    outputs = [net(Batch.of(piece, device).crop) for piece in pieces]
    output = Output(*(torch.cat(parts).float().cpu() for parts in zip(*outputs, strict=True)))
    known = records["spelled"] == 1
    texts, probabilities = read(Output(*(part[torch.from_numpy(known)] for part in output)))
    true = [text_of(row) for row in records["target"][known]]
    right = np.array([text == truth for text, truth in zip(texts, true, strict=True)])
    alike = np.array([folded(text) == folded(truth) for text, truth in zip(texts, true, strict=True)])
    sure = probabilities >= SURE
    return Score(
        count=len(true),
        exact=_share(right),
        folded=_share(alike),
        sure=_share(sure),
        trusted=_share(alike[sure]),
        readable=_agreement((output.readable > 0).numpy(), records["readable"]),
        style=_agreement(output.style.argmax(dim=1).numpy(), records["style"]),
    )


def read(output: Output) -> tuple[list[str], NDArray[np.float32]]:
    """Each crop's text by the best path, and the text's probability (0-1) over all paths."""
    texts = [spelled(logits).text for logits in output.characters.float().cpu().numpy()]
    logs = output.characters.float().cpu().log_softmax(dim=3).flatten(1, 2).transpose(0, 1)
    targets = torch.from_numpy(np.array([symbols(text[:LONGEST]) for text in texts])).long()
    costs = functional.ctc_loss(
        logs,
        targets,
        torch.full((len(texts),), LINES * COLUMNS, dtype=torch.long),
        (targets != BLANK).sum(dim=1),
        blank=BLANK,
        reduction="none",
    )
    return texts, np.exp(-costs.numpy())


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if which.size else float("nan")


def _agreement(answers: NDArray[np.generic], truth: NDArray[np.int8]) -> float:
    known = truth != IGNORED
    return _share(answers[known] == truth[known])
