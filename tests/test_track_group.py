"""Cameras of one group: what one has read, the others repeat. They share nothing but the log."""

from __future__ import annotations

import random
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from streamer.assembly import elsewhere_from
from streamer.records import LogOptions, Neighbours, ReadLog, recent_reads
from streamer.settings import Settings
from streamer.tracking.options import TrackOptions
from streamer.types import Plate, Read, Reason
from tests.passes import LETTERS, START, Camera, passing, plate

READ = Read("r1", "front", "AB123CD", 0.9, START - 3, START - 1, 0.0, 2.0, 5, "clip.mp4", settled=True)


@dataclass
class Recorded(Camera):
    """A camera of a group of two, whose reads are in the log as soon as they are told."""

    folder: Path = Path()

    def __post_init__(self) -> None:
        others = ["rear"] if self.name == "front" else ["front"]
        self.elsewhere = Neighbours(self.folder, others).reads_between
        self.log = ReadLog(LogOptions(self.folder))
        super().__post_init__()

    def look(self, *plates: Plate) -> list:
        changes = super().look(*plates)
        for told in changes:
            self.log.record(told.read)
        return changes


@pytest.fixture
def gate(tmp_path: Path) -> tuple[Recorded, Recorded]:
    front = Recorded(name="front", folder=tmp_path)
    return front, Recorded(name="rear", folder=tmp_path)


def both(gate: tuple[Recorded, Recorded], front: list[list[Plate]], rear: list[list[Plate]]) -> None:
    for seen, seen_there in zip(front, rear, strict=True):
        gate[0].look(*seen)
        gate[1].look(*seen_there)


NOTHING: list[list[Plate]] = [[]] * 10


def test_a_neighbours_read_from_before_the_clock_was_set_back_swallows_nothing(gate) -> None:
    front, rear = gate
    front.watch(passing("AB123CD", 6, 80))
    front.settled()
    rear.start -= 3600
    rear.watch(passing("AB123CD", 6, 80))
    assert rear.texts() == ["AB123CD"]


def test_many_reads_of_the_neighbour_do_not_hold_up_a_look(gate) -> None:
    front, rear = gate
    chance = random.Random(1)
    for number in range(300):
        text = "".join(chance.choices(LETTERS, k=7))
        front.log.record(replace(READ, read_id=f"f{number}", camera="front", plate=text))
    begun = time.process_time()
    rear.watch(passing("AB123CD", 6, 80))
    assert time.process_time() - begun < 2
    assert rear.texts() == ["AB123CD"]


def test_what_one_camera_has_read_is_a_repeat_for_the_other(gate, tmp_path) -> None:
    vehicle = passing("AB123CD", 6, 80)
    both(gate, [*vehicle, *NOTHING, *NOTHING], [*NOTHING, *vehicle, *NOTHING[:4], *NOTHING[:6]])
    front, rear = gate
    (read,) = front.settled()
    assert rear.settled() == []
    (repeat,) = rear.rejected()
    assert (repeat.reason, repeat.read_id, repeat.text) == (Reason.REPEAT, read.read_id, "AB123CD")
    assert [one.read_id for one in recent_reads(tmp_path, 10)] == [read.read_id]


def test_a_misread_of_it_is_a_repeat_too_and_another_vehicle_is_not(gate) -> None:
    both(gate, passing("AB123CD", 6, 80), NOTHING[:6])
    front, rear = gate
    for other in (front, rear):
        other.wait(1)
    rear.watch([[plate("A8123CD", 90 * look, confidence=0.7)] for look in range(8)])
    rear.wait(3)
    rear.watch(passing("XYZ789", 6, 80))
    assert rear.texts() == ["XYZ789"]
    assert [one.text for one in rear.rejected()] == ["A8123CD"]


def test_after_the_window_it_is_another_read(gate) -> None:
    _, rear = gate
    both(gate, passing("AB123CD", 6, 80), NOTHING[:6])
    rear.wait(TrackOptions().repeat_after_s + 1)
    rear.watch(passing("AB123CD", 6, 80))
    assert rear.texts() == ["AB123CD"]


def test_a_repeat_that_stays_in_view_stays_a_repeat(gate) -> None:
    _, rear = gate
    both(gate, passing("AB123CD", 6, 80), NOTHING[:6])
    rear.watch([*passing("AB123CD", 6, 60), *[[plate("AB123CD", 300)]] * 500])
    rear.wait(20)
    rear.watch([[plate("AB123CD", 300)]] * 20)
    assert rear.told == []
    assert rear.settled() == []
    assert {one.reason for one in rear.rejected()} == {Reason.REPEAT}


def test_one_sure_look_alone_is_a_repeat_too(gate) -> None:
    _, rear = gate
    both(gate, passing("AB123CD", 6, 80), NOTHING[:6])
    rear.look(plate("AB123CD", 300, confidence=0.98))
    rear.wait(5)
    assert rear.settled() == []
    assert [one.reason for one in rear.rejected()] == [Reason.REPEAT]


def test_a_log_that_is_not_there_is_broken_or_locked_loses_no_read(tmp_path, caplog) -> None:
    def read_with(folder: Path) -> list[str]:
        camera = Camera(elsewhere=Neighbours(folder, ["other"]).reads_between)
        camera.watch(passing("AB123CD", 6, 80))
        return camera.texts()

    assert read_with(tmp_path / "nowhere") == ["AB123CD"]
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "reads.db").write_bytes(b"not a database" * 100)
    assert read_with(broken) == ["AB123CD"]
    assert "cannot be seen" in caplog.text
    locked = tmp_path / "locked"
    ReadLog(LogOptions(locked)).close()
    with sqlite3.connect(locked / "reads.db", isolation_level=None) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        assert read_with(locked) == ["AB123CD"]
        holder.execute("ROLLBACK")
    holder.close()


def test_the_group_is_asked_only_when_a_read_is_about_to_begin() -> None:
    asked: list[float] = []
    camera = Camera(elsewhere=lambda since_s, _: asked.append(since_s) or ())
    camera.watch([[plate("QRS456", 500, confidence=0.3)]] * 10)
    camera.wait(3)
    assert asked == []
    camera.watch([*passing("AB123CD", 20, 80)])
    camera.wait(40)
    assert len(asked) == 1


def test_only_cameras_of_the_same_group_are_neighbours(tmp_path) -> None:
    names = [("front", "gate"), ("rear", "gate"), ("yard", None), ("dock", "other"), ("lane", None)]
    cameras = [{"name": name, "source": "0", "group": group} for name, group in names]
    settings = Settings.model_validate({"cameras": cameras, "log": {"folder": tmp_path}})
    assert [settings.group_of(one) for one in settings.cameras] == [("rear",), ("front",), (), (), ()]
    asked = [elsewhere_from(settings, one) is not None for one in settings.cameras]
    assert asked == [True, True, False, False, False]
