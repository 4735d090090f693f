"""Random traffic in four lanes, misread and missed now and then: every vehicle is one right read."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from streamer.likeness import CONFUSABLE, distance
from streamer.track import ReadChange
from streamer.types import Plate
from tests.passes import LETTERS, Camera, plate


@dataclass(frozen=True)
class Vehicle:
    text: str
    start_s: float
    seconds: float
    lane: int
    forward: bool


def traffic(chance: random.Random) -> list[Vehicle]:
    """Vehicles in four lanes, each behind the one before in its lane by at least 0.8 s."""
    vehicles = []
    for lane in range(4):
        time_s = chance.uniform(0, 3)
        for _ in range(8):
            text = "".join(chance.choices(LETTERS, k=chance.choice((6, 7))))
            seconds = chance.uniform(2.5, 6)
            vehicles.append(Vehicle(text, time_s, seconds, lane, chance.random() < 0.5))
            time_s += seconds + chance.uniform(0.8, 4)
    return vehicles


def seen(vehicle: Vehicle, media_s: float, chance: random.Random) -> tuple[str, Plate] | None:
    """A look at a vehicle, misread now and then; None if it is not in view or missed."""
    part = (media_s - vehicle.start_s) / vehicle.seconds
    if not 0 <= part <= 1 or chance.random() < 0.12:
        return None
    text, confidence = vehicle.text, chance.uniform(0.65, 0.98)
    if chance.random() < 0.25:
        text, confidence = misread(text, chance), chance.uniform(0.3, 0.85)
    x = 1800 * (part if vehicle.forward else 1 - part) + chance.gauss(0, 4)
    return vehicle.text, plate(text, x, 100 + 200 * vehicle.lane, chance.gauss(100, 5), confidence)


def misread(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    kind = chance.random()
    if kind < 0.2:
        return text[1:] if chance.random() < 0.5 else text[:-1]
    if kind < 0.3:
        return text + "1"
    group = next((group for group in CONFUSABLE if text[place] in group), LETTERS)
    return text[:place] + chance.choice(group) + text[place + 1 :]


@pytest.mark.parametrize("fps", [2, 3, 5, 10, 15])
@pytest.mark.parametrize("seed", range(6))
def test_random_traffic_gives_every_vehicle_one_right_read(fps: float, seed: int) -> None:
    chance = random.Random(100 * seed + int(fps))
    vehicles = traffic(chance)
    camera = Camera(fps=fps)
    right_looks: Counter[str] = Counter()
    while camera.media_s < 80:
        looks = [look for vehicle in vehicles if (look := seen(vehicle, camera.media_s, chance))]
        chance.shuffle(looks)
        right_looks.update(truth for truth, look in looks if look.text == truth)
        camera.look(*(look for _, look in looks))
    reads = camera.texts()
    assert len(reads) == len(set(reads))
    assert {text for text, looks in right_looks.items() if looks >= 3} <= set(reads)
    whose = [[one.text for one in vehicles if distance(read, one.text) == 0] for read in reads]
    assert all(len(texts) == 1 for texts in whose), "a read is of no vehicle; ? may be any character"
    assert len({text for texts in whose for text in texts}) == len(reads), "two reads of one vehicle"


def test_the_same_looks_give_the_same_reads() -> None:
    def run() -> list[ReadChange]:
        chance = random.Random(7)
        camera = Camera()
        vehicles = traffic(chance)
        while camera.media_s < 40:
            looks = (seen(vehicle, camera.media_s, chance) for vehicle in vehicles)
            camera.look(*(look[1] for look in looks if look))
        camera.settled()
        return camera.told

    assert run() == run()
