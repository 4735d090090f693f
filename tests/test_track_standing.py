"""What stands in the picture while vehicles come and go: signs and parked cars."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from streamer.formats import codes_of
from streamer.grammar import Grammar
from streamer.track import Change
from streamer.tracking import scenery
from streamer.tracking.options import TrackOptions
from streamer.types import Plate, Reason
from tests.passes import LETTERS, START, Camera, passing, plate

SIGN = plate("SHOP1234", 900, 60, 120)


class Street(Camera):
    """A camera past which vehicles drive, each another one."""

    def hidden(self, seconds: float = 45, vehicles: int = 1) -> None:
        """Vehicles drive by before what stands there, and for so long it is not seen."""
        for _ in range(vehicles):
            text = "".join(random.Random(self.looks).choices(LETTERS, k=7))
            self.watch(passing(text, 6, 90))
            self.wait(seconds / vehicles)

    def shows(self, standing: Plate, seconds: float = 8) -> None:
        jitter = random.Random(self.looks)
        for _ in range(round(seconds * self.fps)):
            left, top, right, _ = standing.box
            x, y = left + jitter.gauss(0, 1), top + jitter.gauss(0, 1)
            self.look(plate(standing.text, x, y, right - left, standing.confidence))

    def reads_of(self, *texts: str) -> list[str]:
        return [read.plate for read in self.settled() if read.plate in texts]


def test_a_sign_that_vehicles_hide_again_and_again_is_told_once_and_static_text_after_that() -> None:
    street = Street()
    for _ in range(12):
        street.shows(SIGN)
        street.hidden()
    assert street.reads_of("SHOP1234") == ["SHOP1234"]
    sign = [one for one in street.rejected() if one.text == "SHOP1234"]
    read_id = next(told.read.read_id for told in street.told if told.read.plate == "SHOP1234")
    assert {one.read_id for one in sign} == {read_id}
    reasons = [one.reason for one in sign]
    assert reasons == sorted(reasons, key=[Reason.REPEAT, Reason.STATIC_TEXT].index)
    assert reasons.count(Reason.STATIC_TEXT) >= 5


def test_every_vehicle_before_a_sign_is_read() -> None:
    street = Street()
    for _ in range(10):
        street.shows(SIGN)
        street.hidden()
    assert len([read for read in street.settled() if read.plate != "SHOP1234"]) == 10


@pytest.mark.parametrize("text", ["CCTV", "SLOW", "ENTRANCE", "NOPARKING"])
def test_what_has_never_moved_and_is_no_plate_by_its_text_is_static_text(text: str) -> None:
    street = Street()
    for _ in range(3):
        street.shows(plate(text, 900, 60, 120))
        street.hidden()
    assert street.reads_of(text) == []
    assert [one.reason for one in street.rejected() if one.text == text] == [Reason.STATIC_TEXT] * 3


@pytest.mark.parametrize(
    ("regions", "text", "reads"),
    [((), "WA55ABC", 1), ((), "PENGU1N", 0), (("GB",), "08001234567", 0), (("US-CA",), "PENGU1N", 1)],
)
def test_a_car_that_stands_from_the_start_is_told_if_its_text_may_be_on_a_plate_of_the_regions(
    regions: tuple[str, ...], text: str, reads: int
) -> None:
    street = Street(TrackOptions(grammar=Grammar(regions)))
    street.shows(plate(text, 560, 500))
    assert len(street.told) == reads


def test_a_car_whose_plate_fits_nothing_is_told_when_it_drives_off() -> None:
    street = Street()
    street.shows(plate("PENGU1N", 560, 500), 60)
    street.watch([[plate("PENGU1N", 560 + 50 * look, 500)] for look in range(12)])
    assert street.reads_of("PENGU1N") == ["PENGU1N"]


def test_where_looks_have_nothing_to_do_with_each_other_nothing_stands() -> None:
    stills = Street(TrackOptions(min_looks=1, still_s=0))
    stills.look(plate("PENGU1N", 560, 500))
    assert stills.reads_of("PENGU1N") == ["PENGU1N"]


def test_a_sign_is_not_read_with_every_look() -> None:
    street = Street()
    street.watch([[plate("CCTV", 900, 60, confidence=0.95)]] * 40)
    assert [one.text for one in street.tracker.known(street.media_s)] == ["CCTV"]
    assert street.tracker.known(street.media_s + 2) == []


def test_a_car_that_parks_and_is_hidden_is_one_read_all_night() -> None:
    street = Street()
    street.watch([[plate("AB123CD", 40 * look, 500)] for look in range(15)])
    for _ in range(12):
        street.shows(plate("AB123CD", 560, 500), 150)
        street.wait(100)
    assert street.reads_of("AB123CD") == ["AB123CD"]
    assert {one.reason for one in street.rejected()} == {Reason.REPEAT}


def test_a_car_that_stands_there_from_the_start_is_told_once_before_it_is_anything_else() -> None:
    street = Street()
    for _ in range(10):
        street.shows(plate("AB123CD", 560, 500), 2)
        street.hidden(vehicles=3)
    assert street.reads_of("AB123CD") == []
    street.shows(plate("AB123CD", 560, 500), 6)
    assert street.told[-1].read.plate == "AB123CD"


def test_a_parked_car_that_drives_off_is_a_new_pass() -> None:
    street = Street()
    for _ in range(8):
        street.shows(plate("AB123CD", 560, 500))
        street.hidden()
    street.shows(plate("AB123CD", 560, 500), 3)
    street.watch([[plate("AB123CD", 560 + 50 * look, 500)] for look in range(12)])
    assert street.reads_of("AB123CD") == ["AB123CD", "AB123CD"]


def test_a_car_that_left_and_comes_back_to_its_place_is_a_new_pass() -> None:
    street = Street()
    home = plate("AB123CD", 560, 500)
    way = [[plate("AB123CD", 560 + 50 * look, 500)] for look in range(12)]
    for _ in range(3):
        street.watch(way[::-1])
        for _ in range(3):
            street.shows(home)
            street.hidden(vehicles=3)
        street.watch([[home], *way])
        street.wait(120)
        street.shows(home)
        street.wait(1200)
    assert len(street.reads_of("AB123CD")) >= 6


@pytest.mark.parametrize("gap_s", [35, 60, 300, 900])
def test_vehicles_that_stop_at_the_same_place_one_after_the_other_are_all_read(gap_s: float) -> None:
    """Nobody saw them drive up: at night, against their headlights."""
    street = Street()
    texts = ["1234567", "1238967", "7654321", "1112223", "9081726", "5550001", "1234000", "4443332"]
    for text in texts:
        street.shows(plate(text, 560, 500))
        street.wait(gap_s)
    assert street.reads_of(*texts) == texts


def test_one_car_that_comes_all_day_does_not_become_scenery() -> None:
    street = Street()
    for _ in range(8):
        street.shows(plate("AB123CD", 560, 500))
        street.wait(420)
    assert street.reads_of("AB123CD") == ["AB123CD"] * 8


def test_a_sign_that_was_misread_for_a_while_is_not_told_again() -> None:
    street = Street()
    for text, confidence in (("SHOP1234", 0.9), ("HOP12", 0.45), ("SHOP1234", 0.9)):
        street.shows(plate(text, 900, 60, 120, confidence=confidence))
        street.wait(45)
    assert street.reads_of("SHOP1234") == ["SHOP1234"]


@pytest.mark.parametrize(("seconds", "reads"), [(scenery.HIDDEN_S - 30, 1), (scenery.HIDDEN_S + 30, 2)])
def test_what_was_not_seen_for_too_long_may_have_come_back(seconds: float, reads: int) -> None:
    street = Street()
    street.shows(SIGN)
    street.wait(seconds)
    street.shows(SIGN)
    assert len(street.reads_of("SHOP1234")) == reads


CLOCKS = {"%H%M": "US", "%d%m%Y": "auto", "%H%M%S": "auto", "%y%m%d%H%M": "DZ", "%I%M%p": "US"}


@pytest.mark.parametrize("written", CLOCKS)
@pytest.mark.parametrize("every", [1, 50])
def test_a_clock_is_static_text_however_often_it_is_seen(written: str, every: int) -> None:
    region = CLOCKS[written]
    street = Street(TrackOptions(grammar=Grammar(() if region == "auto" else codes_of(region))))
    for look in range(1000):
        text = datetime.fromtimestamp(START + street.media_s, UTC).strftime(written)
        street.look(*[plate(text, 20, 20, 160, 0.97)] * (look % every == 0))
    assert street.settled() == []
    reasons = {one.reason for one in street.rejected()}
    assert reasons == {Reason.STATIC_TEXT if every == 1 else Reason.TOO_FEW_LOOKS}


def test_a_vehicle_whose_plate_may_be_a_time_is_read_when_it_moves() -> None:
    street = Street(TrackOptions(grammar=Grammar(("QA",))))
    street.watch(passing("140436", 6, 90))
    assert street.texts() == ["140436"]


@pytest.mark.parametrize("text", ["22112026", "CCTV"])
def test_a_lamp_that_passes_before_it_does_not_move_what_is_written_there(text: str) -> None:
    street = Street()
    written, lamp = plate(text, 900, 60, 120), replace(plate("", 925, 62, 70), text="", characters=())
    street.watch([[written]] * 20 + [[lamp]] + [[written]] * 20)
    assert street.settled() == []
    assert {one.reason for one in street.rejected()} == {Reason.STATIC_TEXT}


def test_a_car_that_has_stood_and_drives_off_unread_has_moved() -> None:
    street = Street()
    away = [replace(plate("", 560 + 60 * look, 500), text="", characters=()) for look in range(8)]
    street.watch([[plate("PENGU1N", 560, 500)]] * 20 + [[one] for one in away])
    assert street.texts() == ["PENGU1N"]


@pytest.mark.parametrize("jump_s", [6, 60, 3600, 86400 * 365, -6, -3600])
def test_a_standing_car_stays_one_read_when_the_wall_clock_is_set(jump_s: float) -> None:
    tracker = Camera().tracker
    told = []
    for look in range(200):
        wall_s = START + look / 5 + (jump_s if look >= 100 else 0)
        told += tracker.update(wall_s, look / 5, [plate("AB123CD", 300 - 20 * max(0, 10 - look))])
    told += tracker.finish()
    assert [one.read.frames for one in told if one.change is Change.SETTLED] == [200]
    assert tracker.take_rejected() == []


def test_a_standing_car_that_was_gone_after_an_interruption_left_before_it() -> None:
    tracker = Camera().tracker
    told = []
    for look in range(100):
        told += tracker.update(START + look / 5, look / 5, [plate("AB123CD", 300 - 20 * max(0, 10 - look))])
    for look in range(100, 120):
        told += tracker.update(START + 3600 + look / 5, look / 5, [])
    told += tracker.finish()
    [read] = [one.read for one in told if one.change is Change.SETTLED]
    assert read.last_seen == START + 99 / 5


def test_another_vehicle_at_the_place_of_a_standing_one_is_read_within_two_seconds() -> None:
    street = Street()
    street.watch([[plate("AB123CD", 300, confidence=0.95)]] * 40)
    assert [one.text for one in street.tracker.known(street.media_s)] == ["AB123CD"]
    assert street.tracker.known(street.media_s + 2) == []
    street.watch([[replace(plate("AB123CD", 300, confidence=0.95), kept=True)]] * 8)
    assert street.tracker.known(street.media_s) != []
    street.watch([[replace(plate("AB123CD", 300, confidence=0.95), kept=True)]] * 2)
    assert street.tracker.known(street.media_s) == []


def test_what_was_kept_does_not_vote() -> None:
    street = Street()
    street.watch([[plate("AB123CD", 300, confidence=0.9)]] * 25)
    before = street.tracker.known(street.media_s)[0]
    (confidence,) = {told.read.confidence for told in street.told[-1:]}
    street.watch([[replace(before, kept=True)]] * 40)
    (read,) = street.settled()
    assert (read.plate, read.frames) == ("AB123CD", 65)
    assert read.confidence == pytest.approx(confidence, abs=0.05)


def test_memory_is_bounded() -> None:
    street = Street()
    for number in range(scenery.MOST_FIXTURES + 5):
        text = "".join(random.Random(number).choices(LETTERS, k=7))
        street.shows(plate(text, 300 * number, 100), 4.4)
        street.wait(2)
    assert len(street.tracker._scenery._fixtures) == scenery.MOST_FIXTURES


class Spared(Street):
    """A camera whose looks may be spared."""

    def spare(self, seconds: float) -> None:
        for _ in range(round(seconds * self.fps)):
            self.told += self.tracker.unchanged(self.start + self.media_s, self.media_s)
            self.looks += 1


def test_who_stands_while_looks_are_spared_has_not_left() -> None:
    gate = Spared()
    gate.watch([[plate("AB123CD", 40 * look, confidence=0.95)] for look in range(10)])
    gate.watch([[plate("AB123CD", 400, confidence=0.95)]] * 40)
    assert gate.tracker.in_view
    assert gate.tracker.settled
    stood_s = gate.media_s
    gate.spare(3600)
    assert gate.tracker.settled
    gate.watch([[plate("AB123CD", 400 + 40 * look, confidence=0.95)] for look in range(10)])
    (read,) = gate.settled()
    assert read.last_media_s == pytest.approx(stood_s + 3600 + 1.8)


def test_who_has_left_is_settled_while_looks_are_spared() -> None:
    gate = Spared()
    gate.watch(passing("AB123CD", 10, 60))
    assert not gate.tracker.settled
    gate.wait(2)
    assert not gate.tracker.in_view
    assert gate.tracker.settled
    gate.spare(31)
    assert [told.read.plate for told in gate.told if told.read.settled] == ["AB123CD"]


def test_who_is_not_read_surely_is_looked_at_for_a_while_and_then_rests() -> None:
    gate = Spared()
    gate.watch([[plate("", 400)]] * 45)
    assert not gate.tracker.settled
    gate.watch([[plate("", 400)]] * 10)
    assert gate.tracker.settled
    gate.spare(60)
    gate.look()
    assert not gate.tracker.settled
    gate.wait(2)
    (rejected,) = gate.rejected()
    assert (rejected.frames, rejected.last_media_s > 60) == (55, True)


def test_spared_looks_are_no_votes_and_do_not_make_a_text_unsteady() -> None:
    gate = Spared()
    gate.watch([[plate("AB123CD", 400, confidence=0.8)]] * 4)
    gate.spare(10)
    gate.watch([[plate("AB123CD", 400, confidence=0.8)]] * 4)
    (read,) = gate.settled()
    assert read.plate == "AB123CD"
