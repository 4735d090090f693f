"""What the log says, from good, torn and foreign files."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from streamer.recording.csvlog import HEADER
from streamer.records import LogOptions, ReadLog
from streamer.report import By, Report, build_report, parse_since, rendered, report_to_csv
from streamer.types import Read

PATTERN = "reads-{date}.csv"
NOW = datetime.fromisoformat("2026-11-22T13:45:00+01:00")


def line(
    read_id: str, plate: str, seen: str, camera: str = "gate", seconds: int = 5, direction: str = ""
) -> str:
    end = f"{seen[:17]}{int(seen[17:19]) + seconds:02d}{seen[19:]}"
    return f"{read_id},{camera},{plate},0.900,{seen},{end},7,clip.mp4,,{direction}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six reads on two days."""
    (tmp_path / "reads-2026-11-20.csv").write_text(
        HEADER
        + "\n"
        + line("r1", "ABC123", "2026-11-20T08:10:00.000+01:00")
        + line("r2", "XYZ789", "2026-11-20T08:50:00.000+01:00")
        + line("r3", "ABC123", "2026-11-20T17:30:00.000+01:00", "yard")
    )
    (tmp_path / "reads-2026-11-21.csv").write_text(
        HEADER
        + "\n"
        + line("r4", "ABC123", "2026-11-21T08:05:00.000+01:00", direction="in")
        + line("r5", "QRS456", "2026-11-21T09:00:00.000+01:00")
        + line("r6", "'=1+1", "2026-11-21T23:59:00.000+01:00", "yard")
    )
    return tmp_path


@pytest.fixture
def central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local time of Berlin."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


def report_of(folder: Path, by: By, since: str | None = None) -> Report:
    return build_report(folder, PATTERN, None if since is None else datetime.fromisoformat(since), by)


def records(report: Report) -> list[dict[str, object]]:
    return report.table.to_dict("records")


def shown(report: Report, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(rendered(report))
    return console.file.getvalue()


def test_by_plate_the_most_seen_comes_first(folder: Path) -> None:
    rows = records(report_of(folder, "plate"))
    assert [(row["plate"], row["reads"]) for row in rows] == [
        ("ABC123", 3),
        ("=1+1", 1),
        ("QRS456", 1),
        ("XYZ789", 1),
    ]
    assert rows[0] == {
        "plate": "ABC123",
        "reads": 3,
        "cameras": "gate, yard",
        "first": pd.Timestamp("2026-11-20T08:10:00"),
        "last": pd.Timestamp("2026-11-21T08:05:05"),
        "busiest_hour": "08:00",
    }


def test_by_day(folder: Path) -> None:
    days = records(report_of(folder, "day"))
    assert [(day["day"], day["reads"], day["plates"]) for day in days] == [
        ("2026-11-20", 3, 2),
        ("2026-11-21", 3, 3),
    ]
    assert (days[0]["busiest_hour"], days[0]["most_seen"]) == ("08:00", "ABC123")


def test_by_hour_is_the_hour_of_the_day(folder: Path) -> None:
    hours = records(report_of(folder, "hour"))
    assert [(hour["hour"], hour["reads"]) for hour in hours] == [
        ("08:00", 3),
        ("09:00", 1),
        ("17:00", 1),
        ("23:00", 1),
    ]


def test_by_camera(folder: Path) -> None:
    cameras = records(report_of(folder, "camera"))
    assert [(row["camera"], row["reads"], row["plates"]) for row in cameras] == [("gate", 4, 3), ("yard", 2, 2)]


def test_totals(folder: Path) -> None:
    report = report_of(folder, "day")
    assert report.reads == 6
    assert report.busiest[0] == ("08:00", 3)
    assert report.most_seen[0] == ("ABC123", 3)
    assert report.notes == ()


def test_since_counts_from_that_time_on_whatever_its_offset(folder: Path) -> None:
    assert report_of(folder, "day", "2026-11-21T07:05:00+00:00").reads == 3
    assert report_of(folder, "day", "2026-11-21T07:05:01+00:00").reads == 2


def test_only_those_who_went_in_or_out(folder: Path) -> None:
    assert [row["plate"] for row in records(build_report(folder, PATTERN, None, "plate", "in"))] == ["ABC123"]
    assert build_report(folder, PATTERN, None, "day", "in").reads == 1
    assert build_report(folder, PATTERN, None, "day", "out").reads == 0


def test_files_of_earlier_versions_count(folder: Path) -> None:
    path = folder / "reads-2026-11-20.csv"
    path.write_text("".join(one.rpartition(",")[0] + "\n" for one in path.read_text().splitlines()))
    assert path.read_text().startswith(
        "read_id,camera,plate,confidence,first_seen,last_seen,frames,source,image\n"
    )
    report = report_of(folder, "day")
    assert (report.reads, report.notes) == (6, ())
    assert build_report(folder, PATTERN, None, "day", "in").reads == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-22T00:00:00+01:00"),
        ("Yesterday ", "2026-11-21T00:00:00+01:00"),
        ("7d", "2026-11-15T13:45:00+01:00"),
        ("24h", "2026-11-21T13:45:00+01:00"),
        ("90m", "2026-11-22T12:15:00+01:00"),
        ("2w", "2026-11-08T13:45:00+01:00"),
        ("2026-11-20T08:00:00+02:00", "2026-11-20T06:00:00+00:00"),
    ],
)
def test_since_in_words(text: str, expected: str, central_europe: None) -> None:
    assert parse_since(text, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-03-29T13:00:00+02:00", "today", "2026-03-29T00:00:00+01:00"),
        ("2026-03-30T13:00:00+02:00", "yesterday", "2026-03-29T00:00:00+01:00"),
        ("2026-10-25T13:00:00+01:00", "today", "2026-10-25T00:00:00+02:00"),
    ],
)
def test_days_begin_at_midnight_when_the_clocks_change(
    now: str, text: str, expected: str, central_europe: None
) -> None:
    since = parse_since(text, datetime.fromisoformat(now))
    assert since.isoformat() == expected


def test_since_without_offset_is_local_time() -> None:
    assert parse_since("2026-11-20", NOW) == datetime(2026, 11, 20).astimezone()
    assert parse_since("2026-11-20 08:30", NOW) == datetime(2026, 11, 20, 8, 30).astimezone()


@pytest.mark.parametrize("text", ["", "soon", "7", "-7d", "2026-13-01", "99999999d"])
def test_since_that_is_no_time_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="today or yesterday"):
        parse_since(text, NOW)


@pytest.mark.parametrize("by", ["hour", "day", "plate", "camera"])
def test_an_empty_log_is_an_empty_report(tmp_path: Path, by: By) -> None:
    report = report_of(tmp_path / "nothing", by)
    assert (report.reads, len(report.table), report.busiest) == (0, 0, ())
    assert "no reads-*.csv" in report.notes[0]
    assert "0 reads" in shown(report)


def test_what_is_torn_foreign_or_double_is_said_and_left_out(folder: Path) -> None:
    with (folder / "reads-2026-11-21.csv").open("ab") as file:
        file.write(line("r1", "ABC123", "2026-11-20T08:10:00.000+01:00").encode())
        file.write(b"r7,gate,ABC,0.9,yesterday,today,1,x,,\n\xff\xfe\0\nr8,gate,AB")
    (folder / "reads-2026-11-21.old-1.csv").write_text("plate;time\n")
    (folder / "reads-empty.csv").write_text("")
    (folder / "reads-folder.csv").mkdir()
    report = report_of(folder, "day")
    assert report.reads == 6
    assert report.notes == (
        "reads-2026-11-21.csv: lines left out because they are torn or changed: 3",
        "reads-2026-11-21.old-1.csv has another header and was left out",
        "reads-empty.csv has another header and was left out",
        "reads-folder.csv cannot be read: Is a directory",
        "lines left out because their read is there twice: 1",
    )


@pytest.mark.parametrize("by", ["hour", "day", "plate", "camera"])
def test_the_table_fits_a_terminal(folder: Path, by: By) -> None:
    text = shown(report_of(folder, by))
    assert "…" not in text
    assert "Busiest hours: 08:00 (3)" in text
    assert "Seen most: ABC123 (3)" in text
    assert "2026-11-20 08:10" in text


def test_markup_in_the_log_is_only_text(folder: Path) -> None:
    path = folder / "reads-2026-11-20.csv"
    path.write_text(path.read_text().replace("XYZ789", "[bold]"))
    assert "[bold]" in shown(report_of(folder, "plate"))


def test_as_csv_no_cell_is_a_formula(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    report_to_csv(report_of(folder, "plate"), out)
    lines = out.read_text().splitlines()
    assert lines[0] == "plate,reads,cameras,first,last,busiest_hour"
    assert lines[1] == 'ABC123,3,"gate, yard",2026-11-20 08:10:00,2026-11-21 08:05:05,08:00'
    assert lines[2].startswith("'=1+1,")


def test_what_the_log_writes_is_what_the_report_reads(tmp_path: Path) -> None:
    log = ReadLog(LogOptions(tmp_path))
    time_s = 1_790_000_000.0
    log.record(
        Read("r1", "gate", "ABC123", 0.9, time_s, time_s + 5, 0, 5, 9, "=x", settled=True, direction="out")
    )
    log.close()
    (row,) = records(build_report(tmp_path, PATTERN, None, "plate", "out"))
    assert (row["plate"], row["reads"]) == ("ABC123", 1)
    assert row["first"] == pd.Timestamp(datetime.fromtimestamp(time_s))
