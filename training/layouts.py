"""What is printed where on a plate: a design in millimetres, drawn from a table of looks (`looks.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from training.texts import printed

Colour = tuple[int, int, int]
"""Blue, green, red; 0-255."""

COLOURS: dict[str, tuple[Colour, ...]] = {
    "white": ((240, 242, 242), (228, 235, 238), (214, 220, 222), (236, 240, 233)),
    "grey": ((168, 170, 168), (150, 152, 152), (128, 130, 132)),
    "silver": ((196, 200, 200), (180, 186, 190)),
    "cream": ((190, 222, 236), (200, 228, 240)),
    "yellow": ((30, 200, 245), (20, 170, 235), (60, 210, 240), (40, 225, 250), (90, 200, 230)),
    "orange": ((20, 120, 240), (30, 95, 225)),
    "black": ((22, 20, 20), (35, 32, 30), (48, 44, 42), (12, 12, 12)),
    "blue": ((150, 60, 15), (120, 45, 20), (170, 85, 30), (100, 40, 30)),
    "navy": ((90, 40, 20), (70, 35, 30)),
    "sky": ((235, 215, 185), (240, 200, 150)),
    "green": ((60, 95, 20), (70, 120, 30), (50, 80, 10)),
    "lime": ((120, 220, 150), (150, 230, 180)),
    "red": ((35, 25, 190), (50, 40, 160), (30, 20, 140)),
    "maroon": ((40, 20, 90), (50, 25, 70)),
    "brown": ((30, 60, 100),),
    "pink": ((190, 170, 235),),
}

ONE_DIE = 0.1
"""How often the letter O is printed with the die of the zero, 0-1: then only its place tells which it is."""


@dataclass(frozen=True)
class Line:
    """A piece of the text with its separators, between `left` and `right`, capitals `cap` high; read
    as part of `row` 0 or 1."""

    text: str
    cap: float
    centre: float
    left: float
    right: float
    row: int = 0


@dataclass(frozen=True)
class Band:
    """A filled rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float
    colour: Colour


@dataclass(frozen=True)
class Caption:
    """Small print that is no part of the text. `kind` is a use of face: words, scripts, text (as the text's),
    or a script of `_FOREIGN`."""

    text: str
    x: float
    y: float
    cap: float
    colour: Colour
    kind: str = "words"


@dataclass(frozen=True)
class Design:
    """One plate, millimetres from its top left corner. `pictures` are coloured shapes beside the text: the
    middle and how far they reach. `zero` and `letter_o` name the glyphs that 0 and O are printed with."""

    style: str
    region: str
    width: float
    height: float
    ground: Colour
    ink: Colour
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    captions: tuple[Caption, ...] = ()
    stars: tuple[tuple[float, float, float, Colour], ...] = ()
    pictures: tuple[tuple[float, float, float], ...] = ()
    border: Colour | None = None
    radius: float = 8.0
    graphics: float = 0.0
    zero: str = "0"
    letter_o: str = "O"

    @property
    def cap(self) -> float:
        """Height of the highest line's capitals."""
        return max(line.cap for line in self.lines)


@dataclass(frozen=True)
class Look:
    """A kind of plate, from which designs are drawn. Sizes in millimetres, colours by name.

    `colours` are (ground, ink) pairs, equally likely. `strip` is the coloured side with the
    country's letters; `panel` a dark field behind the text; `above` and `below` captions that one is
    chosen of; `band` a coloured top. `small` names what stands beside the text and is no part of it: a
    date, a province's stacked letters, a stack of any letters, a seal's place, a picture; `paired` sets the
    first of two rows small and broken in two beside the second.
    """

    style: str
    codes: tuple[str, ...]
    size: tuple[float, float]
    colours: tuple[tuple[str, str], ...]
    cap: float
    rows: int = 1
    weight: float = 1.0
    strip: str = ""
    letters: str = ""
    band: str = ""
    panel: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    small: str = ""
    paired: bool = False
    foreign: str = ""
    graphics: float = 0.0
    border: float = 0.5
    radius: float = 8.0
    zeros: tuple[str, ...] = field(default=("0", "0", "0", "O", "0/", "0//", "0."))


def shade(rng: Random, name: str) -> Colour:
    """One of the colours of that name, a little off."""
    blue, green, red = rng.choice(COLOURS[name])
    light, tint = rng.uniform(-14, 14), rng.uniform(-8, 8)
    return _level(blue + light - tint), _level(green + light), _level(red + light + tint)


def _level(value: float) -> int:
    return min(255, max(0, int(value)))


def design(rng: Random, look: Look) -> Design:
    """A plate of that look with a random text of its formats."""
    region = rng.choice(look.codes)
    rows = printed(rng, region, look.rows)
    ground, ink = (shade(rng, name) for name in rng.choice(look.colours))
    width, height = look.size[0] * rng.uniform(0.97, 1.03), look.size[1] * rng.uniform(0.97, 1.03)
    plain = Design(
        look.style,
        region,
        width,
        height,
        ground,
        ink,
        (),
        radius=look.radius,
        border=(ink if rng.random() < 0.8 else (20, 20, 20)) if rng.random() < look.border else None,
        graphics=look.graphics * rng.random(),
        zero=(zero := rng.choice(look.zeros)),
        letter_o="0" if zero == "0" and rng.random() < ONE_DIE else "O",
    )
    return _with_text(rng, look, _with_trim(rng, look, plain), rows)


def _with_trim(rng: Random, look: Look, plain: Design) -> Design:
    """Strips, bands, panels, captions and what is written in other scripts."""
    width, height = plain.width, plain.height
    bands, captions, stars = [], [], []
    if look.strip:
        left = 0.0 if "right" not in look.strip else width - 0.085 * width
        right = left + 0.085 * width
        colour = shade(rng, look.strip.removesuffix("-right"))
        bands.append(Band(left, 0, right, height, colour))
        pale = shade(rng, "navy" if look.strip == "white" else rng.choice(("white", "white", "yellow")))
        letters = rng.choice(look.letters.split("|"))
        captions.append(Caption(letters, (left + right) / 2, height * 0.8, height * 0.16, pale))
        stars.append(((left + right) / 2, height * 0.32, width * 0.025, shade(rng, "yellow")))
    if look.band:
        bands.append(Band(0, 0, width, height * rng.uniform(0.17, 0.25), shade(rng, look.band)))
    if look.panel:
        bands.append(Band(width * 0.03, height * 0.27, width * 0.97, height * 0.93, shade(rng, look.panel)))
    for words, y in ((look.above, rng.uniform(0.10, 0.15)), (look.below, rng.uniform(0.86, 0.91))):
        if words:
            captions.append(_caption(rng, rng.choice(words), width, height, y, plain, look))
    if look.foreign:
        captions += _foreign(rng, look, plain)
    return replace(plain, bands=tuple(bands), captions=tuple(captions), stars=tuple(stars))


def _caption(
    rng: Random, words: str, width: float, height: float, y: float, plain: Design, look: Look
) -> Caption:
    on_band = bool(look.band) and y < 0.5
    colour = shade(rng, "white" if on_band else rng.choice(("red", "blue", "black", "green", "navy")))
    if not on_band and (sum(plain.ground) < 250 or rng.random() < 0.3):
        colour = plain.ink
    script = "scripts" if look.style == "us" and rng.random() < 0.3 else "words"
    x = width * (0.5 if rng.random() < 0.8 else rng.uniform(0.3, 0.7))
    return Caption(words, x, height * y, height * rng.uniform(0.075, 0.13), colour, script)


_FOREIGN = {
    "cn": "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
    "th": "กขคฆงจฉชฌญฎฐฒณตถธนพภมยรลวศษสฬอฮ",
    "ar": "٠١٢٣٤٥٦٧٨٩ابحدرسصطعقكلمنهوى",
}
"""Characters that are printed beside the Latin ones, by script."""


def _foreign(rng: Random, look: Look, plain: Design) -> list[Caption]:
    """A large character before the text (China, Thailand), a row of small ones above or below it."""
    characters = _FOREIGN[look.foreign]
    start = rng.randrange(0, len(characters) - 7, 5)
    row = characters[start : start + rng.choice((3, 6))]
    y = rng.choice((0.13, 0.87))
    small = Caption(
        row, plain.width * rng.uniform(0.2, 0.8), plain.height * y, plain.height * 0.13, plain.ink, look.foreign
    )
    if look.small != "seal":
        return [small]
    head = Caption(
        rng.choice(characters), plain.width * 0.075, plain.height / 2, look.cap * 0.9, plain.ink, look.foreign
    )
    return [head, small] if look.foreign == "th" else [head]


def _with_text(rng: Random, look: Look, plain: Design, rows: tuple[str, ...]) -> Design:
    """The text between strip, band and captions, and small print that is no part of it."""
    width, height = plain.width, plain.height
    left = width * (0.115 if look.strip and "right" not in look.strip else 0.035)
    right = width * (0.885 if "right" in look.strip else 0.965)
    top = height * (0.24 if look.band or look.panel else 0.17 if look.above else 0.06)
    bottom = height * (0.83 if look.below else 0.94)
    captions, bands, pictures = list(plain.captions), list(plain.bands), list(plain.pictures)
    if look.small == "date":
        bottom = height * rng.uniform(0.62, 0.74)
        date, band = _date(rng, plain, bottom)
        captions.append(date)
        bands += band
    if look.small == "province":
        y = height * (0.3 if len(rows) == 2 else 0.5)
        captions += _stack(rng, rng.choice(_PROVINCES), width * 0.075, y, look.cap, plain.ink)
        left += width * 0.12
    if look.small == "stack":
        x, left, right = _beside(rng, left, right, width * 0.12)
        captions += _stack(rng, _any_letters(rng), x, (top + bottom) / 2, look.cap, plain.ink)
    if look.small == "picture":
        reach = width * rng.uniform(0.06, 0.1)
        x, left, right = _beside(rng, left, right, 2.1 * reach)
        pictures.append((x, (top + bottom) / 2, reach))
    if look.small == "seal":
        left += width * 0.145
    arrange = _paired if look.paired else _stacked
    lines = arrange(rng, rows, look.cap * rng.uniform(0.92, 1.06), (left, top, right, bottom))
    return replace(plain, lines=lines, captions=tuple(captions), bands=tuple(bands), pictures=tuple(pictures))


def _beside(rng: Random, left: float, right: float, wide: float) -> tuple[float, float, float]:
    """The middle of a place so `wide` before the text or, more rarely, behind it; left and right of what it
    leaves."""
    if rng.random() < 0.6:
        return left + wide / 2, left + wide, right
    return right - wide / 2, left, right - wide


def _date(rng: Random, plain: Design, top: float) -> tuple[Caption, list[Band]]:
    """Month and year below the text, as in Indonesia; now and then on a band of another colour."""
    date = f"{rng.randint(1, 12):02d}{rng.choice(('·', '.', '-', ' ', ' · ', ' . '))}{rng.randint(17, 31)}"
    x = plain.width * rng.choice((0.5, 0.5, 0.6, 0.7, 0.8))
    cap = min(plain.height * rng.uniform(0.13, 0.24), 0.8 * (plain.height - top))
    banded = rng.random() < 0.2
    ground = shade(rng, rng.choice(("grey", "black", "silver")))
    ink = plain.ink if not banded else shade(rng, "white" if sum(ground) < 330 else "black")
    caption = Caption(date, x, (top + plain.height) / 2, cap, ink, "text")
    return caption, [Band(0, top, plain.width, plain.height, ground)] if banded else []


def _stacked(
    rng: Random, rows: tuple[str, ...], cap: float, room: tuple[float, float, float, float]
) -> tuple[Line, ...]:
    """One or two rows below each other in the room (left, top, right, bottom); what stands before the
    first row leaves the second free."""
    left, top, right, bottom = room
    lefts = left, min(left, 0.05 * right)
    return tuple(
        Line(text, min(cap, 0.92 * height), middle, lefts[row], right, row)
        for row, (text, (middle, height)) in enumerate(
            zip(rows, _rooms(rng, top, bottom, len(rows)), strict=True)
        )
    )


def _paired(
    rng: Random, rows: tuple[str, ...], cap: float, room: tuple[float, float, float, float]
) -> tuple[Line, ...]:
    """Two small rows on the left, the rest large beside them, as on many Indian plates: the rest is
    read after the lower small row."""
    left, top, right, bottom = room
    head, tail = rows
    parts = head.split()
    cut = rng.randint(1, max(1, len(parts) - 1))
    upper, lower = parts[:cut], parts[cut:] or [tail[0]]
    large = tail if parts[cut:] else tail[1:]
    middle, height = (top + bottom) / 2, bottom - top
    edge = left + (right - left) * rng.uniform(0.22, 0.32)
    small = min(cap * 0.52, 0.42 * height)
    return (
        Line("".join(upper), small, middle - 0.26 * height, left, edge, 0),
        Line("".join(lower), small, middle + 0.26 * height, left, edge, 1),
        Line(large, min(cap, 0.85 * height), middle, edge + 0.03 * right, right, 1),
    )


def _rooms(rng: Random, top: float, bottom: float, rows: int) -> list[tuple[float, float]]:
    """Middle and height of each row; the first of two may be the lower one."""
    if rows == 1:
        return [((top + bottom) / 2, bottom - top)]
    split = top + (bottom - top) * (0.5 if rng.random() < 0.6 else rng.uniform(0.36, 0.5))
    return [((top + split) / 2, split - top), ((split + bottom) / 2, bottom - split)]


_PROVINCES = ("WP", "CP", "SP", "NW", "EP", "SG", "NC", "UP", "NP", "DV", "TR", "AP")


def _any_letters(rng: Random) -> str:
    """Two or three letters or digits, as US plates have them for an organisation or a year."""
    alphabet = rng.choice(("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"))
    return "".join(rng.choice(alphabet) for _ in range(rng.choice((2, 2, 3))))


def _stack(rng: Random, letters: str, x: float, y: float, cap: float, ink: Colour) -> list[Caption]:
    """Small letters above each other around the middle x, y, as Sri Lanka's provinces and some US plates
    have; now and then beside each other."""
    small = min(cap * rng.uniform(0.28, 0.5), 1.4 * cap / len(letters) * rng.uniform(0.6, 0.8))
    if rng.random() < 0.2:
        return [Caption(letters, x, y, 0.8 * small, ink, "text")]
    step = small * rng.uniform(1.1, 1.35)
    first = y - step * (len(letters) - 1) / 2
    kind = rng.choice(("words", "text"))
    return [Caption(letter, x, first + step * row, small, ink, kind) for row, letter in enumerate(letters)]


def infrared(rng: Random, plain: Design) -> Design:
    """The plate as an infrared camera sees it: grey, and now and then with ground and ink swapped."""

    def grey(colour: Colour, reflects: float) -> Colour:
        level = min(255, max(0, round((0.3 * colour[1] + 0.7 * colour[2]) * reflects)))
        return level, level, level

    ground, ink = grey(plain.ground, rng.uniform(0.9, 1.3)), grey(plain.ink, rng.uniform(0.5, 1.0))
    if rng.random() < 0.12:
        ground, ink = ink, ground
    return replace(
        plain,
        ground=ground,
        ink=ink,
        bands=tuple(replace(band, colour=grey(band.colour, rng.uniform(0.4, 1.2))) for band in plain.bands),
        captions=tuple(replace(caption, colour=grey(caption.colour, 0.9)) for caption in plain.captions),
    )
