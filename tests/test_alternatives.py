"""What a plate may say instead."""

from __future__ import annotations

import pytest

from streamer.alternatives import MOST, Slate, instead_of, of_plate
from streamer.grammar import EVERYWHERE, Grammar
from streamer.types import Character, Plate

CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 3.0), (0.0, 3.0))
LETTERS, FOUR = Grammar((), ("AA9",)), Grammar((), ("AA99",))


def places(*told: dict[str, float]) -> list[Slate]:
    return [Slate(1.0, told)]


def test_the_likeliest_come_first_and_all_are_one_at_most() -> None:
    slates = places({"A": 0.9, "B": 0.1}, {"C": 0.7, "G": 0.2, "Q": 0.1}, {"3": 1.0})
    found = instead_of("AC3", 0.6, slates, EVERYWHERE)
    assert [text for text, _ in found][:2] == ["AG3", "AQ3"]
    assert sum(sure for _, sure in found) + 0.6 <= 1.0


def test_there_are_a_few_only() -> None:
    letters = dict.fromkeys("ABCDEFGH", 1 / 8)
    assert len(instead_of("AAA", 0.2, places(letters, letters, letters), EVERYWHERE)) == MOST


def test_what_is_printed_alike_is_no_other_text() -> None:
    found = instead_of("A0", 0.8, places({"A": 0.9, "4": 0.1}, {"0": 0.6, "O": 0.4}), EVERYWHERE)
    assert [text for text, _ in found] == ["40"]


def test_the_grammar_weighs_them() -> None:
    slates = places({"A": 1.0}, {"C": 0.8, "6": 0.15, "G": 0.05}, {"3": 1.0})
    assert instead_of("AC3", 0.8, slates, FOUR)[0][0] == "A63"
    assert instead_of("AC3", 0.8, slates, LETTERS)[0][0] == "AG3"


def test_what_an_unknown_character_may_be_shares_the_confidence() -> None:
    slates = places({"A": 1.0}, {"C": 0.5, "G": 0.5}, {"3": 1.0})
    assert instead_of("A?3", 0.9, slates, LETTERS) == (("AC3", 0.45), ("AG3", 0.45))


def test_texts_of_other_lengths_are_told_too() -> None:
    slates = [Slate(0.8, [{"A": 1.0}, {"B": 1.0}]), Slate(0.2, [{"A": 1.0}])]
    assert instead_of("AB", 0.7, slates, EVERYWHERE) == (("A", pytest.approx(0.3)),)


def test_a_look_that_was_not_read_has_none() -> None:
    assert of_plate(Plate(CORNERS, 0.9, "", 0.0), EVERYWHERE) == ()
    read = Plate(CORNERS, 0.9, "AB", 0.8, (Character("A", 0.99), Character("B", 0.7, (("8", 0.3),))))
    assert of_plate(read, EVERYWHERE)[0] == ("A8", pytest.approx(0.2, abs=0.01))
