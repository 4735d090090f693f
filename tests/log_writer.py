"""Writes reads to a log as fast as it can and says which are told, until it is killed.

Arguments: the log's folder, the camera's name. One line a told change: read id, revision, settled.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from streamer.records import LogOptions, ReadLog
from streamer.types import Read


def main() -> None:
    folder, camera = Path(sys.argv[1]), sys.argv[2]
    log = ReadLog(LogOptions(folder))
    for read in (read for read in log.open_reads() if read.camera == camera):
        tell(log.record(replace(read, settled=True, revision=read.revision + 1)))
    first = sum(1 for _ in (folder / "pictures").rglob(f"{camera}-*.jpg"))
    for number in count(first):
        time_s = 1_790_000_000.0 + number
        read = Read(f"{camera}-{number}", camera, "ABC123", 0.9, time_s, time_s, 0.0, 0.0, 2, "x" * 300)
        tell(log.record(read, b"picture"))
        tell(log.record(replace(read, frames=3, revision=2)))
        tell(log.record(replace(read, settled=True, revision=3)))


def tell(read: Read) -> None:
    print(read.read_id, read.revision, read.settled, flush=True)


main()
