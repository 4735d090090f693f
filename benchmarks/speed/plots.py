"""Lines over a number, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _TOP = 420, 240, 62, 40
_COLOURS = ("#2a6fb0", "#c2571a", "#3c8d40", "#8a4fa3", "#b0902a", "#5a5a5a", "#c23b6b", "#2a9d9d")

Line = Sequence[tuple[float, float]]
"""Points x, y; both above 0 where the axis is logarithmic."""


def plot(path: Path, title: str, across: str, up: str, lines: dict[str, Line], log: str = "") -> None:
    """Draws the lines into a file. `log` has an x or a y for each axis that is logarithmic."""
    points = [point for line in lines.values() for point in line]
    x = _Axis([point[0] for point in points], _WIDTH, "x" in log)
    y = _Axis([point[1] for point in points], _HEIGHT, "y" in log)
    height = _TOP + _HEIGHT + 56 + 18 * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 24} {height}" '
        'font-family="sans-serif" font-size="12" fill="#444">',
        f'<rect width="{_LEFT + _WIDTH + 24}" height="{height}" fill="#fff"/>',
        f'<g transform="translate({_LEFT} {_TOP})">',
        f'<text y="-16" font-weight="bold">{escape(title)}</text>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#f6f6f4" stroke="#bbb"/>',
        *(
            f'<text x="{x.at(tick):.1f}" y="{_HEIGHT + 16}" text-anchor="middle">{_number(tick)}</text>'
            for tick in x.ticks
        ),
        *(_level(y, tick) for tick in y.ticks),
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT + 36}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(-46 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text>',
        *(_drawn(number, name, line, x, y) for number, (name, line) in enumerate(lines.items())),
        "</g></svg>",
    ]
    path.write_text("\n".join(parts) + "\n")


class _Axis:
    """Numbers to pixels: from 0, or logarithmic from the power of ten below the least."""

    def __init__(self, values: Sequence[float], pixels: int, log: bool) -> None:
        self._log, self._pixels = log, pixels
        if log:
            low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            high = max(high, low + 1)
            self._low, self._high = float(low), float(high)
            self.ticks = [10.0**power for power in range(low, high + 1)]
        else:
            step = _step(max(values))
            count = math.ceil(max(values) / step)
            self._low, self._high = 0.0, count * step
            self.ticks = [number * step for number in range(count + 1)]

    def at(self, value: float) -> float:
        share = ((math.log10(value) if self._log else value) - self._low) / (self._high - self._low)
        return share * self._pixels


def _step(most: float) -> float:
    """A round number that fits three to seven times into the most."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * part for part in (0.2, 0.5, 1, 2) if most / (power * part) <= 7)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 10 else f"{value:g}"


def _level(axis: _Axis, tick: float) -> str:
    y = _HEIGHT - axis.at(tick)
    return (
        f'<path d="M0 {y:.1f}H{_WIDTH}" stroke="#ddd"/>'
        f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{_number(tick)}</text>'
    )


def _drawn(number: int, name: str, line: Line, x: _Axis, y: _Axis) -> str:
    """The line, its points, and its name below the plot."""
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(x.at(one), _HEIGHT - y.at(other)) for one, other in line]
    way = "L".join(f"{across:.1f} {down:.1f}" for across, down in places)
    discs = "".join(f'<circle cx="{a:.1f}" cy="{d:.1f}" r="3" fill="{colour}"/>' for a, d in places)
    below = _HEIGHT + 58 + 18 * number
    key = f'<rect y="{below - 9}" width="10" height="10" fill="{colour}"/><text x="16" y="{below}">{escape(name)}</text>'
    return f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="2"/>{discs}{key}'
