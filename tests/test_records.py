"""The log in a good world: what is where, in which form, and how files of others are met."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streamer.check import Finding, check_disk
from streamer.recording import csvlog
from streamer.recording.database import Database
from streamer.records import LogOptions, ReadLog, recent_reads
from streamer.settings import Settings
from tests.logs import HEADER, NOON, a_read, csv_of, ids_of, logged, rows_of, settled


def test_a_change_is_in_the_database_and_a_settled_read_in_the_csv(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    log = ReadLog(LogOptions(folder))
    assert recent_reads(folder, 5) == []
    assert log.record(a_read()) == a_read()
    assert recent_reads(folder, 5) == [a_read()]
    assert list(folder.glob("*.csv")) == []
    log.record(settled())
    assert recent_reads(folder, 5) == [settled()]
    seen = csvlog.local_time(NOON).isoformat(timespec="milliseconds")
    left = csvlog.local_time(NOON + 2.5).isoformat(timespec="milliseconds")
    line = f"r1,gate,ABC123,0.877,{seen},{left},9,rtsp://camera/1,,"
    assert csv_of(folder).read_text() == f"{HEADER}\n{line}\n"
    assert csv_of(folder).name == f"reads-{seen[:10]}.csv"
    assert seen[19:23] == ".000"
    assert (log.problem, log.waiting) == ("", 0)


def test_there_are_no_recent_reads_without_a_database(tmp_path: Path) -> None:
    assert recent_reads(tmp_path / "nothing", 5) == []
    assert not (tmp_path / "nothing").exists()


def test_recent_reads_are_the_newest_first(tmp_path: Path) -> None:
    logged(tmp_path, *(a_read(f"r{number}", last_seen=NOON + number % 7) for number in range(7)))
    assert [read.read_id for read in recent_reads(tmp_path, 3)] == ["r6", "r5", "r4"]


def test_a_newer_revision_wins_whatever_the_order(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    log.record(a_read(revision=3, plate="NEW1"))
    assert log.record(a_read(revision=2, plate="OLD1")).plate == "NEW1"
    assert [read.plate for read in recent_reads(tmp_path, 5)] == ["NEW1"]


def test_a_settled_read_is_not_opened_again_by_another_serve_on_the_folder(tmp_path: Path) -> None:
    logged(tmp_path, settled(revision=3))
    log = ReadLog(LogOptions(tmp_path))
    assert log.record(a_read(revision=9, plate="OTHER1")) == settled(revision=3)
    log.record(settled(revision=10, plate="OTHER1"))
    assert recent_reads(tmp_path, 5) == [settled(revision=3)]
    assert [row["plate"] for row in rows_of(tmp_path)] == ["ABC123"]


def test_a_settled_read_that_is_recorded_again_has_one_row(tmp_path: Path) -> None:
    logged(tmp_path, settled(), settled(), settled(revision=3))
    logged(tmp_path, settled(revision=4))
    assert ids_of(tmp_path) == ["r1"]


def test_the_best_picture_is_saved_and_kept(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    first = log.record(a_read(), b"first")
    assert (tmp_path / "pictures" / first.image).read_bytes() == b"first"
    assert first.image == f"{csvlog.local_time(NOON).date()}/r1.jpg"
    assert log.record(a_read(revision=2)).image == first.image
    assert log.record(a_read(revision=3), b"better").image == first.image
    assert (tmp_path / "pictures" / first.image).read_bytes() == b"better"
    assert log.record(settled(revision=4)).image == first.image
    assert [row["image"] for row in rows_of(tmp_path)] == [first.image]
    assert [path.name for path in (tmp_path / "pictures").rglob("*.*")] == ["r1.jpg"]


def test_without_pictures_none_is_saved(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path, pictures=False))
    assert log.record(a_read(), b"picture").image == ""
    assert not (tmp_path / "pictures").exists()


def test_pictures_that_cannot_be_saved_do_not_hold_up_reads(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")
    log = ReadLog(LogOptions(tmp_path))
    assert log.record(settled(), b"picture").image == ""
    assert ids_of(tmp_path) == ["r1"]
    assert "where a folder should be" in log.problem


def test_a_file_in_the_way_of_the_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file where a folder should be")
    folder = tmp_path / "notes" / "data"
    log = ReadLog(LogOptions(folder))
    log.record(settled())
    mend = f"{tmp_path / 'notes'} is a file where a folder should be; take it away or set log.folder to another place"
    assert mend in log.problem
    assert check_disk(
        Settings(log={"folder": folder}, cameras=[{"name": "gate", "source": "demo"}])
    ) == Finding(f"log folder {folder}", False, f"cannot be made: {mend}")


def test_open_reads_are_those_of_all_cameras_that_are_not_settled(tmp_path: Path) -> None:
    logged(tmp_path, a_read("open"), settled("over"), a_read("other", camera="yard"))
    log = ReadLog(LogOptions(tmp_path))
    assert [read.read_id for read in log.open_reads()] == ["open", "other"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    logged(tmp_path, settled(source=f'{start}cmd|"x"!A1'))
    assert [row["source"] for row in rows_of(tmp_path)] == [f'\'{start}cmd|"x"!A1']


def test_cells_stay_on_one_line(tmp_path: Path) -> None:
    logged(tmp_path, settled(source='a\nb,"c"\r\nd'))
    assert csv_of(tmp_path).read_text().count("\n") == 2
    assert [row["source"] for row in rows_of(tmp_path)] == ['a b,"c" d']


def test_every_day_has_its_file(tmp_path: Path) -> None:
    logged(tmp_path, settled("r1"), settled("r2", first_seen=NOON + 86400), settled("r3"))
    assert [path.read_text().count("\n") for path in sorted(tmp_path.glob("reads-*.csv"))] == [3, 2]


def test_a_file_without_date_does_not_roll_over(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path, csv="all [gate].csv"))
    log.record(settled("r1"))
    log.record(settled("r2", first_seen=NOON + 86400))
    assert (tmp_path / "all [gate].csv").read_text().count("\n") == 3


def test_a_file_with_another_header_is_moved_aside(tmp_path: Path) -> None:
    logged(tmp_path, settled("r1"))
    path = csv_of(tmp_path)
    for number in (1, 2):
        path.write_text(f"plate;time\nABC;{number}\n")
        logged(tmp_path, settled(f"new{number}"))
    assert ids_of(tmp_path) == ["new2"]
    aside = [path.with_name(f"{path.stem}.old-{number}.csv").read_text() for number in (1, 2)]
    assert aside == ["plate;time\nABC;1\n", "plate;time\nABC;2\n"]


@pytest.mark.parametrize("tail", ["r2,gate,AB", "r2", "r2,gate,ABC123,0.877,2026,2026,9,rtsp://camera/1,"])
def test_a_torn_last_line_is_kept_aside_and_its_read_gets_a_new_line(tmp_path: Path, tail: str) -> None:
    logged(tmp_path, settled("r1"), settled("r2"))
    path = csv_of(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]) + tail)
    logged(tmp_path)
    assert ids_of(tmp_path) == ["r1", "r2"]
    assert rows_of(tmp_path)[1]["frames"] == "9"
    assert path.with_suffix(".torn").read_text() == f"{tail}\n"


def test_a_torn_header_and_a_tail_of_zeros_are_repaired(tmp_path: Path) -> None:
    logged(tmp_path, settled("r1"))
    path = csv_of(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(5000))
    logged(tmp_path, settled("r2"))
    assert ids_of(tmp_path) == ["r1", "r2"]
    path.write_text(HEADER[:20])
    logged(tmp_path, settled("r3"))
    assert ids_of(tmp_path) == ["r3"]


def test_other_peoples_files_are_not_repaired(tmp_path: Path) -> None:
    (tmp_path / "reads-notes.csv").write_text("note\nthe last line has no end")
    logged(tmp_path)
    assert (tmp_path / "reads-notes.csv").read_text() == "note\nthe last line has no end"


def test_a_crash_between_csv_and_database_does_not_double_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Database, "mark_exported", crash)
        with pytest.raises(KeyboardInterrupt):
            ReadLog(LogOptions(tmp_path)).record(settled())
    assert ids_of(tmp_path) == ["r1"]
    logged(tmp_path, settled("r2"))
    assert ids_of(tmp_path) == ["r1", "r2"]


def test_a_line_that_a_killed_program_did_not_note_is_not_doubled_by_one_that_runs(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    log.record(settled("r1"))
    other = Database(tmp_path)
    other.save([settled("r2")])
    csvlog.append(csv_of(tmp_path), [settled("r2")])
    other.close()
    log.record(settled("r3"))
    assert ids_of(tmp_path) == ["r1", "r2", "r3"]


def test_only_what_others_wrote_is_searched_for_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = ReadLog(LogOptions(tmp_path))
    log.record(settled("r1", source="x" * 10_000))
    searched, pread = [], os.pread

    def noted(descriptor: int, size: int, position: int) -> bytes:
        searched.append(block := pread(descriptor, size, position))
        return block

    monkeypatch.setattr(os, "pread", noted)
    log.record(settled("r2"))
    csv_of(tmp_path).write_text(f"{HEADER}\n")
    log.record(settled("r3"))
    assert searched == [b"", f"{HEADER}\n".encode(), b""]
    assert ids_of(tmp_path) == ["r3"]


def test_a_crash_before_the_csv_does_not_lose_the_row(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.save([settled()])
    database.close()
    logged(tmp_path)
    assert ids_of(tmp_path) == ["r1"]
