"""Reads against the truth of a scene: each pass is exact, misread or missed; what is left over is a double or false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.stress.looks import Pass
from streamer.types import Read, Rejected

SLACK_S = 1.0
"""A read may begin and end so much before and after its pass."""


class Fate(StrEnum):
    """What became of a pass that was asked for."""

    EXACT = "exact"
    MISREAD = "misread"
    MISSED = "missed"


@dataclass(frozen=True)
class Verdict:
    """`fates` has one for each pass, None for those that were not asked for; `said` the text of each pass's read.
    `doubles` are further reads of a pass that has one, `false` those of no pass."""

    fates: tuple[Fate | None, ...]
    said: tuple[str, ...]
    doubles: tuple[Read, ...]
    false: tuple[Read, ...]


def judge(passes: Sequence[Pass], reads: Sequence[Read]) -> Verdict:
    """Exact texts are given to their passes first, then each other read to the pass that it is nearest to, if most of
    its text is right; both must overlap in time."""
    said, doubles, false, rest = [""] * len(passes), [], [], []
    for read in reads:
        here = [index for index in meanwhile(passes, read) if passes[index].text == read.plate]
        free = [index for index in here if not said[index]]
        if free:
            said[free[0]] = read.plate
        else:
            rest.append(read)
    for read in rest:
        near = [
            index
            for index in meanwhile(passes, read)
            if 2 * edits(passes[index].text, read.plate) < len(read.plate)
        ]
        near.sort(key=lambda index: (edits(passes[index].text, read.plate), bool(said[index])))
        if not near:
            false.append(read)
        elif said[near[0]]:
            doubles.append(read)
        else:
            said[near[0]] = read.plate
    fates = tuple(_fate(one, text) for one, text in zip(passes, said, strict=True))
    return Verdict(fates, tuple(said), tuple(doubles), tuple(false))


def meanwhile(passes: Sequence[Pass], read: Read | Rejected) -> list[int]:
    """The passes during which the read was made."""
    return [
        index
        for index, one in enumerate(passes)
        if read.first_media_s <= one.last_s + SLACK_S and read.last_media_s >= one.first_s - SLACK_S
    ]


def _fate(one: Pass, said: str) -> Fate | None:
    if not one.asked:
        return None
    return Fate.MISSED if not said else Fate.EXACT if said == one.text else Fate.MISREAD


def edits(a: str, b: str) -> int:
    """How many characters have to be put in, taken out or replaced to turn one text into the other."""
    row = list(range(len(b) + 1))
    for down, character in enumerate(a, 1):
        before, row[0] = row[0], down
        for across, other in enumerate(b, 1):
            before, row[across] = (
                row[across],
                min(row[across] + 1, row[across - 1] + 1, before + (character != other)),
            )
    return row[-1]
