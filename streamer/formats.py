"""Licence-plate syntaxes by country and state, written as `syntax.py` explains.

Each is from the Wikipedia article named in `source` as its author remembers it (2026): what most
vehicles on the road bear, older series that are still common, not every diplomat and tractor.
Countries have their ISO 3166-1 code (Kosovo XK), states their ISO 3166-2 code (`US-CA`). Where a
plate has parts in another script (China's province, Thailand's letters), the syntax is that of the
Latin part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from random import Random
from string import ascii_uppercase

from streamer.syntax import Pattern, patterns

CYRILLIC_TWINS = "ABCEHKMOPTXY"
"""Letters that look alike in Latin and Cyrillic, the only ones on Russian-style plates."""


OWNERS_CHOOSE = ("US", "CA", "AU", "NZ")
"""Countries in which owners may choose any text for their plates, and many do: in the US 4%, in Virginia 16%
(American Association of Motor Vehicle Administrators, 2007)."""


@dataclass(frozen=True)
class Format:
    """What a country's or state's plates say. `letters` is what A stands for in `written`."""

    code: str
    name: str
    source: str
    written: tuple[str, ...]
    letters: str = ascii_uppercase

    @cached_property
    def by_series(self) -> tuple[tuple[Pattern, ...], ...]:
        """The patterns of each written syntax."""
        return tuple(patterns(written, self.letters) for written in self.written)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """All patterns, each once."""
        return tuple(dict.fromkeys(pattern for series in self.by_series for pattern in series))

    @property
    def may_be_any(self) -> bool:
        """Whether owners may choose any text."""
        return self.code.partition("-")[0] in OWNERS_CHOOSE

    @property
    def breaks(self) -> bool:
        """Whether a written syntax says where a two-line plate breaks."""
        return any("/" in pattern.before for pattern in self.patterns)

    def sample(self, rng: Random) -> tuple[str, Pattern]:
        """A random bare text and its pattern; each series is as likely as the others."""
        pattern = rng.choice(rng.choice(self.by_series))
        return pattern.sample(rng), pattern

    def fits(self, text: str) -> bool:
        """Whether a bare text can be a plate of this country."""
        return any(pattern.fits(text) for pattern in self.patterns)

    def examples(self) -> tuple[str, ...]:
        """A printed plate of each written syntax, always the same ones."""
        rng = Random(self.code)  # noqa: S311 - examples need no secrets
        firsts = (rng.choice(series) for series in self.by_series)
        return tuple(dict.fromkeys(pattern.display(pattern.sample(rng)) for pattern in firsts))

    def display(self, text: str) -> str:
        """The text with printed separators; unchanged if it does not fit."""
        return next((p.display(text) for p in self.patterns if p.fits(text)), text)


def codes_of(region: str) -> tuple[str, ...]:
    """The codes of a region in the table; `US` stands for all states. Raises ValueError."""
    if region in FORMATS:
        return (region,)
    if region == "AUTO":
        raise ValueError("auto stands alone: leave out the other regions, or auto")
    states = tuple(code for code in FORMATS if code.startswith(f"{region}-"))
    if not states:
        raise ValueError(
            f"{region!r} is no region here; write codes such as DE, GB, BR, US or US-CA, or auto "
            "(python -m streamer formats lists them all)"
        )
    return states


def fitting(text: str, codes: Iterable[str] | None = None) -> tuple[Format, ...]:
    """The formats, of all or of those with these codes, that a bare text fits."""
    chosen = FORMATS.values() if codes is None else [FORMATS[code] for code in codes]
    return tuple(known for known in chosen if known.fits(text))


def _country(code: str, name: str, *written: str, letters: str = ascii_uppercase) -> Format:
    return Format(code, name, f"Wikipedia: Vehicle registration plates of {name}", written, letters)


_INDIA = (
    "an|ap|ar|as|br|ch|cg|dd|dl|dn|ga|gj|hp|hr|jh|jk|ka|kl|la|ld|mh|ml|mn|mp|mz|nl|od|or|pb|py|rj|sk|tn|tr|ts"
    "|tg|ua|uk|up|wb"
)
_SWISS = "ag|ai|ar|be|bl|bs|fr|ge|gl|gr|ju|lu|ne|nw|ow|sg|sh|so|sz|tg|ti|ur|vd|vs|zg|zh"
_IRISH = "c|ce|cn|cw|d|dl|g|ke|kk|ky|l|ld|lh|lk|lm|ls|mh|mn|mo|oy|rn|so|t|w|wh|wx|ww"
_TURKISH = "([0][1-9]|[1-7]9|[8][01])"
_ITALIAN = "".join(sorted(set(ascii_uppercase) - set("IOQU")))
_FRENCH = "".join(sorted(set(ascii_uppercase) - set("IOU")))
_DUTCH = "BDFGHJKLNPRSTVXZ"
_CZECH = "0-9A-FH-NPR-VX-Z"
"""Not G, O, Q and W, which are not told from other characters easily."""

_EUROPE = (
    _country("AL", "Albania", "AA 999 AA", letters="ABCDEFGHJKLMNPRSTUVXYZ"),
    _country("AM", "Armenia", "99 AA 999", "999 AA 99"),
    _country("AT", "Austria", "A 9(9|99|999|9999|)A", "AA 9(9|99|)A(A|)", "AA 99(9|99)A", "A(A|) 9(9|)AAA"),
    _country("AZ", "Azerbaijan", "99-AA-999"),
    _country("BA", "Bosnia and Herzegovina", "A99-A-999", letters="AEJKMOT"),
    _country("BE", "Belgium", "[12]-AAA-999", "[12]AAA/999", "AAA-999"),
    _country("BG", "Bulgaria", "A(A|) 9999/A(A|)", letters=CYRILLIC_TWINS),
    _country("BY", "Belarus", "9999 AA-[1-8]", letters="ABCEHIKMOPTX"),
    _country("CH", "Switzerland", f"({_SWISS}) 9(9|99|999|9999|99999|)", f"({_SWISS})/999(999|99|9)"),
    _country("CY", "Cyprus", "AAA 999"),
    _country(
        "CZ", "Czech Republic", f"[1-9][ABCEHJKLMPSTUZ][{_CZECH}]/9999", f"[{_CZECH}][{_CZECH}][{_CZECH}]/9999"
    ),
    _country("DE", "Germany", "A(A|AA|)-A(A|)/9(9|99|999|)(e|h|)"),
    _country("DK", "Denmark", "AA 99 999", "AA/99999"),
    _country("EE", "Estonia", "999 AAA", "99/AAA"),
    _country(
        "ES", "Spain", "9999 AAA", "9999/AAA", "(m|b|v|se|ma|a|z|gi)-9999-A(A|)", letters="BCDFGHJKLMNPRSTVWXYZ"
    ),
    _country("FI", "Finland", "AAA-9(9|99)", "AA(A|)/99(9|)"),
    _country("FR", "France", "AA-999-AA", "AA-999/AA", "9(9|99|999|)AA(A|)99", letters=_FRENCH),
    _country(
        "GB",
        "the United Kingdom",
        "[A-PR-Y][A-HJ-PR-Z][0-25-7]9/AAA",
        "[A-HJ-NP-TV-Y][1-9](9|99|)/AAA",
        "AAA [1-9](9|99|)[A-HJ-NPR-TV-Y]",
        "A(A|)[IZ]/[1-9](9|99|999)",
        letters="ABCDEFGHJKLMNOPRSTUVWXYZ",
    ),
    _country("GE", "Georgia (country)", "AA-999-AA"),
    _country("GR", "Greece", "AAA-9999", "AAA/9(9|99|999)", letters="ABEHIKMNOPTXYZ"),
    _country("HR", "Croatia", "AA 999(9|)-A(A|)", "AA/999-A(A|)"),
    _country("HU", "Hungary", "AAA-999", "AA AA-999", "AAA/999"),
    _country(
        "IE",
        "the Republic of Ireland",
        f"[0-3]9[12]-({_IRISH})-9(9|99|999|9999|)",
        f"[0189]9-({_IRISH})-999(9|99)",
    ),
    _country("IS", "Iceland", "AA A99", "AA 999"),
    _country("IT", "Italy", "AA 999AA", "AA/99999", "AA/999AA", letters=_ITALIAN),
    _country("KZ", "Kazakhstan", "999 AA(A|) 99", "999/AAA 99"),
    _country("LT", "Lithuania", "AAA 999", "999/AA"),
    _country("LU", "Luxembourg", "AA 9999", "9999(9|)"),
    _country("LV", "Latvia", "AA-9(9|99|999)", "AA/999(9|)"),
    _country("MD", "Moldova", "AAA 999", "A(A|) AA 999"),
    _country("ME", "Montenegro", "AA AA999"),
    _country("MK", "North Macedonia", "AA 9999 AA"),
    _country("MT", "Malta", "AAA 999"),
    _country(
        "NL",
        "the Netherlands",
        *("AA-99-99", "99-99-AA", "99-AA-99", "AA-99-AA", "AA-AA-99", "99-AA-AA", "99-AAA-9", "9-AAA-99"),
        *("AA-999-A", "A-999-AA", "AAA-99-A", "A-99-AAA", "99-AA/AA", "9-AAA/99", "AA-999/A", "A-999/AA"),
        letters=_DUTCH,
    ),
    _country("NO", "Norway", "AA 99999", "AA/9999(9|)"),
    _country(
        "PL",
        "Poland",
        "AA(A|) 99999",
        "AA(A|) 9999A",
        "AA(A|) 999AA",
        "AA 9A999",
        "AAA A999",
        "AA(A|)/9(9|99)A(AA|A|)",
    ),
    _country("PT", "Portugal", "AA-99-AA", "99-AA-99", "99-99-AA", "AA-99-99", "AA-99/AA"),
    _country("RO", "Romania", "AA 99/AAA", "b 99(9|)/AAA", "(AA|b) 9(99|999|9999|99999)"),
    _country("RS", "Serbia", "AA 999(9|)-AA", "AA/999-AA"),
    _country("RU", "Russia", "A 999 AA 99(9|)", "AA 999(9|) 99(9|)", "9999/AA 99(9|)", letters=CYRILLIC_TWINS),
    _country("SE", "Sweden", "AAA 99[0-9A-HJ-NPR-Z]", "AAA/999"),
    _country("SI", "Slovenia", "(lj|mb|ce|kp|kr|nm|gp|go|ms|kk|sg|po|mp) AA-999", "(lj|mb|ce|kp|kr|nm) 9A-9A9"),
    _country("SK", "Slovakia", "AA-999AA", "AA 999AA"),
    _country("TR", "Turkey", f"{_TURKISH} A/9999(9|)", f"{_TURKISH} AA/999(9|)", f"{_TURKISH} AAA/99(9|)"),
    _country("UA", "Ukraine", "AA 9999 AA", "AA/9999 AA", letters="ABCEHIKMOPTX"),
    _country("XK", "Kosovo", "[0][1-7]-999-AA"),
)

_AMERICAS = (
    _country("AR", "Argentina", "AAA 999", "AA 999 AA", "999/AAA", "A999/AAA"),
    _country("BO", "Bolivia", "999(9|)-AAA"),
    _country("BR", "Brazil", "AAA-9999", "AAA9A99", "AAA/9999", "AAA/9A99"),
    _country("CA", "Canada", "AAAA 999", "AAA 999", "999 AAA", "A99 AAA", "AA9 99A", "AAA-9999", "AAA 99A"),
    _country("CL", "Chile", "AA AA 99", "AA 99 99", "AAA/99(9|)", letters="BCDFGHJKLPRSTVWXYZ"),
    _country("CO", "Colombia", "AAA 999", "AAA/99A", "AAA/999"),
    _country("CR", "Costa Rica", "AAA-999", "999999", "AAA 999"),
    _country("CU", "Cuba", "A 999 999"),
    _country("DO", "the Dominican Republic", "A999999"),
    _country("EC", "Ecuador", "AAA-999(9|)"),
    _country("GT", "Guatemala", "p 999AAA", "[CMOT] 999AAA"),
    _country(
        "MX", "Mexico", "AAA-99-99", "AAA-999-A", "A-999-AAA", "A99-AAA", "AA-99-999", "AA-9999-A", "999-AAA"
    ),
    _country("PA", "Panama", "AA9999", "999999"),
    _country("PE", "Peru", "A9A-999", "AAA-999", "9999-9A"),
    _country("PY", "Paraguay", "AAA 999", "AAAA 999"),
    _country("UY", "Uruguay", "AAA 9999"),
    _country("VE", "Venezuela", "AA 999 AA", "AAA-99A", "A99 AA9A"),
)

_ASIA = (
    _country("AE", "the United Arab Emirates", "A(A|) 99(9|99|999)", "9(9|) 999(9|99)", "A/999(99|9)"),
    _country("BH", "Bahrain", "999(999|99|9)"),
    _country(
        "CN",
        "China",
        "A·9999[0-9A]",
        "A·A9999",
        "A·9A999",
        "A·AA999",
        "A·[DF]99999",
        letters="ABCDEFGHJKLMNPQRSTUVWXYZ",
    ),
    _country("HK", "Hong Kong", "AA 9(9|99|999)", "AA/99(99|9)", letters="ABCDEFGHJKLMNPRSTUVWXYZ"),
    _country("ID", "Indonesia", "A(A|) 9(999|99|9) A(A|AA|)"),
    _country("IL", "Israel", "99-999-99", "999-99-999"),
    _country(
        "IN",
        "India",
        f"({_INDIA}) [0-9][0-9] A(A|AA|)/9999",
        f"({_INDIA}) 99/A(A|) 9999",
        "dl 9(9|)A AA 9999",
        "[2][1-6] bh 9999 A(A|)",
    ),
    _country("JO", "Jordan", "99-9999(9|)"),
    _country("KR", "South Korea", "99(9|) 9999"),
    _country("KW", "Kuwait", "99-999(99|9)"),
    _country("LB", "Lebanon", "A 999(999|99|9)"),
    _country("LK", "Sri Lanka", "AA(A|)-9999", "AA(A|)/9999", "99(9|)-9999", "99(9|)/9999"),
    _country(
        "MY",
        "Malaysia",
        "A(A|AA) 9(999|99|9)",
        "AAA 999(9|) A",
        "AAA/999(9|)",
        letters="ABCDEFGHJKLMNPQRSTUVWXYZ",
    ),
    _country("OM", "Oman", "999(99|9) A(A|)"),
    _country("PH", "the Philippines", "AAA 9999", "AAA 999", "999 AAA", "AA/99999", "999/AAA"),
    _country("PK", "Pakistan", "AA(A|)-999(9|)", "AAA/999(9|)", "AAA 99 999(9|)"),
    _country("QA", "Qatar", "999(999|99|9)"),
    _country("SA", "Saudi Arabia", "9(999|99|9) AAA", letters="ABDEGHJKLNRSTUVXZ"),
    _country("SG", "Singapore", "s(A|AA) 9(999|99|9) A"),
    _country("TH", "Thailand", "9(999|99|9)", "99-999(9|)"),
    _country("TW", "Taiwan", "AAA-9999", "9999-AA", "AA-9999", "AAA-999"),
    _country("VN", "Vietnam", "99A-999.99", "99A-9999", "99A/999.99", "99-A9/999.99", "99-A9/9999"),
)

_AFRICA_OCEANIA = (
    _country(
        "AU",
        "Australia",
        "AAA-99A",
        "AA-99-AA",
        "9AA-9AA",
        "999-AA9",
        "999-AAA",
        "A999-AAA",
        "9AAA-999",
        "A99 AAA",
        "AAA/99",
    ),
    _country(
        "DZ",
        "Algeria",
        "9999(99|9|) 999 99",
        "99999(9|)-[1-9][0-9][0-9]-[0-5][0-9]",
        "99999(9|) [1-9]99/[0-5]9",
    ),
    _country("GH", "Ghana", "A(A|) 9(999|99|9)-99", "A(A|) 9(999|99|9) A", "A(A|) 999(9|)/99"),
    _country("KE", "Kenya", "k[A-Z]A 999A", "k[A-Z]A/999A"),
    _country("MA", "Morocco", "9(9999|999)-9(9|)"),
    _country("NG", "Nigeria", "AAA-999AA", "AA 999/AAA"),
    _country("NZ", "New Zealand", "AAA999", "AA9(999|99)"),
    _country("TN", "Tunisia", "9(99|9) 9(999|99|9)"),
    _country(
        "ZA",
        "South Africa",
        "AA 99 AA gp",
        "AAA 999 (gp|mp|nw|ec|nc|l|fs)",
        "c(a|f|y|l|j) 999-999",
        "nd 999-999",
        "AA 99 AA/gp",
    ),
)


def _state(code: str, name: str, *written: str) -> Format:
    return Format(f"US-{code}", name, f"Wikipedia: Vehicle registration plates of {name}", written)


_STATES = (
    _state("AL", "Alabama", "9A99999", "99A9A99", "9(9|)AA999"),
    _state("AK", "Alaska", "AAA 999"),
    _state("AZ", "Arizona", "AAA9999", "AAA9A9A", "A9A 99A"),
    _state("AR", "Arkansas", "AAA 99A", "999 AAA"),
    _state("CA", "California", "9AAA999", "9A99999", "99999A9"),
    _state("CO", "Colorado", "AAA-999", "AAA-A99", "999-AAA"),
    _state("CT", "Connecticut", "AA·99999", "9AA·AA9", "999·AAA"),
    _state("DE", "Delaware", "999999", "99999"),
    _state("FL", "Florida", "AAA A99", "AA9 9AA", "999 AAA", "A99 9AA"),
    _state("GA", "Georgia (U.S. state)", "AAA9999", "AAA 9999"),
    _state("HI", "Hawaii", "AAA 999"),
    _state("ID", "Idaho", "9A 99999", "A 999999", "9A A9999"),
    _state("IL", "Illinois", "AA 99999", "A99 9999", "999 9999"),
    _state("IN", "Indiana", "999AAA", "999A", "AAA999"),
    _state("IA", "Iowa", "AAA 999", "999 AAA"),
    _state("KS", "Kansas", "999 AAA", "9999AAA"),
    _state("KY", "Kentucky", "999 AAA", "A9A 999", "AAA 999"),
    _state("LA", "Louisiana", "999 AAA", "AAA 999"),
    _state("ME", "Maine", "9999 AA", "999 AAA"),
    _state("MD", "Maryland", "9AA9999", "AAA 999"),
    _state("MA", "Massachusetts", "9AA A99", "999 AA9", "9AAA 99", "999 AAA"),
    _state("MI", "Michigan", "AAA 9999", "9AA A99", "AAA A99"),
    _state("MN", "Minnesota", "AAA-999", "999-AAA"),
    _state("MS", "Mississippi", "AAA 999", "AAA 9999"),
    _state("MO", "Missouri", "AA9 A9A", "AA9-A9A"),
    _state("MT", "Montana", "9(9|)-99999A", "AAA999"),
    _state("NE", "Nebraska", "AAA 999", "9(9|)-A9999", "9(9|)-AA999"),
    _state("NV", "Nevada", "99A·999", "999·A99", "999-AAA"),
    _state("NH", "New Hampshire", "999 9999", "AAA 999"),
    _state("NJ", "New Jersey", "A99-AAA", "AAA-99A", "AA-999A"),
    _state("NM", "New Mexico", "AAA-999", "999-AAA", "AAAA99"),
    _state("NY", "New York", "AAA-9999", "AAA-999", "99999-AA"),
    _state("NC", "North Carolina", "AAA-9999"),
    _state("ND", "North Dakota", "999 AAA", "AAA 999"),
    _state("OH", "Ohio", "AAA 9999", "AA99AA"),
    _state("OK", "Oklahoma", "AAA-999", "999-AAA"),
    _state("OR", "Oregon", "999 AAA", "AAA 999", "9AA AA9"),
    _state("PA", "Pennsylvania", "AAA-9999", "AA99999", "AAA-999"),
    _state("RI", "Rhode Island", "AA-999", "999-999", "9AA-999"),
    _state("SC", "South Carolina", "AAA 999", "999 9AA", "AAAA 99"),
    _state("SD", "South Dakota", "99A 999", "9AA 999", "9A9 999"),
    _state("TN", "Tennessee", "AAA 9999", "999 AAA", "A99 99A"),
    _state("TX", "Texas", "AAA-9999", "AA9 A999", "A99 AAA", "AAA 999"),
    _state("UT", "Utah", "A99 9AA", "999 9AA", "9A9 9AA"),
    _state("VT", "Vermont", "AAA 999"),
    _state("VA", "Virginia", "AAA-9999", "AAA-999", "A99-99A"),
    _state("WA", "Washington (state)", "AAA9999", "AAA-999", "999-AAA"),
    _state("WV", "West Virginia", "9A 9999", "9AA 999", "A9A 999"),
    _state("WI", "Wisconsin", "AAA-9999", "999-AAA"),
    _state("WY", "Wyoming", "9(9|)-9999A", "9(9|)-99999"),
)

FORMATS: dict[str, Format] = {
    known.code: known for known in (*_EUROPE, *_AMERICAS, *_ASIA, *_AFRICA_OCEANIA, *_STATES)
}
"""By code."""

_EU = ("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
       "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK")  # fmt: skip

_US = (*codes_of("US"), "CA")

STYLES: dict[str, tuple[str, ...]] = {
    "eu": _EU,
    "plain": (*_EU, "AL", "AM", "AZ", "BA", "BY", "GB", "GE", "IS", "KZ", "MD", "ME", "MK", "RS", "UA", "XK"),
    "gb": ("GB",),
    "us": _US,
    "vanity": _US,
    "paper": _US,
    "br": ("BR",),
    "mercosur": ("AR", "BO", "BR", "PY", "UY", "VE"),
    "panel": ("AR",),
    "latin": ("CL", "CO", "CR", "CU", "DO", "EC", "GT", "MX", "PA", "PE"),
    "in": ("IN",),
    "id": ("ID",),
    "asia": ("HK", "MY", "PH", "PK", "SG", "TW", "VN"),
    "foreign": ("CN", "KR", "TH"),
    "gulf": ("AE", "BH", "IL", "JO", "KW", "LB", "OM", "QA", "SA"),
    "tr": ("TR",),
    "ru": ("BY", "KZ", "RU"),
    "au": ("AU", "NZ"),
    "africa": ("GH", "KE", "NG", "ZA"),
    "lk": ("LK",),
    "dz": ("DZ", "MA", "TN"),
}
"""Where plates come from that look like a style (`Plate.style`, as the reader was taught them)."""
