"""The reader's net: a crop of a plate -> characters for every column of two lines, readability, style.

Convolutions bring 64 x 160 pixels to one token for each 4 pixels of width, which holds the full height;
two transformer layers let the tokens see each other; every token names a character or none for each
of two lines (CRNN's columns, Shi, Bai and Yao 2015, arXiv:1507.05717, with attention in place of its
recurrence). Ordinary 3 x 3 convolutions and ReLU, because onnxruntime is fastest at these; as wide as
2 ms on one thread allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.labels import COLUMNS, LINES, SYMBOLS
from training.looks import STYLES

HEIGHT, WIDTH = 64, 160
"""The crop's size in pixels."""


@dataclass(frozen=True)
class Shape:
    """Channels after each halving, and the transformer's width, layers and heads."""

    channels: tuple[int, int, int, int] = (24, 40, 72, 128)
    width: int = 128
    layers: int = 2
    heads: int = 4
    dropout: float = 0.05


class Output(NamedTuple):
    """Logits: `characters` N x 2 x 40 x 37, `readable` N, `style` N x 23 (`looks.STYLES`)."""

    characters: Tensor
    readable: Tensor
    style: Tensor


class Reader(nn.Module):
    """N x 64 x 160 x 3 crops, BGR, uint8 -> Output."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        first, second, third, fourth = shape.channels
        self.trunk = nn.Sequential(
            convolution(3, first, stride=(2, 2)),
            convolution(first, second, stride=(2, 2)),
            Residual(second),
            convolution(second, third, stride=(2, 1)),
            Residual(third),
            convolution(third, fourth, stride=(2, 1)),
        )
        self.token = nn.Linear(fourth * HEIGHT // 16, shape.width)
        self.place = nn.Parameter(torch.randn(COLUMNS, shape.width) * 0.02)
        self.layers = nn.Sequential(
            *(Layer(shape.width, shape.heads, shape.dropout) for _ in range(shape.layers))
        )
        self.norm = nn.LayerNorm(shape.width)
        self.characters = nn.Linear(shape.width, LINES * SYMBOLS)
        self.whole = nn.Linear(shape.width, 1 + len(STYLES))

    def forward(self, crops: Tensor) -> Output:
        """Logits of a batch."""
        pixels = crops.permute(0, 3, 1, 2).float() * (1 / 128) - 1
        tokens = self.token(self.trunk(pixels).flatten(1, 2).transpose(1, 2)) + self.place
        tokens = self.norm(self.layers(tokens))
        characters = self.characters(tokens).unflatten(2, (LINES, SYMBOLS)).transpose(1, 2)
        whole = self.whole(tokens.mean(dim=1))
        return Output(characters, whole[:, 0], whole[:, 1:])


class Answers(nn.Module):
    """The reader as it is used, with probabilities (0-1) in place of logits: characters N x 2 x 40 x 37,
    readable N, style N x 23."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probabilities of a batch."""
        output = self.reader(crops)
        return output.characters.softmax(dim=3), output.readable.sigmoid(), output.style.softmax(dim=1)


class Residual(nn.Module):
    """A convolution whose result is added to what went in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as `x`."""
        added: Tensor = x + self.body(x)
        return added


class Layer(nn.Module):
    """One transformer layer, normalised first (Xiong et al. 2020, arXiv:2002.04745)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before_mixing, self.before_thinking = nn.LayerNorm(width), nn.LayerNorm(width)
        self.triple, self.mixed = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.think = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """N x 40 x width, in and out."""
        tokens = tokens + self.drop(self._mix(self.before_mixing(tokens)))
        thought: Tensor = tokens + self.drop(self.think(self.before_thinking(tokens)))
        return thought

    def _mix(self, tokens: Tensor) -> Tensor:
        """Multi-head attention of every token to all."""
        query, key, value = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.triple(tokens).chunk(3, dim=2)
        )
        seen = functional.scaled_dot_product_attention(query, key, value)
        mixed: Tensor = self.mixed(seen.transpose(1, 2).flatten(2))
        return mixed


def convolution(inward: int, outward: int, stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    """3 x 3, normalised over the batch, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inward, outward, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outward), nn.ReLU()
    )


def parameters(net: nn.Module) -> int:
    """How many numbers training sets."""
    return sum(parameter.numel() for parameter in net.parameters())
