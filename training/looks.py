"""The kinds of plates on the world's roads, and how often each is drawn."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from random import Random

from streamer.formats import FORMATS
from training import captions
from training.layouts import Look

WB, YB, KW, BW, RW, GW = (
    ("white", "black"),
    ("yellow", "black"),
    ("black", "white"),
    ("blue", "white"),
    ("red", "white"),
    ("green", "white"),
)
LONG, SHORT, SQUARE, BIKE = (520.0, 110.0), (305.0, 152.0), (280.0, 200.0), (180.0, 160.0)
"""European, American, two-line and motorcycle sizes, millimetres."""

_EU = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
       "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")  # fmt: skip
_EU_LETTERS = "A|B|BG|CY|CZ|D|DK|EST|E|FIN|F|GR|HR|H|IRL|I|LT|L|LV|M|NL|PL|P|RO|S|SLO|SK|GB|N|UA|SRB"
_PLAIN = ("AL", "AM", "AZ", "BA", "BY", "CH", "GE", "IS", "KZ", "MD", "ME", "MK", "NO", "RS", "UA", "XK")
_STATES = tuple(code for code in FORMATS if code.startswith("US-"))
_US = (("white", "blue"), WB, ("white", "navy"), ("white", "red"), ("white", "green"), ("yellow", "navy"),
       ("blue", "yellow"), ("black", "yellow"), KW, ("navy", "white"), ("sky", "navy"), ("cream", "blue"),
       ("green", "white"), ("cream", "maroon"), ("sky", "green"), ("silver", "blue"),
       ("lime", "green"))  # fmt: skip

LOOKS: tuple[Look, ...] = (
    Look("eu", _EU, LONG, (WB,), 75, weight=9, strip="blue", letters=_EU_LETTERS),
    Look("eu", ("DE",), LONG, (WB,), 75, weight=3, strip="blue", letters="D", zeros=("0",)),
    Look("eu", ("NL", "LU"), LONG, (YB,), 75, weight=2, strip="blue", letters="NL|L"),
    Look("eu", (*_EU, "NO", "CH"), SQUARE, (WB, WB, YB), 70, rows=2, weight=2),
    Look("eu", _EU, BIKE, (WB,), 50, rows=2, weight=1.5),
    Look("eu", ("BE",), LONG, (("white", "red"),), 75, weight=0.5, strip="blue", letters="B"),
    Look("plain", _PLAIN, LONG, (WB,), 75, weight=3),
    Look("plain", (*_PLAIN, "UA", "NO"), LONG, (WB,), 75, weight=2, strip="blue",
         letters="UA|N|SRB|AL|GE|AM|MK|MD|MNE|KZ"),
    Look("plain", (*_EU, "FR", "GB", "IT", "NO"), LONG, (KW, WB, YB), 75, weight=1.5),
    Look("plain", _EU, LONG, (("white", "green"), ("white", "red"), GW, RW, ("yellow", "red")), 72, weight=1),
    Look("gb", ("GB",), LONG, (WB, YB, YB), 79, weight=5, border=0.1, zeros=("0",)),
    Look("gb", ("GB",), LONG, (WB, YB), 79, weight=2, strip="blue", letters="GB|UK|ENG|SCO", border=0.1,
         zeros=("0",)),
    Look("gb", ("GB",), (285, 203), (WB, YB), 79, rows=2, weight=1.5, zeros=("0",)),
    Look("us", _STATES, SHORT, _US, 66, weight=13, above=captions.STATES, below=captions.SLOGANS, graphics=1.0,
         radius=14, border=0.4),
    Look("us", _STATES, SHORT, _US, 70, weight=9, above=captions.STATES, graphics=0.6, radius=14, border=0.4),
    Look("us", _STATES, SHORT, _US, 62, weight=2.5, above=captions.STATES, below=captions.SLOGANS,
         small="stack", graphics=0.7, radius=14),
    Look("us", _STATES, SHORT, _US, 60, weight=4.5, above=captions.STATES, below=captions.SLOGANS,
         small="picture", graphics=0.5, radius=14),
    Look("us", ("CA",), SHORT, (("white", "blue"), WB, ("white", "red")), 66, weight=2, above=captions.CANADA,
         below=captions.CANADA_BELOW, radius=14),
    Look("us", _STATES, (178, 102), _US[:8], 42, weight=1, above=captions.STATES, graphics=0.4, radius=12),
    Look("vanity", ("",), SHORT, _US, 66, weight=4, above=captions.STATES, below=captions.SLOGANS,
         graphics=1.0, radius=14),
    Look("vanity", ("",), LONG, (WB, YB, KW, GW, ("white", "blue"), ("white", "red")), 75, weight=1.5),
    Look("br", ("BR",), (400, 130), (("grey", "black"), ("silver", "black"), RW, WB), 63, weight=3,
         above=captions.BRAZIL, radius=10),
    Look("br", ("BR",), (200, 170), (("grey", "black"), RW), 52, rows=2, weight=1, above=captions.BRAZIL,
         radius=10),
    Look("mercosur", ("BR",), (400, 130), (WB, WB, ("white", "red"), ("white", "blue")), 65, weight=3,
         band="blue", above=("BRASIL",), radius=10),
    Look("mercosur", ("AR",), (400, 130), (WB,), 65, weight=2, band="blue", above=("REPUBLICA ARGENTINA",),
         radius=10),
    Look("mercosur", ("UY", "PY", "BO", "VE"), (400, 130), (WB, ("white", "blue")), 65, weight=1, band="blue",
         above=captions.MERCOSUR),
    Look("mercosur", ("BR", "AR"), (200, 170), (WB,), 53, rows=2, weight=1, band="blue", above=("BRASIL",
         "ARGENTINA")),
    Look("panel", ("AR",), (294, 129), (("white", "white"),), 70, weight=2.5, panel="black",
         above=("ARGENTINA",), border=0.9, radius=12),
    Look("latin", ("CL",), (360, 130), (WB, WB, ("yellow", "black")), 68, weight=1.5, below=("CHILE",)),
    Look("latin", ("CO", "EC", "PE"), (330, 160), (YB, WB, ("yellow", "black")), 72, weight=2,
         below=captions.ANDES),
    Look("latin", ("MX",), SHORT, (WB, ("white", "maroon"), ("white", "green"), ("cream", "black")), 60,
         weight=2, above=captions.MEXICO, below=captions.MEXICO, graphics=0.9, radius=14),
    Look("latin", ("CR", "PA", "GT", "DO", "CU"), SHORT, (("white", "blue"), WB, ("white", "red")), 66,
         weight=1.5, above=captions.CENTRAL_AMERICA, below=captions.CENTRAL_AMERICA, radius=14),
    Look("in", ("IN",), (500, 120), (WB, WB, YB), 68, weight=4, strip="white", letters="IND"),
    Look("in", ("IN",), (500, 115), (WB, YB, KW, ("green", "white"), ("black", "yellow")), 70, weight=2.5),
    Look("in", ("IN",), (480, 120), (WB, WB, YB), 78, rows=2, weight=2, paired=True),
    Look("in", ("IN",), (480, 120), (WB,), 78, rows=2, weight=1, paired=True, strip="blue", letters="IND"),
    Look("in", ("IN",), (300, 180), (WB, WB, YB), 62, rows=2, weight=3),
    Look("in", ("IN",), (200, 100), (WB, YB, KW), 36, rows=2, weight=2),
    Look("id", ("ID",), (395, 135), (KW, KW, WB, YB, RW), 70, weight=6, small="date", border=0.8),
    Look("id", ("ID",), (275, 110), (KW, KW, WB), 50, weight=5, small="date", border=0.8),
    Look("asia", ("PH",), (390, 140), (WB, ("white", "green"), YB), 72, weight=1.5, below=captions.PHILIPPINES),
    Look("asia", ("VN",), (470, 110), (WB, BW, YB, ("white", "red")), 70, weight=1.5),
    Look("asia", ("VN",), (190, 140), (WB, BW, YB), 52, rows=2, weight=2),
    Look("asia", ("MY", "SG", "HK"), LONG, (KW, KW, WB, YB), 72, weight=2.5),
    Look("asia", ("MY", "SG", "PK", "HK"), SQUARE, (KW, WB, YB), 66, rows=2, weight=1),
    Look("asia", ("PK", "TW", "HK"), (380, 140), (WB, KW, ("white", "green"), YB), 72, weight=1.5,
         above=captions.PAKISTAN),
    Look("foreign", ("TH",), (340, 150), (WB, ("white", "green"), YB), 72, weight=1, foreign="th",
         small="seal"),
    Look("foreign", ("CN",), (440, 140), (BW, BW, ("lime", "black"), YB), 88, weight=2.5, foreign="cn",
         small="seal"),
    Look("foreign", ("KR",), LONG, (WB,), 75, weight=0.7),
    Look("gulf", ("AE", "QA", "KW", "BH", "OM", "JO", "LB"), LONG, (WB, WB, YB, ("white", "red")), 68,
         weight=2, foreign="ar"),
    Look("gulf", ("AE", "QA", "KW", "SA", "OM"), (335, 155), (WB, YB), 66, weight=1.5, foreign="ar"),
    Look("gulf", ("IL",), LONG, (YB,), 75, weight=1, strip="blue", letters="IL"),
    Look("tr", ("TR",), LONG, (WB,), 77, weight=3, strip="blue", letters="TR"),
    Look("tr", ("TR",), (240, 190), (WB,), 70, rows=2, weight=1),
    Look("ru", ("RU",), LONG, (WB, WB, YB), 66, weight=2, border=0.95),
    Look("ru", ("RU", "KZ", "BY"), SQUARE, (WB,), 60, rows=2, weight=0.7, border=0.95),
    Look("au", ("AU",), (372, 134), (WB, ("white", "green"), YB, ("white", "maroon"), ("white", "blue"), KW),
         70, weight=2.5, below=captions.AUSTRALIA),
    Look("au", ("AU", "NZ"), (372, 120), (WB, KW, YB), 78, weight=2, border=0.8),
    Look("africa", ("ZA",), (440, 120), (WB, ("white", "green"), ("white", "blue"), YB), 70, weight=2,
         graphics=0.3),
    Look("africa", ("ZA", "KE", "NG"), SQUARE, (WB, YB), 62, rows=2, weight=1),
    Look("africa", ("GH", "NG", "KE"), (430, 120), (WB, YB, ("white", "blue"), ("white", "red")), 66, weight=2,
         above=captions.AFRICA),
    Look("africa", ("GH",), (300, 190), (WB, YB), 60, rows=2, weight=0.8),
    Look("lk", ("LK",), (480, 115), (WB, YB), 70, weight=5, small="province"),
    Look("lk", ("LK",), (280, 190), (WB, YB, YB), 66, rows=2, weight=6, small="province"),
    Look("dz", ("DZ",), LONG, (WB, YB, ("grey", "black")), 70, weight=7, border=0.3),
    Look("dz", ("DZ",), (275, 195), (WB, YB), 55, rows=2, weight=0.7),
    Look("dz", ("MA", "TN"), LONG, (WB, KW), 70, weight=1.2, foreign="ar"),
    Look("paper", _STATES, SHORT, (WB, ("white", "red"), ("pink", "black")), 56, weight=1.5,
         above=captions.PAPER, below=captions.PAPER_BELOW, border=0.2, radius=0),
    Look("paper", ("",), LONG, (WB, RW, ("red", "white"), YB), 66, weight=0.7, radius=0),
    Look("truck", tuple(FORMATS), (450, 220), (WB, YB, KW, BW), 95, rows=2, weight=1),
    Look("free", tuple(FORMATS), LONG, (WB, YB, KW, BW, RW, GW, ("grey", "black"), ("orange", "black"),
         ("black", "yellow")), 74, weight=4),
    Look("free", ("",), SHORT, (WB, YB, KW, BW, RW, GW, ("cream", "brown"), ("orange", "black")), 68, weight=3,
         graphics=0.5),
    Look("free", ("",), SQUARE, (WB, YB, KW, BW, RW, GW, ("grey", "black")), 66, rows=2, weight=2),
)  # fmt: skip

STYLES: tuple[str, ...] = tuple(dict.fromkeys(look.style for look in LOOKS))
"""The classes that a reader can learn to tell apart; the order is the class number."""


@lru_cache(maxsize=1)
def _weights() -> list[float]:
    return list(accumulate(look.weight for look in LOOKS))


def pick(rng: Random) -> Look:
    """A look, by weight."""
    return rng.choices(LOOKS, cum_weights=_weights())[0]
