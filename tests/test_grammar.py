"""Texts by the grammar of their region: what is settled, what is left alone, what is never forced."""

from __future__ import annotations

from math import exp, log

import pytest

from streamer.formats import FORMATS, STYLES, codes_of
from streamer.grammar import ANYWHERE, CHOSEN, EVERYWHERE, GUESSED, PREFERRED, Grammar, possible
from streamer.spelling import spelt
from streamer.tracking.vote import Ballot
from streamer.types import Character, Plate
from training.looks import LOOKS

CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 20.0), (0.0, 20.0))
BRAZIL, BRITAIN = Grammar(("BR",)), Grammar(("GB",))


def places(text: str, sure: float = 0.9, **others: float) -> list[dict[str, float]]:
    """A reading that is `sure` of its text, and does not tell of what else but by `at3_8=0.2`: the fourth
    character may be an 8 instead."""
    found = [possible(Character(character, sure)) if not others else {character: sure} for character in text]
    for key, probability in others.items():
        place, character = key.removeprefix("at").split("_")
        found[int(place)][character] = probability
    return found


@pytest.mark.parametrize(
    ("grammar", "read", "likeliest"),
    [
        (BRITAIN, "AB1OCDE", "AB10CDE"),
        (BRITAIN, "ABI2CDE", "AB12CDE"),
        (BRITAIN, "AB12C0E", "AB12COE"),
        (Grammar(("DE",)), "M8X123", "MBX123"),
        (Grammar(("TR",)), "34A8C12", "34ABC12"),
        (Grammar(("ID",)), "81234TX", "B1234TX"),
        (Grammar(("CZ", "SK")), "1A21Z34", "1A21234"),
        (Grammar((), ("AAA-999",)), "ABC1Z3", "ABC123"),
    ],
)
def test_look_alikes_are_settled_by_their_place(grammar, read, likeliest):
    best = grammar.likeliest(places(read))
    assert (best.text, best.fits) == (likeliest, True)


@pytest.mark.parametrize("text", ["ABC1D23", "ABC1234", "MINE", "A1", "ABCDEFGHIJ"])
def test_what_fits_and_what_cannot_fit_stays(text):
    assert BRAZIL.likeliest(places(text)).text == text


def test_two_certain_characters_are_not_both_wrong():
    """A plate of somewhere else, read clearly, is not bent into the region."""
    assert BRITAIN.likeliest(places("ABIOCDE", 0.999)).text == "ABIOCDE"


def test_a_text_that_fits_is_preferred_by_the_bonus_and_no_more():
    for grammar, bonus in ((BRITAIN, PREFERRED), (EVERYWHERE, ANYWHERE)):
        just = 0.9 * exp(-bonus)
        assert grammar.likeliest(places("AB1XCDE", at3_4=1.05 * just)).text == "AB14CDE"
        assert grammar.likeliest(places("AB1XCDE", at3_4=0.95 * just)).text == "AB1XCDE"


def test_where_owners_choose_their_texts_less_is_bent():
    states = Grammar(codes_of("US-NY"))
    assert (states.bonus, Grammar(("GB", "AU")).bonus, BRITAIN.bonus) == (CHOSEN, CHOSEN, PREFERRED)
    between = 0.9 * exp(-(CHOSEN + PREFERRED) / 2)
    assert states.likeliest(places("ABC12X4", at5_3=between)).text == "ABC12X4"
    assert BRITAIN.likeliest(places("AB1XCDE", at3_4=between)).text == "AB14CDE"


def test_anywhere_only_what_the_reader_wavers_about_is_decided():
    assert EVERYWHERE.likeliest(places("AB1OCDE")).text == "AB1OCDE"
    assert EVERYWHERE.likeliest(places("AB1OCDE", at3_0=0.4)).text == "AB10CDE"


@pytest.mark.parametrize(
    ("style", "read", "likeliest"),
    [
        ("eu", "8BO2173", "8B02173"),
        ("us", "UH1FOF", "UH1F0F"),
        ("mercosur", "ABCID23", "ABC1D23"),
        ("gb", "AB1OCDE", "AB10CDE"),
        (None, "8BO2173", "8BO2173"),
        ("free", "8BO2173", "8BO2173"),
        ("lk", "QQQQ", "QQQQ"),
    ],
)
def test_where_no_region_is_set_the_kind_of_plate_tells_letters_from_digits(style, read, likeliest):
    characters = tuple(Character(one, 0.7 if one in "O0I1" else 0.99) for one in read)
    seen = Plate(CORNERS, 0.9, read, 0.7, characters, style=style)
    assert spelt(seen, EVERYWHERE).text == likeliest
    assert spelt(seen, Grammar(("NL",), strict=True)).text == ""
    ballot = Ballot()
    ballot.add(seen)
    assert ballot.verdict.text == likeliest


def test_a_guess_bends_no_more_than_its_bonus():
    guessing = EVERYWHERE.of_style("gb")
    just = 0.9 * exp(-GUESSED)
    assert guessing.likeliest(places("AB1XCDE", at3_4=1.05 * just)).text == "AB14CDE"
    assert guessing.likeliest(places("AB1XCDE", at3_4=0.95 * just)).text == "AB1XCDE"
    assert BRAZIL.of_style("gb") is BRAZIL


def test_styles_are_those_that_the_reader_is_taught():
    taught: dict[str, set[str]] = {}
    for look in LOOKS:
        taught.setdefault(look.style, set()).update(look.codes)
    taught["vanity"] = taught["us"]
    taught["paper"] |= taught["us"]
    taught["paper"] -= {""}
    assert {style: set(codes) for style, codes in STYLES.items()} == {style: taught[style] for style in STYLES}
    assert set(taught) - set(STYLES) == {"truck", "free"}


@pytest.mark.parametrize("code", FORMATS)
def test_no_countrys_plate_is_changed_by_its_own_grammar_or_by_none(code):
    from random import Random

    rng = Random(code)
    own = Grammar((code,))
    for _ in range(40):
        text, _ = FORMATS[code].sample(rng)
        assert own.likeliest(places(text)).text == text
        assert EVERYWHERE.likeliest(places(text)).text == text


def test_the_probability_is_that_of_the_text():
    best = BRITAIN.likeliest(places("AB2XCDE", at3_4=0.09))
    assert best.log_probability == pytest.approx(6 * log(0.9) + log(0.09))


@pytest.mark.parametrize(
    ("code", "read", "sure", "likeliest"),
    [
        ("US-MO", "UH1FOF", {"at4_0": 0.02}, "UH1F0F"),
        ("CZ", "4EO2304", {"at2_0": 0.015}, "4E02304"),
        ("BR", "MYX3I52", {"at4_1": 0.4}, "MYX3152"),
        ("BR", "MYX3I52", {"at4_1": 0.1}, "MYX3I52"),
        ("US-MO", "UH8F8F", {"at4_B": 0.02}, "UH8F8F"),
    ],
)
def test_what_one_die_may_have_printed_is_told_by_the_syntax(code, read, sure, likeliest):
    """However sure the reader is: on many plates nobody can see whether it is an O or a zero. Where both fit, it
    is the one of the syntax with fewer texts, if the reader wavers."""
    assert Grammar((code,)).likeliest(places(read, **sure)).text == likeliest


@pytest.mark.parametrize("code", ["", "DE", "US-CO"])
def test_an_o_that_may_be_a_zero_by_its_die_is_no_d_for_that(code):
    grammar = Grammar((code,) if code else ())
    read = [{one: 0.99} for one in "M*1234"]
    read[1] = {"O": 0.5, "D": 0.48}
    assert grammar.likeliest(read).text == "MO1234"
    characters = tuple(
        Character("O", 0.5, (("D", 0.48),)) if one == "O" else Character(one, 0.99) for one in "MO1234"
    )
    ballot = Ballot(grammar)
    for _ in range(6):
        ballot.add(spelt(Plate(CORNERS, 0.9, "MO1234", 0.48, characters), grammar))
    assert (ballot.verdict.text, ballot.verdict.confidence < 0.5) == ("MO1234", True)


@pytest.mark.parametrize("p", [0.3, 0.5, 0.7])
def test_britains_o_is_no_zero_where_numbers_begin(p):
    """O and 0 are one die there. Numbers of the older series have no leading zeros."""
    read = places("LO51ABC", 0.99)
    read[1] = {"O": p, "0": 0.99 - p}
    assert BRITAIN.likeliest(read).text == "LO51ABC"
    assert BRITAIN.fits("Q123ABC"), "vehicles of unknown age"


@pytest.mark.parametrize(
    ("regions", "text"), [(("DE",), "1XAD427"), (("CZ",), "O1234BX"), (("BR",), "KAI1234")]
)
def test_a_visitor_who_was_surely_read_is_not_bent(regions, text):
    """`1-XAD-427` is Belgian; Germany would have IX-AD 427."""
    assert Grammar(regions).likeliest(places(text, 0.999)).text == text


def test_of_what_is_printed_alike_the_letter_that_was_surely_seen_stays_where_nothing_speaks_against_it():
    for text in ("PENGU1N", "L0VE", "GO4IT"):
        assert Grammar(codes_of("US")).likeliest(places(text, 0.99)).text == text


def test_nothing_read_is_nothing_spelt():
    assert BRITAIN.likeliest([]).text == ""


@pytest.mark.parametrize(
    ("grammar", "text", "shown"),
    [
        (BRITAIN, "AB12CDE", "AB12 CDE"),
        (Grammar(("NL",)), "26SPF4", "26-SPF-4"),
        (Grammar(("NL",)), "GB123D", "GB-123-D"),
        (Grammar(("FR",)), "AB123CD", "AB-123-CD"),
        (Grammar(("BR",)), "ABC1234", "ABC-1234"),
        (Grammar((), ("AA/999",)), "AB123", "AB 123"),
        (Grammar(("DE",)), "BAB123", "BAB123"),
        (Grammar((), ("AA-99",)), "AB12", "AB-12"),
        (BRITAIN, "NOTONE", "NOTONE"),
        (EVERYWHERE, "AB12CDE", "AB12CDE"),
        (Grammar(("IE", "NL")), "AB1234", "AB1234"),
    ],
)
def test_separators_come_back_where_they_are_known(grammar, text, shown):
    assert grammar.display(text) == shown


def test_a_country_of_states_stands_for_all_of_them():
    assert len(codes_of("US")) == 50
    assert codes_of("US-CA") == ("US-CA",)
    with pytest.raises(ValueError, match="'XX' is no region here"):
        codes_of("XX")
    with pytest.raises(ValueError, match="auto stands alone"):
        codes_of("AUTO")


def plate(text: str, *characters: Character) -> Plate:
    return Plate(CORNERS, 0.9, text, 0.8, characters)


def test_a_plate_is_spelt_and_keeps_what_it_may_be():
    read = plate("ABO", *(Character(one, 0.9) for one in "AB"), Character("O", 0.6, (("0", 0.3), ("Q", 0.1))))
    new = spelt(read, Grammar((), ("AA9",)))
    assert new.text == "AB0"
    assert new.characters[2] == Character("0", 0.3, (("O", 0.6), ("Q", 0.1)))
    assert new.confidence == read.confidence, "O and 0 are printed alike: it is no less sure for that"


def test_a_plate_is_less_sure_of_a_character_that_looks_different():
    read = plate("AB8", *(Character(one, 0.9) for one in "AB"), Character("8", 0.6, (("B", 0.3),)))
    new = spelt(read, Grammar((), ("AAA",)))
    settled = 0.3 * 60 / (0.3 * 60 + 0.6)
    assert (new.text, new.confidence) == ("ABB", pytest.approx(0.8 * settled))


@pytest.mark.parametrize("text", ["AB2BCDE", "AB1ZCDE", "8B12CDE"])
def test_one_certain_character_is_not_bent_to_fit(text):
    """Seen by a reader that names all it holds possible, and by one that does not."""
    told = [{one: 0.99, "W": 0.002} for one in text]
    assert BRITAIN.likeliest(told).text == text
    assert BRITAIN.likeliest([possible(Character(one, 0.99)) for one in text]).text == text


def test_the_less_the_reader_holds_it_possible_the_less_it_is_settled():
    settled = [BRITAIN.likeliest(places("AB1OCDE", at3_0=p)).settled for p in (0.4, 0.1, 0.03)]
    assert settled == sorted(settled, reverse=True)
    assert 0.9 < settled[0] < 1
    assert BRITAIN.likeliest(places("AB12CDE")).settled == 1


def test_what_does_not_fit_a_strict_grammar_is_not_read():
    read = plate("XYZ", *(Character(one, 0.999) for one in "XYZ"))
    assert spelt(read, Grammar((), ("999",), strict=True)).text == ""
    assert spelt(read, Grammar((), ("999",))).text == "XYZ"


def test_a_plate_without_characters_is_as_sure_of_each_as_of_all():
    assert spelt(plate("AB8"), Grammar((), ("AAA",))).text == "ABB"
    assert spelt(plate("AB8"), Grammar((), ("AA9",), strict=True)) == plate("AB8")
