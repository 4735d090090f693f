"""Of the texts that say 0.9, are nine in ten right? Bins, the expected calibration error, and a diagram."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from statistics import fmean

BINS = 10
_SIDE, _EDGE, _GAP = 220, 46, 26


@dataclass(frozen=True)
class Told:
    """A text that was told: how sure (0-1), and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Bin:
    """What was told with about the same confidence: how many texts, their mean confidence, the part that is right."""

    count: int
    confidence: float
    right: float


def bins(told: Iterable[Told]) -> list[Bin]:
    """BINS of equal width; those without a text are left out."""
    sorted_in: list[list[Told]] = [[] for _ in range(BINS)]
    for one in told:
        sorted_in[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(len(some), fmean(one.confidence for one in some), fmean(one.right for one in some))
        for some in sorted_in
        if some
    ]


def calibration_error(told: Sequence[Told]) -> float:
    """How far the bins' mean confidences are off the parts that are right, weighted by their texts (Guo 2017)."""
    return sum(one.count * abs(one.confidence - one.right) for one in bins(told)) / max(1, len(told))


def diagram(sets: dict[str, Sequence[Told]]) -> str:
    """SVG: for each set the bins as discs, as large as they have texts, against the line where all would be right."""
    width = len(sets) * (_SIDE + _EDGE + _GAP) + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_SIDE + 96}" '
        'font-family="sans-serif" font-size="12" fill="#444">',
        f'<rect width="{width}" height="{_SIDE + 96}" fill="#fff"/>',
    ]
    for index, (name, told) in enumerate(sets.items()):
        parts.append(f'<g transform="translate({_EDGE + index * (_SIDE + _EDGE + _GAP)} 40)">')
        parts += [*_axes(name, told), *_discs(told), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _axes(name: str, told: Sequence[Told]) -> list[str]:
    title = f"{escape(name)}: {len(told)} texts, error {calibration_error(told):.3f}"
    ticks = [
        f'<text x="{_SIDE * share}" y="{_SIDE + 18}" text-anchor="middle">{share:g}</text>'
        f'<text x="-8" y="{_SIDE * (1 - share) + 4}" text-anchor="end">{share:g}</text>'
        for share in (0, 0.5, 1)
    ]
    return [
        f'<text y="-14" font-weight="bold">{title}</text>',
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="#f6f6f4" stroke="#bbb"/>',
        f'<path d="M0 {_SIDE}L{_SIDE} 0" stroke="#999" stroke-dasharray="4 4"/>',
        *ticks,
        f'<text x="{_SIDE / 2}" y="{_SIDE + 40}" text-anchor="middle">told</text>',
        f'<text transform="translate(-32 {_SIDE / 2}) rotate(-90)" text-anchor="middle">right</text>',
    ]


def _discs(told: Sequence[Told]) -> list[str]:
    return [
        f'<circle cx="{_SIDE * one.confidence:.1f}" cy="{_SIDE * (1 - one.right):.1f}" '
        f'r="{3 + 15 * (one.count / len(told)) ** 0.5:.1f}" fill="#2a6fb0" fill-opacity="0.6">'
        f"<title>{one.count} texts told with {one.confidence:.2f}, {one.right:.2f} right</title></circle>"
        for one in bins(told)
    ]
