"""The log on full, read-only, vanished and broken disks: the program runs on and nothing told is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamer import records
from streamer.recording import csvlog
from streamer.recording.database import NAME
from streamer.records import LogOptions, ReadLog, recent_reads
from tests.logs import a_read, csv_of, ids_of, logged, settled


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk of our own: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 1_000_000)
    return filler


def break_pages(database: Path) -> None:
    """Overwrites everything after the first page."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (database.stat().st_size - 4096))


def test_a_full_disk_is_said_and_reads_wait_until_there_is_room(small_disk: Path) -> None:
    log = ReadLog(LogOptions(small_disk))
    log.record(a_read("before"), b"p" * 500)
    filler = fill(small_disk)
    for number in range(20):
        log.record(settled(f"r{number}"), b"picture" * 1000)
    assert "the disk is full" in log.problem
    assert f"{log.waiting} reads in memory" in log.problem
    assert log.waiting + len(recent_reads(small_disk, 50)) == 21
    assert not list((small_disk / "pictures").rglob("*.part"))
    filler.unlink()
    log.flush()
    assert (log.problem, log.waiting) == ("", 0)
    assert sorted(ids_of(small_disk)) == sorted(f"r{number}" for number in range(20))
    assert len(recent_reads(small_disk, 50)) == 21


def test_a_full_disk_never_leaves_half_a_line(small_disk: Path) -> None:
    path = small_disk / "reads.csv"
    csvlog.append(path, [settled("r1")])
    before = path.read_bytes()
    fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        csvlog.append(path, [settled(f"r{number}") for number in range(100)])
    assert path.read_bytes() == before


def test_a_read_only_disk_is_said_and_written_when_it_can_be(small_disk: Path) -> None:
    logged(small_disk, a_read("before"))
    remount(small_disk, "ro")
    assert recent_reads(small_disk, 5) == [a_read("before")]
    log = ReadLog(LogOptions(small_disk))
    assert log.record(settled("r1"), b"picture") == settled("r1")
    assert log.problem == f"{small_disk}: the disk is read-only; 1 read in memory until it can be written"
    remount(small_disk, "rw")
    log.flush()
    assert log.problem == ""
    assert ids_of(small_disk) == ["r1"]
    assert recent_reads(small_disk, 1)[0].image.endswith("/r1.jpg")


def test_a_disk_that_is_taken_out_and_put_in_while_in_use(small_disk: Path) -> None:
    log = ReadLog(LogOptions(small_disk))
    log.record(settled("r1"))
    log.flush()
    subprocess.run(["umount", "-l", str(small_disk)], check=True)
    log.record(settled("r2"))
    assert ids_of(small_disk) == ["r2"]
    subprocess.run(["mount", "-t", "tmpfs", "none", str(small_disk)], check=True)
    log.record(settled("r3"))
    assert ids_of(small_disk) == ["r3"]


def test_memory_is_limited_and_the_oldest_are_dropped_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")
    log = ReadLog(LogOptions(folder, memory_limit=10))
    for number in range(13):
        log.record(a_read(f"r{number}"))
        log.record(a_read(f"r{number}", revision=2), b"picture")
    assert log.waiting == 10
    assert "10 reads in memory" in log.problem
    assert "3 reads dropped" in log.problem
    folder.unlink()
    log.flush()
    assert (log.problem, log.waiting) == ("", 0)
    reads = recent_reads(folder, 50)
    assert {read.read_id for read in reads} == {f"r{number}" for number in range(3, 13)}
    assert all(read.revision == 2 and read.image for read in reads)


def test_a_csv_that_cannot_be_written_does_not_hold_up_the_database(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path, csv="reads.csv"))
    (tmp_path / "reads.csv").mkdir()
    log.record(settled())
    assert recent_reads(tmp_path, 5) == [settled()]
    assert "reads.csv: there is a folder of this name" in log.problem
    (tmp_path / "reads.csv").rmdir()
    log.flush()
    assert log.problem == ""
    assert (tmp_path / "reads.csv").read_text().count("\n") == 2


def test_a_broken_database_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"this is no database" * 1000)
    logged(tmp_path, settled())
    assert recent_reads(tmp_path, 5) == [settled()]
    assert (tmp_path / "reads.broken-1.db").read_bytes().startswith(b"this is no database")


def test_a_database_that_breaks_while_in_use_is_moved_aside(tmp_path: Path) -> None:
    logged(tmp_path, *(a_read(f"r{number}") for number in range(200)))
    log, other = ReadLog(LogOptions(tmp_path)), ReadLog(LogOptions(tmp_path))
    break_pages(tmp_path / NAME)
    for number, one in enumerate((log, other)):
        one.record(settled(f"new{number}"))
    for one in (log, other):
        one.flush()
        assert (one.problem, one.waiting) == ("", 0)
    assert sorted(read.read_id for read in recent_reads(tmp_path, 500)) == ["new0", "new1"]
    assert sorted(ids_of(tmp_path)) == ["new0", "new1"]
    assert [path.name for path in tmp_path.glob("reads.broken-*")] == ["reads.broken-1.db"]


def test_open_reads_of_a_database_that_breaks_while_in_use_are_given_up(tmp_path: Path) -> None:
    logged(tmp_path, *(a_read(f"r{number}") for number in range(200)))
    log = ReadLog(LogOptions(tmp_path))
    break_pages(tmp_path / NAME)
    assert log.open_reads() == []
    assert (tmp_path / "reads.broken-1.db").exists()


def test_open_reads_wait_for_a_database_that_another_program_holds(tmp_path: Path) -> None:
    logged(tmp_path, a_read())
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    log = ReadLog(LogOptions(tmp_path))
    assert "another program holds the database" in log.problem
    end = threading.Timer(1.5, other.close)
    end.start()
    assert log.open_reads() == [a_read()]
    end.join()


def test_open_reads_wait_for_a_disk_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logged(tmp_path / "away", a_read())
    (tmp_path / "data").write_text("a file where the folder should be")
    log = ReadLog(LogOptions(tmp_path / "data"))
    with monkeypatch.context() as patched:
        patched.setattr(records, "START_PATIENCE_S", 0.2)
        assert log.open_reads() == []

    def put_in() -> None:
        (tmp_path / "data").unlink()
        (tmp_path / "away").rename(tmp_path / "data")

    timer = threading.Timer(0.3, put_in)
    timer.start()
    assert log.open_reads() == [a_read()]
    timer.join()


def test_a_folder_that_is_deleted_while_in_use_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    log = ReadLog(LogOptions(folder))
    log.record(settled("r1"))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    log.record(settled("r2"))
    assert log.problem == ""
    assert [read.read_id for read in recent_reads(folder, 5)] == ["r2"]
    assert ids_of(folder) == ["r2"]


def test_a_database_that_another_program_holds_is_waited_for_and_then_said(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log.record(a_read(), b"picture")
    log.record(a_read(revision=2))
    assert "another program holds the database" in log.problem
    other.execute("ROLLBACK")
    log.flush()
    assert log.problem == ""
    (read,) = recent_reads(tmp_path, 5)
    assert (read.revision, Path(read.image).name) == (2, "r1.jpg")


def test_a_csv_that_another_program_holds_is_waited_for_and_then_said(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    with csvlog.locked(tmp_path):
        log.record(settled())
        assert "another program holds the lock" in log.problem
        assert not list(tmp_path.glob("*.csv"))
    log.flush()
    assert log.problem == ""
    assert ids_of(tmp_path) == ["r1"]


def test_a_line_that_another_program_left_torn_is_repaired_with_the_next_one(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    log.record(settled("r1"))
    with csv_of(tmp_path).open("a") as file:
        file.write("r2,gate,AB")
    log.record(settled("r3"))
    assert ids_of(tmp_path) == ["r1", "r3"]
