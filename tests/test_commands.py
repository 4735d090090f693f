"""The commands as a person types them: what goes to standard output, to standard error, and the exit code."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from streamer.capture import open_source
from streamer.demo import DEMO_PASSES, demo_clip
from streamer.places import ROOT
from tests.clips import write_clip

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")


def streamer(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streamer", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=110,
    )


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    """A frame of the demo clip with its first vehicle."""
    path = tmp_path_factory.mktemp("photos") / "gate.png"
    middle_s = (DEMO_PASSES[0].first_s + DEMO_PASSES[0].last_s) / 2
    frames = open_source(str(demo_clip()), "test").frames()
    cv2.imwrite(str(path), next(frame.image for frame in frames if frame.media_s >= middle_s))
    return path


@pytest.mark.parametrize("engine", ["network", pytest.param("classic", marks=needs_tesseract)])
def test_a_picture_gives_one_json_object(photo, engine):
    done = streamer("read", str(photo), "--json", STREAMER__ENGINE__NAME=engine)
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert set(answer) == {"source", "plates", "ms"}
    assert answer["source"] == str(photo)
    (plate,) = [plate for plate in answer["plates"] if plate["text"]]
    assert set(plate) == {"text", "confidence", "characters", "corners", "readable", "style", "alternatives"}
    assert plate["text"] == DEMO_PASSES[0].plate
    assert "".join(one["text"] for one in plate["characters"]) == plate["text"]
    assert all(0 <= one["confidence"] <= 1 for one in [plate, *plate["characters"]])
    assert len(plate["corners"]) == 4


@pytest.mark.parametrize("engine", ["network", pytest.param("classic", marks=needs_tesseract)])
def test_crops_are_plates_already(photo, tmp_path, engine):
    """The plate alone is one plate from edge to edge; a clip is refused, and the rest is read."""
    picture = cv2.imread(str(photo))
    found = streamer("read", str(photo), "--json", STREAMER__ENGINE__NAME=engine)
    [whole] = [plate for plate in json.loads(found.stdout)["plates"] if plate["text"]]
    xs, ys = zip(*whole["corners"], strict=True)
    cut = picture[int(min(ys)) - 3 : int(max(ys)) + 4, int(min(xs)) - 6 : int(max(xs)) + 7]
    cv2.imwrite(str(tmp_path / "plate.png"), cut)
    paths = "demo", str(tmp_path / "plate.png")
    done = streamer("read", "--crops", "--json", *paths, STREAMER__ENGINE__NAME=engine)
    refused, answer = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert "--crops is for pictures" in refused["error"]
    height, width = cut.shape[:2]
    [plate] = answer["plates"]
    assert plate["text"] == whole["text"]
    xs, ys = zip(*plate["corners"], strict=True)
    assert min(xs) >= -5
    assert max(xs) <= width + 5
    assert (max(xs) - min(xs)) * (max(ys) - min(ys)) > 0.6 * width * height


def test_a_clip_gives_its_reads(tmp_path):
    """Every frame, in order, the progress on standard error, the rows in the CSV."""
    rows = tmp_path / "reads.csv"
    done = streamer("read", "demo", "--json", "--csv", str(rows))
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert set(answer) == {"source", "reads", "rejected", "frames", "ms"}
    assert answer["frames"] == 510
    seen = [one.plate for one in DEMO_PASSES]
    returning = max(index for index, plate in enumerate(seen) if seen.count(plate) == 2)
    expected = [plate for index, plate in enumerate(seen) if index != returning]
    assert [read["text"] for read in answer["reads"]] == expected, (
        "the one that returns within 30 s is one read"
    )
    for read in answer["reads"]:
        told = {"text", "confidence", "characters", "alternatives", "first_s", "last_s", "frames", "direction"}
        assert set(read) == told
        assert read["direction"] == ""
        assert 0 <= read["first_s"] < read["last_s"] <= 34
    with rows.open(newline="") as file:
        assert [row["plate"] for row in csv.DictReader(file)] == expected
    (again,) = [one for one in answer["rejected"] if one["reason"] == "repeat of an earlier read"]
    assert set(again) == {"text", "confidence", "first_s", "last_s", "frames", "reason"}
    assert again["text"] == seen[returning]


def test_a_clip_is_read_as_a_camera_of_the_settings_does(tmp_path):
    """In the demo everybody comes straight at the camera, and crosses the middle of the picture downwards."""
    line = {"line": [[0, 0.5], [1, 0.5]], "inside": [0.5, 0.2]}
    cameras = [
        {"name": "gate", "source": "demo", "approaching": "in"},
        {"name": "yard", "source": "demo", **line},
    ]
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"cameras": cameras}))
    inwards = streamer("read", "demo", "--config", str(path), "--camera", "gate")
    assert len(inwards.stdout.splitlines()) == len({one.plate for one in DEMO_PASSES})
    assert {line.split()[-1] for line in inwards.stdout.splitlines()} == {"in"}
    rows = tmp_path / "reads.csv"
    streamer("read", "demo", "--config", str(path), "--camera", "yard", "--csv", str(rows))
    with rows.open(newline="") as file:
        assert {row["direction"] for row in csv.DictReader(file)} == {"out"}
    nobody = streamer("read", "demo", "--config", str(path), "--camera", "street")
    assert nobody.returncode == 2
    assert "there is no camera 'street' in the settings; there is gate, yard" in nobody.stderr


def test_a_clip_says_what_was_rejected_and_why():
    """No vehicle of the demo has as many looks as this rule asks for."""
    done = streamer("read", "demo", "--explain", STREAMER__TRACKING__MIN_LOOKS="50")
    assert done.returncode == 0
    first, *rejected = done.stdout.splitlines()
    assert first.endswith("no plate read")
    plates = [one.plate for one in DEMO_PASSES]
    for line in rejected:
        assert re.fullmatch(
            r".+: rejected  (no text|[A-Z0-9]+  \d+%)  [\d.]+ - [\d.]+ s  \d+ looks?(: [a-z ]+)?", line
        )
    few = [line.split()[2] for line in rejected if line.endswith(": too few looks")]
    assert set(few) >= set(plates)


def test_explain_says_so_where_nothing_was_rejected(tmp_path):
    clip = write_clip(tmp_path / "empty.mp4")
    done = streamer("read", str(clip), "--explain")
    assert done.stdout.splitlines() == [f"{clip}: no plate read", f"{clip}: nothing rejected"]


def test_what_cannot_be_read_does_not_stop_the_rest(photo, tmp_path):
    (tmp_path / "text.jpg").write_text("a shopping list")
    (tmp_path / "empty.mp4").touch()
    shutil.copy(photo, tmp_path / "z.png")
    done = streamer("read", str(tmp_path))
    assert done.returncode == 1
    assert DEMO_PASSES[0].plate in done.stdout
    assert "not a picture" in done.stderr
    assert "is empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_read_is_a_sentence(tmp_path):
    done = streamer("read", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no picture at" in done.stderr


def test_without_tesseract_the_install_command_is_named(photo):
    done = streamer("read", str(photo), PATH="/nowhere", STREAMER__ENGINE__NAME="classic")
    assert done.returncode == 1
    assert "apt install tesseract-ocr" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_is_wrong_and_goes_on(tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(demo_clip().read_bytes()[:400_000])
    config = tmp_path / "config.yaml"
    config.write_text(
        f"log:\n  folder: {tmp_path / 'data'}\n"
        "server:\n  port: 59321\n"
        "cameras:\n"
        "  - {name: good, source: demo, realtime: true, loop: true, group: gaet}\n"
        f"  - {{name: missing, source: {tmp_path / 'none.mp4'}}}\n"
        f"  - {{name: cut, source: {cut}}}\n"
        "  - {name: refused, source: 'rtsp://viewer:s3cret@127.0.0.1:1/'}\n"
        "capture: {connect_timeout_s: 1, read_timeout_s: 1}\n"
    )
    done = streamer("check", "--config", str(config))
    assert done.returncode == 1
    lines = {line[6:].split(":")[0]: line for line in done.stdout.splitlines()}
    assert lines["engine network"].startswith("ok")
    assert lines["camera good"].startswith("ok")
    assert "camera good is alone" in lines["group gaet"]
    assert lines["camera missing"].startswith("FAIL")
    assert "there is no file" in lines["camera missing"]
    assert lines["camera cut"].startswith("FAIL")
    assert "connection refused" in lines["camera refused"]
    assert "s3cret" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_check_finds_a_broken_engine(tmp_path):
    done = streamer(
        *("check", "--source", "demo", "--port", "59322"),
        cwd=tmp_path,
        STREAMER__ENGINE__NAME="classic",
        TESSDATA_PREFIX="/nonexistent",
    )
    (line,) = [line for line in done.stdout.splitlines() if "engine" in line]
    assert line.startswith("FAIL")
    assert "Traceback" not in done.stderr


def test_report_counts_the_log(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    header = "read_id,camera,plate,confidence,first_seen,last_seen,frames,source,image\n"
    row = "r{0},gate,{1},0.9,2026-11-2{2}T08:00:00.000+00:00,2026-11-2{2}T08:00:04.000+00:00,5,clip,\n"
    (folder / "reads-2026-11-21.csv").write_text(
        header + row.format(1, "ABC123", 1) + row.format(2, "XYZ789", 1)
    )
    new_header, new_row = f"{header[:-1]},direction\n", f"{row[:-1]},in\n"
    (folder / "reads-2026-11-22.csv").write_text(new_header + new_row.format(3, "ABC123", 2))
    table = tmp_path / "plates.csv"
    done = streamer("report", "--by", "plate", "--csv", str(table), cwd=tmp_path)
    assert done.returncode == 0
    assert "ABC123" in done.stdout
    with table.open(newline="") as file:
        assert {row["plate"]: row["reads"] for row in csv.DictReader(file)} == {"ABC123": "2", "XYZ789": "1"}
    inwards = streamer("report", "--by", "plate", "--direction", "in", cwd=tmp_path)
    assert (inwards.returncode, "1 reads" in inwards.stdout, "XYZ789" in inwards.stdout) == (0, True, False)
    assert streamer("report", "--since", "tomorrowish", cwd=tmp_path).returncode == 2
    nowhere = streamer("report", "--csv", "missing/x.csv", cwd=tmp_path)
    assert nowhere.returncode == 1
    assert "None" not in nowhere.stderr


@pytest.mark.parametrize("command", [[], ["serve"], ["read"], ["report"], ["check"]])
def test_help_teaches(command):
    done = streamer(*command, "--help")
    assert done.returncode == 0
    assert "python -m streamer" in done.stdout or command == ["check"]
