"""A plate's text as the grammar of its region would have it."""

from __future__ import annotations

import math
from dataclasses import replace

from streamer.grammar import Grammar
from streamer.likeness import printed_alike
from streamer.types import Character, Plate


def spelt(plate: Plate, grammar: Grammar) -> Plate:
    """The plate with the likeliest text by the grammar; without text if none fits a strict one."""
    places = [{one.text: one.confidence, **dict(one.others)} for one in plate.characters]
    best = grammar.likeliest(places)
    if grammar.strict and not best.fits:
        return unread(plate)
    if best.text == plate.text or not places:
        return plate
    characters = tuple(map(_instead, plate.characters, best.text))
    less_sure = math.prod(
        min(1.0, new.confidence / max(old.confidence, new.confidence, 1e-6))
        for old, new in zip(plate.characters, characters, strict=True)
        if not printed_alike(old.text, new.text)
    )
    return replace(plate, text=best.text, confidence=plate.confidence * less_sure, characters=characters)


def _instead(character: Character, text: str) -> Character:
    """The character with another one of those that it may be in its place."""
    if text == character.text:
        return character
    possible = {character.text: character.confidence, **dict(character.others)}
    confidence = possible.pop(text, 0.0)
    return Character(text, confidence, tuple(sorted(possible.items(), key=lambda item: -item[1])))


def unread(plate: Plate) -> Plate:
    """The plate, found and not read."""
    return replace(plate, text="", confidence=0.0, characters=())
