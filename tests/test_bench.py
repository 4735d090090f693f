"""`bench` as a person types it, on short clips, and what it concludes from what it measured."""

from __future__ import annotations

import json
import shutil

import av
import cv2
import pytest
from click.testing import CliRunner

from streamer import bench_command, machine
from streamer.__main__ import main
from streamer.bench import DECODE, DRAW, ENGINE, STAGES, Cost, Measured, _measured
from streamer.bench_command import advice, cameras_that_fit, written
from streamer.demo.film import demo_pictures, film
from streamer.stopwatch import CONVERT, GATE, TRACK, Stopwatch, stage
from streamer.types import Frame
from tests.clips import numbered_picture, write_clip
from tests.test_commands import streamer


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """Three seconds of the demo clip in which the first vehicle comes, 640 x 360."""
    path = tmp_path_factory.mktemp("clips") / "very-private-name.mp4"
    film(demo_pictures(0.5, 3.5), path, (640, 360))
    return path


def rows_of(table: str) -> dict[str, list[str]]:
    """The cells of each stage's row."""
    cells = [
        [cell.strip(" *") for cell in line.strip("|").split("|")] for line in table.splitlines() if "|" in line
    ]
    return {name: rest for name, *rest in cells[2:]}


def test_a_clip_gives_a_table_to_paste(gate):
    done = streamer("bench", "--source", str(gate))
    assert done.returncode == 0
    rows = rows_of(done.stdout)
    assert list(rows) == [*STAGES[:-1], "together", DRAW]
    shares = [int(rows[name][-1].rstrip("%")) for name in STAGES[:-1]]
    assert 95 <= sum(shares) <= 105
    assert all(float(rows[name][0]) > 0 for name in STAGES)
    assert float(rows[DECODE][2]) == 15
    assert 2.5 <= float(rows[GATE][2]) <= 5
    assert 0 < float(rows["find"][2]) <= 5
    assert "45 frames of a clip, 640x360, 15 frames a second, " in done.stdout
    assert "cores carry" in done.stdout
    assert machine.in_words() in done.stdout
    assert "very-private-name" not in done.stdout


def test_json_has_the_numbers_of_the_table(gate):
    done = streamer(
        "bench",
        "--source",
        str(gate),
        "--json",
        STREAMER__TRACKING__SAMPLE_FPS="5",
        STREAMER__TRACKING__BURST_FPS="0",
        STREAMER__MOTION__GATE="false",
    )
    answer = json.loads(done.stdout)
    costs = {cost["stage"]: cost for cost in answer["costs"]}
    assert list(costs) == [name for name in STAGES[:-1] if name != GATE]
    assert answer["ms"] == pytest.approx(sum(cost["ms"] for cost in costs.values()), abs=0.01)
    assert (answer["looks"], answer["frames"]) == (15, 45)
    assert costs["find"]["median_ms"] <= costs["find"]["most_ms"]
    assert answer["frames_per_second"] == pytest.approx(1000 * 15 / answer["ms"], rel=0.01)
    assert answer["viewing"]["stage"] == DRAW
    assert answer["cameras"] >= 0


def test_pictures_are_counted_by_the_picture(gate, tmp_path):
    for number, picture in enumerate(demo_pictures(2.0, 2.3)):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), picture)
    done = streamer("bench", "--source", str(tmp_path))
    assert done.returncode == 0
    assert "times a picture" in done.stdout
    assert "pictures a second" in done.stdout
    assert "camera" not in done.stdout


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_tesseract_is_counted_although_it_is_another_program(gate):
    done = streamer("bench", "--source", str(gate), "--json", STREAMER__ENGINE__NAME="classic")
    costs = {cost["stage"]: cost for cost in json.loads(done.stdout)["costs"]}
    assert "second look" not in costs
    assert costs["read"]["most_ms"] > 20


def test_a_camera_of_the_settings_is_measured_as_it_is_set(gate, tmp_path):
    path = tmp_path / "config.yaml"
    camera = {"name": "gate", "source": str(gate), "sample_fps": 3}
    refused = {"name": "yard", "source": "rtsp://viewer:s3cret@127.0.0.1:1/"}
    path.write_text(json.dumps({"cameras": [camera, refused], "capture": {"connect_timeout_s": 1}}))
    done = streamer("bench", "--camera", "gate", "--config", str(path))
    assert " 3.0 that are due, " in done.stdout
    done = streamer("bench", "--camera", "yard", "--config", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "connection refused" in done.stderr
    assert "s3cret" not in done.stderr
    done = streamer("bench", "--camera", "street", "--config", str(path))
    assert done.returncode == 2
    assert "there is no camera 'street'" in done.stderr


def test_without_a_source_a_clip_is_rendered(monkeypatch):
    monkeypatch.setattr(bench_command, "DEMO_SIZE", (320, 180))
    monkeypatch.setattr(bench_command, "DEMO_S", 1.0)
    done = CliRunner().invoke(main, ["bench"])
    assert done.exit_code == 0
    assert "15 frames of the demo clip, 320x180, 15 frames a second, 5.0 that are due, 5.0 looks" in done.output


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("none.mp4", "there is no file none.mp4"),
        ("0", "webcam 0 cannot be measured as it is; record"),
        ("ftp://10.0.0.9/live", "is of no kind known here"),
        ("empty.mp4", "is empty (0 bytes)"),
        ("text.mp4", "text.mp4"),
        ("short.mp4", "short.mp4 has no second picture"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(source, sentence, tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("a shopping list")
    write_clip(tmp_path / "short.mp4", frames=1)
    done = streamer("bench", "--source", source, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert sentence in line
    assert "Traceback" not in done.stderr


def test_an_empty_source_is_a_wrong_command():
    assert streamer("bench", "--source", " ").returncode == 2


def test_what_a_stage_takes_is_counted_once_a_lap():
    watch = Stopwatch()
    with stage("before"):
        pass
    with watch.running():
        for _ in range(3):
            with stage("find"):
                sum(range(1000))
        watch.lap()
        with stage("read"):
            pass
        watch.lap()
    with stage("after"):
        pass
    watch.lap()
    assert {name: len(laps) for name, laps in watch.laps.items()} == {"find": 1, "read": 1}
    assert watch.laps["find"][0] > watch.laps["read"][0] >= 0


def costing(fps: float = 15, width: int = 1920, due_fps: float = 5, **ms: float) -> Measured:
    """A source whose stages take so many milliseconds of each second."""
    names = {"decode": DECODE, "convert": CONVERT, "find": ENGINE[0], "track": TRACK}
    costs = tuple(Cost(names[name], 1, 1, 1, value) for name, value in ms.items())
    size = (width, width * 9 // 16)
    return Measured(False, 100, 30, *size, fps, due_fps, 1, costs, Cost(DRAW, 1, 1, 15, 15))


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (costing(decode=60, find=30), "Nothing needs to be changed: a camera takes 9% of one core."),
        (
            costing(decode=610, find=390),
            "Decoding is 61% of it: set the camera to 10 frames a second instead of 15, or give the camera its small stream",
        ),
        (costing(fps=10, width=1280, decode=610, find=390), "Decoding is 61% of it: set the camera to H.264"),
        (costing(decode=100, find=300), "Looking for plates is 75% of it: set tracking.sample_fps to 3"),
        (costing(due_fps=3, decode=100, find=300), "Looking for plates is 75% of it: it is as little"),
    ],
)
def test_what_to_change_first(measured, words):
    assert advice(measured, fit=1).startswith(words)


def test_a_fifth_of_the_machine_stays_free(monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 4)
    assert cameras_that_fit(costing(decode=320)) == 10
    assert "4 cores carry not even one such camera" in written(costing(decode=4000), "a clip", "network")
    assert "4 cores carry 1 such camera with" in written(costing(decode=2000), "a clip", "network")


def test_watching_converts_what_is_not_looked_at():
    """Of 15 frames a second five are converted for the looks already."""
    frame = Frame("gate", 0, 0.0, 0.0, 640, 360, lambda: numbered_picture(0))
    laps = {DECODE: [1.0] * 150, CONVERT: [2.0] * 50, DRAW: [4.0] * 50}
    measured = _measured(False, frame, (150, 50, 50), 10.0, laps, live_fps=15)
    assert measured.viewing.ms == pytest.approx(15 * 4 + 10 * 2)
    assert measured.ms == pytest.approx(15 * 1 + 5 * 2)
    slower = _measured(False, frame, (150, 50, 50), 10.0, laps, live_fps=5)
    assert slower.viewing.ms == pytest.approx(5 * 4)


def test_a_picture_is_drawn_once_however_many_looks_were_taken_with_it():
    """Of five that are due every second, which are drawn here, each comes with two looks in between."""
    frame = Frame("gate", 0, 0.0, 0.0, 640, 360, lambda: numbered_picture(0))
    laps = {DECODE: [1.0] * 150, CONVERT: [6.0] * 50, DRAW: [4.0] * 50}
    measured = _measured(False, frame, (150, 50, 150), 10.0, laps, live_fps=15)
    assert measured.viewing.ms == pytest.approx(15 * 4)


def test_a_film_is_like_a_cameras(tmp_path):
    pictures = list(demo_pictures(1.0, 2.0))
    film(pictures, tmp_path / "a.mp4", (960, 540), fps=30)
    with av.open(str(tmp_path / "a.mp4")) as container:
        frames = list(container.decode(video=0))
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (960, 540, 30)
    assert len(frames) == len(pictures) == 15
    assert [frame.pict_type for frame in frames].count(av.video.frame.PictureType.B) == 0
    film(pictures, tmp_path / "b.mp4", (960, 540), fps=30)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
