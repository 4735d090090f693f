"""What a plate may say instead: other texts, the likeliest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from streamer.grammar import LEAST, Grammar, Place, possible
from streamer.likeness import PRINTED_ALIKE, UNKNOWN
from streamer.types import Alternative, Plate

MOST = 5
"""So many are told at most."""
WORTH_TELLING = 0.001
"""What is less probable is not told."""
_AS_PRINTED = str.maketrans({pair[1]: pair[0] for pair in PRINTED_ALIKE})
CONSIDERED = 40
"""So many of the likeliest texts of a length are weighed by the grammar."""

_Text = tuple[str, float, int]
"""A text or its end, its probability, and the syntaxes that allow it, a bit each (see `Grammar.allowing`)."""


@dataclass(frozen=True)
class Slate:
    """The places of a text of some length, and how probable that length is, 0-1."""

    share: float
    places: Sequence[Place]


def instead_of(
    text: str, confidence: float, slates: Iterable[Slate], grammar: Grammar
) -> tuple[Alternative, ...]:
    """Up to MOST texts that are not `text`, with probabilities (0-1).

    What differs in characters that are printed alike alone is one text. The others share what is missing to the
    `confidence` of the text by their weights, so that all together are 1 at most. Of a text with unknown
    characters, what it may be completed to comes too, and shares its confidence.
    """
    texts, missing = _weighed(slates, grammar)
    matches = _matcher(text)
    inside = {one: weight for one, weight in texts.items() if matches(one)}
    outside = {one: weight for one, weight in texts.items() if one not in inside}
    found = _shared(outside, 1.0 - confidence, sum(outside.values()) + missing)
    if UNKNOWN in text:
        found += _shared(inside, confidence, sum(inside.values()))
    told = sorted((one for one in found if one[1] >= WORTH_TELLING), key=lambda one: -one[1])
    return tuple((one, round(probability, 4)) for one, probability in told[:MOST])


def left_of(told: Iterable[Alternative], before: float, now: float) -> tuple[Alternative, ...]:
    """What was told beside a text whose confidence was this `before`, `now` that it has another one."""
    part = min(1.0, (1.0 - now) / (1.0 - before)) if before < 1.0 else 0.0
    lower = ((text, round(part * probability, 4)) for text, probability in told)
    return tuple(one for one in lower if one[1] >= WORTH_TELLING)


def of_plate(plate: Plate, grammar: Grammar) -> tuple[Alternative, ...]:
    """What one look at a plate holds possible besides its text."""
    places = [possible(character) for character in plate.characters]
    return instead_of(plate.text, plate.confidence, [Slate(1.0, places)], grammar) if plate.text else ()


def _weighed(slates: Iterable[Slate], grammar: Grammar) -> tuple[dict[str, float], float]:
    """Texts with their weights, and the weight of all that are not among them."""
    weights: dict[str, float] = {}
    listed = 0.0
    bonus = math.exp(grammar.bonus)
    for slate in slates:
        for text, probability, syntaxes in _likeliest(slate.places, grammar):
            listed += slate.share * probability
            weights[text] = slate.share * probability * (bonus if syntaxes else 1.0)
    return _once(weights), max(0.0, 1.0 - listed)


def _once(weights: dict[str, float]) -> dict[str, float]:
    """Texts that are printed alike as the likeliest one of them, with the weight of all."""
    likeliest: dict[str, str] = {}
    once: dict[str, float] = {}
    for text, weight in sorted(weights.items(), key=itemgetter(1), reverse=True):
        same = likeliest.setdefault(text.translate(_AS_PRINTED), text)
        once[same] = once.get(same, 0.0) + weight
    return once


def _likeliest(places: Sequence[Place], grammar: Grammar) -> list[_Text]:
    """The likeliest texts of these places."""
    allowing = grammar.allowing(len(places)) or [{}] * len(places)
    texts: list[_Text] = [("", 1.0, -1)]
    for place, allowed in zip(places, allowing, strict=True):
        whole = sum(place.values()) or 1.0
        ends = [
            (one, share / whole, allowed.get(one, 0)) for one, share in place.items() if share >= LEAST * whole
        ]
        if len(ends) == 1:
            [(one, share, here)] = ends
            texts = [(text + one, p * share, syntaxes & here) for text, p, syntaxes in texts]
        else:
            texts = sorted(_longer(texts, ends), key=itemgetter(1), reverse=True)[:CONSIDERED]
    return texts


def _longer(texts: list[_Text], ends: list[_Text]) -> list[_Text]:
    """The texts, the likeliest of which come first, with every end that leaves them likely."""
    most = max((share for _, share, _ in ends), default=0.0)
    least = texts[-1][1] * most if len(texts) == CONSIDERED else 0.0
    longer: list[_Text] = []
    for text, p, syntaxes in texts:
        if p * most < least:
            break
        longer += [(text + one, p * share, syntaxes & here) for one, share, here in ends if p * share >= least]
    return longer


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text is printed like the pattern, whose unknown characters may be any."""
    printed = pattern.translate(_AS_PRINTED)
    if UNKNOWN not in pattern:
        return lambda text: text.translate(_AS_PRINTED) == printed
    return lambda text: (
        len(text) == len(pattern)
        and all(
            other in (one, UNKNOWN) for one, other in zip(text.translate(_AS_PRINTED), printed, strict=True)
        )
    )


def _shared(weights: dict[str, float], among: float, whole: float) -> list[Alternative]:
    """The texts with their parts of a probability."""
    return [(text, among * weight / whole) for text, weight in weights.items()] if whole else []
