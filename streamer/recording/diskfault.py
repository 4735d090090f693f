"""Errors of the disk and of the database, in words for people."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

_OF_DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
}
_OF_FILE = {
    errno.EACCES: "writing is not permitted",
    errno.EPERM: "writing is not permitted",
    errno.EISDIR: "there is a folder of this name where a file should be",
}
_OF_DATABASE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the disk is read-only or writing is not permitted",
    sqlite3.SQLITE_BUSY: "another program holds the database",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database is broken",
    sqlite3.SQLITE_NOTADB: "the database is broken",
}


def is_broken(error: OSError | sqlite3.Error) -> bool:
    """Whether the file is no database any more; trying again does not help."""
    return _code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def in_words(error: OSError | sqlite3.Error) -> str:
    """What went wrong, with the file's name where it is known."""
    if isinstance(error, OSError):
        number = error.errno or 0
        if number in _OF_DISK:
            return _OF_DISK[number]
        if number in (errno.ENOTDIR, errno.EEXIST) and error.filename:
            file = _in_the_way(Path(error.filename))
            return f"{file} is a file where a folder should be; take it away or set log.folder to another place"
        reason = _OF_FILE.get(number, error.strerror or str(error))
        return f"{Path(error.filename).name}: {reason}" if error.filename else reason
    return _OF_DATABASE.get(_code(error), f"the database says: {error}")


def _in_the_way(path: Path) -> Path:
    """The file that is where a folder should be, at the path or above it."""
    return next((place for place in (path, *path.parents) if place.is_file()), path)


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 of other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
