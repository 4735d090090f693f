"""From frames to the log: what was read and what was rejected, with their pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamer.detect import Explanation, Rules
from streamer.known import keep
from streamer.line import Line
from streamer.looker import Looker, read_ids
from streamer.records import PICTURES, LogOptions, ReadLog, RejectedLog, recent_reads, recent_rejected
from streamer.sampling import Attention, Due
from streamer.track import ReadChange, Tracker
from streamer.tracking.options import TrackOptions
from streamer.types import Frame, Part, Picture, Plate, Reason
from streamer.zones import Zones
from tests.passes import START, passing, plate


class Scripted:
    """An engine that finds what it is told to, picture by picture."""

    name = "scripted"

    def __init__(self, looks: Sequence[Sequence[Plate]]) -> None:
        self._looks: Iterator[Sequence[Plate]] = iter(looks)
        self.readings: list[int] = []

    def find_and_read(
        self, picture: Picture, known: Sequence[Plate] = (), where: Part | None = None
    ) -> tuple[Plate, ...]:
        kept, fresh = keep(next(self._looks), known)
        self.readings.append(len(fresh))
        return (*kept, *fresh)

    def explain(self, picture: Picture) -> Explanation:
        raise NotImplementedError

    def read_crop(self, crop: Picture) -> Plate:
        raise NotImplementedError


NO_ZONES = Zones()


class Gate:
    """A looker with a log in `folder`, and all that it told."""

    def __init__(
        self,
        folder: Path,
        looks: Sequence[Sequence[Plate]],
        stills: bool = False,
        zones: Zones = NO_ZONES,
        attention: Attention | None = None,
    ) -> None:
        self.folder = folder
        self.engine = Scripted(looks)
        self.told: list[ReadChange] = []
        self.log = ReadLog(LogOptions(folder))
        self.looker = Looker(
            make_engine=lambda: self.engine,
            make_tracker=lambda options, resume: Tracker(
                "gate", "clip.mp4", options, read_ids("run", "gate"), resume
            ),
            rules=Rules(min_confidence=0),
            options=TrackOptions(),
            zones=zones,
            stills=stills,
            read_log=self.log,
            rejected_log=RejectedLog(folder, folder / PICTURES, 24, now=lambda: START),
            resume=(),
            tell=self.told.append,
            attention=attention,
        )
        picture = np.random.default_rng(1).integers(0, 256, (720, 1280, 3), np.uint8)
        for number in range(len(looks)):
            at_s = number / 5
            self.looker.look(Due(Frame("gate", number, at_s, START + at_s, 1280, 720, lambda: picture)))

    def pictures(self) -> list[Path]:
        return sorted((self.folder / PICTURES / "rejected").glob("*"))


NOTHING: list[list[Plate]] = [[]] * 10


def test_what_was_rejected_is_in_the_log_with_its_picture(tmp_path):
    unsure = [[plate("QRS456", 500, confidence=0.3)]] * 3
    gate = Gate(tmp_path, unsure + NOTHING)
    assert gate.told == []
    (one,) = recent_rejected(tmp_path, 10)
    assert (one.reason, one.text, one.frames) == (Reason.NOT_CERTAIN, "QRS456", 3)
    assert gate.looker.rejected == {"not certain enough": 1}
    (picture,) = gate.pictures()
    assert tmp_path / PICTURES / one.image == picture
    assert cv2.imread(str(picture)).shape[1] > 100


def test_the_reason_that_is_told_is_the_one_that_is_counted(tmp_path):
    gate = Gate(tmp_path, [[plate("QRS456", 500, width=30, confidence=0.3)]] * 3 + NOTHING)
    assert gate.looker.rejected == {"too small": 1}
    assert [one.reason for one in recent_rejected(tmp_path, 10)] == [Reason.TOO_SMALL]


def test_a_single_look_without_text_is_only_counted(tmp_path):
    gate = Gate(tmp_path, [[plate("", 500)], *NOTHING])
    assert gate.looker.rejected == {"no text": 1}
    assert recent_rejected(tmp_path, 10) == []
    assert gate.pictures() == []


def test_of_a_single_picture_it_is_kept(tmp_path):
    Gate(tmp_path, [[plate("", 500)]], stills=True)
    (one,) = recent_rejected(tmp_path, 10)
    assert (one.reason, one.image != "") == (Reason.NO_TEXT, True)


@pytest.mark.parametrize("stills", [False, True])
def test_a_vehicle_that_was_read_is_not_rejected(tmp_path, stills):
    gate = Gate(tmp_path, passing("ABC123", 5, 90), stills=stills)
    gate.looker.finish()
    gate.log.close()
    assert gate.looker.rejected == {}
    assert {read.plate for read in recent_reads(tmp_path, 10)} == {"ABC123"}
    assert gate.pictures() == []


def test_of_stills_every_picture_is_a_read_of_its_own(tmp_path):
    gate = Gate(tmp_path, [[plate("AB123CD", 500)]] * 3, stills=True)
    gate.looker.finish()
    assert [read.plate for read in recent_reads(tmp_path, 10)] == ["AB123CD"] * 3
    assert gate.looker.rejected == {}


@pytest.mark.parametrize("looks", [1, 2])
def test_a_read_that_one_sure_look_had_to_be_enough_for_has_its_picture(tmp_path, looks):
    seen = [[plate("AB123CD", 500, confidence=0.99)], [plate("AB128CD", 700, confidence=0.4)]][:looks]
    gate = Gate(tmp_path, [*seen, *NOTHING])
    gate.looker.finish()
    (read,) = recent_reads(tmp_path, 10)
    assert read.plate == "AB123CD"
    assert cv2.imread(str(tmp_path / PICTURES / read.image)).shape[1] > 100


def test_a_vehicle_that_crosses_the_line_has_a_direction_in_the_log(tmp_path):
    zones = Zones(line=Line((0.2, 0.0), (0.2, 1.0), (0.9, 0.5)))
    gate = Gate(tmp_path, passing("ABC123", 5, 90), zones=zones)
    gate.looker.finish()
    (read,) = recent_reads(tmp_path, 10)
    assert (read.direction, read.settled) == ("in", True)
    assert [told.read.direction for told in gate.told] == ["", "in", "in"]


def test_a_repeat_names_its_read_and_shows_itself(tmp_path):
    gate = Gate(tmp_path, [*passing("ABC123", 5, 90), *NOTHING, *passing("ABC123", 5, 90)])
    gate.looker.finish()
    (one,) = recent_rejected(tmp_path, 10)
    assert (one.reason, one.read_id) == (Reason.REPEAT, gate.told[0].read.read_id)
    assert len(gate.pictures()) == 1


def test_time_that_passes_without_frames_rejects_as_well(tmp_path):
    gate = Gate(tmp_path, [[plate("QRS456", 500, confidence=0.3)]] * 3)
    for second in range(1, 5):
        gate.looker.pass_time(START + second, float(second))
    assert gate.looker.rejected == {}
    for second in range(5, 35):
        gate.looker.pass_time(START + second, float(second))
    assert gate.looker.rejected == {"not certain enough": 1}
    assert len(gate.pictures()) == 1


def test_reads_do_not_mind_that_nothing_rejected_can_be_kept(tmp_path):
    (tmp_path / PICTURES).mkdir()
    (tmp_path / PICTURES / "rejected").write_text("in the way")
    unsure = [[plate("QRS456", 500, confidence=0.3)]] * 3
    gate = Gate(tmp_path, [*unsure, *NOTHING, *passing("ABC123", 5, 90)])
    assert [told.read.plate for told in gate.told][:1] == ["ABC123"]
    assert gate.looker.rejected == {"not certain enough": 1}
    assert gate.log.problem == ""


def test_a_plate_that_stands_and_is_surely_read_is_read_every_two_seconds(tmp_path):
    gate = Gate(tmp_path, [[plate("ABC123", 500, confidence=0.9)]] * 100)
    gate.looker.finish()
    readings = gate.engine.readings
    assert readings[:21] == [1] * 21
    assert sum(readings[21:]) == pytest.approx(80 / 10, abs=1)
    (read,) = recent_reads(tmp_path, 10)
    assert (read.plate, read.frames) == ("ABC123", 100)


def test_a_vehicle_that_comes_beside_a_standing_one_is_read_until_it_is_certain(tmp_path):
    standing, arrives = [plate("ABC123", 500, confidence=0.9)], passing("XYZ789", 15, 60, y=500)
    gate = Gate(tmp_path, [standing] * 40 + [[*standing, *one] for one in arrives])
    gate.looker.finish()
    assert all(gate.engine.readings[40:44])
    assert sum(gate.engine.readings[44:]) < len(arrives) - 4
    assert {read.plate for read in recent_reads(tmp_path, 10)} == {"ABC123", "XYZ789"}


def test_an_unsure_plate_that_stands_is_read_with_every_look(tmp_path):
    gate = Gate(tmp_path, [[plate(text, 500, confidence=0.55)] for text in ("ABC123", "A8C128") * 30])
    assert set(gate.engine.readings) == {1}


def test_while_nothing_moves_the_engine_rests_and_who_stands_is_still_there(tmp_path):
    standing = [[plate("AB123CD", 300, confidence=0.95)]] * 600
    gate = Gate(tmp_path, standing, attention=Attention(NO_ZONES, 1.5, 10))
    looks = len(gate.engine.readings)
    assert 30 <= looks <= 60
    gate.looker.finish()
    (read,) = recent_reads(tmp_path, 10)
    assert (read.plate, read.frames) == ("AB123CD", 600)
    assert read.last_media_s == pytest.approx(599 / 5)


def test_stills_are_all_looked_at(tmp_path):
    gate = Gate(tmp_path, [[]] * 60, stills=True, attention=Attention(NO_ZONES, 1.5, 10))
    assert len(gate.engine.readings) == 60
