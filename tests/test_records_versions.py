"""The log of an earlier or a later version: it is gone on with, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from streamer.recording.database import NAME
from streamer.records import LogOptions, ReadLog, recent_reads
from tests.logs import NOON, a_read, ids_of, logged, settled

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
