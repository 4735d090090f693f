"""What was rejected in the log: kept for a while, never in the way of reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from streamer.recording import rejections
from streamer.records import (
    PICTURES,
    LogOptions,
    ReadLog,
    RejectedLog,
    kept_by_reason,
    recent_reads,
    recent_rejected,
)
from streamer.types import Reason, Rejected
from tests.logs import NOON, logged, settled

CROP = b"\xff\xd8 a JPEG"


def rejected(rejected_id: str = "x1", **changes: object) -> Rejected:
    one = Rejected(
        rejected_id, "gate", Reason.TOO_SMALL, "ABC", 0.4, NOON, NOON + 2, 0.0, 2.0, 3, "rtsp://camera/1"
    )
    return replace(one, **changes)


def opened(folder: Path, keep_h: float = 24, now: Callable[[], float] = lambda: NOON + 10, **more: bool):
    return RejectedLog(folder, folder / PICTURES, keep_h, now=now, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log with one read in it."""
    logged(tmp_path, settled())
    return tmp_path


def pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / PICTURES / rejections.REJECTED).glob("*"))


def test_what_was_rejected_is_kept_with_its_picture(folder: Path) -> None:
    log = opened(folder)
    log.record(rejected(read_id="r1"), CROP)
    (kept,) = recent_rejected(folder, 10)
    assert kept == rejected(read_id="r1", image="rejected/x1.jpg")
    assert (folder / PICTURES / kept.image).read_bytes() == CROP
    assert log.problem == ""
    assert [read.read_id for read in recent_reads(folder, 10)] == ["r1"]


def test_the_same_again_is_kept_once(folder: Path) -> None:
    log = opened(folder)
    log.record(rejected(), CROP)
    log.record(rejected(frames=4), CROP)
    assert [one.frames for one in recent_rejected(folder, 10)] == [4]


def test_the_newest_come_first_and_can_be_chosen(folder: Path) -> None:
    log = opened(folder)
    for number, (camera, reason) in enumerate(
        [("gate", Reason.TOO_SMALL), ("yard", Reason.TOO_SMALL), ("gate", Reason.REPEAT)]
    ):
        log.record(rejected(f"x{number}", camera=camera, reason=reason, last_seen=NOON + number), None)

    def chosen(limit: int = 10, **by: str) -> list[str]:
        return [one.rejected_id for one in recent_rejected(folder, limit, **by)]

    assert chosen() == ["x2", "x1", "x0"]
    assert chosen(2) == ["x2", "x1"]
    assert chosen(camera="gate") == ["x2", "x0"]
    assert chosen(camera="gate", reason="too small") == ["x0"]
    assert kept_by_reason(folder) == {"too small": 2, "repeat of an earlier read": 1}
    assert kept_by_reason(folder, "yard") == {"too small": 1}


def test_what_is_too_old_goes_with_its_picture(folder: Path) -> None:
    clock = [NOON]
    log = opened(folder, keep_h=1, now=lambda: clock[0])
    log.record(rejected("old", last_seen=NOON), CROP)
    log.record(rejected("young", last_seen=NOON + 1800), CROP)
    clock[0] = NOON + 3700
    log.record(rejected("new", last_seen=NOON + 3700), CROP)
    log.tidy()
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["new", "young"]
    assert pictures(folder) == ["new.jpg", "young.jpg"]


def test_what_is_too_old_goes_although_nothing_new_comes(folder: Path) -> None:
    clock = [NOON]
    log = opened(folder, keep_h=1, now=lambda: clock[0])
    log.record(rejected(last_seen=NOON), CROP)
    for clock[0] in (NOON + 1800, NOON + 3500):
        log.tidy()
        assert len(recent_rejected(folder, 10)) == 1
    clock[0] = NOON + 3700
    log.tidy()
    assert recent_rejected(folder, 10) == []
    assert pictures(folder) == []


def test_a_disk_that_is_tidied_and_cannot_be_written_stays_a_problem(folder: Path) -> None:
    clock = [NOON]
    (folder / PICTURES).mkdir(exist_ok=True)
    (folder / PICTURES / rejections.REJECTED).write_text("in the way")
    log = opened(folder, now=lambda: clock[0])
    log.record(rejected(), CROP)
    clock[0] += 3600
    log.tidy()
    assert "1 rejected dropped" in log.problem
    assert str(folder) in log.problem
    (folder / PICTURES / rejections.REJECTED).unlink()
    log.tidy()
    assert log.problem == ""
    assert pictures(folder) == []


def test_what_a_newer_version_wrote_is_passed_over(folder: Path) -> None:
    opened(folder).record(rejected(), None)
    with closing(sqlite3.connect(folder / "reads.db")) as database, database:
        database.execute("ALTER TABLE rejected ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine'")
        database.execute(
            "INSERT INTO rejected SELECT 'x2', camera, 'too blue', text, confidence, first_seen, last_seen,"
            " first_media_s, last_media_s, frames, source, read_id, image, mood FROM rejected"
        )
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["x1"]
    log = opened(folder)
    log.record(rejected("x3"), None)
    assert log.problem == ""
    assert {one.rejected_id for one in recent_rejected(folder, 10)} == {"x1", "x3"}


def test_what_is_too_old_goes_at_the_start(folder: Path) -> None:
    opened(folder).record(rejected(), CROP)
    opened(folder, now=lambda: NOON + 25 * 3600)
    assert recent_rejected(folder, 10) == []
    assert pictures(folder) == []


def test_no_more_than_so_many_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "MOST", 3)
    log = opened(folder)
    for number in range(6):
        log.record(rejected(f"x{number}", last_seen=NOON + number), CROP)
    opened(folder)
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["x5", "x4", "x3"]
    assert pictures(folder) == ["x3.jpg", "x4.jpg", "x5.jpg"]


def test_a_busy_camera_does_not_push_out_what_another_saw(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejections, "MOST", 3)
    log = opened(folder)
    log.record(rejected("quiet", camera="yard"), CROP)
    for number in range(6):
        log.record(rejected(f"x{number}", last_seen=NOON + 10 + number), CROP)
    opened(folder)
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["x5", "x4", "x3", "quiet"]


def test_zero_hours_keep_none_and_remove_what_was_kept(folder: Path) -> None:
    opened(folder).record(rejected(), CROP)
    log = opened(folder, keep_h=0)
    log.record(rejected("x2"), CROP)
    assert recent_rejected(folder, 10) == []
    assert pictures(folder) == []


def test_without_pictures_only_the_words_are_kept(folder: Path) -> None:
    opened(folder, keep_pictures=False).record(rejected(), CROP)
    assert [one.image for one in recent_rejected(folder, 10)] == [""]
    assert pictures(folder) == []


def test_an_old_database_has_no_rejected_and_gets_them(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "reads.db")) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'rejected'").fetchone() == (0,)
    assert recent_rejected(folder, 10) == []
    assert kept_by_reason(folder) == {}
    opened(folder).record(rejected(), None)
    assert len(recent_rejected(folder, 10)) == 1
    logged(folder, settled("r2"))
    assert len(recent_reads(folder, 10)) == 2


def test_without_a_log_there_is_nothing(tmp_path: Path) -> None:
    assert recent_rejected(tmp_path, 10) == []
    log = opened(tmp_path)
    assert log.problem == ""
    log.record(rejected(), CROP)
    assert "1 rejected dropped" in log.problem
    assert not (tmp_path / "reads.db").exists()


def test_disk_trouble_drops_counts_and_is_over_when_it_can_be_written_again(folder: Path) -> None:
    (folder / PICTURES).mkdir(exist_ok=True)
    blocked = folder / PICTURES / rejections.REJECTED
    blocked.write_text("a file where a folder should be")
    log = opened(folder)
    log.record(rejected("x1"), CROP)
    log.record(rejected("x2"), CROP)
    assert log.problem == (
        f"{folder}: {blocked} is a file where a folder should be; take it away or set log.folder to another place; "
        "2 rejected dropped"
    )
    assert recent_rejected(folder, 10) == []
    logged(folder, settled("r2"))
    blocked.unlink()
    log.record(rejected("x3"), CROP)
    assert log.problem == ""
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["x3"]


def test_a_database_that_somebody_holds_is_not_waited_for_and_reads_go_on(folder: Path) -> None:
    log, reads = opened(folder), ReadLog(LogOptions(folder))
    with closing(sqlite3.connect(folder / "reads.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        log.record(rejected(), CROP)
        assert "another program holds the database; 1 rejected dropped" in log.problem
        holder.execute("ROLLBACK")
    reads.record(settled("r2"))
    assert reads.problem == ""
    reads.close()
    assert {read.read_id for read in recent_reads(folder, 10)} == {"r1", "r2"}


def test_a_database_that_was_moved_aside_is_not_written_to_any_more(folder: Path) -> None:
    log = opened(folder)
    log.record(rejected("x1"), None)
    (folder / "reads.db").rename(folder / "elsewhere.db")
    for side in ("-wal", "-shm"):
        (folder / f"reads.db{side}").unlink(missing_ok=True)
    logged(folder, settled("r2"))
    log.record(rejected("x2"), None)
    assert [one.rejected_id for one in recent_rejected(folder, 10)] == ["x2"]
