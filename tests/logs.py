"""Reads and a look into the log's folder, for the tests of the log."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from streamer.records import LogOptions, ReadLog
from streamer.types import Read

NOON = 1_790_000_000.0
HEADER = "read_id,camera,plate,confidence,first_seen,last_seen,frames,source,image,direction"


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
