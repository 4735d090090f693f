"""The parts of benchmarks/speed that would be wrong silently: what is counted, spliced and drawn."""

from __future__ import annotations

import subprocess
import sys
import time
from xml.etree import ElementTree

import av
import psutil
import pytest

from benchmarks.speed import clips, logs, plots
from benchmarks.speed.cameras import keeps_up
from benchmarks.speed.processes import Observed, decoding, used_s
from streamer.recording.database import recent_reads
from tests.clips import number_in, write_clip

SVG = "{http://www.w3.org/2000/svg}"


def test_parts_of_a_clip_follow_each_other(tmp_path):
    parts = [write_clip(tmp_path / f"{name}.mp4", frames=25) for name in "ab"]
    clips._splice([parts[0], parts[1], parts[0]], tmp_path / "all.mp4")
    with av.open(str(tmp_path / "all.mp4")) as container:
        frames = list(container.decode(video=0))
    assert [round(frame.time, 2) for frame in frames] == [number / 25 for number in range(75)]
    assert [number_in(frame.to_ndarray(format="bgr24")) for frame in frames] == [*range(25)] * 3


def test_decoding_alone_keeps_the_clips_pace(tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", frames=25)
    fps, ms = decoding(clip, 2.0)
    assert 5 < fps < 26
    assert 0 < ms < 1000


def test_the_time_of_programs_below_is_counted():
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    process = subprocess.Popen([sys.executable, "-c", work])
    try:
        root = psutil.Process(process.pid)
        until_s = time.monotonic() + 60
        while sum(used_s(root).values()) < 1.0:
            assert time.monotonic() < until_s
            time.sleep(0.05)
        assert root.cpu_times().user < 0.9
    finally:
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.wait(10)


def test_a_camera_that_is_behind_is_told():
    def seen(*health: float) -> Observed:
        return Observed({"camera": 0.5, "web": 0.1}, (15.0,) * len(health), (5.0,) * len(health), health)

    assert keeps_up(seen(0.99, 1.0))
    assert not keeps_up(seen(1.0, 0.98, 1.0))
    assert seen(1.0, 1.0).ms_a_frame == pytest.approx(1000 * 0.6 / 30)


def test_every_question_to_the_log_is_timed(monkeypatch):
    monkeypatch.setattr(logs, "ROUNDS", 2)
    monkeypatch.setattr(logs, "SIZES", (100, 1000))
    found = dict(logs.milliseconds(1000))
    assert list(found) == [100, 1000]
    assert all(ms > 0 for timed in found.values() for ms in timed.values())


def test_the_filled_log_is_one_that_the_programs_read(tmp_path):
    logs.Database(tmp_path).close()
    logs._fill(tmp_path, 0, 10)
    newest = recent_reads(tmp_path, 3)
    assert [read.read_id for read in newest] == [f"{number:012d}-7b05fd" for number in (9, 8, 7)]
    assert newest[0].settled
    assert newest[0].last_seen - newest[1].last_seen == logs.EVERY_S


@pytest.mark.parametrize("log", ["", "x", "y", "xy"])
def test_a_plot_has_its_lines_within_its_frame(tmp_path, log):
    lines = {"whole & all": [(1, 3.0), (16, 47.0)], "alone": [(1, 0.5), (4, 2.0), (16, 8.5)]}
    plots.plot(tmp_path / "plot.svg", "Title", "cameras", "ms", lines, log)
    drawing = ElementTree.parse(tmp_path / "plot.svg").getroot()
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert {"Title", "cameras", "ms", "whole & all", "alone"} <= set(texts)
    discs = [(float(disc.get("cx")), float(disc.get("cy"))) for disc in drawing.iter(f"{SVG}circle")]
    assert len(discs) == 5
    assert all(0 <= x <= 420 and 0 <= y <= 240 for x, y in discs)
    assert discs[0][1] > discs[1][1], "more is higher"
