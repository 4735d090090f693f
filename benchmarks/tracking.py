"""What following and voting cost: the time of one tracker update with many plates in view.

    python -m benchmarks.tracking [--tracks 20] [--looks 2000]

Rendered looks without pictures: vehicles in lanes drive through, misread and missed now and then; the moment one
leaves, the next one takes its lane. Characters say what else they may be, as the network engine's do. The table goes
into benchmarks/README.md.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from itertools import count

import click

from benchmarks.page import table, write_section
from streamer.grammar import Grammar
from streamer.likeness import CONFUSABLE
from streamer.settings import Settings
from streamer.track import Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Character, Plate

ASKED_MS = 0.5
LOOKS_FPS = 5
STAY_LOOKS = (10, 40)
"""A vehicle is in view for so many looks, from and to."""
REGIONS = {
    "auto": "auto",
    "one country": "DE",
    "central and western Europe": "AT,BE,CH,CZ,DE,ES,FR,GB,IT,NL,PL",
}
LETTERS, DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"

_HEAD = """## What following costs

`python -m benchmarks.tracking --tracks {tracks} --looks {looks}`: {tracks} vehicles in view all the time, each for
{low} to {high} looks at {fps} a second, one look in ten missed, one in five misread. Milliseconds of processor time
for one update of the tracker, and for each of its tracks, reads told and settled included. Asked: a median under
{asked} ms for each track.

"""


def traffic(tracks: int, looks: int, seed: int = 1) -> Iterator[list[Plate]]:
    """The plates of each look."""
    chance = random.Random(seed)
    lanes = [iter(()) for _ in range(tracks)]
    for _ in range(looks):
        seen = []
        for lane in range(tracks):
            plate = next(lanes[lane], None)
            if plate is None:
                lanes[lane] = _drive(chance, lane)
                plate = next(lanes[lane])
            if chance.random() > 0.1:
                seen.append(plate)
        yield seen


def _drive(chance: random.Random, lane: int) -> Iterator[Plate]:
    """One vehicle's plate, look by look."""
    text = "".join(chance.choices(LETTERS, k=3) + chance.choices(DIGITS, k=4))
    looks = chance.randint(*STAY_LOOKS)
    left, top = 100 + 900 * (lane % 4), 60.0 + 120 * (lane // 4)
    for look in range(looks):
        x = left + 700 * look / looks + chance.gauss(0, 1)
        yield _plate(chance, text, x, top, 70 + 40 * look / looks)


def _plate(chance: random.Random, text: str, x: float, y: float, width: float) -> Plate:
    characters = tuple(_character(chance, letter) for letter in text)
    if chance.random() < 0.2:
        place = chance.randrange(len(text))
        wrong = Character(chance.choice(LETTERS + DIGITS), 0.6, ((text[place], 0.3),))
        characters = (*characters[:place], wrong, *characters[place + 1 :])
    corners = ((x, y), (x + width, y), (x + width, y + width / 5), (x, y + width / 5))
    said = "".join(one.text for one in characters)
    return Plate(corners, 0.9, said, min(one.confidence for one in characters), characters)


def _character(chance: random.Random, letter: str) -> Character:
    """Mostly sure; one in three has something else that it may be, as the network engine's have."""
    if chance.random() < 0.65:
        return Character(letter, chance.uniform(0.97, 0.999))
    sure = chance.uniform(0.7, 0.97)
    group = next((group for group in CONFUSABLE if letter in group), LETTERS)
    other = next(one for one in group if one != letter)
    return Character(letter, sure, ((other, 1 - sure),))


def milliseconds(tracks: int, looks: int, regions: str) -> list[float]:
    """What each update took."""
    settings = Settings.model_validate(
        {"cameras": [{"name": "c", "source": "0"}], "formats": {"regions": regions}}
    )
    grammar: Grammar = settings.grammar_of()
    numbers = count(1)
    tracker = Tracker("c", "c", TrackOptions(grammar=grammar), lambda _: f"{next(numbers)}")
    taken = []
    for number, plates in enumerate(traffic(tracks, looks)):
        begun = time.thread_time()
        tracker.update(1.79e9 + number / LOOKS_FPS, number / LOOKS_FPS, plates)
        taken.append(1000 * (time.thread_time() - begun))
        tracker.take_rejected()
    return taken


@click.command(help=__doc__)
@click.option("--tracks", default=20, show_default=True, type=click.IntRange(1))
@click.option("--looks", default=2000, show_default=True, type=click.IntRange(20))
@click.option("--print", "only_print", is_flag=True, help="Print the table, write nothing.")
def main(tracks: int, looks: int, only_print: bool) -> None:
    rows = []
    for name, regions in REGIONS.items():
        taken = milliseconds(tracks, looks, regions)
        median, most = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        rows.append([name, f"{median:.2f}", f"{most:.2f}", f"{median / tracks:.2f}", f"{most / tracks:.2f}"])
    text = table(["formats.regions", "an update, median", "95%", "a track, median", "95%"], rows)
    if only_print:
        click.echo(text)
        return
    low, high = STAY_LOOKS
    head = _HEAD.format(tracks=tracks, looks=looks, low=low, high=high, fps=LOOKS_FPS, asked=ASKED_MS)
    write_section("tracking", head + text)


if __name__ == "__main__":
    main()
