"""Many looks at one plate -> one text. The looks vote, weighted by size and by how sure the reader was."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from streamer.alternatives import Slate, instead_of
from streamer.boxes import character_px_of
from streamer.calibration import AS_IT_IS, Calibration
from streamer.grammar import EVERYWHERE, Grammar, Place, Spelt, look_alikes, possible
from streamer.likeness import TWIN, UNKNOWN, printed_alike
from streamer.tracking.align import aligned
from streamer.types import Alternative, Character, Plate

SUREST = 0.99
"""No single look counts as surer than this: readers are sure of themselves on a blur, too."""
FULL_PX = 20.0
"""A look whose characters are so many pixels high counts whole, a smaller one by their area: from afar the same
mistake is read in one look after another, and would outvote the few looks from near."""
OTHER_LENGTH = 0.5
"""What the characters of looks count that have lost or gained one on the way."""
FITTING = 3.0
"""A length at which the text fits the regions that are set counts so many times."""
RECOUNT = 2.0
"""After so many times the looks at latest it is counted anew what they say, even if they change nothing."""


@dataclass(frozen=True)
class Verdict:
    """What the looks say together.

    `confidence` is from 0 to 1: that the text is right but for characters that are printed alike. `looks` is
    how many looks agree on the character that the fewest agree on. `characters` are those of the text, each
    with what else it may be. `fits` says whether the text has a syntax of the regions. Without a look that
    shows text: "", 0, 0. What is said of a text with UNKNOWN characters is said of the others.
    """

    text: str = ""
    confidence: float = 0.0
    looks: int = 0
    characters: tuple[Character, ...] = field(default=(), compare=False)
    fits: bool = field(default=False, compare=False)

    @property
    def sureness(self) -> tuple[float, ...]:
        """How sure each character is, 0-1, as it is told."""
        return tuple(round(one.confidence, 4) for one in self.characters)


@dataclass(slots=True)
class _Tally:
    """The votes for one character at one position. `maybe` is the weight that it has by what its reader took
    the position for and did not tell: it counts for the grammar alone."""

    weight: float = 0.0
    looks: int = 0
    doubt: float = 1.0
    maybe: float = 0.0


_Position = dict[str, _Tally]


@dataclass(frozen=True)
class _Count:
    """The votes counted: the text's characters, how many looks agree on each, and the part of the weight
    that its length has, 0-1."""

    text: str
    characters: tuple[Character, ...]
    looks: tuple[int, ...]
    share: float
    fits: bool


@dataclass(slots=True)
class _Slate:
    """The votes of the looks that have one length; `placed` is what the grammar is told, once it was asked."""

    weight: float = 0.0
    positions: list[_Position] = field(default_factory=list)
    placed: list[Place] | None = None

    @property
    def places(self) -> list[Place]:
        if self.placed is None:
            self.placed = [_places(position) for position in self.positions]
        return self.placed


class Ballot:
    """The votes of the looks at one plate. Its memory does not grow with the number of looks.

    The length with the most weight wins, then of the texts that the looks hold possible at its positions the
    likeliest by the grammar: each look's vote for a position is split by what it may be there. Looks of
    another length vote too, at the positions that can be told. Where no region is set, most looks say what kind
    of plate it is.

    A character's confidence is one minus the product of the square roots of its looks' doubts, times
    its share against the strongest rival at its place. So two agreeing looks are worth what each of
    them says, one look alone is worth less, more are worth more. The square root is because looks of
    one pass share their faults and are not independent. The text is as sure as its weakest character
    and its length are; how often such a text is right, the `calibration` says.
    """

    def __init__(self, grammar: Grammar = EVERYWHERE, calibration: Calibration = AS_IT_IS) -> None:
        self._grammar = grammar
        self._calibration = calibration
        self._slates: dict[int, _Slate] = {}
        self._styles: Counter[str] = Counter()
        self._counted = Verdict()
        self._is_counted = True
        self._looks = 0
        self._recount_at = 0.0
        self._lead = 0.0

    @property
    def verdict(self) -> Verdict:
        """What the looks so far say."""
        if not self._is_counted:
            self._counted, self._is_counted = self._judged(self._count(), ()), True
            self._recount_at = RECOUNT * self._looks
        return self._counted

    @property
    def text(self) -> str:
        """The verdict's text, without counting anew as long as too few looks disagree to change it."""
        return self._counted.text if self._looks < self._recount_at and self._lead > 0 else self.verdict.text

    def with_unknown(self, most: int) -> Iterator[Verdict]:
        """What they say if the least certain character is unknown, if the two least certain are, up to
        `most`."""
        if not self._slates:
            return
        count = self._count()
        doubtful = sorted(range(len(count.text)), key=lambda place: count.characters[place].confidence)
        for unknown in range(1, min(most, len(doubtful) - 1) + 1):
            yield self._judged(count, doubtful[:unknown])

    def alternatives(self, verdict: Verdict) -> tuple[Alternative, ...]:
        """What the plate may say instead of this, the likeliest first."""
        whole = sum(slate.weight for slate in self._slates.values())
        slates = [Slate(slate.weight / whole, slate.places) for slate in self._slates.values() if whole]
        return instead_of(verdict.text, verdict.confidence, slates, self._grammar)

    def add(self, plate: Plate) -> None:
        """One look votes. A plate without text has no vote."""
        self.add_weighed(plate, weight_of(plate))

    def add_weighed(self, plate: Plate, weight: float) -> None:
        """The same with another weight, 0-1."""
        characters = plate.characters
        if len(characters) != len(plate.text):
            characters = tuple(Character(character, plate.confidence) for character in plate.text)
        if not characters:
            return
        slate = self._slate(len(characters))
        slate.weight += weight * sum(_likeliest(one) for one in characters) / len(characters)
        for position, character in zip(slate.positions, characters, strict=True):
            _count_look(position, character, weight)
        if plate.style:
            self._styles[plate.style] += 1
        self._changed(agrees=plate.text == self._counted.text)

    def add_verdict(self, verdict: Verdict) -> None:
        """An earlier vote counts as so many looks, which are as sure together as it was; not at all if it left
        characters open."""
        if not verdict.text or UNKNOWN in verdict.text:
            return
        sure = self._calibration.undone(verdict.confidence)
        weight = sure * verdict.looks
        slate = self._slate(len(verdict.text))
        slate.weight += weight
        for position, character in zip(slate.positions, verdict.text, strict=True):
            _count_in(position, {character: _Tally(weight, verdict.looks, 1.0 - sure)})
        self._changed()

    def add_all(self, other: Ballot) -> None:
        """All votes of another ballot count here too."""
        for length, theirs in other._slates.items():
            slate = self._slate(length)
            slate.weight += theirs.weight
            for position, votes in zip(slate.positions, theirs.positions, strict=True):
                _count_in(position, votes)
        self._styles += other._styles
        self._looks += other._looks
        self._lead = 0.0
        self._changed()

    def _changed(self, agrees: bool = False) -> None:
        """There are new votes: those of one look if there is nothing more to say."""
        self._is_counted = False
        self._looks += 1
        self._lead -= not agrees

    def _slate(self, length: int) -> _Slate:
        """The slate of that length, to be voted on."""
        slate = self._slates.get(length)
        if slate is None:
            slate = self._slates[length] = _Slate(positions=[{} for _ in range(length)])
        slate.placed = None
        return slate

    def _judged(self, count: _Count, unknown: Sequence[int]) -> Verdict:
        """The verdict with the characters at these places left open."""
        known = [place for place in range(len(count.text)) if place not in unknown]
        text = "".join(one if place in known else UNKNOWN for place, one in enumerate(count.text))
        weakest = min(count.characters[place].confidence for place in known)
        return Verdict(
            text,
            self._calibration.of(weakest * count.share),
            min(count.looks[place] for place in known),
            count.characters,
            self._grammar.fits(text) if unknown else count.fits,
        )

    def _count(self) -> _Count:
        grammar = self._grammar.of_style(max(self._styles, key=self._styles.__getitem__, default=None))
        several, is_set = len(self._slates) > 1, self._grammar.is_set
        spelt = {
            length: grammar.likeliest(slate.places)
            for length, slate in self._slates.items()
            if is_set or not several
        }
        weights = {
            length: slate.weight * (FITTING if is_set and spelt[length].fits else 1.0)
            for length, slate in self._slates.items()
        }
        length = max(weights, key=weights.__getitem__)
        positions = self._with_other_lengths(length)
        if several:
            spelt[length] = grammar.likeliest([_places(position) for position in positions])
        return self._counted_up(positions, spelt[length], list(weights.values()))

    def _counted_up(self, positions: Sequence[_Position], spelt: Spelt, weights: list[float]) -> _Count:
        """What the votes at these positions make of the text; `weights` are those of all lengths."""
        seats = [
            _seat(position, one, spelt.settled) for position, one in zip(positions, spelt.text, strict=True)
        ]
        self._lead = min(_lead(weights), *(seat.lead for seat in seats))
        return _Count(
            spelt.text,
            tuple(seat.character for seat in seats),
            tuple(seat.looks for seat in seats),
            _share(weights),
            spelt.fits,
        )

    def _with_other_lengths(self, length: int) -> list[_Position]:
        """The positions of that length, with what the looks of other lengths say of them."""
        own = self._slates[length].positions
        if len(self._slates) == 1:
            return own
        positions = [{character: _copy(tally) for character, tally in one.items()} for one in own]
        shares = [_shares(position) for position in own]
        for other in self._slates.values():
            if other.positions is own:
                continue
            for here, there in aligned(shares, [_shares(position) for position in other.positions]):
                _count_in(positions[here], other.positions[there], OTHER_LENGTH)
        return positions


def weight_of(plate: Plate) -> float:
    """How much a look counts against others, 0-1. That it is blurred, hard to read or at an angle does not
    make it count less: what the reader says of its characters knows that already."""
    return min(1.0, character_px_of(plate.corners) / FULL_PX) ** 2


def _likeliest(character: Character) -> float:
    """The largest of the probabilities that a look gives for one position."""
    others = character.others
    return max(character.confidence, *[p for _, p in others]) if others else character.confidence


def _count_look(position: _Position, character: Character, weight: float) -> None:
    """Adds what one look says of one position: it may be this, or with less weight something else."""
    own, confidence = character.text, character.confidence
    if character.others:
        for other, p in possible(character).items():
            _tally(position, other).weight += weight * p
    else:
        for other, p in look_alikes(own, confidence):
            _tally(position, other).maybe += weight * p
        _tally(position, own).weight += weight * confidence
    tally = position[own]
    tally.looks += 1
    tally.doubt *= math.sqrt(1.0 - min(confidence, SUREST))


def _tally(position: _Position, character: str) -> _Tally:
    """The votes for a character at a position."""
    tally = position.get(character)
    if tally is None:
        tally = position[character] = _Tally()
    return tally


def _count_in(position: _Position, votes: _Position, part: float = 1.0) -> None:
    """Adds votes; those of which a `part` below 1 counts make nothing surer."""
    for character, votes_of_one in votes.items():
        tally = position.get(character)
        if tally is None:
            tally = position[character] = _Tally()
        tally.weight += part * votes_of_one.weight
        tally.maybe += part * votes_of_one.maybe
        if part == 1.0:
            tally.looks += votes_of_one.looks
            tally.doubt *= votes_of_one.doubt


def _copy(tally: _Tally) -> _Tally:
    return _Tally(tally.weight, tally.looks, tally.doubt, tally.maybe)


def _shares(position: _Position) -> dict[str, float]:
    """How much of the weight each character has that looks voted for, 0-1."""
    voted = {character: tally.weight for character, tally in position.items() if tally.weight or tally.looks}
    whole = sum(voted.values())
    return {character: weight / whole if whole else 0.0 for character, weight in voted.items()}


def _places(position: _Position) -> dict[str, float]:
    """The same for the grammar: with what looks did not tell."""
    whole = sum([tally.weight for tally in position.values()])
    if not whole:
        return {one: 0.0 for one, tally in position.items() if tally.looks}
    places = {one: tally.maybe / whole for one, tally in position.items() if tally.maybe}
    for one, tally in position.items():
        if tally.weight or tally.looks:
            places[one] = tally.weight / whole + places.get(one, 0.0)
    return places


@dataclass(slots=True)
class _Seat:
    """What is said of one position: the character with its confidence and its rivals' shares; how many looks
    say it, or another one that the grammar did not let stand in its place; by how much weight the likeliest
    character is ahead of the next one."""

    character: Character
    looks: int
    lead: float


def _seat(position: _Position, character: str, settled: float) -> _Seat:
    """`settled` is how sure one can be of the characters that the grammar preferred to likelier ones (0-1)."""
    weights = {one: tally.weight for one, tally in position.items() if tally.weight}
    heaviest = max(weights or position, key=lambda one: position[one].weight)
    mine, best = _together(position, character), _together(position, heaviest)
    others = sorted(_shares(position).items(), key=lambda item: -item[1])
    if printed_alike(character, heaviest):
        rivals = [weight for other, weight in weights.items() if not printed_alike(other, heaviest)]
        sure = (1.0 - best.doubt) * _share([best.weight, max(rivals, default=0.0)])
        looks = mine.looks
    else:
        sure = settled * (1.0 - (mine if mine.looks else best).doubt)
        looks = mine.looks + best.looks
    told = tuple([(other, share) for other, share in others if other != character])
    return _Seat(Character(character, sure, told), looks, _lead(list(weights.values()) or [0.0]))


def _together(position: _Position, character: str) -> _Tally:
    """The votes for a character and for what is printed alike."""
    own, alike = position.get(character), position.get(TWIN.get(character, ""))
    if own is None or alike is None:
        return own or alike or _Tally()
    return _Tally(own.weight + alike.weight, own.looks + alike.looks, own.doubt * alike.doubt)


def _lead(weights: list[float]) -> float:
    first, *others = sorted(weights, reverse=True)
    return first - (others[0] if others else 0.0)


def _share(weights: list[float]) -> float:
    """The heaviest weight's part of the two heaviest, 0.5 to 1."""
    first, *others = sorted(weights, reverse=True)
    return first / (first + others[0]) if others and first else 1.0
