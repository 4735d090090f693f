"""What plates say, on one or two rows, with separators."""

from __future__ import annotations

from random import Random

from streamer.formats import FORMATS
from streamer.syntax import Pattern
from training.captions import VANITY

REPEATED = 0.12
"""How often a character is made that of its left neighbour, 0-1: of a row of equal ones readers by columns
lose one easily."""


def printed(rng: Random, region: str, rows: int) -> tuple[str, ...]:
    """A random text of the region with its separators, on one or two rows; free text for region ""."""
    if not region:
        return free_text(rng, rows)
    known = FORMATS[region]
    broken = [series for series in known.by_series if "/" in series[0].before]
    pattern = rng.choice(rng.choice(broken if broken and rows == 2 else known.by_series))
    text = sampled(rng, pattern)
    if rows == 1:
        return (pattern.display(text),)
    lines = pattern.lines(text)
    return lines if len(lines) == 2 else _broken(pattern, text)


def sampled(rng: Random, pattern: Pattern) -> str:
    """A random bare text of the syntax, equal neighbours more often than chance has them."""
    text = ""
    for slot in pattern.slots:
        repeats = text and text[-1] in slot and rng.random() < REPEATED
        text += text[-1] if repeats else rng.choice(slot)
    return text


def _broken(pattern: Pattern, text: str) -> tuple[str, ...]:
    """Two rows of a text whose syntax knows no break: at the separator nearest to the middle."""
    gaps = [index for index, gap in enumerate(pattern.before) if gap]
    middle = min(gaps, key=lambda index: abs(index - len(text) / 2)) if gaps else len(text) // 2
    if not 0 < middle < len(text):
        return (text,)
    first = "".join(gap + c for gap, c in zip(pattern.before[:middle], text[:middle], strict=True))
    rest = "".join(gap + c for gap, c in zip(("", *pattern.before[middle + 1 :]), text[middle:], strict=True))
    return first, rest


def free_text(rng: Random, rows: int) -> tuple[str, ...]:
    """Vanity plates and random strings of 2 to 8 characters, 3 to 5 a row on two rows."""
    if rows == 2:
        return _random_text(rng, rng.randint(2, 5)), _random_text(rng, rng.randint(3, 5))
    if rng.random() < 0.35:
        words = [rng.choice(VANITY) for _ in range(rng.randint(1, 3))]
        return (rng.choice((" ", "", "-")).join(words)[:8].strip(" -"),)
    text = _random_text(rng, rng.randint(3, 8))
    cut = rng.randint(1, len(text) - 1)
    return (text[:cut] + rng.choice(("", " ", "-", "·")) + text[cut:],)


def _random_text(rng: Random, length: int) -> str:
    """Letters and digits in runs, the letters that readers confuse more often than others."""
    text = ""
    while len(text) < length:
        alphabet = rng.choice(("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "0123456789", "MWNHOQDIBSZG"))
        text += "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 4)))
    return text[:length]
