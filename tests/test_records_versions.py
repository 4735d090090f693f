"""The log of an earlier or a later version: it is gone on with, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from streamer.recording.database import NAME
from streamer.records import LogOptions, ReadLog, recent_reads
from tests.logs import NOON, a_read, csv_of, ids_of, logged, rows_of, settled

FIRST_SCHEMA = """
CREATE TABLE reads (
    read_id TEXT PRIMARY KEY, camera TEXT NOT NULL, plate TEXT NOT NULL, confidence REAL NOT NULL,
    first_seen REAL NOT NULL, last_seen REAL NOT NULL, first_media_s REAL NOT NULL, last_media_s REAL NOT NULL,
    frames INTEGER NOT NULL, source TEXT NOT NULL, image TEXT NOT NULL, settled INTEGER NOT NULL,
    revision INTEGER NOT NULL, exported INTEGER NOT NULL
);
CREATE INDEX reads_by_time ON reads (last_seen);
"""


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """The folder of a database as the first version made it: r1 settled and in the CSV, r2 still open."""
    with closing(sqlite3.connect(tmp_path / NAME)) as database, database:
        database.executescript(FIRST_SCHEMA)
        for read_id, over in (("r1", True), ("r2", False)):
            values = (NOON, NOON + 2.5, 0.0, 2.5, 9, "rtsp://camera/1", "", over, 1 + over, over)
            row = (read_id, "gate", "ABC123", 0.87654, *values)
            database.execute(f"INSERT INTO reads VALUES ({', '.join('?' * len(row))})", row)
    return tmp_path


def test_the_pages_show_a_log_that_no_camera_has_opened_since(first_version: Path) -> None:
    assert recent_reads(first_version, 5) == [a_read("r2"), settled("r1")]


def test_a_log_of_the_first_version_is_gone_on_with(first_version: Path) -> None:
    log = ReadLog(LogOptions(first_version))
    assert log.open_reads() == [a_read("r2")]
    log.record(settled("r2", direction="out"))
    log.record(settled("r3", direction="in", last_seen=NOON + 9))
    log.close()
    assert log.problem == ""
    reads = recent_reads(first_version, 5)
    assert [(read.read_id, read.direction) for read in reads] == [("r3", "in"), ("r2", "out"), ("r1", "")]
    assert reads[2] == settled("r1")
    assert ids_of(first_version) == ["r2", "r3"]
    assert [path.name for path in first_version.glob("*.db")] == [NAME]


def test_it_is_brought_up_once(first_version: Path) -> None:
    logged(first_version, settled("r3", direction="in"))
    logged(first_version, settled("r4", direction="out"))
    directions = {read.read_id: read.direction for read in recent_reads(first_version, 5)}
    assert directions == {"r1": "", "r2": "", "r3": "in", "r4": "out"}


def test_how_sure_a_read_is_is_kept(tmp_path: Path) -> None:
    told = settled("r1", plate="AB1?23", characters=(0.9, 0.4), alternatives=(("AB1C23", 0.5), ("AB1G23", 0.2)))
    logged(tmp_path, told)
    assert recent_reads(tmp_path, 5) == [told]


def test_columns_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    logged(tmp_path, settled("r1"))
    with closing(sqlite3.connect(tmp_path / NAME)) as database, database:
        database.execute("ALTER TABLE reads ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")
    logged(tmp_path, settled("r2", direction="in"))
    assert {read.read_id: read.direction for read in recent_reads(tmp_path, 5)} == {"r1": "", "r2": "in"}


OLD_HEADER = "read_id,camera,plate,confidence,first_seen,last_seen,frames,source,image"
OLD_ROWS = (
    'r1,gate,ABC123,0.877,2026-09-21T14:13:20.000+00:00,2026-09-21T14:13:22.500+00:00,9,"a,b ""c""",1.jpg',
    "r2,gate,XYZ789,0.912,2026-09-21T14:13:20.000+00:00,2026-09-21T14:13:22.500+00:00,9,'=x,",
)


def old_file(folder: Path, text: str) -> Path:
    """A CSV of the first version for the day of the reads, readable by its owner only."""
    logged(folder, settled("r0"))
    path = csv_of(folder)
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_csv_of_the_first_version_is_gone_on_with(tmp_path: Path) -> None:
    path = old_file(tmp_path, "\n".join((OLD_HEADER, *OLD_ROWS, "")))
    logged(tmp_path, settled("r3", direction="in"))
    header, *rows = path.read_text().splitlines()
    assert header == f"{OLD_HEADER},direction"
    assert rows[:2] == [f"{row}," for row in OLD_ROWS]
    assert [(row["read_id"], row["direction"]) for row in rows_of(tmp_path)] == [
        ("r1", ""),
        ("r2", ""),
        ("r3", "in"),
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".part", ".torn")] == []
    logged(tmp_path, settled("r4", direction="out"))
    assert len(path.read_text().splitlines()) == 5


def test_a_read_that_is_in_it_already_is_not_written_again(tmp_path: Path) -> None:
    path = old_file(tmp_path, "\n".join((OLD_HEADER, *OLD_ROWS, "")))
    logged(tmp_path, settled("r2"))
    assert ids_of(tmp_path) == ["r1", "r2"]
    assert path.read_text().startswith(f"{OLD_HEADER},direction\n")


def test_what_somebody_added_to_it_keeps_its_place_behind(tmp_path: Path) -> None:
    old_file(tmp_path, f"{OLD_HEADER}\n{OLD_ROWS[0]},a note\n\nr2,gate\n")
    logged(tmp_path, settled("r3", direction="in"))
    _, noted, blank, short, new = csv_of(tmp_path).read_text().splitlines()
    assert noted == f"{OLD_ROWS[0]},,a note"
    assert set(blank) <= {","}
    assert short == "r2,gate,,,,,,,,"
    assert new.endswith(",in")


def test_a_torn_line_of_the_first_version_is_kept_aside(tmp_path: Path) -> None:
    path = old_file(tmp_path, f"{OLD_HEADER}\n{OLD_ROWS[0]}\nr0,gate,AB")
    logged(tmp_path, settled("r3"))
    assert ids_of(tmp_path) == ["r1", "r0", "r3"]
    assert path.with_suffix(".torn").read_text() == "r0,gate,AB\n"


def test_a_csv_of_a_later_version_is_moved_aside(tmp_path: Path) -> None:
    path = old_file(tmp_path, f"{OLD_HEADER},direction,colour\n{OLD_ROWS[0]},in,red\n")
    logged(tmp_path, settled("r3"))
    assert ids_of(tmp_path) == ["r3"]
    assert "red" in path.with_name(f"{path.stem}.old-1.csv").read_text()


def test_one_that_cannot_be_taken_apart_is_moved_aside(tmp_path: Path) -> None:
    path = old_file(tmp_path, f'{OLD_HEADER}\n{OLD_ROWS[0]}\nr2,"{"x" * 200_000}",\n')
    before = path.read_bytes()
    logged(tmp_path, settled("r3"))
    assert ids_of(tmp_path) == ["r3"]
    assert path.with_name(f"{path.stem}.old-1.csv").read_bytes() == before
