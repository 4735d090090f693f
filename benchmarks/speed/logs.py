"""What the log's questions and answers take when it has grown: the pages' and the API's queries, and writing a read."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache
from itertools import count
from pathlib import Path
from statistics import median

from streamer.places import ROOT
from streamer.recording.database import NAME, Database, reads_of, recent_reads
from streamer.records import LogOptions, ReadLog, RejectedLog, kept_by_reason, recent_rejected
from streamer.types import Read, Reason, Rejected

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
BEGAN_S = 1_700_000_000.0
EVERY_S = 90.0
"""A read every so often: ten million are 28 years of one gate."""
ROUNDS = 20
BATCH = 50_000

Job = Callable[[], object]


def milliseconds(largest: int) -> Iterator[tuple[int, dict[str, float]]]:
    """By rows in the log, up to `largest`: the median milliseconds of each thing that is done with it."""
    folder = ROOT / "data" / "speed"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        log, rows = Path(name), 0
        Database(log).close()
        for size in SIZES:
            if size <= largest:
                _fill(log, rows, size)
                rows = size
                yield size, {job: _median_ms(work) for job, work in _jobs(log, size).items()}


def _read(number: int) -> Read:
    seen_s = BEGAN_S + number * EVERY_S
    plate = f"KT{number % 10_000_000:07d}"
    confidences, others = (0.99,) * len(plate), ((plate.replace("0", "O"), 0.01),)
    key, end_s, name = f"{number:012d}-7b05fd", seen_s + 3, f"2026-11-22/{number:012d}.jpg"
    return Read(
        *(key, "gate", plate, 0.97, seen_s, end_s, 0.0, 3.0, 15, "rtsp://***@10.0.0.9/live", name, True),
        characters=confidences,
        alternatives=others,
    )


def _fill(folder: Path, start: int, end: int) -> None:
    """Rows `start` to `end`, as if each had been recorded and exported."""
    names = ", ".join(asdict(_read(0)))
    marks = ", ".join("?" * len(asdict(_read(0))))
    insert = f"INSERT INTO reads ({names}, exported) VALUES ({marks}, TRUE)"
    connection = sqlite3.connect(folder / NAME)
    for first in range(start, end, BATCH):
        with connection:
            connection.executemany(insert, (_row(number) for number in range(first, min(first + BATCH, end))))
    connection.close()


def _row(number: int) -> list[object]:
    """As the database has it. Ten million are made, so only what differs is made anew."""
    seen_s = BEGAN_S + number * EVERY_S
    own = {"read_id": f"{number:012d}-7b05fd", "plate": f"KT{number % 10_000_000:07d}"}
    times = {"first_seen": seen_s, "last_seen": seen_s + 3, "image": f"2026-11-22/{number:012d}.jpg"}
    return list((_first() | own | times).values())


@cache
def _first() -> dict[str, object]:
    read = _read(0)
    lists = {name: json.dumps(getattr(read, name)) for name in ("characters", "alternatives")}
    return asdict(read) | lists


def _jobs(folder: Path, rows: int) -> dict[str, Job]:
    """What is timed. Each call of the writing ones writes another read."""
    log = ReadLog(LogOptions(folder))
    rejections = RejectedLog(folder, folder / "pictures", 24, now=lambda: BEGAN_S)
    numbers = count()
    end_s = BEGAN_S + rows * EVERY_S

    def write(settled: bool) -> None:
        key = f"written-{rows}-{next(numbers)}"
        log.record(replace(_read(rows), read_id=key, settled=settled), None)

    def reject() -> None:
        key, seen_s = f"rejected-{rows}-{next(numbers)}", BEGAN_S
        what = (Reason.NO_TEXT, "", 0.0, seen_s, seen_s, 0.0, 0.0, 3, "gate")
        rejections.record(Rejected(key, "gate", *what), None)

    return {
        "the newest 60 reads": lambda: recent_reads(folder, 60),
        "a group's reads of 30 s": lambda: reads_of(folder, ["gate"], end_s - 30, end_s),
        "open reads, at a start": log.open_reads,
        "the newest 60 rejected": lambda: recent_rejected(folder, 60),
        "rejected by reason": lambda: kept_by_reason(folder),
        "write a read": lambda: write(settled=False),
        "write a settled read, with its CSV line": lambda: write(settled=True),
        "write a rejected one": reject,
    }


def _median_ms(job: Job) -> float:
    job()
    times = []
    for _ in range(ROUNDS):
        begun_s = time.perf_counter()
        job()
        times.append(1000 * (time.perf_counter() - begun_s))
    return median(times)
