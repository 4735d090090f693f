"""The log's CSV files: one line a settled read, whole lines only, safe to open in a spreadsheet.

Several programs append to the same file. Whoever changes one holds the lock of its folder.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import fcntl
import io
import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from streamer.types import Read

COLUMNS = (
    "read_id",
    "camera",
    "plate",
    "confidence",
    "first_seen",
    "last_seen",
    "frames",
    "source",
    "image",
    "direction",
)
"""New ones come at the end, so that files of earlier versions can be told and gone on with."""
FIRST_COLUMNS = 9
"""So many of them had the first version."""
HEADER = ",".join(COLUMNS)
HEADERS = {",".join(COLUMNS[:count]): count for count in range(FIRST_COLUMNS, len(COLUMNS) + 1)}
"""The headers of this version and of all before, with their number of columns."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula (OWASP, CSV injection)."""

_LOCK_PATIENCE_S = 1.0
_BLOCK = 1 << 20
_log = logging.getLogger(__name__)


class End(NamedTuple):
    """Where a file ended: its inode and its size, bytes."""

    inode: int
    size: int


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps the other programs from the folder's CSV files. Raises OSError if one holds them for long."""
    with (folder / "reads.lock").open("a") as file:
        deadline = time.monotonic() + _LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OSError(errno.EAGAIN, "another program holds the lock", file.name) from None
                time.sleep(0.005)
        yield


def file_of(folder: Path, pattern: str, read: Read) -> Path:
    """The file that a read belongs in: `{date}` is the local date on which it was first seen."""
    return folder / pattern.replace("{date}", local_time(read.first_seen).date().isoformat())


def append(path: Path, reads: Sequence[Read], known: End | None = None) -> End:
    """Writes the reads that are not in the file yet, in one write, and waits until they are on disk.

    None of them is in the file before `known`, an end that an earlier call returned. A file of an earlier
    version gets the columns that it lacks, one with any other header is moved aside first. Raises OSError; the
    file is then as it was.
    """
    _move_aside_foreign(path)
    repair(path)
    _widen(path)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        inode, size = (status := os.fstat(descriptor)).st_ino, status.st_size
        start = known.size if known and known.inode == inode and known.size <= size else 0
        missing = [read for read in reads if not _holds(descriptor, read, start)]
        text = ("" if size else HEADER + "\n") + "".join(map(line_of, missing))
        _write_all(descriptor, text.encode(), size)
        end = End(inode, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)
    return end


def repair(path: Path) -> str:
    """Cuts a torn last line off and keeps it in a `.torn` file beside. Returns its read id, or "".

    Files of others are left alone. Raises OSError.
    """
    if not _is_ours(path):
        return ""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        whole = _end_of_whole_lines(file, size)
        if whole == size:
            return ""
        file.seek(whole)
        torn = file.read()
        with path.with_suffix(".torn").open("ab") as note:
            note.write(torn + b"\n")
        file.truncate(whole)
        os.fsync(file.fileno())
    _log.warning("%s: the last line was torn; it is kept in %s", path, path.with_suffix(".torn").name)
    return torn.partition(b",")[0].decode(errors="replace")


def line_of(read: Read) -> str:
    """A read as a line of the file."""
    cells = (
        read.read_id,
        read.camera,
        read.plate,
        f"{read.confidence:.3f}",
        local_time(read.first_seen).isoformat(timespec="milliseconds"),
        local_time(read.last_seen).isoformat(timespec="milliseconds"),
        str(read.frames),
        read.source,
        read.image,
        read.direction,
    )
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(defused, cells))
    return text.getvalue()


def defused(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula, on one line."""
    line = cell.replace("\r\n", " ").replace("\n", " ")
    return "'" + line if line.startswith(FORMULA) else line


def plain(cell: str) -> str:
    """What a defused cell said."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def local_time(unix_s: float) -> datetime:
    """Unix seconds as local time with its offset."""
    return datetime.fromtimestamp(unix_s).astimezone()


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_name(path: Path, note: str) -> Path:
    """The first of `name.note-1.ext`, `name.note-2.ext` … that is not taken."""
    number = 1
    while (free := path.with_name(f"{path.stem}.{note}-{number}{path.suffix}")).exists():
        number += 1
    return free


def _move_aside_foreign(path: Path) -> None:
    if path.exists() and not _is_ours(path):
        _move_aside(path, "has another header")


def _move_aside(path: Path, why: str) -> None:
    aside = free_name(path, "old")
    path.rename(aside)
    _log.warning("%s %s; it was moved aside to %s", path, why, aside.name)


def _widen(path: Path) -> None:
    """Gives the rows of an earlier version an empty cell for each column that they lack; all rows or none."""
    before = HEADERS.get(_first_line(path).rstrip("\r\n")) if path.exists() else None
    if before is None or before == len(COLUMNS):
        return
    draft = path.with_suffix(".part")
    try:
        _write_widened(path, draft, before)
        draft.replace(path)
    except (OSError, csv.Error) as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        _move_aside(path, f"is of an earlier version and cannot be gone on with ({error})")
        return
    sync_folder(path.parent)
    _log.info("%s is of an earlier version and has got the columns: %s", path, ", ".join(COLUMNS[before:]))


def _write_widened(path: Path, draft: Path, before: int) -> None:
    """Whatever stands behind the `before` columns of a row stays behind the new ones."""
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline="") as old,
        draft.open("w", encoding="utf-8", errors="surrogateescape", newline="") as new,
    ):
        lines, writer = csv.reader(old), csv.writer(new, lineterminator="\n")
        next(lines)
        writer.writerow(COLUMNS)
        for cells in lines:
            writer.writerow(cells[:before] + [""] * (len(COLUMNS) - min(before, len(cells))) + cells[before:])
        new.flush()
        os.fsync(new.fileno())
    shutil.copymode(path, draft)


def _is_ours(path: Path) -> bool:
    """Whether there is a file that begins with a header of ours, or with as much of it as was written."""
    if not path.exists():
        return False
    first = _first_line(path)
    return first.rstrip("\r\n") in HEADERS or HEADER.startswith(first)


def _first_line(path: Path) -> str:
    """As much of it as tells whose file it is."""
    with path.open("rb") as file:
        return file.readline(len(HEADER) + 2).decode(errors="replace")


def _end_of_whole_lines(file: BinaryIO, size: int) -> int:
    end = size
    while end:
        start = max(0, end - _BLOCK)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def _holds(descriptor: int, read: Read, start: int) -> bool:
    """Whether the file has this read from `start`, the begin of a line, on: a program may have died before
    it could note that.
    """
    wanted = b"\n" + line_of(read).partition(",")[0].encode() + b","
    position, before = start, b"\n"
    while block := os.pread(descriptor, _BLOCK, position):
        if wanted in before + block:
            return True
        position += len(block)
        before = block[-len(wanted) :]
    return False


def _write_all(descriptor: int, data: bytes, size: int) -> None:
    try:
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
