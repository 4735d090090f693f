"""Plate syntaxes: what they allow, print and draw."""

from random import Random

import pytest

from streamer.formats import FORMATS, fitting
from streamer.syntax import PatternError, patterns

KNOWN = [
    ("GB", "DZ17YXR", "DZ17 YXR"),
    ("IN", "MH12DE1433", "MH 12 DE 1433"),
    ("IN", "22BH6517A", "22 BH 6517 A"),
    ("DE", "PIGO321", "PI-GO 321"),
    ("RO", "B95GSV", "B 95 GSV"),
    ("ID", "DK1246FO", "DK 1246 FO"),
    ("BR", "ABC1D23", "ABC1D23"),
    ("TR", "34ABCD12", None),
    ("TR", "34AB123", "34 AB 123"),
    ("TR", "82AB123", None),
    ("LK", "CAB1234", "CAB-1234"),
    ("US-CA", "8ABC123", "8ABC123"),
    ("ES", "1234AEI", None),
    ("RU", "A123BC777", "A 123 BC 777"),
    ("NL", "26SPF4", "26-SPF-4"),
]


@pytest.mark.parametrize(("code", "text", "shown"), KNOWN)
def test_known_plates(code: str, text: str, shown: str | None):
    known = FORMATS[code]
    assert known.fits(text) is (shown is not None)
    assert known.display(text) == (shown or text)


@pytest.mark.parametrize("code", FORMATS)
def test_samples_fit_and_keep_their_text_in_print(code: str):
    rng = Random(code)
    known = FORMATS[code]
    for _ in range(60):
        text, pattern = known.sample(rng)
        assert known.fits(text)
        assert pattern.fits(text)
        assert "".join(c for c in "".join(pattern.lines(text)) if c.isalnum()) == text
        assert 1 <= len(pattern.lines(text)) <= 2
        assert pattern.display(text) == pattern.display(text).strip()


@pytest.mark.parametrize("code", FORMATS)
def test_every_format_names_its_source_and_is_decodable(code: str):
    known = FORMATS[code]
    assert known.code == code
    assert known.name in known.source
    assert len(known.patterns) == len(set(known.patterns))
    for pattern in known.patterns:
        assert len(pattern.slots) == len(pattern.before)
        assert pattern.before[0] == ""
        assert all(slot == "".join(sorted(set(slot))) for slot in pattern.slots)


def test_same_seed_same_texts():
    def draw(seed: int) -> list[str]:
        rng = Random(seed)
        return [FORMATS["FR"].sample(rng)[0] for _ in range(20)]

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)


def test_fitting_names_the_countries():
    assert "GB" in {known.code for known in fitting("DZ17YXR")}
    assert fitting("DZ17YXR", ["TR", "GB"]) == (FORMATS["GB"],)
    assert fitting("A-1") == ()


def test_choices_sets_and_breaks():
    (one, two) = patterns("(kl|) [A-C7]9/99")
    assert one.slots == ("K", "L", "7ABC", "0123456789", "0123456789", "0123456789")
    assert one.lines("KL7123") == ("KL 71", "23")
    assert one.display("KL7123") == "KL 71 23"
    assert two.before[0] == ""


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("AA 12", r"\[1\]"),
        ("AB 99", r"\[B\]"),
        ("(AA|A 99", "bracket"),
        ("[Z-A]99", "range"),
        ("[a]99", "sets are written"),
        ("AA-[1-4]]9", "stands alone"),
        ("- -", "0 characters"),
        ("A" * 13, "13 characters"),
    ],
)
def test_mistakes_say_what_to_write(written: str, says: str):
    with pytest.raises(PatternError, match=says):
        patterns(written)
