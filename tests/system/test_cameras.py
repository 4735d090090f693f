"""`serve` with real cameras: an RTSP server that dies and freezes beside a file, a disk that fills up."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import requests
from PIL import Image
from rtsp import RtspServer, why_not
from serving import LIVE_WITHIN_S, READ_WITHIN_S, serving, wait_for

from streamer.demo import DEMO_PASSES, demo_clip

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
needs_rtsp = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is there")

SECRET = "s3cret-of-the-gate"
BACK_WITHIN_S = 30
"""How soon after the camera is back its picture must be; a machine that is not busy needs five seconds."""
LOOP = {"name": "gate", "source": "demo", "realtime": True, "loop": True, "repeat_after_s": 6}


@pytest.fixture(scope="module")
def rtsp() -> Iterator[RtspServer]:
    with RtspServer(demo_clip(), "viewer", SECRET) as server:
        yield server


@needs_rtsp
@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_an_rtsp_camera_and_a_file_at_once(tmp_path, rtsp, async_mode):
    cameras = [
        {"name": "yard", "source": rtsp.url, "repeat_after_s": 6},
        {"name": "file", "source": str(demo_clip()), "repeat_after_s": 6},
    ]
    settings = {"cameras": cameras, "server": {"async_mode": async_mode}, "live": {"width": 640}}
    with serving(tmp_path, settings) as running:
        wait_for(lambda: running.status("yard") == "live", LIVE_WITHIN_S)

        def both_were_read():
            return {read["camera"] for read in running.reads()} == {"yard", "file"}

        wait_for(both_were_read, READ_WITHIN_S)
        shown = requests.get(f"{running.url}/cameras/yard/snapshot.jpg", timeout=5)
        assert shown.ok
        assert shown.content[:2] == b"\xff\xd8"
        small = requests.get(f"{running.url}/cameras/yard/snapshot.jpg?width=320", timeout=5)
        assert Image.open(BytesIO(small.content)).size == (320, 180)
        clean = requests.get(f"{running.url}/cameras/yard/snapshot.jpg?marks=0", timeout=5)
        assert Image.open(BytesIO(clean.content)).size == (1280, 720), "live.width is for pictures with marks"
        everything = [
            running.log,
            str(running.cameras()),
            str(running.reads()),
            requests.get(running.url, timeout=5).text,
        ]
    for file in (tmp_path / "data").glob("reads-*.csv"):
        everything.append(file.read_text())
    assert SECRET not in "".join(everything)
    assert "***@" in everything[2] or "***@" in everything[0]


@needs_rtsp
def test_a_camera_that_dies_or_freezes_comes_back_and_shows_nothing_stale(tmp_path, rtsp):
    with serving(tmp_path, {"cameras": [{"name": "yard", "source": rtsp.url}]}) as running:
        snapshot = f"{running.url}/cameras/yard/snapshot.jpg"
        wait_for(lambda: running.status("yard") == "live", LIVE_WITHIN_S)
        assert requests.get(snapshot, timeout=5).ok

        rtsp.kill()
        wait_for(lambda: running.status("yard") != "live", 10)
        refused = requests.get(snapshot, timeout=5)
        assert refused.status_code == 503
        assert "yard" in refused.json()["error"]
        rtsp.start()
        wait_for(lambda: running.status("yard") == "live", BACK_WITHIN_S)

        rtsp.freeze()
        wait_for(lambda: running.status("yard") != "live", 10)
        assert requests.get(snapshot, timeout=5).status_code == 503
        rtsp.thaw()
        wait_for(lambda: running.status("yard") == "live", BACK_WITHIN_S)
        lines = [line for line in running.log.splitlines() if "retrying" in line]
        assert len(lines) <= 6, lines


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], capture_output=True, timeout=10
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


def test_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(tmp_path, small_disk):
    ballast = small_disk / "ballast"
    settings = {
        "cameras": [{**LOOP, "realtime": False, "loop": False, "name": "file", "sample_fps": 3}],
        "log": {"folder": str(small_disk)},
    }
    with ballast.open("wb") as file:
        file.truncate(0)
        os.posix_fallocate(file.fileno(), 0, 500_000)
    with serving(tmp_path, settings) as running:
        wait_for(lambda: running.status("file") == "ended", READ_WITHIN_S)
        (problem,) = running.cameras()["file"]["problems"]
        assert str(small_disk) in problem
        assert "memory" in problem
        assert len(running.reads()) >= 1
        ballast.unlink()
        wait_for(lambda: not running.cameras()["file"]["problems"], 10)
        (log,) = small_disk.glob("reads-*.csv")
        with log.open(newline="") as lines:
            plates = [row["plate"] for row in csv.DictReader(lines)]
        assert sorted(plates) == sorted(one.plate for one in DEMO_PASSES)
