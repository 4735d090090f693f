from __future__ import annotations

import random

import pytest

from streamer.calibration import Calibration
from streamer.grammar import EVERYWHERE, Grammar
from streamer.tracking.vote import Ballot, Verdict
from streamer.types import Character, Plate

CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 20.0), (0.0, 20.0))


def ballot_of(*looks: tuple[str, float]) -> Ballot:
    ballot = Ballot()
    for text, confidence in looks:
        ballot.add(Plate(CORNERS, 0.9, text, confidence))
    return ballot


def test_without_text_there_is_no_verdict() -> None:
    assert ballot_of().verdict == ballot_of(("", 0.0), ("", 0.9)).verdict == Verdict("", 0.0, 0)


def test_a_character_of_which_every_look_knows_nothing_has_no_alternatives() -> None:
    """Tesseract says that of single characters."""
    characters = tuple(Character(one, 0.0 if one == "A" else 0.95) for one in "AB123CD")
    ballot = Ballot()
    for _ in range(3):
        ballot.add(Plate(CORNERS, 0.9, "AB123CD", 0.8, characters))
    assert ballot.verdict.text == "AB123CD"
    assert all(text[0] == "A" for text, _ in ballot.alternatives(ballot.verdict))
    assert [one.text for one in ballot.with_unknown(1)] == ["?B123CD"]


def test_two_agreeing_looks_are_worth_what_each_says_and_one_is_worth_less() -> None:
    assert ballot_of(("ABC123", 0.7), ("ABC123", 0.7)).verdict.confidence == pytest.approx(0.7)
    assert ballot_of(("ABC123", 0.7)).verdict.confidence < 0.5
    assert ballot_of(*[("ABC123", 0.7)] * 6).verdict.confidence > 0.95


def test_the_majority_wins_over_the_surest_look() -> None:
    assert ballot_of(("A8C123", 0.95), ("ABC123", 0.6), ("ABC123", 0.6)).verdict.text == "ABC123"


def test_characters_are_voted_where_no_text_has_the_majority() -> None:
    verdict = ballot_of(("A8C123", 0.7), ("ABC1Z3", 0.7), ("ABC128", 0.7)).verdict
    assert verdict.text == "ABC123"
    assert verdict.looks == 2


def test_the_length_is_voted() -> None:
    verdict = ballot_of(("BC123", 0.8), ("ABC123", 0.8), ("ABC123", 0.8), ("1ABC123", 0.7)).verdict
    assert verdict.text == "ABC123"


def test_the_sureness_of_each_character_counts() -> None:
    sure = Plate(CORNERS, 0.9, "8A", 0.5, (Character("8", 0.2), Character("A", 0.9)))
    other = Plate(CORNERS, 0.9, "B4", 0.5, (Character("B", 0.9), Character("4", 0.2)))
    ballot = Ballot()
    ballot.add(sure)
    ballot.add(other)
    assert ballot.verdict.text == "BA"


def test_a_rival_lowers_the_confidence() -> None:
    agreed = ballot_of(*[("ABC123", 0.8)] * 4).verdict.confidence
    disputed = ballot_of(*[("ABC123", 0.8)] * 4, *[("A8C123", 0.8)] * 3).verdict
    assert disputed.text == "ABC123"
    assert disputed.confidence < 0.6 < agreed


def sized(text: str, height: float, confidence: float = 0.7) -> Plate:
    """A look at a plate so many pixels high."""
    width = 5 * height
    return Plate(((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)), 0.9, text, confidence)


def test_many_looks_from_afar_do_not_outvote_a_few_from_near() -> None:
    ballot = Ballot()
    for height in (7, 8, 9, 10, 12, 35, 45):
        ballot.add(sized("ABC123" if height > 30 else "A8C123", height))
    assert ballot.verdict.text == "ABC123"
    near = Ballot()
    for _ in range(3):
        near.add(sized("A8C123", 40))
    for _ in range(2):
        near.add(sized("ABC123", 90))
    assert near.verdict.text == "A8C123", "what is large enough counts alike"


def test_looks_from_afar_make_as_sure_as_the_reader_was_if_nobody_contradicts() -> None:
    ballots = Ballot(), Ballot()
    for ballot, height in zip(ballots, (8, 80), strict=True):
        ballot.add(sized("ABC123", height))
        ballot.add(sized("ABC123", height))
    assert ballots[0].verdict.confidence == pytest.approx(ballots[1].verdict.confidence) == pytest.approx(0.7)


def test_ballots_together_are_as_if_counted_together() -> None:
    looks = [("ABC123", 0.6), ("A8C123", 0.8), ("BC123", 0.5), ("ABC123", 0.7)]
    joined = ballot_of(*looks[:2])
    joined.add_all(ballot_of(*looks[2:]))
    assert joined.verdict.text == ballot_of(*looks).verdict.text
    assert joined.verdict.confidence == pytest.approx(ballot_of(*looks).verdict.confidence)


def test_an_earlier_verdict_is_kept_and_weighs_its_looks() -> None:
    ballot = Ballot()
    ballot.add_verdict(Verdict("ABC123", 0.9, 10))
    assert ballot.verdict == Verdict("ABC123", pytest.approx(0.9), 10)
    ballot.add(Plate(CORNERS, 0.9, "XYZ789", 0.99))
    assert ballot.verdict.text == "ABC123"


def test_confidence_stays_between_0_and_1() -> None:
    chance = random.Random(1)
    for _ in range(200):
        looks = [
            ("".join(chance.choices("AB8", k=chance.randint(1, 3))), chance.choice((0.0, chance.random(), 1.0)))
            for _ in range(chance.randint(1, 200))
        ]
        assert 0 <= ballot_of(*looks).verdict.confidence <= 1


def test_the_least_certain_characters_can_be_left_open() -> None:
    ballot = ballot_of(("ABC123", 0.9), ("A8C123", 0.9))
    assert ballot.verdict.confidence < 0.6
    [one] = ballot.with_unknown(1)
    assert (one.text, one.looks) == ("A?C123", 2)
    assert one.confidence > 0.8
    assert [verdict.text.count("?") for verdict in ballot.with_unknown(2)] == [1, 2]
    assert {text for text, _ in ballot.alternatives(one)} >= {"ABC123", "A8C123"}
    assert list(Ballot().with_unknown(2)) == []


def test_a_read_with_an_open_character_has_no_vote_when_it_is_resumed() -> None:
    ballot = Ballot()
    ballot.add_verdict(Verdict("A?C123", 0.9, 10))
    assert ballot.verdict == Verdict()


def test_the_calibration_says_how_sure_the_vote_is() -> None:
    ballot = Ballot(calibration=Calibration(1.0, -1.0))
    for _ in range(4):
        ballot.add(Plate(CORNERS, 0.9, "ABC123", 0.7))
    assert ballot.verdict.confidence == pytest.approx(Calibration(1.0, -1.0).of(1 - 0.3**2))
    again = Ballot(calibration=Calibration(1.0, -1.0))
    again.add_verdict(ballot.verdict)
    assert again.verdict.confidence == pytest.approx(ballot.verdict.confidence)


def look(text: str, *others: tuple[int, str, float], sure: float = 0.8) -> Plate:
    """A look in which some characters may be others: (place, character, probability)."""
    characters = [
        Character(one, sure, tuple((other, p) for at, other, p in others if at == place))
        for place, one in enumerate(text)
    ]
    return Plate(CORNERS, 0.9, text, sure, tuple(characters))


def test_what_looks_hold_possible_counts_too() -> None:
    """Each takes another character for the likeliest; all hold B possible."""
    ballot = Ballot()
    for wrong in "8RE":
        ballot.add(look(f"A{wrong}C123", (1, "B", 0.35), sure=0.45))
    assert ballot.verdict.text == "ABC123"


def test_looks_that_lost_a_character_vote_for_the_others() -> None:
    ballot = ballot_of(("A8C123", 0.7), ("ABC123", 0.65), ("8C123", 0.3))
    assert ballot.verdict.text == "A8C123"
    assert ballot.verdict.looks == 1, "but nothing is surer for it"
    without = ballot_of(("A8C123", 0.7), ("ABC123", 0.65), ("ABC123", 0.3))
    assert without.verdict.text == "ABC123"


def test_the_grammar_settles_what_the_votes_leave_open() -> None:
    ballot = Ballot(Grammar(("GB",)))
    for text in ("AB1OCDE", "AB10CDE", "AB1OCDE"):
        ballot.add(look(text))
    assert ballot.verdict.text == "AB10CDE"
    assert ballot.verdict.fits
    assert ballot.verdict.looks == 3, "O and 0 are printed alike, so all three agree"
    assert ballot.verdict.confidence > 0.8


def test_a_length_that_fits_the_regions_counts_more() -> None:
    looks = [look("1AB12CDE"), look("1AB12CDE"), look("AB12CDE")]
    texts = []
    for grammar in (EVERYWHERE, Grammar(("GB",))):
        ballot = Ballot(grammar)
        for one in looks:
            ballot.add(one)
        texts.append(ballot.verdict.text)
    assert texts == ["1AB12CDE", "AB12CDE"]


def test_the_verdict_says_what_each_character_may_be() -> None:
    ballot = Ballot()
    for text in ("AB1", "A81", "AB1"):
        ballot.add(look(text))
    first, second, third = ballot.verdict.characters
    assert (first.text, second.text, third.text) == ("A", "B", "1")
    assert second.others == (("8", pytest.approx(1 / 3)),)
    assert second.confidence < first.confidence == third.confidence


def test_what_every_look_is_certain_of_is_not_bent_into_the_region() -> None:
    ballot = Ballot(Grammar(("GB",)))
    for _ in range(12):
        ballot.add(look("AB2BCDE", (3, "8", 0.003), sure=0.99))
    assert ballot.verdict.text == "AB2BCDE"
    assert ballot.verdict.confidence > 0.9


def test_the_more_looks_say_otherwise_the_less_sure_is_what_the_grammar_prefers() -> None:
    confidences = []
    for others in (1, 3, 8, 20):
        ballot = Ballot(Grammar(("GB",)))
        for text in ["AB28CDE"] * 2 + ["AB2BCDE"] * others:
            ballot.add(look(text, (3, "8" if text[3] == "B" else "B", 0.05)))
        assert ballot.verdict.text == "AB28CDE"
        confidences.append(ballot.verdict.confidence)
    assert confidences[1:] == sorted(confidences[1:], reverse=True)


def test_the_text_is_the_verdicts_whether_it_was_counted_anew_or_not() -> None:
    for seed in range(30):
        chance = random.Random(seed)
        lazy, ballot = Ballot(), Ballot()
        for _ in range(60):
            text = "AB1" if chance.random() < 0.6 else chance.choice(("A81", "AB7", "AB12", "XYZ"))
            look = Plate(CORNERS, 0.9, text, chance.uniform(0.5, 0.99))
            lazy.add(look)
            ballot.add(look)
            assert ballot.verdict.text == lazy.text
        assert lazy.verdict == ballot.verdict
