"""One pass, one read, under everything that goes on in front of a camera."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from streamer.calibration import SUREST, Calibration
from streamer.grammar import Grammar
from streamer.track import Change, ReadChange
from streamer.tracking.options import TrackOptions
from streamer.types import Character, Plate, Read, Reason, Rejected
from tests.passes import LETTERS, START, Camera, passing, plate


@pytest.mark.parametrize("fps", [1, 2, 3, 5, 10, 15])
@pytest.mark.parametrize("plate_lengths_a_second", [0.5, 4, 14])
def test_a_vehicle_that_passes_is_one_read(fps: float, plate_lengths_a_second: float) -> None:
    camera = Camera(fps=fps)
    looks = 3 + round(2 * fps / plate_lengths_a_second)
    camera.watch(passing("AB123CD", looks, 100 * plate_lengths_a_second / fps))
    (read,) = camera.settled()
    end_s = pytest.approx((looks - 1) / fps)
    assert (read.plate, read.frames, read.settled) == ("AB123CD", looks, True)
    assert (read.first_seen, read.last_seen - START) == (START, end_s)
    assert (read.first_media_s, read.last_media_s) == (0.0, end_s)
    assert read.confidence == pytest.approx(min(1 - 0.2 ** (looks / 2), SUREST))


@pytest.mark.parametrize("fps", [3, 5])
def test_two_looks_far_apart_that_say_the_same_are_one_vehicle(fps: float) -> None:
    """100 km/h across the picture: neither look is sure enough alone."""
    camera = Camera(fps=fps)
    camera.watch(
        [[plate("AB123CD", 100, confidence=0.7)], [plate("AB123CD", 100 + 5500 / fps, confidence=0.7)]]
    )
    (read,) = camera.settled()
    assert (read.plate, read.frames) == ("AB123CD", 2)


def test_an_approaching_vehicle_is_one_read() -> None:
    camera = Camera(fps=2)
    camera.watch([[plate("AB123CD", 600 - width, 200 + width, width)] for width in (40, 70, 130, 260)])
    assert camera.texts() == ["AB123CD"]


def test_a_parked_car_that_flickers_for_an_hour_is_one_read_with_few_updates() -> None:
    chance = random.Random(1)
    camera = Camera()
    for _ in range(3600 * 5):
        seen = chance.random() < 0.4
        text = "AB123CD" if chance.random() < 0.8 else "A8123CD"
        camera.look(*[plate(text, 500 + chance.gauss(0, 3))] * seen)
    counts = Counter(told.change for told in camera.told)
    assert counts[Change.READ] == 1
    assert counts[Change.UPDATED] <= 3600 / 5
    (read,) = camera.settled()
    assert read.plate == "AB123CD"
    assert read.frames > 6000
    assert read.last_seen - read.first_seen > 3590


def test_a_parked_car_that_is_hidden_for_less_than_the_window_is_one_read() -> None:
    camera = Camera()
    for _ in range(4):
        camera.watch([[plate("AB123CD", 500)]] * 25)
        camera.wait(25)
    (read,) = camera.settled()
    assert read.frames == 100


def test_one_plate_in_one_look_counts_one_frame_even_if_found_twice() -> None:
    camera = Camera()
    for x in range(0, 500, 50):
        camera.look(plate("AB123CD", x), plate("AB123C", x + 3, 301, 95, 0.5))
    (read,) = camera.settled()
    assert (read.plate, read.frames) == ("AB123CD", 10)
    assert camera.rejected() == []


@pytest.mark.parametrize("misread", ["A8C123", "ABC12B", "BC123", "ABC1231", "IABC123", "4BC128", "XYZ987", ""])
def test_misreads_in_a_track_belong_to_the_read(misread: str) -> None:
    camera = Camera()
    for index in range(20):
        camera.look(plate(misread if index % 3 == 0 else "ABC123", 10 + 30 * index))
    (read,) = camera.settled()
    assert (read.plate, read.frames) == ("ABC123", 20)


@pytest.mark.parametrize("misread", ["A8C123", "BC123", "ABC12", "ABC1231", "4BC128"])
def test_a_misread_within_the_window_belongs_to_the_read(misread: str) -> None:
    camera = Camera()
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(10)
    camera.watch([[plate(misread, 700, confidence=0.55)]] * 2)
    (read,) = camera.settled()
    assert (read.plate, read.frames) == ("ABC123", 7)


def test_first_misread_then_right_is_corrected_at_once() -> None:
    camera = Camera()
    camera.look(plate("A8C123", 100, confidence=0.6))
    camera.look(plate("A8C123", 300, confidence=0.6))
    camera.watch([[plate("ABC123", 300, confidence=0.9)]] * 4)
    texts = [(told.change, told.read.plate) for told in camera.told]
    assert texts == [(Change.READ, "A8C123"), (Change.UPDATED, "ABC123")]
    assert camera.texts() == ["ABC123"]


def test_a_read_is_told_with_the_second_look_that_agrees() -> None:
    camera = Camera()
    assert camera.look(plate("ABC123", 0)) == []
    assert camera.look(plate("XBC129", 80)) == []
    (told,) = camera.look(plate("ABC123", 160))
    assert (told.change, told.read.plate, told.read.frames) == (Change.READ, "ABC123", 3)
    assert told.read.revision == 1


def test_the_same_plate_within_the_window_extends_its_read() -> None:
    camera = Camera(TrackOptions(repeat_after_s=30))
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(29)
    camera.look(plate("ABC123", 900))
    (read,) = camera.settled()
    assert read.frames == 6
    assert read.last_seen == pytest.approx(START + 34 - 4)


def test_the_same_plate_after_the_window_is_another_read() -> None:
    camera = Camera(TrackOptions(repeat_after_s=30))
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(30.5)
    assert [told.change for told in camera.told] == [Change.READ, Change.SETTLED]
    camera.watch(passing("ABC123", 5, 50))
    assert [(read.plate, read.frames) for read in camera.settled()] == [("ABC123", 5)] * 2


def test_a_read_settles_once_it_is_out_of_view_and_the_window_is_over() -> None:
    camera = Camera(TrackOptions(repeat_after_s=0, lost_after_s=2))
    camera.watch(passing("ABC123", 3, 80))
    camera.wait(1.8)
    assert [told.change for told in camera.told] == [Change.READ]
    camera.wait(0.6)
    assert [told.change for told in camera.told] == [Change.READ, Change.SETTLED]
    assert camera.tracker.finish() == []


@pytest.mark.parametrize("interval_s", [1.6, 4.0, 20.0])
def test_looks_that_are_rarer_than_tracks_are_lost_read_all_the_same(interval_s: float) -> None:
    camera = Camera(TrackOptions(lost_after_s=1.5), fps=1 / interval_s)
    camera.watch(passing("ABC123", 4, 200))
    assert [(told.change, told.read.plate) for told in camera.told][:1] == [(Change.READ, "ABC123")]
    assert [(read.plate, read.frames) for read in camera.settled()] == [("ABC123", 4)]


def test_a_source_that_gives_a_picture_every_four_seconds_is_read_all_the_same() -> None:
    camera = Camera(fps=1)
    for second in range(20):
        if second % 4 == 0:
            camera.look(plate("AB123CD", 100 + 60 * second))
        else:
            camera.told += camera.tracker.pass_time(START + second, float(second))
            camera.looks += 1
    assert [(read.plate, read.frames) for read in camera.settled()] == [("AB123CD", 5)]


def test_a_vehicle_that_a_rare_look_misses_is_lost() -> None:
    camera = Camera(TrackOptions(lost_after_s=1.5, repeat_after_s=0), fps=1 / 1.6)
    camera.watch(passing("ABC123", 3, 100))
    camera.wait(3.2)
    assert [told.change for told in camera.told] == [Change.READ, Change.SETTLED]


def test_plates_side_by_side_do_not_swap() -> None:
    chance = random.Random(2)
    camera = Camera()
    for _ in range(100):
        pair = [plate("ABC123", 300 + chance.gauss(0, 4)), plate("XYZ789", 420 + chance.gauss(0, 4))]
        camera.look(*(one for one in pair if chance.random() < 0.7))
    assert sorted(camera.texts()) == ["ABC123", "XYZ789"]


@pytest.mark.parametrize("fps", [3, 5, 15])
def test_vehicles_that_meet_do_not_swap(fps: float) -> None:
    camera = Camera(fps=fps)
    for index in range(int(4 * fps)):
        way = 300 * index / fps
        camera.look(plate("ABC123", way, 300), plate("XYZ789", 1200 - way, 325))
    reads = camera.settled()
    assert sorted(read.plate for read in reads) == ["ABC123", "XYZ789"]
    assert {read.frames for read in reads} == {int(4 * fps)}


def test_a_convoy_in_which_each_takes_the_place_of_the_one_before_does_not_swap() -> None:
    camera = Camera()
    for index in range(6):
        ahead, behind = 300 + 295 * index, 295 * index
        camera.look(plate("ABC123", ahead), plate("XYZ789", behind))
    assert [(read.plate, read.frames) for read in camera.settled()] == [("ABC123", 6), ("XYZ789", 6)]
    assert camera.rejected() == []


def test_looks_without_text_hold_a_track_together() -> None:
    camera = Camera()
    texts = ["", "ABC123", "", "", "ABC123", ""]
    camera.watch([[plate(text, 90 * index)] for index, text in enumerate(texts)])
    assert [(read.plate, read.frames) for read in camera.settled()] == [("ABC123", 6)]


def test_two_alike_plates_of_a_fleet_in_one_picture_are_two_reads() -> None:
    camera = Camera()
    camera.watch([[plate("AB123CD", 40 * look), plate("A8123CD", 600 + 40 * look)] for look in range(8)])
    assert sorted(camera.texts()) == ["A8123CD", "AB123CD"]


def test_two_alike_plates_of_a_fleet_one_after_the_other_are_two_reads() -> None:
    camera = Camera()
    camera.watch(passing("AB123CD", 8, 40))
    camera.wait(3)
    camera.watch(passing("AB124CD", 8, 40))
    assert camera.texts() == ["AB123CD", "AB124CD"]


def test_a_doubtful_vehicle_is_a_read_if_the_one_it_is_alike_settles_meanwhile() -> None:
    camera = Camera(TrackOptions(repeat_after_s=2))
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(1.4)
    camera.watch(passing("A8C123", 2, 200))
    camera.wait(2)
    assert [(told.change, told.read.plate) for told in camera.told] == [
        (Change.READ, "ABC123"),
        (Change.SETTLED, "ABC123"),
        (Change.READ, "A8C123"),
    ]
    assert {one.reason for one in camera.rejected()} <= {Reason.REPEAT}


def test_a_new_vehicle_at_the_same_place_is_a_new_read() -> None:
    camera = Camera()
    camera.watch([[plate("ABC123", 100)]] * 25)
    camera.wait(1.2)
    camera.watch([[plate("XYZ789", 100)]] * 25)
    assert camera.texts() == ["ABC123", "XYZ789"]


def test_what_does_not_become_a_read_is_rejected_with_its_reason() -> None:
    camera = Camera(TrackOptions(min_confidence=0.5))
    camera.look(plate("XYZ789", 500, confidence=0.7))
    camera.wait(3)
    camera.watch([[plate("QRS456", 500, confidence=0.3)]] * 3)
    camera.wait(3)
    camera.watch([[plate("", 500)]] * 3)
    camera.wait(3)
    camera.watch([[plate("TUV111", 500)]] * 3)
    camera.wait(3)
    assert camera.texts() == []
    assert [(one.reason, one.text, one.frames) for one in camera.rejected()] == [
        (Reason.TOO_FEW_LOOKS, "XYZ789", 1),
        (Reason.NOT_CERTAIN, "QRS456", 3),
        (Reason.NO_TEXT, "", 3),
        (Reason.STATIC_TEXT, "TUV111", 3),
    ]


def test_a_rejected_track_has_its_own_times_and_an_id_that_comes_again() -> None:
    def watched() -> list[Rejected]:
        camera = Camera()
        camera.wait(2)
        camera.watch([[plate("QRS456", 500, confidence=0.3)]] * 3)
        camera.wait(3)
        return camera.rejected()

    (one,) = watched()
    assert (one.camera, one.source, one.read_id, one.image) == ("gate", "clip.mp4", "", "")
    assert (one.first_media_s, one.last_media_s) == (2.0, 2.4)
    assert (one.first_seen - START, one.last_seen - START) == (pytest.approx(2.0), pytest.approx(2.4))
    assert watched() == [one]


def test_what_was_rejected_is_told_once() -> None:
    camera = Camera()
    camera.look(plate("XYZ789", 500, confidence=0.7))
    camera.wait(3)
    assert len(camera.tracker.take_rejected()) == 1
    camera.wait(3)
    assert camera.tracker.take_rejected() == []


def test_a_track_that_belongs_to_an_earlier_read_is_a_repeat_of_it() -> None:
    camera = Camera()
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(10)
    camera.watch(passing("ABC123", 4, 50))
    assert camera.rejected() == []
    (read,) = camera.settled()
    (repeat,) = camera.rejected()
    assert (repeat.reason, repeat.read_id, repeat.text) == (Reason.REPEAT, read.read_id, "ABC123")
    assert (repeat.frames, repeat.first_media_s) == (4, 11.0)
    assert read.frames == 9


def test_a_misread_that_turns_out_to_be_of_an_earlier_read_says_its_own_text() -> None:
    camera = Camera()
    camera.watch(passing("ABC123", 5, 50))
    camera.wait(10)
    camera.watch([[plate("A8C123", 700, confidence=0.55)]] * 2)
    (read,) = camera.settled()
    (repeat,) = camera.rejected()
    assert (repeat.reason, repeat.read_id, repeat.text) == (Reason.REPEAT, read.read_id, "A8C123")


@pytest.mark.parametrize("seed", range(20))
def test_every_track_ends_as_a_read_or_as_rejected(seed: int) -> None:
    chance = random.Random(seed)
    camera = Camera(TrackOptions(repeat_after_s=chance.choice((0, 5))))
    texts = [*("".join(chance.choices(LETTERS, k=6)) for _ in range(3)), "", ""]
    seen = set()
    for _ in range(300):
        plates = [plate(chance.choice(texts), 300 * chance.randrange(4), confidence=chance.random())]
        camera.look(*plates * (chance.random() < 0.5))
        seen |= {one.rejected_id for one in camera.tracker.undecided()}
    begun = {told.read.read_id for told in camera.told} | {read.read_id for read in camera.settled()}
    rejected = [one.rejected_id for one in camera.rejected()]
    assert len(rejected) == len(set(rejected))
    assert set(rejected) <= seen
    assert len(seen - set(rejected)) == len(begun)
    assert {one.read_id for one in camera.rejected()} <= begun | {""}


def test_a_clock_is_no_read() -> None:
    chance = random.Random(4)
    camera = Camera()
    for look in range(120 * 5):
        second = look // 5
        text = f"2026{second:06d}"[chance.choice((0, 0, 3)) :]
        seen = plate(text if chance.random() < 0.7 else "", 10, 10, confidence=0.95)
        right = 10 + chance.uniform(90, 240)
        camera.look(replace(seen, corners=((10.0, 10.0), (right, 10.0), (right, 40.0), (10.0, 40.0))))
    assert camera.texts() == []
    assert {one.reason for one in camera.rejected()} >= {Reason.STATIC_TEXT}


def test_a_parked_car_is_told_when_it_was_read_steadily() -> None:
    camera = Camera()
    camera.watch([[plate("ABC123" if look % 3 else "", 300)] for look in range(20)])
    assert camera.told == []
    camera.watch([[plate("ABC123", 300)]] * 5)
    assert [(told.change, told.read.plate) for told in camera.told] == [(Change.READ, "ABC123")]


def test_looks_that_never_agree_are_no_read() -> None:
    chance = random.Random(3)
    camera = Camera()
    for _ in range(6):
        camera.look(plate("".join(chance.choices(LETTERS, k=6)), 500, confidence=0.9))
    assert camera.texts() == []


def test_the_picture_is_taken_when_told_and_when_it_gets_better() -> None:
    camera = Camera()
    looks = [plate("ABC123", 400, 300, 40 + 5 * index) for index in range(20)]
    camera.watch([[look] for look in looks])
    pictures = [told.plate for told in camera.told if told.plate]
    assert pictures[0] is looks[5]
    assert 3 <= len(pictures) <= 6
    assert all(b.box[2] - b.box[0] > 1.19 * (a.box[2] - a.box[0]) for a, b in pairwise(pictures))


def test_a_misread_look_is_not_the_picture() -> None:
    camera = Camera()
    camera.watch(passing("ABC123", 3, 100))
    camera.look(plate("A8C123", 300, 300, 140))
    assert [told.plate for told in camera.told] == [plate("ABC123", 200)]


def test_revisions_of_a_read_count_up_by_one() -> None:
    camera = Camera()
    camera.watch([[plate("ABC123", 400)]] * 100)
    camera.settled()
    assert [told.read.revision for told in camera.told] == list(range(1, len(camera.told) + 1))
    assert len({told.read.read_id for told in camera.told}) == 1


def open_read(**changes: object) -> Read:
    read = Read("old", "gate", "ABC123", 0.9, START - 60, START - 2, 0.0, 58.0, 40, "clip.mp4", "a.jpg")
    return replace(read, **{"revision": 7, "characters": (0.9,) * 6, **changes})


def test_an_open_read_of_a_killed_tracker_goes_on() -> None:
    camera = Camera(resume=[open_read()])
    camera.watch([[plate("ABC123", 400)]] * 40)
    assert {told.change for told in camera.told} == {Change.UPDATED}
    (read,) = camera.settled()
    assert (read.read_id, read.frames, read.first_seen, read.image) == ("old", 80, START - 60, "a.jpg")
    assert read.revision > 7


def test_an_open_read_of_a_vehicle_that_has_left_is_settled() -> None:
    camera = Camera(resume=[open_read()])
    camera.wait(27)
    assert camera.told == []
    camera.wait(2)
    (told,) = camera.told
    assert told == ReadChange(Change.SETTLED, open_read(settled=True, revision=8))


def test_an_open_read_from_long_ago_is_settled_and_a_return_is_a_new_read() -> None:
    camera = Camera(resume=[open_read(last_seen=START - 3600)])
    camera.watch(passing("ABC123", 3, 100))
    assert [(told.change, told.read.read_id) for told in camera.told] == [
        (Change.SETTLED, "old"),
        (Change.READ, "r1"),
    ]


def test_a_resumed_read_that_stood_for_an_hour_can_still_be_mended() -> None:
    camera = Camera(resume=[open_read(plate="A8C123", confidence=0.6, frames=18_000)])
    camera.watch([[plate("ABC123", 400)]] * 60)
    (read,) = camera.settled()
    assert (read.read_id, read.plate) == ("old", "ABC123")


def test_finish_without_a_look_settles_what_was_resumed() -> None:
    assert Camera(resume=[open_read()]).settled() == [open_read(settled=True, revision=8)]


NOBODY_CAN_TELL = [[plate(f"AB1{letter}23", 300 + 90 * look)] for look, letter in enumerate("KMPRTX")]
"""A vehicle passes; every look takes one character for another one."""


def test_a_character_that_nobody_can_tell_is_open_once_the_vehicle_has_left() -> None:
    camera = Camera()
    camera.watch(NOBODY_CAN_TELL)
    assert camera.told == []
    [read] = camera.settled()
    assert (read.plate, camera.rejected()) == ("AB1?23", [])
    assert read.confidence > 0.9
    assert (read.characters[3] < 0.5 < read.characters[0], len(read.characters)) == (True, 6)
    assert len(read.alternatives) == 5
    assert all(text[:3] + text[4:] == "AB123" for text, _ in read.alternatives)


def test_it_is_settled_by_a_return() -> None:
    camera = Camera()
    camera.watch(NOBODY_CAN_TELL)
    camera.wait(5)
    assert [told.read.plate for told in camera.told] == ["AB1?23"]
    camera.watch(passing("AB1C23", 8, 60))
    assert [read.plate for read in camera.settled()] == ["AB1C23"]


@pytest.mark.parametrize(
    "options",
    [TrackOptions(most_unknown=0), TrackOptions(grammar=Grammar((), ("999AAA",), strict=True))],
)
def test_nothing_is_left_open_where_it_is_off_or_cannot_fit(options: TrackOptions) -> None:
    camera = Camera(options)
    camera.watch(NOBODY_CAN_TELL)
    assert camera.settled() == []
    [rejected] = camera.rejected()
    assert rejected.reason in (Reason.TOO_FEW_LOOKS, Reason.NOT_CERTAIN)


def test_what_a_plate_may_say_instead_fades_as_its_text_gets_sure() -> None:
    def look(index: int, width: float, sure: float, *others: tuple[str, float]) -> Plate:
        seen = plate("AB123CD", 20 * index, width=width, confidence=sure)
        doubtful = Character("3", sure, others or (("Q", 0.00001),))
        letters = [Character(one, 0.995, (("Q", 0.00001),)) for one in seen.text]
        return replace(seen, characters=(*letters[:4], doubtful, *letters[5:]))

    camera = Camera(TrackOptions(calibration=Calibration(1.145, 0.168)))
    camera.watch([look(index, 30 + 5 * index, 0.85, ("8", 0.14))] for index in range(2))
    camera.watch([look(index, 30 + 5 * index, 0.999)] for index in range(2, 60))
    assert camera.told[0].read.alternatives
    camera.settled()
    for told in camera.told:
        assert told.read.confidence + sum(sure for _, sure in told.read.alternatives) <= 1.0001


def test_what_a_resumed_read_may_say_instead_is_kept() -> None:
    left = open_read(alternatives=(("ABC128", 0.04),))
    assert Camera(resume=[left]).settled()[0].alternatives == left.alternatives


def test_two_vehicles_in_one_picture_are_two_however_little_is_known_of_the_one_that_leaves_first() -> None:
    camera = Camera()
    for look, doubtful in enumerate(NOBODY_CAN_TELL):
        camera.look(*doubtful, plate("AB1C23", 300 + 90 * look, 500))
    camera.watch(passing("AB1C23", 12, 40, 500, 840))
    assert (sorted(camera.texts()), camera.rejected()) == (["AB1?23", "AB1C23"], [])


def test_what_stands_still_is_left_to_be_rejected() -> None:
    camera = Camera()
    camera.watch([plate(f"AB1{letter}23", 300)] for letter in "KMPRTX" * 5)
    assert camera.settled() == []


def test_corners_are_predicted_half_a_second_at_most() -> None:
    camera = Camera(fps=5)
    camera.watch(passing("ABC123", 3, 80))
    (view,) = camera.tracker.visible(0.4 + 0.25)
    assert (view.text, view.told) == ("ABC123", True)
    assert view.corners[0] == (pytest.approx(160 + 100), pytest.approx(300))
    (view,) = camera.tracker.visible(0.4 + 0.9)
    assert view.corners[0][0] == pytest.approx(160 + 200)
    assert camera.tracker.visible(0.4 + 1.1) == []


def test_corners_grow_with_an_approaching_plate() -> None:
    camera = Camera(fps=5)
    camera.watch([[plate("ABC123", 400, 300, width)] for width in (50, 60, 72, 86.4, 103.68)])
    (view,) = camera.tracker.visible(0.8 + 0.2)
    assert view.corners[1][0] - view.corners[0][0] == pytest.approx(1.2 * 103.68, rel=0.02)


def test_a_track_that_was_missed_is_shown_until_the_prediction_ends() -> None:
    camera = Camera(fps=5)
    camera.watch(passing("ABC123", 3, 40))
    camera.wait(0.4)
    assert len(camera.tracker.visible(camera.media_s - 0.2)) == 1
    camera.wait(0.2)
    assert camera.tracker.visible(camera.media_s - 0.2) == []


def test_a_track_is_shown_before_it_is_told() -> None:
    camera = Camera()
    camera.look(plate("ABC123", 100))
    (view,) = camera.tracker.visible(0.0)
    assert (view.text, view.told, view.corners) == ("ABC123", False, plate("ABC123", 100).corners)


def test_a_source_that_begins_anew_goes_on_with_its_reads() -> None:
    tracker = Camera().tracker
    told = tracker.update(START, 500.0, [plate("ABC123", 100)])
    told += tracker.update(START + 0.2, 500.2, [plate("ABC123", 300)])
    told += tracker.update(START + 8, 0.0, [plate("ABC123", 300)])
    told += tracker.update(START + 60, 52.0, [])
    assert [one.change for one in told] == [Change.READ, Change.UPDATED, Change.SETTLED]


def test_a_read_does_not_end_before_it_began_when_the_wall_clock_is_set_back() -> None:
    tracker = Camera().tracker
    told = []
    for look in range(5):
        wall_s = START + look / 5 - (3600 if look > 2 else 0)
        told += tracker.update(wall_s, look / 5, [plate("ABC123", 100 * look)])
    told += tracker.finish()
    assert told[-1].change is Change.SETTLED
    assert all(one.read.last_seen >= one.read.first_seen == START for one in told)
    assert told[-1].read.last_media_s == 0.8


def test_time_goes_on_in_a_source_that_begins_anew_every_second() -> None:
    tracker = Camera().tracker
    told = []
    for look in range(50 * 5):
        plates = [plate("ABC123", 100 * look)] if look < 5 else []
        told += tracker.update(START + look / 5, look / 5 % 1, plates)
    assert [one.change for one in told] == [Change.READ, Change.SETTLED]


def test_an_interruption_that_the_source_does_not_count_settles() -> None:
    tracker = Camera().tracker
    told = tracker.update(START, 10.0, [plate("ABC123", 100)])
    told += tracker.update(START + 0.2, 10.2, [plate("ABC123", 300)])
    told += tracker.update(START + 3600, 10.4, [plate("ABC123", 100)])
    told += tracker.update(START + 3600.2, 10.6, [plate("ABC123", 300)])
    assert [one.change for one in told] == [Change.READ, Change.SETTLED, Change.READ]


@pytest.mark.parametrize(
    ("sure", "sure_look", "texts"),
    [(0.97, 0.95, ["AB123CD"]), (0.9, 0.95, []), (0.97, 2.0, []), (0.9, 0.9, ["AB123CD"])],
)
def test_one_sure_look_is_enough_for_a_vehicle_that_was_too_fast_for_two(sure, sure_look, texts) -> None:
    camera = Camera(options=TrackOptions(sure_look=sure_look))
    camera.look(plate("AB123CD", 500, confidence=sure))
    assert camera.told == [], "while it may be seen again, the looks decide"
    camera.wait(60)
    assert camera.texts() == texts


@pytest.mark.parametrize(("text", "first"), [("AB12", True), ("AB12", False), ("123CD", False)])
def test_one_sure_look_at_a_plate_that_the_pictures_edge_cuts_is_no_second_vehicle(text, first) -> None:
    """Its looks are no track: it is too fast, or something hides it. What is left of the plate is read surely."""
    camera = Camera()
    whole = [[plate("AB123CD", 700 + 600 * look)] for look in range(3)]
    cut = [[plate(text, 0 if first else 2500, width=60, confidence=0.93)]]
    camera.watch(cut + whole if first else [*whole, *[[]] * 9, *cut])
    camera.wait(60)
    assert camera.texts() == ["AB123CD"]
    assert Reason.REPEAT in {one.reason for one in camera.rejected()}


def test_a_sign_that_flickers_is_one_read_however_often_one_look_is_sure() -> None:
    camera = Camera()
    for _ in range(8):
        camera.look(plate("KA56NRD", 300, confidence=0.85))
        camera.wait(40)
    assert camera.texts() == ["KA56NRD"]
    assert [one.reason for one in camera.rejected()] == [Reason.REPEAT] * 7


def test_a_sign_that_is_read_surely_but_never_twice_alike_is_no_read() -> None:
    camera = Camera()
    for text in ("SH0PS1", "5HOP51", "SHOP5I", "SNOP51"):
        camera.look(plate(text, 500, confidence=0.93))
        camera.look()
    camera.wait(60)
    assert camera.texts() == []


@pytest.mark.parametrize(
    ("regions", "text", "texts"),
    [((), "KENNARDS", []), ((), "KA56NRD", ["KA56NRD"]), (("US-CA",), "KENNARDS", ["KENNARDS"])],
)
def test_one_sure_look_at_what_is_no_plate_by_its_text_is_not_enough(
    regions: tuple[str, ...], text: str, texts: list[str]
) -> None:
    camera = Camera(TrackOptions(grammar=Grammar(regions)))
    camera.watch([[], [plate(text, 300, confidence=0.99)], *[[]] * 10])
    assert camera.texts() == texts


@pytest.mark.parametrize("fps", [3, 5, 15])
def test_one_sure_look_is_told_when_nobody_can_wait_longer(fps: float) -> None:
    camera = Camera(fps=fps)
    camera.look(plate("AB123CD", 500, confidence=0.97))
    camera.wait(1 - 1 / fps)
    assert camera.told == []
    (told,) = camera.look()
    assert (told.change, told.read.plate, told.read.frames) == (Change.READ, "AB123CD", 1)
    assert camera.texts() == ["AB123CD"]


def test_a_vehicle_in_view_is_told_by_its_one_sure_look_while_the_others_disagree() -> None:
    camera = Camera()
    texts = ["XB123CD", "AB123CD", "AB728CD", "AK193CD", "AB123CX", "4B123GD", "A8123CD"]
    for index, text in enumerate(texts):
        camera.look(plate(text, 100 * index, confidence=0.97 if index == 1 else 0.55))
        if camera.told:
            break
    assert (camera.told[0].read.plate, camera.media_s <= 1.2 + 1e-6) == ("AB123CD", True)


@pytest.mark.parametrize(
    ("options", "confidence"),
    [
        (TrackOptions(), 0.75),
        (TrackOptions(sure_look=2), 0.99),
        (TrackOptions(min_looks=3), 0.99),
        (TrackOptions(decide_after_s=3), 0.99),
    ],
)
def test_what_is_not_sure_enough_is_not_told_sooner(options: TrackOptions, confidence: float) -> None:
    camera = Camera(options)
    camera.look(plate("AB123CD", 500, confidence=confidence))
    camera.wait(1.2)
    assert camera.told == []


def test_a_hazy_look_does_not_begin_the_time_to_decide() -> None:
    camera = Camera(TrackOptions(min_confidence=0.6))
    camera.look(plate("AB123CD", 100, confidence=0.4))
    camera.wait(0.8)
    camera.look(plate("AB123CD", 300, confidence=0.97))
    assert [told.read.plate for told in camera.told] in ([], ["AB123CD"])
    camera.wait(0.6)
    begun = camera.media_s
    camera.wait(0.6)
    assert camera.texts() == ["AB123CD"]
    assert begun <= 1.8


def test_what_never_moved_waits_however_sure_one_look_was() -> None:
    camera = Camera()
    for index in range(19):
        camera.look(plate("AB123CD", 500, confidence=0.98 if index == 2 else 0.6))
    assert camera.told == []
    camera.watch([[plate("AB123CD", 500)]] * 4)
    assert [told.read.plate for told in camera.told] == ["AB123CD"]


@pytest.mark.parametrize("kmh", [5, 8, 15])
@pytest.mark.parametrize("seed", range(5))
def test_a_vehicle_that_drives_up_slowly_is_told_within_a_second_or_so(kmh: float, seed: int) -> None:
    chance = random.Random(seed)
    camera = Camera()
    while not camera.told:
        distance_m = 7 - kmh / 3.6 * camera.media_s
        width = 780 / distance_m * (1 + chance.gauss(0, 0.01))
        camera.look(plate("AB123CD", 640 - width / 2, 300 + 2100 / distance_m, width, 0.9))
    assert camera.media_s - 0.2 <= (1.0 if kmh > 5 else 1.2) + 1e-6


@pytest.mark.parametrize("step", [0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3])
def test_whoever_goes_steadily_has_moved_after_three_strides(step: float) -> None:
    """`step` is in plate lengths a look."""
    camera = Camera()
    while not camera.told:
        camera.look(plate("AB123CD", 300 + 100 * step * camera.looks, confidence=0.9))
    assert step * (camera.looks - 1) < 3 * (0.14 + step)


@pytest.mark.parametrize("seed", range(10))
def test_a_sign_whose_frame_flickers_has_not_moved(seed: int) -> None:
    chance = random.Random(seed)
    camera = Camera(fps=chance.choice((3, 5, 15)))
    while camera.media_s < 3.5:
        left, top = 300 + chance.gauss(0, 3), 300 + chance.gauss(0, 2)
        right, bottom = left + 100 * chance.choice((1, 1, 0.7)) + chance.gauss(0, 4), top + chance.gauss(22, 1)
        seen = plate("SHOP12", 0, confidence=0.9)
        camera.look(replace(seen, corners=((left, top), (right, top), (right, bottom), (left, bottom))))
    assert camera.told == []
