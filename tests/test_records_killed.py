"""Several writers share the log, and any of them may be killed at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from streamer.records import LogOptions, ReadLog, recent_reads
from tests.logs import a_read, ids_of, logged, rows_of, settled

ROOT = Path(__file__).parent.parent


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
