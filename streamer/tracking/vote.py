"""Many looks at one plate -> one text. The looks vote, weighted by how sure the reader was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from streamer.types import Plate

SUREST = 0.99
"""No single look counts as surer than this: readers are sure of themselves on a blur, too."""


@dataclass(frozen=True)
class Verdict:
    """What the looks say together.

    `confidence` is from 0 to 1. `looks` is how many looks agree on the character that the fewest
    agree on. Without a look that shows text: "", 0, 0.
    """

    text: str = ""
    confidence: float = 0.0
    looks: int = 0


@dataclass(slots=True)
class _Tally:
    """The votes for one character at one position."""

    weight: float = 0.0
    looks: int = 0
    doubt: float = 1.0


@dataclass(slots=True)
class _Slate:
    """The votes of the looks that have one length."""

    weight: float = 0.0
    positions: list[dict[str, _Tally]] = field(default_factory=list)


class Ballot:
    """The votes of the looks at one plate. Its memory does not grow with the number of looks.

    The length with the most weight wins, then at every position the character with the most. A text
    that holds the majority wins every position as well, so whole texts need no vote of their own.

    A character's confidence is one minus the product of the square roots of its looks' doubts, times
    its share against the strongest rival at its place. So two agreeing looks are worth what each of
    them says, one look alone is worth less, more are worth more. The square root is because looks of
    one pass share their faults and are not independent. The text is as sure as its weakest character
    and its length are.
    """

    def __init__(self) -> None:
        self._slates: dict[int, _Slate] = {}
        self._verdict: Verdict | None = Verdict()

    @property
    def verdict(self) -> Verdict:
        """What the looks so far say."""
        if self._verdict is None:
            self._verdict = self._count()
        return self._verdict

    def add(self, plate: Plate) -> None:
        """One look votes. A plate without text has no vote."""
        confidences = [character.confidence for character in plate.characters]
        if len(confidences) != len(plate.text):
            confidences = [plate.confidence] * len(plate.text)
        self._vote(plate.text, [_Tally(p, 1, math.sqrt(1.0 - min(p, SUREST))) for p in confidences])

    def add_verdict(self, verdict: Verdict) -> None:
        """An earlier vote counts as so many looks, which are as sure together as it was."""
        weight = verdict.confidence * verdict.looks
        votes = _Tally(weight, verdict.looks, 1.0 - verdict.confidence)
        self._vote(verdict.text, [votes] * len(verdict.text))

    def add_all(self, other: Ballot) -> None:
        """All votes of another ballot count here too."""
        self._verdict = None
        for length, theirs in other._slates.items():
            slate = self._slate(length)
            slate.weight += theirs.weight
            for tallies, others in zip(slate.positions, theirs.positions, strict=True):
                for character, tally in others.items():
                    _count_in(tallies, character, tally)

    def _vote(self, text: str, votes: Sequence[_Tally]) -> None:
        if not text:
            return
        self._verdict = None
        slate = self._slate(len(text))
        slate.weight += sum(vote.weight for vote in votes) / len(votes)
        for tallies, character, vote in zip(slate.positions, text, votes, strict=True):
            _count_in(tallies, character, vote)

    def _slate(self, length: int) -> _Slate:
        if length not in self._slates:
            self._slates[length] = _Slate(positions=[{} for _ in range(length)])
        return self._slates[length]

    def _count(self) -> Verdict:
        if not self._slates:
            return Verdict()
        slate = max(self._slates.values(), key=lambda slate: slate.weight)
        winners = [_winner(tallies) for tallies in slate.positions]
        return Verdict(
            "".join([character for character, _, _ in winners]),
            min([(1.0 - tally.doubt) * share for _, tally, share in winners])
            * _share([other.weight for other in self._slates.values()]),
            min([tally.looks for _, tally, _ in winners]),
        )


def _count_in(tallies: dict[str, _Tally], character: str, votes: _Tally) -> None:
    tally = tallies.get(character)
    if tally is None:
        tallies[character] = tally = _Tally()
    tally.weight += votes.weight
    tally.looks += votes.looks
    tally.doubt *= votes.doubt


def _winner(tallies: dict[str, _Tally]) -> tuple[str, _Tally, float]:
    """The character with the most weight, its votes, and its share against the strongest rival."""
    if len(tallies) == 1:
        ((character, tally),) = tallies.items()
        return character, tally, 1.0
    character = max(tallies, key=lambda character: tallies[character].weight)
    return character, tallies[character], _share([tally.weight for tally in tallies.values()])


def _share(weights: list[float]) -> float:
    """The heaviest weight's part of the two heaviest, 0.5 to 1."""
    first, *others = sorted(weights, reverse=True)
    return first / (first + others[0]) if others and first else 1.0
