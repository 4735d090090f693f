"""The reads in SQLite: every change as it happens, and which of them are in the CSV already."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path

from streamer.recording.csvlog import free_name
from streamer.recording.diskfault import is_broken
from streamer.types import Read

NAME = "reads.db"
_BUSY_S = 1.0
_FIELDS = {field.name for field in fields(Read)}
_LISTS = ("characters", "alternatives")
_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reads (
    read_id TEXT PRIMARY KEY,
    camera TEXT NOT NULL,
    plate TEXT NOT NULL,
    confidence REAL NOT NULL,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    first_media_s REAL NOT NULL,
    last_media_s REAL NOT NULL,
    frames INTEGER NOT NULL,
    source TEXT NOT NULL,
    image TEXT NOT NULL,
    settled INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    exported INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS reads_by_time ON reads (last_seen);
CREATE INDEX IF NOT EXISTS reads_open ON reads (camera) WHERE NOT settled;
CREATE INDEX IF NOT EXISTS reads_to_export ON reads (first_seen) WHERE settled AND NOT exported;
"""
_ADDED = {
    "direction": "TEXT NOT NULL DEFAULT ''",
    "characters": "TEXT NOT NULL DEFAULT '[]'",
    "alternatives": "TEXT NOT NULL DEFAULT '[]'",
}
"""Columns that the first version did not have; its rows get their default, and none of them is lost."""
_SAVE = """
INSERT INTO reads (read_id, camera, plate, confidence, first_seen, last_seen, first_media_s, last_media_s,
    frames, source, image, settled, revision, direction, characters, alternatives, exported)
VALUES (:read_id, :camera, :plate, :confidence, :first_seen, :last_seen, :first_media_s, :last_media_s,
    :frames, :source, :image, :settled, :revision, :direction, :characters, :alternatives, FALSE)
ON CONFLICT (read_id) DO UPDATE SET plate = :plate, confidence = :confidence, first_seen = :first_seen,
    last_seen = :last_seen, first_media_s = :first_media_s, last_media_s = :last_media_s, frames = :frames,
    image = iif(:image = '', image, :image), settled = :settled, revision = :revision, direction = :direction,
    characters = :characters, alternatives = :alternatives
WHERE :revision > revision AND NOT settled
"""


class Database:
    """One connection. What a method has written is on disk when it returns. All raise sqlite3.Error."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_SCHEMA)
            self._add_columns()
            self.inode = self._path.stat().st_ino
        except BaseException:
            self._connection.close()
            raise

    @property
    def is_in_place(self) -> bool:
        """Whether the file that is written to is still the one under its name."""
        try:
            return self._path.stat().st_ino == self.inode
        except OSError:
            return False

    def save(self, reads: Iterable[Read]) -> list[Read]:
        """Writes all or none; of each read the newest revision stays, once settled that one. Returns them
        as recorded.

        A read without an image keeps the one it had.
        """
        with self._transaction():
            return [self._save(read) for read in reads]

    def to_export(self) -> list[Read]:
        """The settled reads that are not in the CSV, oldest first."""
        return self._select("SELECT * FROM reads WHERE settled AND NOT exported ORDER BY first_seen, read_id")

    def open_reads(self) -> list[Read]:
        """The reads that are not settled, oldest first."""
        return self._select("SELECT * FROM reads WHERE NOT settled ORDER BY first_seen, read_id")

    def mark_exported(self, reads: Iterable[Read]) -> None:
        """Notes that these reads are in the CSV."""
        with self._transaction():
            self._connection.executemany(
                "UPDATE reads SET exported = TRUE WHERE read_id = ?", [(read.read_id,) for read in reads]
            )

    def export_again(self, read_id: str) -> None:
        """Notes that a read is not in the CSV after all."""
        self._connection.execute("UPDATE reads SET exported = FALSE WHERE read_id = ?", (read_id,))

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _add_columns(self) -> None:
        """Brings the table of an earlier version up to this one."""
        there = {row["name"] for row in self._connection.execute("PRAGMA table_info (reads)")}
        for name, declaration in _ADDED.items():
            if name not in there:
                self._connection.execute(f"ALTER TABLE reads ADD COLUMN {name} {declaration}")

    def _save(self, read: Read) -> Read:
        lists = {name: json.dumps(getattr(read, name)) for name in _LISTS}
        self._connection.execute(_SAVE, asdict(read) | lists)
        return self._select("SELECT * FROM reads WHERE read_id = ?", read.read_id)[0]

    def _select(self, query: str, *values: str | int) -> list[Read]:
        return [_read_of(row) for row in self._connection.execute(query, values)]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def open_database(folder: Path, broken: int | None) -> Database:
    """The folder's database; one that is broken beyond use is moved aside. Raises OSError, sqlite3.Error.

    `broken` is the inode of a database that turned out to be broken while it was used. To be called by
    one program at a time.
    """
    path = folder / NAME
    if broken and path.exists() and path.stat().st_ino == broken:
        _move_aside(path)
    try:
        return Database(folder)
    except sqlite3.DatabaseError as error:
        if not is_broken(error):
            raise
        _move_aside(path)
        return Database(folder)


def _move_aside(path: Path) -> None:
    aside = free_name(path, "broken")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    _log.error("%s is broken; it was moved aside to %s", path, aside.name)


def recent_reads(folder: Path, limit: int) -> list[Read]:
    """The reads of a log that were seen last, newest first; [] when there is no database yet.

    Only reads, so it may be called while others write, and on a read-only disk. Raises sqlite3.Error.
    """
    query = "SELECT * FROM reads ORDER BY last_seen DESC, read_id DESC LIMIT ?"
    return [_read_of(row) for row in rows_of(folder, query, limit)]


def reads_of(folder: Path, cameras: Sequence[str], since_s: float, until_s: float) -> list[Read]:
    """The reads of these cameras that were last seen between these Unix times, newest first.

    Only reads, as `recent_reads` does. Raises sqlite3.Error.
    """
    marks = ", ".join("?" * len(cameras))
    where = f"last_seen BETWEEN ? AND ? AND camera IN ({marks})"
    query = f"SELECT * FROM reads WHERE {where} ORDER BY last_seen DESC"  # noqa: S608
    return [_read_of(row) for row in rows_of(folder, query, since_s, until_s, *cameras)]


def rows_of(folder: Path, query: str, *values: str | float) -> list[sqlite3.Row]:
    """What a query of a log's database gives that only reads; [] when there is no database or table yet.

    May be called while others write, and on a read-only disk. Raises sqlite3.Error.
    """
    if not (folder / NAME).exists():
        return []
    try:
        return _asked(folder, "mode=ro", query, values)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN:
            # nothing may be created beside it: a read-only disk
            return _asked(folder, "immutable=1", query, values)
        if "no such table" in str(error):
            return []
        raise


def _asked(folder: Path, how: str, query: str, values: tuple[str | float, ...]) -> list[sqlite3.Row]:
    uri = f"{(folder / NAME).absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_S)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query, values).fetchall()


def _read_of(row: sqlite3.Row) -> Read:
    """The read in a row that another version may have written: what it lacks has its default."""
    values = {name: row[name] for name in row.keys() if name in _FIELDS}  # noqa: SIM118
    lists = {name: json.loads(values[name]) for name in _LISTS if name in values}
    return Read.of(values | lists | {"settled": bool(row["settled"])})
