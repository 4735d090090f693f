"""What the log says, from its CSV files: how many, when, which plates.

Times are local ones as written in the files. A read counts in the hour and day it was first seen.
"""

from __future__ import annotations

import csv
import glob
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from streamer.recording.csvlog import COLUMNS, HEADERS, defused, plain
from streamer.types import Direction

By = Literal["hour", "day", "plate", "camera"]
BY: tuple[str, ...] = get_args(By)
"""What reads can be counted by."""

_MOST = 5
_AGO = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Report:
    """Counts of a log.

    `table` has one row an hour of the day, day, plate or camera, with the columns: that name, reads,
    plates (or cameras), first, last (local times), busiest_hour, most_seen (not by plate). `busiest`
    and `most_seen` are the hours and plates with the most reads, with their number. `notes` are
    sentences on what could not be counted.
    """

    by: By
    table: pd.DataFrame
    reads: int
    busiest: tuple[tuple[str, int], ...]
    most_seen: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def parse_since(text: str, now: datetime) -> datetime:
    """The time that "2026-11-22", "2026-11-22T08:00", "90m", "24h", "7d", "2w", "today" or "yesterday" means.

    `now` is a local time with its offset, and so is the answer. Raises ValueError with a sentence.
    """
    word = text.strip().lower()
    if word in ("today", "yesterday"):
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        return (midnight - timedelta(days=word == "yesterday")).astimezone()
    if match := _AGO.fullmatch(word):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time: write a date (2026-11-22), a date and time (2026-11-22T08:00), "
            "how long ago (90m, 24h, 7d, 2w), today or yesterday"
        ) from None


def build_report(
    folder: Path, pattern: str, since: datetime | None, by: By, direction: Direction = ""
) -> Report:
    """Counts the settled reads in a log's CSV files, `pattern` as in the settings (reads-{date}.csv).

    `since` (with offset) leaves out reads that were first seen before it, `direction` those that went another
    way. Files that are missing,
    foreign or torn raise nothing: the report's notes say what was left out.
    """
    notes: list[str] = []
    name = "*".join(map(glob.escape, pattern.split("{date}")))
    paths = sorted(folder.glob(name))
    if not paths:
        notes.append(f"there is no {name} in {folder} yet")
    rows = [row for path in paths for row in _rows(path, notes)]
    reads = pd.DataFrame(rows, columns=list(_Row._fields)).drop_duplicates("read_id")
    if len(reads) < len(rows):
        notes.append(f"lines left out because their read is there twice: {len(rows) - len(reads)}")
    if since is not None:
        reads = reads[reads["instant"] >= since.timestamp()]
    if direction:
        reads = reads[reads["direction"] == direction]
    reads = reads.astype({"first": "datetime64[s]", "last": "datetime64[s]"})
    reads["hour"] = reads["first"].dt.strftime("%H:00")
    reads["day"] = reads["first"].dt.strftime("%Y-%m-%d")
    return Report(
        by, _grouped(reads, by), len(reads), _most(reads["hour"]), _most(reads["plate"]), tuple(notes)
    )


def rendered(report: Report) -> RenderableType:
    """The report for a terminal: the table, the totals, and what could not be counted."""
    table = Table(title=f"Reads by {report.by}", title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in report.table.columns:
        numbers = column in ("reads", "plates")
        table.add_column(str(column).replace("_", "\n"), justify="right" if numbers else "left", no_wrap=True)
    for row in report.table.itertuples(index=False):
        table.add_row(*map(_cell, row))
    lines = [f"{report.reads} reads"]
    if report.reads:
        lines.append("Busiest hours: " + ", ".join(f"{hour} ({count})" for hour, count in report.busiest))
        lines.append("Seen most: " + ", ".join(f"{plate} ({count})" for plate, count in report.most_seen))
    return Group(
        *([table] if report.reads else []),
        *map(escape, lines),
        *(f"[yellow]{escape(note)}[/]" for note in report.notes),
    )


def report_to_csv(report: Report, path: Path) -> None:
    """Writes the report's table as CSV. Raises OSError."""
    report.table.map(lambda cell: defused(cell) if isinstance(cell, str) else cell).to_csv(path, index=False)


def _cell(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else escape(str(value))


class _Row(NamedTuple):
    """A line of the log; `first` and `last` are local times, `instant` is the first in Unix seconds. Files of
    earlier versions know no direction."""

    read_id: str
    camera: str
    plate: str
    first: datetime
    last: datetime
    instant: float
    direction: str


def _rows(path: Path, notes: list[str]) -> Iterator[_Row]:
    """The lines of a file that are whole; says in `notes` what is not."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            lines = csv.reader(file.read().replace("\0", "").splitlines())
    except OSError as error:
        notes.append(f"{path.name} cannot be read: {error.strerror}")
        return
    columns = HEADERS.get(",".join(next(lines, [])))
    if columns is None:
        notes.append(f"{path.name} has another header and was left out")
        return
    unusable = 0
    for cells in lines:
        try:
            yield _row(cells, columns)
        except ValueError:
            unusable += 1
    if unusable:
        notes.append(f"{path.name}: lines left out because they are torn or changed: {unusable}")


def _row(cells: list[str], columns: int) -> _Row:
    """A line of a file with so many columns. Raises ValueError if the line is not one of ours."""
    cell = dict(zip(COLUMNS[:columns], map(plain, cells), strict=True))
    start = datetime.fromisoformat(cell["first_seen"])
    end = datetime.fromisoformat(cell["last_seen"])
    return _Row(
        cell["read_id"],
        cell["camera"],
        cell["plate"],
        start.replace(tzinfo=None),
        end.replace(tzinfo=None),
        start.timestamp(),
        cell.get("direction", ""),
    )


def _grouped(reads: pd.DataFrame, by: By) -> pd.DataFrame:
    groups = reads.groupby(by, sort=True)
    table = pd.DataFrame({"reads": groups.size()})
    if by == "plate":
        table["cameras"] = groups["camera"].agg(lambda cameras: ", ".join(sorted(set(cameras))))
    else:
        table["plates"] = groups["plate"].nunique()
    table["first"] = groups["first"].min()
    table["last"] = groups["last"].max()
    if by != "hour":
        table["busiest_hour"] = groups["hour"].agg(_commonest)
    if by != "plate":
        table["most_seen"] = groups["plate"].agg(_commonest)
    table = table.reset_index()
    return table.sort_values(["reads", "plate"], ascending=[False, True]) if by == "plate" else table


def _commonest(values: pd.Series[str]) -> str:
    return _most(values)[0][0]


def _most(values: pd.Series[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent values with their number, at most five; equal ones in their order."""
    counted = Counter(sorted(values))
    return tuple(counted.most_common(_MOST))
