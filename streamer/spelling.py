"""A plate's text as the grammar of its region would have it."""

from __future__ import annotations

from dataclasses import replace

from streamer.grammar import Grammar, possible
from streamer.likeness import printed_alike
from streamer.types import Character, Plate


def spelt(plate: Plate, grammar: Grammar) -> Plate:
    """The plate with the likeliest text by the grammar; without text if none fits a strict one."""
    read = plate.characters or tuple(Character(one, plate.confidence) for one in plate.text)
    best = grammar.of_style(plate.style).likeliest([possible(one) for one in read])
    if grammar.strict and not best.fits:
        return unread(plate)
    if best.text == plate.text:
        return plate
    characters = tuple(map(_instead, read, best.text))
    only_print = all(map(printed_alike, plate.text, best.text))
    sure = plate.confidence * (1.0 if only_print else best.settled)
    return replace(plate, text=best.text, confidence=sure, characters=characters)


def _instead(character: Character, text: str) -> Character:
    """The character with another one of those that it may be in its place."""
    if text == character.text:
        return character
    others = possible(character)
    confidence = others.pop(text, 0.0)
    return Character(text, confidence, tuple(sorted(others.items(), key=lambda item: -item[1])))


def unread(plate: Plate) -> Plate:
    """The plate, found and not read."""
    return replace(plate, text="", confidence=0.0, characters=())
