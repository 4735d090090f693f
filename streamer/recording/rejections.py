"""What was rejected, for a while: a table beside the reads, and a picture each.

It is there to answer why a plate is missing and may be lost; reads may not. So nothing is kept for a disk that
cannot be written, and a write waits only shortly for others.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, fields, replace
from pathlib import Path

from streamer.recording.database import NAME, rows_of
from streamer.recording.diskfault import in_words
from streamer.types import Reason, Rejected

REJECTED = "rejected"
"""The folder of the pictures in the log's picture folder."""

MOST = 2000
"""So many of a camera are kept, whatever their age: a flickering sign must not fill the disk, nor push out what
another camera saw."""

TIDY_EVERY_S = 60.0

_BUSY_S = 0.25
PROBE, MUCH = "probe", 64 * 1024
"""A file, and how many bytes of it, by which a disk shows that it can be written again."""
_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rejected (
    rejected_id TEXT PRIMARY KEY,
    camera TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    confidence REAL NOT NULL,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    first_media_s REAL NOT NULL,
    last_media_s REAL NOT NULL,
    frames INTEGER NOT NULL,
    source TEXT NOT NULL,
    read_id TEXT NOT NULL,
    image TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS rejected_by_time ON rejected (last_seen);
"""
_SAVE = """
INSERT OR REPLACE INTO rejected (rejected_id, camera, reason, text, confidence, first_seen, last_seen,
    first_media_s, last_media_s, frames, source, read_id, image)
VALUES (:rejected_id, :camera, :reason, :text, :confidence, :first_seen, :last_seen,
    :first_media_s, :last_media_s, :frames, :source, :read_id, :image)
"""
_FIELDS = tuple(field.name for field in fields(Rejected))
_REASONS = frozenset(map(str, Reason))
"""What this version knows; a newer one may have written others."""
_TIDY = """
DELETE FROM rejected WHERE last_seen < ? OR rejected_id IN
    (SELECT rejected_id FROM
        (SELECT rejected_id, row_number() OVER (PARTITION BY camera ORDER BY last_seen DESC) AS place
        FROM rejected)
    WHERE place > ?)
"""


class RejectedLog:
    """One program's hand on what was rejected; others may write to the same log. For one thread, but `tidy`.

    Kept for `keep_h` hours of `now`'s Unix time, 0 keeps none; `pictures` is the log's picture folder.
    Disk trouble raises nothing: what cannot be written is dropped, and counted in
    `problem`. The database is opened for each write, so that a new one is never missed.
    """

    def __init__(
        self,
        folder: Path,
        pictures: Path,
        keep_h: float,
        keep_pictures: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._pictures = pictures
        self._keep_pictures = keep_pictures
        self._keep_s = 3600 * keep_h
        self._now = now
        self._tidied_s = now()
        self._lost = 0
        self._trouble = ""
        if (folder / NAME).exists():
            with suppress(OSError, sqlite3.Error):
                self._tidy()

    @property
    def problem(self) -> str:
        """What is wrong, as a sentence for people; "" if nothing is."""
        return f"{self._trouble}; {self._lost} rejected dropped" if self._lost else ""

    def record(self, rejected: Rejected, crop_jpeg: bytes | None) -> None:
        """Keeps a rejected track, and its picture if it has one."""
        if not self._keep_s:
            return
        if self._try(lambda: self._save(rejected, crop_jpeg)):
            self._lost = 0
        else:
            self._lost += 1

    def tidy(self) -> None:
        """Removes what is too old, once in a while, and looks whether trouble is over; to be called often, by
        another thread if need be."""
        if self._lost and self._try(self._probe):
            self._lost = 0
        if abs(self._now() - self._tidied_s) > TIDY_EVERY_S and (self._folder / NAME).exists():
            with suppress(OSError, sqlite3.Error):
                self._tidy()

    def _probe(self) -> None:
        """Writes where rejected ones are written, and takes it away again."""
        self._connected().close()
        path = self._pictures / REJECTED / PROBE
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.write_bytes(bytes(MUCH))
        finally:
            path.unlink(missing_ok=True)

    def _save(self, rejected: Rejected, crop: bytes | None) -> None:
        if crop and self._keep_pictures:
            rejected = replace(rejected, image=f"{REJECTED}/{rejected.rejected_id}.jpg")
        with closing(self._connected()) as database, database:
            database.execute(_SAVE, asdict(rejected))
            if crop and rejected.image:
                path = self._pictures / rejected.image
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(crop)

    def _tidy(self) -> None:
        """Removes what is too old or too much: rows, and pictures that have no row.

        A picture is written while its row's transaction holds the database, so those listed before have
        their row by the time that this one does.
        """
        self._tidied_s = self._now()
        paths = list((self._pictures / REJECTED).glob("*.jpg"))
        with closing(self._connected()) as database, database:
            database.execute(_TIDY, (self._now() - self._keep_s, MOST if self._keep_s else 0))
            named = {image for (image,) in database.execute("SELECT image FROM rejected")}
        for path in paths:
            if f"{REJECTED}/{path.name}" not in named:
                path.unlink(missing_ok=True)

    def _connected(self) -> sqlite3.Connection:
        """The reads' database, which somebody else makes; with this table."""
        uri = f"{(self._folder / NAME).absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_S)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except (OSError, sqlite3.Error) as error:
            trouble = f"{self._folder}: {in_words(error)}"
            if trouble != self._trouble:
                _log.error("What is rejected cannot be kept. %s", trouble)
            self._trouble = trouble
            return False
        self._trouble = ""
        return True


def recent_rejected(folder: Path, limit: int, camera: str = "", reason: str = "") -> list[Rejected]:
    """What was rejected last, newest first; of one camera or for one reason only if they are given.

    Only reads, as `recent_reads` does. Raises sqlite3.Error.
    """
    rows = rows_of(
        folder,
        "SELECT * FROM rejected WHERE ? IN ('', camera) AND ? IN ('', reason)"
        " ORDER BY last_seen DESC, rejected_id DESC LIMIT ?",
        camera,
        reason,
        limit,
    )
    return [_rejected_of(row) for row in rows if row["reason"] in _REASONS]


def _rejected_of(row: sqlite3.Row) -> Rejected:
    known = {name: row[name] for name in _FIELDS}
    return Rejected(**known | {"reason": Reason(row["reason"])})


def kept_by_reason(folder: Path, camera: str = "") -> dict[str, int]:
    """How many are kept for each reason, of one camera only if it is given. Raises sqlite3.Error."""
    query = "SELECT reason, count(*) FROM rejected WHERE ? IN ('', camera) GROUP BY reason"
    return dict(map(tuple, rows_of(folder, query, camera)))
