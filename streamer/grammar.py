"""The likeliest text that a plate of some region can have: O or 0, I or 1, B or 8 by their place.

A reader is never sure of every character. What it holds possible at each place is weighed against the syntaxes
of the regions that are set: a text that fits one of them may be a little less likely than one that fits none.
How much less, is what `Grammar.bonus` says. Of texts that fit and are printed alike, one of a syntax with fewer
texts is likelier: as many vehicles share them (Bayes, every syntax being as probable).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import chain
from string import ascii_uppercase, digits

import numpy as np
from numpy.typing import NDArray

from streamer.formats import FORMATS, STYLES
from streamer.likeness import PRINTED_ALIKE, TWIN, UNKNOWN, alike, printed_alike
from streamer.syntax import BREAK, Pattern, patterns
from streamer.types import Character

CHARACTERS = digits + ascii_uppercase
PREFERRED = math.log(60)
"""The bonus when regions are set: a text that fits may be 60 times less likely than one that does not. So a
character of which the reader is 98% sure gives way, one of which it is 99% sure does not."""
CHOSEN = math.log(15)
"""The bonus when plates of a region that is set may have any text (`formats.OWNERS_CHOOSE`): a higher one bends
PENGU1N. Of 218 American plates that the reader had not been taught, 140 came out exactly with 4 to 15 times,
138 with 60; of 279 British, Romanian, Indian and Indonesian ones 229 with 60, 226 with 15."""
ANYWHERE = math.log(4)
"""The bonus when none is set: somewhere in the world there are such plates, so only what the reader wavers
about is decided."""
GUESSED = math.log(15)
"""The bonus of a text that fits a country whose plates look like this one, when no region is set. Of 366
held-out plates 314 came out exactly with it, 312 without, 315 with 30 times."""
LEAST = 1e-4
"""The probability of a character that the reader does not hold possible: nobody is sure of anything."""
ONE_DIE = 0.1
"""The part of plates that print O by the zero's die, or I by the one's, although the reader takes it for surely
one of both. As many were rendered like that for it; which countries do, it cannot know. Of the 366 held-out
plates as many come out exactly with 0 to 0.3 of it. With a bonus above CHOSEN it is less in proportion: what a
reader is 99.9% sure of is never bent, not even on a visitor's plate."""
UNTOLD = 0.2
"""What part of its doubt a reader has about look-alikes that does not tell what else a character may be."""

_LEAST_LOG = math.log(LEAST)
_NUMBER = {character: number for number, character in enumerate(CHARACTERS)}
_PLACES = np.arange(64)

Place = Mapping[str, float]
"""What may stand at one place of a text: characters and how probable each is, 0-1."""


@dataclass(frozen=True)
class Spelt:
    """A text, the logarithm of its probability, and whether it fits the grammar.

    `settled` is how sure one can be (0-1) that the grammar was right to choose it: 1 where it is what the
    reader holds likeliest itself.
    """

    text: str
    log_probability: float
    fits: bool
    settled: float = 1.0


@dataclass(frozen=True, eq=False)
class _Slots:
    """The syntaxes of one length. `forbidden` is different slots x CHARACTERS: 0 for what may stand there, else
    minus infinity. `of_syntax` is syntaxes x places: which slot stands where. `texts` is how many texts each
    syntax has, as a logarithm."""

    forbidden: NDArray[np.float64]
    of_syntax: NDArray[np.intp]
    texts: NDArray[np.float64]

    def likeliest(self, logs: NDArray[np.float64], also: NDArray[np.float64] | float = 0.0) -> Spelt:
        """The likeliest text that fits, by the logarithms of what may stand at each place (places x CHARACTERS)
        and what speaks for each syntax `also`."""
        masked = logs[:, None] + self.forbidden
        places = _PLACES[: len(logs)]
        sums = masked.max(axis=2)[places, self.of_syntax].sum(axis=1)
        best = int((sums + also).argmax())
        characters = masked[places, self.of_syntax[best]].argmax(axis=1)
        return Spelt("".join(CHARACTERS[index] for index in characters), float(sums[best]), True)


@dataclass(frozen=True)
class Grammar:
    """What texts plates have here.

    `regions` are codes of `formats.FORMATS`; none stands for all of them. `own` are syntaxes as `syntax.py`
    explains, beside those. With `strict` a text has to fit. `guess` is where the plate may come from by its
    looks, which counts only while nobody said what plates are expected.
    """

    regions: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    strict: bool = False
    guess: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether somebody said what plates are expected."""
        return bool(self.regions or self.own)

    @property
    def owners_choose(self) -> bool:
        """Whether plates of a region that is set may have any text."""
        return any(FORMATS[code].may_be_any for code in self.regions)

    @property
    def bonus(self) -> float:
        """How much less likely a text that fits may be and still be preferred, in nats."""
        if not self.is_set:
            return ANYWHERE
        return CHOSEN if self.owners_choose else PREFERRED

    def likeliest(self, places: Sequence[Place]) -> Spelt:
        """The text of these places that is likeliest with the bonus for one that fits.

        If none fits, the likeliest of all with `fits` False, whether `strict` or not: what becomes of it is
        for the caller to say.
        """
        one_die = ONE_DIE * min(1.0, math.exp(CHOSEN - self.bonus))
        places = [_as_printed(place, one_die) for place in places]
        free = _freest(places)
        guessed = _of(self.guess) if self.guess else None
        for grammar, bonus in ((guessed, GUESSED), (self, self.bonus)):
            if grammar and (best := grammar._preferred(places, free, bonus)):
                return best
        return free

    def _preferred(self, places: Sequence[Place], free: Spelt, bonus: float) -> Spelt | None:
        """The text that fits and is likelier, with the bonus, than the likeliest of all, `free`."""
        if len(free.text) == len(places) and self.fits(free.text):
            return self._as_its_syntax_prints(places, replace(free, fits=True))
        fitting = self._fitting(places)
        if fitting is None or fitting.log_probability + bonus < free.log_probability:
            return None
        odds = math.exp(fitting.log_probability + bonus - free.log_probability)
        return self._as_its_syntax_prints(places, replace(fitting, settled=odds / (1 + odds)))

    def of_style(self, style: str | None) -> Grammar:
        """The same for a plate that looks like this, one of `formats.STYLES` perhaps."""
        return self if self.is_set or style not in STYLES else _guessing(self, STYLES[style])

    def fits(self, text: str) -> bool:
        """Whether the text has a syntax; one with unknown characters, whether it may have one."""
        allowing = self.allowing(len(text))
        if allowing is None:
            return False
        left = -1
        for one, place in zip(text, allowing, strict=True):
            if one != UNKNOWN:
                left &= place.get(one, 0)
                if not left:
                    return False
        return True

    def allowing(self, length: int) -> Sequence[Mapping[str, int]] | None:
        """For each place of texts of that length: character -> the syntaxes that allow it there, a bit each. A
        text fits if its characters have a bit in common. None if no text of that length does."""
        return self._allowing.get(length)

    def display(self, text: str) -> str:
        """The text with printed separators, if all regions that are set print some at the same places: on one
        line, or as two-line plates break where there is no other; which ones, the first says."""
        if not self.is_set:
            return text
        fitting = [pattern for pattern in self._patterns.get(len(text), ()) if pattern.fits(text)]
        fitting = [pattern for pattern in fitting if BREAK not in pattern.before] or fitting
        gaps = {tuple(map(bool, pattern.before)) for pattern in fitting}
        return fitting[0].display(text) if len(gaps) == 1 else text

    def _fitting(self, places: Sequence[Place]) -> Spelt | None:
        """The likeliest text that fits."""
        slots = self._slots.get(len(places))
        return slots.likeliest(_logs(places, _LEAST_LOG)) if slots else None

    def _as_its_syntax_prints(self, places: Sequence[Place], spelt: Spelt) -> Spelt:
        """The text that fits, or one printed alike and nearly as likely, of a syntax with fewer texts."""
        slots = self._slots.get(len(places))
        if slots is None or not any(map(_may_be_its_twin, places, spelt.text)):
            return spelt
        alike = [
            {character: LEAST} | {one: p for one, p in place.items() if printed_alike(one, character)}
            for place, character in zip(places, spelt.text, strict=True)
        ]
        best = slots.likeliest(_logs(alike, -math.inf), -slots.texts)
        nearly = best.log_probability + ANYWHERE >= spelt.log_probability
        return replace(best, settled=spelt.settled) if nearly else spelt

    @cached_property
    def _patterns(self) -> dict[int, tuple[Pattern, ...]]:
        """By length of the text."""
        return _by_length(self.regions, self.own)

    @cached_property
    def _allowing(self) -> dict[int, tuple[dict[str, int], ...]]:
        """By length of the text."""
        return _bits_by_length(self.regions, self.own)

    @cached_property
    def _slots(self) -> dict[int, _Slots]:
        """By length of the text."""
        return _slots_by_length(self.regions, self.own)


@lru_cache(maxsize=64)
def _of(regions: tuple[str, ...]) -> Grammar:
    return Grammar(regions)


@lru_cache(maxsize=64)
def _guessing(grammar: Grammar, guess: tuple[str, ...]) -> Grammar:
    return replace(grammar, guess=guess)


EVERYWHERE = Grammar()
"""What is expected of plates where nobody said which ones come."""


def possible(character: Character) -> dict[str, float]:
    """What may stand in a character's place as its reader tells; of a reader that does not, its look-alikes
    have a part of its doubt, those that are printed alike eight times as much as others."""
    if character.others:
        return {**dict(character.others), character.text: character.confidence}
    return {**dict(look_alikes(character.text, character.confidence)), character.text: character.confidence}


def look_alikes(character: str, confidence: float) -> list[tuple[str, float]]:
    """What else may stand there by a reader that is so sure and does not tell."""
    doubt = UNTOLD * (1.0 - confidence)
    return [(other, doubt * part) for other, part in _look_alikes(character)]


@cache
def _look_alikes(character: str) -> tuple[tuple[str, float], ...]:
    """Its look-alikes and the part of the doubt, 0-1, that each has."""
    likely = {
        other: 8.0 if printed_alike(other, character) else 1.0
        for other in CHARACTERS
        if alike(other, character)
    }
    return tuple((other, weight / sum(likely.values())) for other, weight in likely.items())


def _as_printed(place: Place, one_die: float) -> Place:
    """The place as somebody sees it who does not know whether characters that are PRINTED_ALIKE are told apart
    on this plate; on that part of all, 0-1, they are not. None becomes less probable by it: an O that may be a
    zero is no D for that."""
    if TWIN.keys().isdisjoint(place):
        return place
    printed = dict(place)
    for pair in PRINTED_ALIKE:
        either = sum(place.get(one, 0.0) for one in pair)
        for character in pair if either else "":
            own = place.get(character, 0.0)
            printed[character] = max(own, (1.0 - one_die) * own + one_die * either / 2)
    return printed


def _may_be_its_twin(place: Place, character: str) -> bool:
    """Whether what is printed alike is nearly as likely there."""
    twin = TWIN.get(character)
    return twin is not None and place.get(twin, 0.0) * math.exp(ANYWHERE) >= place.get(character, LEAST)


def _logs(places: Sequence[Place], least: float) -> NDArray[np.float64]:
    """What may stand at each place as logarithms, places x CHARACTERS; `least` for what is not there."""
    logs = np.full((len(places), len(CHARACTERS)), least)
    for row, place in enumerate(places):
        for character, probability in place.items():
            if probability >= LEAST and character in _NUMBER:
                logs[row, _NUMBER[character]] = math.log(probability)
    return logs


def _freest(places: Sequence[Place]) -> Spelt:
    """The likeliest text of all."""
    best = [max(place.items(), key=lambda item: item[1], default=("", 1.0)) for place in places]
    return Spelt(
        "".join(character for character, _ in best),
        sum(math.log(max(probability, LEAST)) for _, probability in best),
        False,
    )


@lru_cache(maxsize=64)
def _by_length(regions: tuple[str, ...], own: tuple[str, ...]) -> dict[int, tuple[Pattern, ...]]:
    known = [pattern for code in regions or (() if own else FORMATS) for pattern in FORMATS[code].patterns]
    every: Iterable[Pattern] = [*known, *(pattern for written in own for pattern in patterns(written))]
    lengths: dict[int, list[Pattern]] = {}
    for pattern in every:
        lengths.setdefault(len(pattern.slots), []).append(pattern)
    return {length: tuple(dict.fromkeys(some)) for length, some in lengths.items()}


@lru_cache(maxsize=64)
def _bits_by_length(regions: tuple[str, ...], own: tuple[str, ...]) -> dict[int, tuple[dict[str, int], ...]]:
    by_length = {}
    for length, some in _by_length(regions, own).items():
        places: tuple[dict[str, int], ...] = tuple({} for _ in range(length))
        for bit, slots in enumerate(dict.fromkeys(pattern.slots for pattern in some)):
            for place, slot in zip(places, slots, strict=True):
                for character in slot:
                    place[character] = place.get(character, 0) | 1 << bit
        by_length[length] = places
    return by_length


@lru_cache(maxsize=64)
def _slots_by_length(regions: tuple[str, ...], own: tuple[str, ...]) -> dict[int, _Slots]:
    by_length = {}
    for length, some in _by_length(regions, own).items():
        syntaxes = list(dict.fromkeys(pattern.slots for pattern in some))
        different = {slot: index for index, slot in enumerate(dict.fromkeys(chain.from_iterable(syntaxes)))}
        allowed = [[character in slot for character in CHARACTERS] for slot in different]
        by_length[length] = _Slots(
            np.where(np.array(allowed, bool), 0.0, -np.inf),
            np.array([[different[slot] for slot in slots] for slots in syntaxes], np.intp),
            np.array([sum(math.log(len(slot)) for slot in slots) for slots in syntaxes]),
        )
    return by_length
