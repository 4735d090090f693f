"""The log: database, CSV and pictures. Written first, told after.

Every change of a read is on disk when `record` returns. A settled read gets its line in the CSV. That
happens exactly once although any program may die at any moment: the database says which reads still
need their line, and a line that is in the file already is not written again.
"""

from __future__ import annotations

import glob
import logging
import os
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from streamer.recording import csvlog
from streamer.recording.database import Database, open_database
from streamer.recording.database import recent_reads as recent_reads
from streamer.recording.diskfault import in_words, is_broken
from streamer.recording.neighbours import Neighbours as Neighbours
from streamer.recording.rejections import REJECTED as REJECTED
from streamer.recording.rejections import RejectedLog as RejectedLog
from streamer.recording.rejections import kept_by_reason as kept_by_reason
from streamer.recording.rejections import recent_rejected as recent_rejected
from streamer.types import Read

PICTURES = "pictures"
"""The folder of the pictures in the log's folder."""

START_PATIENCE_S = 5.0
"""How long the start waits for the reads that were left open."""

_START_RETRY_S = 0.1
_DATABASE, _CSV, _PICTURES = "The database", "The CSV file", "Pictures"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LogOptions:
    """Where the log is. `csv` is a file name in `folder`; `{date}` becomes the date of the first look.

    `pictures` saves the best picture of every read. `memory_limit` is how many reads are kept in
    memory while the disk cannot be written.
    """

    folder: Path
    csv: str = "reads-{date}.csv"
    pictures: bool = True
    memory_limit: int = 1000


@dataclass(frozen=True)
class _Waiting:
    """A read that is not on disk yet, with its new picture (JPEG) if it has one."""

    read: Read
    crop: bytes | None


class ReadLog:
    """One program's hand on the log; others may write to the same folder. May be used by many threads.

    Disk trouble raises nothing: reads are kept in memory, `problem` says what is wrong, and `flush`
    tries again.
    """

    def __init__(self, options: LogOptions) -> None:
        self._options = options
        self._guard = threading.RLock()
        self._database: Database | None = None
        self._broken: int | None = None
        self._searched: dict[Path, csvlog.End] = {}
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._lost = 0
        self._repair_due = self._export_due = True
        self._faults: dict[str, str] = {}
        self.flush()

    @property
    def waiting(self) -> int:
        """How many reads wait in memory for the disk."""
        return len(self._waiting)

    @property
    def problem(self) -> str:
        """What is wrong, as a sentence for people; "" if nothing is."""
        with self._guard:
            gravest = self._faults.get(_DATABASE)
            parts = [gravest] if gravest else list(dict.fromkeys(self._faults.values()))
            if self._waiting:
                parts.append(f"{_reads(self.waiting)} in memory until it can be written")
            if self._lost:
                parts.append(f"{_reads(self._lost)} dropped because memory is limited")
            return "; ".join(parts)

    def record(self, read: Read, crop_jpeg: bytes | None = None) -> Read:
        """Writes a read, new or changed, and its new best picture. Returns it as recorded.

        While the database cannot be written only `flush` tries, so that nobody waits for every read.
        """
        with self._guard:
            self._wait(read, crop_jpeg)
            recorded = {} if _DATABASE in self._faults else self._save()
            self._export()
            return recorded.get(read.read_id, read)

    def flush(self) -> None:
        """Tries to write what waits; costs next to nothing if nothing does. To be called every second."""
        with self._guard:
            self._save()
            self._export()

    def open_reads(self) -> list[Read]:
        """The reads of all cameras that are not settled, oldest first.

        For the start: waits START_PATIENCE_S for a database that cannot be read.
        """
        until_s = time.monotonic() + START_PATIENCE_S
        while (reads := self._open_reads()) is None and time.monotonic() < until_s:
            time.sleep(_START_RETRY_S)
        return reads or []

    def close(self) -> None:
        """Writes what can be written and lets go of the files."""
        with self._guard:
            self.flush()
            if self._waiting:
                _log.error("%s is closed with a loss: %s", self._options.folder, self.problem)
            self._let_go()

    def _open_reads(self) -> list[Read] | None:
        """None if the database cannot be read."""
        with self._guard, self._faults_of(_DATABASE):
            return self._opened().open_reads()
        return None

    def _wait(self, read: Read, crop: bytes | None) -> None:
        before = self._waiting.get(read.read_id)
        if before and (before.read.settled or before.read.revision >= read.revision):
            return
        if before:
            read, crop = replace(read, image=read.image or before.read.image), crop or before.crop
        self._waiting[read.read_id] = _Waiting(read, crop)
        while len(self._waiting) > self._options.memory_limit:
            self._waiting.popitem(last=False)
            self._lost += 1

    def _save(self) -> dict[str, Read]:
        """Writes what waits to the database; the reads as recorded, by id."""
        recorded: dict[str, Read] = {}
        with self._faults_of(_DATABASE):
            database = self._opened()
            if self._waiting:
                reads = [self._with_picture(key) for key in self._waiting]
                recorded = {read.read_id: read for read in database.save(reads)}
                self._waiting.clear()
        if any(read.settled for read in recorded.values()):
            self._export_due = True
        if self._lost and recorded:
            _log.error("%s: %s lost while it could not be written", self._options.folder, _reads(self._lost))
            self._lost = 0
        return recorded

    def _with_picture(self, key: str) -> Read:
        """The waiting read, with the name of its picture once that is saved."""
        one = self._waiting[key]
        if one.crop is not None and self._options.pictures:
            name = f"{csvlog.local_time(one.read.first_seen).date().isoformat()}/{key}.jpg"
            with self._faults_of(_PICTURES):
                _write_whole(self._options.folder / PICTURES / name, one.crop)
                self._waiting[key] = one = _Waiting(replace(one.read, image=name), None)
        return one.read

    def _export(self) -> None:
        """Gives every settled read its line in the CSV."""
        if not self._export_due or not self._database:
            return
        folder, pattern = self._options.folder, self._options.csv
        with self._faults_of(_CSV), csvlog.locked(folder):
            if self._repair_due:
                self._repair(self._database)
            due = self._database.to_export()
            for path, reads in groupby(due, lambda read: csvlog.file_of(folder, pattern, read)):
                rows = list(reads)
                end = csvlog.append(path, rows, self._searched.get(path))
                self._database.mark_exported(rows)
                self._searched[path] = end
            self._export_due = False

    def _repair(self, database: Database) -> None:
        """Cuts off torn lines; the database has their reads, which get a new line."""
        name = "*".join(map(glob.escape, self._options.csv.split("{date}")))
        for path in self._options.folder.glob(name):
            if torn := csvlog.repair(path):
                database.export_again(torn)
        self._repair_due = False

    def _opened(self) -> Database:
        if self._database and not self._database.is_in_place:
            self._let_go()
        if self._database is None:
            self._options.folder.mkdir(parents=True, exist_ok=True)
            with csvlog.locked(self._options.folder):
                self._database = open_database(self._options.folder, self._broken)
            self._broken = None
            self._searched.clear()
            self._repair_due = self._export_due = True
        return self._database

    def _let_go(self) -> None:
        if self._database:
            self._database.close()
        self._database = None

    @contextmanager
    def _faults_of(self, part: str) -> Iterator[None]:
        """Disk trouble becomes this part's fault; it is over when the part works again."""
        before = self._faults.get(part, "")
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self._faults[part] = trouble = f"{self._options.folder}: {in_words(error)}"
            if trouble != before:
                _log.error("%s cannot be written. %s", part, trouble)
            if self._database and is_broken(error):
                self._broken = self._database.inode
            if part == _DATABASE or is_broken(error):
                self._let_go()
        else:
            if self._faults.pop(part, ""):
                _log.info("%s can be written again", part)


def _write_whole(path: Path, data: bytes) -> None:
    """The file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _reads(count: int) -> str:
    return f"{count} read" if count == 1 else f"{count} reads"
