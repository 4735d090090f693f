"""The log under full disks, crashes, other people's files and several writers."""

from __future__ import annotations

import csv
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streamer import csvlog
from streamer.database import NAME, Database
from streamer.records import LogOptions, ReadLog, recent_reads
from streamer.types import Read

NOON = 1_790_000_000.0
ROOT = Path(__file__).parent.parent
HEADER = "read_id,camera,plate,confidence,first_seen,last_seen,frames,source,image"


def a_read(read_id: str = "r1", **changes: object) -> Read:
    read = Read(read_id, "gate", "ABC123", 0.87654, NOON, NOON + 2.5, 0.0, 2.5, 9, "rtsp://camera/1")
    return replace(read, **changes)


def settled(read_id: str = "r1", **changes: object) -> Read:
    return a_read(read_id, **{"settled": True, "revision": 2, **changes})


def csv_of(folder: Path) -> Path:
    (path,) = [path for path in folder.glob("reads-*.csv") if ".old-" not in path.name]
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    with csv_of(folder).open(newline="") as file:
        return list(csv.DictReader(file))


def ids_of(folder: Path) -> list[str]:
    return [row["read_id"] for row in rows_of(folder)]


def logged(folder: Path, *reads: Read) -> None:
    log = ReadLog(LogOptions(folder))
    for read in reads:
        log.record(read)
    assert log.problem == ""
    log.close()


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
    line = f"r1,gate,ABC123,0.877,{seen},{left},9,rtsp://camera/1,"
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


def test_open_reads_are_the_cameras_own_that_are_not_settled(tmp_path: Path) -> None:
    logged(tmp_path, a_read("open"), settled("over"), a_read("other", camera="yard"))
    log = ReadLog(LogOptions(tmp_path))
    assert [read.read_id for read in log.open_reads("gate")] == ["open"]


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


def test_a_crash_before_the_csv_does_not_lose_the_row(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.save([settled()])
    database.close()
    logged(tmp_path)
    assert ids_of(tmp_path) == ["r1"]


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


def test_many_threads_share_a_log(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))

    def write(camera: str) -> None:
        for number in range(30):
            log.record(a_read(f"{camera}{number}"))
            log.record(settled(f"{camera}{number}"))

    threads = [threading.Thread(target=write, args=(camera,)) for camera in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(ids_of(tmp_path)) == Counter(f"{c}{number}" for c in "abc" for number in range(30))


class Writers:
    """Two camera programs that write to one log, and what they have told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, int] = {}

    def run_and_kill(self, cameras: str, told_lines: int, pause_s: float) -> None:
        programs = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.log_writer", str(self.folder), camera],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for camera in cameras
        ]
        for program in programs:
            for _ in range(told_lines):
                self._hear(program.stdout.readline())
        threading.Event().wait(pause_s)
        for program in programs:
            program.kill()
        for program in programs:
            for line in program.communicate()[0].splitlines(keepends=True):
                self._hear(line)

    def _hear(self, line: str) -> None:
        if line.endswith("\n"):
            read_id, revision, _ = line.split()
            self.told[read_id] = int(revision)


def test_kill_9_loses_no_told_read_and_tears_or_doubles_no_line(tmp_path: Path) -> None:
    chance = random.Random(1)
    writers = Writers(tmp_path)
    for _ in range(20):
        writers.run_and_kill("ab", chance.randint(1, 40), chance.uniform(0, 0.003))
    logged(tmp_path)
    recorded = {read.read_id: read for read in recent_reads(tmp_path, 100_000)}
    assert len(writers.told) > 200
    assert all(recorded[read_id].revision >= revision for read_id, revision in writers.told.items())
    assert Counter(ids_of(tmp_path)) == Counter(key for key, read in recorded.items() if read.settled)
    assert all(None not in row and None not in row.values() for row in rows_of(tmp_path))
