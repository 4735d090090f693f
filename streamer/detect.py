"""The plate pipeline on one picture, whichever engine is set: picture in, plates out.

    engine = make_engine("classic")
    for plate in read_picture(engine, picture):
        print(plate.text, plate.confidence, plate.corners)

A new engine is one class with the methods of `Engine` and one line in `ENGINES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Protocol, runtime_checkable

from streamer.alternatives import of_plate
from streamer.boxes import apart
from streamer.calibration import AS_IT_IS, Calibration
from streamer.grammar import Grammar
from streamer.spelling import spelt, unread
from streamer.types import Part, Picture, Plate

SAME_PLATE_OVERLAP = 0.5
"""Two plates are one when their boxes share this part of the smaller box, 0-1."""

SEAM = 0.15
"""What is nearer to the edge of a part of the picture, in its heights, may be cut off there: of plates of
true photos that were cut and read as something else 196 of 223 were as near. What is tracked has a quarter
around it."""


class EngineUnavailable(Exception):  # noqa: N818 (says a state)
    """An engine cannot run here. The text is one sentence for a person and says what to install."""


@dataclass(frozen=True)
class Step:
    """One step of an engine, for people to look at: a short name, one sentence of help, its picture."""

    name: str
    help: str
    picture: Picture


@dataclass(frozen=True)
class Explanation:
    """What an engine found in one picture and the pictures of how it came to it, in order."""

    plates: tuple[Plate, ...]
    steps: tuple[Step, ...]


class Engine(Protocol):
    """Finds and reads plates in one picture. Used by one thread at a time."""

    @property
    def name(self) -> str:
        """The name in the settings."""

    def find_and_read(
        self, picture: Picture, known: Sequence[Plate] = (), where: Part | None = None
    ) -> tuple[Plate, ...]:
        """All plates in the picture or, with `where`, in a part of it, the surest first, corners in pixels of
        the picture. Those that lie where `known` ones should be need not be read: see `known.read_unknown`."""

    def explain(self, picture: Picture) -> Explanation:
        """The same plates, and a picture of every step on the way."""

    def read_crop(self, crop: Picture) -> Plate:
        """The one plate that fills the picture, with whatever is read on it."""


@runtime_checkable
class Glancing(Protocol):
    """An engine to which a look at a known place costs much less than searching the picture."""

    def glance(self, picture: Picture, places: Sequence[Plate], known: Sequence[Plate]) -> tuple[Plate, ...]:
        """What is there of the plates that should be at those `places`, the surest first; those that lie where
        `known` ones should be are not read again. A plate is found that is off by half of its size."""


@dataclass(frozen=True)
class Rules:
    """What a plate must be like to be kept.

    A text with fewer than `min_characters` or more than `max_characters`, or with a confidence
    under `min_confidence` (0-1), is emptied: the plate is found and not read. Plates that are read
    need a score of at least `min_score`, others of `min_score_unread` (0-1); both need sides of at
    least 4 pixels. With a `grammar` texts are spelt by it, and emptied where it is strict and they do not
    fit; None leaves them as they were read, for looks that are yet to vote. What is kept is told with the
    probability of being right, by the `calibration`.
    """

    min_score: float = 0.0
    min_score_unread: float = 0.5
    min_confidence: float = 0.7
    min_characters: int = 4
    max_characters: int = 11
    grammar: Grammar | None = None
    calibration: Calibration = AS_IT_IS


@dataclass(frozen=True)
class _Entry:
    """Where an engine lives; its module is imported only when the engine is asked for."""

    module: str
    engine: str
    options: str


ENGINES = {
    "classic": _Entry("streamer.classic", "ClassicEngine", "ClassicOptions"),
    "network": _Entry("streamer.network", "NetworkEngine", "NetworkOptions"),
}


def make_engine(name: str, **options: object) -> Engine:
    """The engine of that name, set up with its own options (see its options class).

    Raises ValueError for a name that is not in `ENGINES`, TypeError for an option that the engine
    does not have, EngineUnavailable when something it needs is not installed.
    """
    entry = ENGINES.get(name)
    if entry is None:
        raise ValueError(f"no engine is called {name!r}; there are: {', '.join(sorted(ENGINES))}")
    module = import_module(entry.module)
    engine: Engine = getattr(module, entry.engine)(getattr(module, entry.options)(**options))
    return engine


def read_picture(
    engine: Engine,
    picture: Picture,
    rules: Rules = Rules(),
    known: Sequence[Plate] = (),
    where: Part | None = None,
) -> tuple[Plate, ...]:
    """The plates in one picture that keep the rules, one for each place, the surest first. `known` ones are
    not read again where they should be now. With `where` only that part is looked at: engines shrink what they
    search, so small plates are found there that would be lost in the whole picture. What lies at its edges is
    left out: it may be half a plate, which is read as if it were a whole one."""
    plates = engine.find_and_read(picture, known, where)
    if where is not None:
        height, width = picture.shape[:2]
        plates = tuple(plate for plate in plates if not _is_cut(plate, where, width, height))
    return sift(plates, rules)


def read_places(
    engine: Glancing, picture: Picture, rules: Rules, places: Sequence[Plate], known: Sequence[Plate] = ()
) -> tuple[Plate, ...]:
    """What is there of the plates that should be at those `places`, as `read_picture` gives it."""
    return sift(engine.glance(picture, places, known), rules)


def _is_cut(plate: Plate, where: Part, width: int, height: int) -> bool:
    """Whether the plate may go on beyond the part of a picture of that size."""
    left, top, right, bottom = plate.box
    near = SEAM * (bottom - top)
    return (
        (where[0] > 0 and left < where[0] + near)
        or (where[1] > 0 and top < where[1] + near)
        or (where[2] < width and right > where[2] - near)
        or (where[3] < height and bottom > where[3] - near)
    )


def explain_picture(engine: Engine, picture: Picture, rules: Rules = Rules()) -> Explanation:
    """The plates as `read_picture` gives them, with the engine's steps."""
    explanation = engine.explain(picture)
    return replace(explanation, plates=sift(explanation.plates, rules))


def sift(plates: Iterable[Plate], rules: Rules) -> tuple[Plate, ...]:
    """Drop what cannot be a plate, empty texts that cannot be one, keep the best of each place."""
    respelt = (spelt(plate, rules.grammar) if rules.grammar else plate for plate in plates)
    checked = (_with_plausible_text(plate, rules) for plate in respelt)
    possible = (plate for plate in checked if _is_possible(plate, rules))
    kept = apart(sorted(possible, key=_worth, reverse=True), SAME_PLATE_OVERLAP)
    return tuple(told(plate, rules) for plate in kept)


def told(plate: Plate, rules: Rules) -> Plate:
    """The plate as people are told of it."""
    plate = replace(plate, confidence=rules.calibration.of(plate.confidence))
    return replace(plate, alternatives=of_plate(plate, rules.grammar)) if rules.grammar else plate


def _is_possible(plate: Plate, rules: Rules) -> bool:
    left, top, right, bottom = plate.box
    enough = rules.min_score if plate.text else rules.min_score_unread
    return plate.score >= enough and right - left >= 4 and bottom - top >= 4


def _with_plausible_text(plate: Plate, rules: Rules) -> Plate:
    plausible = (
        rules.min_characters <= len(plate.text) <= rules.max_characters
        and plate.confidence >= rules.min_confidence
    )
    return plate if plausible else unread(plate)


def _worth(plate: Plate) -> tuple[bool, float, float]:
    """Plates that were read come first, then the finder's score, then the reader's confidence."""
    return plate.text != "", plate.score, plate.confidence
