"""How plate syntaxes are written, and what they say about each position of a text.

A       any letter           9      any digit          x   (small) this letter
[A-C7]  one of these         (x|yz|)  one of these, the empty one too
/       where a two-line plate breaks, a space on one line
anything else is printed between characters and is no part of the text

>>> [p.display("B12") for p in patterns("(b|aa) 9(9|)") if p.fits("B12")]
['B 12']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from string import ascii_uppercase, digits

BREAK = "/"
_PART = re.compile(r"\[[^\]]*\]|.")
_GROUP = re.compile(r"\(([^()]*)\)")
_RANGE = re.compile(r"([A-Z])-([A-Z])|([0-9])-([0-9])|([A-Z0-9])")


class PatternError(ValueError):
    """A pattern that cannot be meant; the message says what to write instead."""


@dataclass(frozen=True)
class Pattern:
    """One syntax, position by position.

    `slots[i]` holds the characters that position i may have, sorted; `before[i]` is what is printed
    before it: "", a separator, or "/" where a two-line plate breaks. Both have a length of 1 to 12.
    """

    slots: tuple[str, ...]
    before: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Whether a bare text (A-Z, 0-9) is one of this syntax."""
        return len(text) == len(self.slots) and all(
            character in slot for character, slot in zip(text, self.slots, strict=True)
        )

    def sample(self, rng: Random) -> str:
        """A random bare text of this syntax."""
        return "".join(rng.choice(slot) for slot in self.slots)

    def lines(self, text: str) -> tuple[str, ...]:
        """The text with its separators, as a two-line plate shows it; one line if it has no break."""
        printed = "".join(gap + character for gap, character in zip(self.before, text, strict=True))
        return tuple(printed.split(BREAK))

    def display(self, text: str) -> str:
        """The text with its separators on one line: `AB123C` as `AB-123-C`."""
        return " ".join(self.lines(text))


@lru_cache(maxsize=4096)
def patterns(written: str, letters: str = ascii_uppercase) -> tuple[Pattern, ...]:
    """Everything that a written syntax allows. `letters` is what A stands for.

    Raises PatternError.
    """
    spellings = dict.fromkeys(_spellings(written))
    return tuple(dict.fromkeys(_pattern(spelling, letters) for spelling in spellings))


def _spellings(written: str) -> list[str]:
    """The syntax with every choice of each (...) made."""
    group = _GROUP.search(written)
    if group is None:
        if any(bracket in written for bracket in "()|"):
            raise PatternError(f"{written!r}: a bracket is missing; choices are written (AA|A|)")
        return [written]
    head, tail = written[: group.start()], written[group.end() :]
    return [spelling for choice in group[1].split("|") for spelling in _spellings(head + choice + tail)]


def _pattern(spelling: str, letters: str) -> Pattern:
    slots: list[str] = []
    before: list[str] = []
    gap = ""
    for part in _PART.findall(spelling):
        allowed = _allowed(part, letters)
        if not allowed:
            gap = part if slots and gap != BREAK else gap
            continue
        slots.append(allowed)
        before.append(gap)
        gap = ""
    if not 1 <= len(slots) <= 12:
        raise PatternError(f"{spelling!r} has {len(slots)} characters; plates have 1 to 12")
    return Pattern(tuple(slots), tuple(before))


def _allowed(part: str, letters: str) -> str:
    """The characters a part stands for; "" for a separator."""
    if part == "A":
        return letters
    if part == "9":
        return digits
    if part.startswith("["):
        return _set(part)
    if part in "[]":
        raise PatternError(f"a {part!r} stands alone; sets are written [ABC], [A-F] or [0-3X]")
    if part.isascii() and part.islower():
        return part.upper()
    if part.isalnum() and not part.isascii():
        raise PatternError(f"{part!r} is never read: texts have the letters A to Z and the digits 0 to 9")
    if part.isalnum():
        raise PatternError(f"{part!r}: write A for any letter, 9 for any digit, [{part}] for {part} itself")
    return ""


def _set(part: str) -> str:
    inside = part[1:-1]
    ranges = _RANGE.findall(inside)
    if not ranges or _RANGE.sub("", inside):
        raise PatternError(f"{part!r}: sets are written [ABC], [A-F] or [0-3X]")
    members = {
        chr(code)
        for first, last, low, high, single in ranges
        for code in range(ord(first or low or single), ord(last or high or single) + 1)
    }
    if not members:
        raise PatternError(f"{part!r} holds nothing: a range goes from the smaller to the greater")
    return "".join(sorted(members))
